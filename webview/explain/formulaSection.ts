import { formulaOf, variantOf } from '../../src/activations/formula';
import type { Activation } from '../../src/activations/types';
import type { ActivationParameters } from '../../src/graph/types';
import type { ShownActivation } from '../../src/protocol/explain';
import { append, element, replaceChildren } from '../ui/dom';
import type { Texts } from '../ui/texts';
import { formulaImage } from './formulaImage';

/** The function and its slope as the host drew them, for the word that the parameters choose. */
export function formulaSection(texts: Texts): {
  readonly node: HTMLElement;
  show(drawn: ShownActivation['formula'], activation: Activation, parameters: ActivationParameters): void;
} {
  const words = texts.explain;
  const body = element('div', { className: 'formulas' });
  const row = (label: string, markup: string, tex: string) => {
    const image = element('span');
    append(image, formulaImage(markup, tex));
    return element(
      'div',
      { className: 'formula' },
      element('span', { className: 'label' }, label),
      element('div', { className: 'scroll' }, image),
    );
  };
  return {
    node: element(
      'section',
      { attributes: { 'aria-labelledby': 'formula-heading' } },
      element('h2', { id: 'formula-heading' }, words.formula),
      body,
    ),
    show: (drawn, activation, parameters) => {
      const variant = variantOf(activation, parameters);
      const of = `${activation.id} ${variant}`;
      if (body.dataset.of === of) return;
      body.dataset.of = of;
      const markup = (variant && drawn.variants?.[variant]) || drawn;
      const tex = formulaOf(activation, parameters);
      replaceChildren(
        body,
        row(words.value, markup.value, tex.value),
        row(words.slope, markup.derivative, tex.derivative),
      );
    },
  };
}
