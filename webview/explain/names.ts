import { type LibraryNames, namesByLibrary } from '../../src/activations/names';
import type { Activation } from '../../src/activations/types';
import { element, replaceChildren } from '../ui/dom';
import { table } from '../ui/table';
import type { Texts } from '../ui/texts';

/** What each library calls the activation. */
export function nameTable(texts: Texts): { readonly node: HTMLElement; show(activation: Activation): void } {
  const words = texts.explain;
  const holder = element('div', {
    className: 'scroll',
    attributes: { tabindex: 0, role: 'group', 'aria-label': words.names },
  });
  const node = element(
    'section',
    { attributes: { 'aria-labelledby': 'names-heading' } },
    element('h2', { id: 'names-heading' }, words.names),
    holder,
  );
  return {
    node,
    show: (activation) => {
      const names = namesByLibrary(activation);
      node.hidden = names.length === 0;
      replaceChildren(
        holder,
        table<LibraryNames>(
          words.namesCaption,
          [
            { title: words.library, cell: ({ library }) => library },
            { title: words.name, cell: (each) => each.names.join(', ') },
          ],
          names,
        ),
      );
    },
  };
}
