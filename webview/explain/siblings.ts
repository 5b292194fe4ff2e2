import { curveOf, sampleCurve } from '../../src/activations/curve';
import { thumbnail } from '../charts/curve';
import { element, replaceChildren } from '../ui/dom';
import type { Texts } from '../ui/texts';
import { domain } from './choices';
import type { Overlay } from './curveSection';

/** The catalogue's neighbours as small pictures, each of which opens its own page. */
export function siblingList(
  texts: Texts,
  open: (activation: string) => void,
): { readonly node: HTMLElement; show(siblings: readonly Overlay[]): void } {
  const list = element('ul', { className: 'siblings' });
  const node = element(
    'section',
    { attributes: { 'aria-labelledby': 'siblings-heading' } },
    element('h2', { id: 'siblings-heading' }, texts.explain.siblings),
    list,
  );
  const item = ({ activation, parameters }: Overlay): HTMLElement => {
    const curve = curveOf(activation, parameters);
    const corners = activation.corners?.(parameters) ?? [];
    const sample = (f: (x: number) => number) => sampleCurve(f, domain.from, domain.to, { corners, count: 97 });
    return element(
      'li',
      {},
      element(
        'button',
        {
          className: 'sibling',
          attributes: {
            type: 'button',
            'aria-label': texts.explain.showSibling(activation.title),
            'data-key': `sibling-${activation.id}`,
          },
          onClick: () => open(activation.id),
        },
        curve && thumbnail(sample(curve.value), sample(curve.slope), domain.from, domain.to),
        element('span', {}, activation.title),
      ),
    );
  };
  return {
    node,
    show: (siblings) => {
      node.hidden = siblings.length === 0;
      replaceChildren(list, ...siblings.map(item));
    },
  };
}
