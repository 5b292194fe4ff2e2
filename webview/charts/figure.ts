import { numbersOf } from '../ui/disclosure';
import { element, onFrame, replaceChildren } from '../ui/dom';
import type { Texts } from '../ui/texts';

export interface Figure {
  readonly node: HTMLElement;
  /** Shows another chart; it is drawn again whenever the width changes. */
  show(draw: (width: number) => Element, numbers: () => HTMLTableElement): void;
}

/**
 * The frame of a chart: its drawing, and its numbers as a table. Screen readers always have the table; for the eye it
 * is behind a button.
 */
export function figure(texts: Texts, title: string, level: 3 | 4 = 3): Figure {
  const drawing = element('div', { className: 'drawing' });
  const { toggle, node: numbersNode } = numbersOf(texts, title);
  const heading = element(level === 3 ? 'h3' : 'h4', {}, title);
  const node = element(
    'div',
    { className: 'figure' },
    element('div', { className: 'figure-head' }, heading, toggle),
    drawing,
    numbersNode,
  );

  let current: ((width: number) => Element) | undefined;
  let width = 0;
  const redraw = onFrame(() => {
    if (current && width > 0) replaceChildren(drawing, current(width));
  });
  // Lives as long as the figure: the observer goes when its only target is collected.
  new ResizeObserver(([entry]) => {
    const next = Math.round(entry?.contentRect.width ?? 0);
    if (next === width) return;
    width = next;
    redraw();
  }).observe(drawing);

  return {
    node,
    show: (draw, numbers) => {
      current = draw;
      replaceChildren(numbersNode, numbers());
      redraw();
    },
  };
}
