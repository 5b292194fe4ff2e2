import { element, setText, uniqueId } from './dom';
import type { Texts } from './texts';

/**
 * The numbers of a chart behind a button. Screen readers have them in any case; for the eye they are shown on demand.
 */
export function numbersOf(texts: Texts, title: string): { readonly toggle: HTMLElement; readonly node: HTMLElement } {
  const id = uniqueId('numbers');
  const node = element('div', { id, className: 'numbers visually-hidden' });
  const toggle = element('button', {
    className: 'action',
    attributes: { type: 'button', 'aria-controls': id },
    onClick: () => {
      node.classList.toggle('visually-hidden');
      say();
    },
  });
  const say = () => {
    const hidden = node.classList.contains('visually-hidden');
    const label = hidden ? texts.charts.showTable : texts.charts.hideTable;
    setText(toggle, label);
    toggle.setAttribute('aria-label', `${label}: ${title}`);
    toggle.setAttribute('aria-expanded', String(!hidden));
    // What is on show may be wider than the panel and must then be scrolled by keyboard too.
    if (hidden) for (const name of ['tabindex', 'role', 'aria-label']) node.removeAttribute(name);
    else {
      node.tabIndex = 0;
      node.setAttribute('role', 'group');
      node.setAttribute('aria-label', title);
    }
  };
  say();
  return { toggle, node };
}
