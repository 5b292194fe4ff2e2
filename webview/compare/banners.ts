import { button } from '../ui/controls';
import { element, replaceChildren } from '../ui/dom';
import type { Notice, UnreadableMessage } from './state';
import { type Section, type View, whenChanged } from './view';

/** What stands in the way of a comparison or has become of it, above everything else. */
export function banners(view: View): Section {
  const words = view.texts.compare;
  const node = element('div', { className: 'banners', attributes: { 'aria-live': 'polite' } });
  const readAgain = () => view.post({ type: 'read' });

  const show = whenChanged(
    (reading: boolean, stale: boolean, unreadable: UnreadableMessage | undefined, notice: Notice | undefined) => {
      const parts: HTMLElement[] = [];
      if (reading) parts.push(banner('information', words.waiting));
      if (unreadable) {
        const { source } = unreadable;
        parts.push(
          banner(
            'error',
            element('strong', {}, words.unreadable),
            element('p', { className: 'message' }, unreadable.message),
            element(
              'div',
              { className: 'buttons' },
              source &&
                button({ label: words.reveal, onClick: () => view.post({ type: 'reveal', source }), key: 'reveal' })
                  .node,
              button({ label: words.readAgain, appearance: 'secondary', onClick: readAgain, key: 'read-again' }).node,
            ),
          ),
        );
      }
      if (stale && !unreadable) {
        const again = button({
          label: words.readAgain,
          appearance: 'secondary',
          onClick: readAgain,
          key: 'read-again',
        });
        parts.push(banner('warning', words.stale, again.node));
      }
      if (notice) parts.push(banner(notice.kind, element('p', { className: 'message' }, notice.message)));
      replaceChildren(node, ...parts);
    },
  );

  return { node, update: (state) => show(state.reading, state.stale, state.unreadable, state.notice) };
}

function banner(kind: Notice['kind'] | 'warning', ...children: (Node | string)[]): HTMLElement {
  return element('div', { className: `banner ${kind}` }, ...children);
}
