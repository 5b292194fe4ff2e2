import { action } from '../ui/controls';
import { numbersOf } from '../ui/disclosure';
import { element, onFrame, replaceChildren } from '../ui/dom';
import type { Texts } from '../ui/texts';
import { offersPictures, type PictureFormat, pictureEvent, pngOf, type SavedPicture, svgTextOf } from './picture';

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
  const save = async (format: PictureFormat) => {
    const chart = drawing.querySelector('svg');
    if (!chart) return;
    const detail: SavedPicture = {
      name: title,
      format,
      data: format === 'svg' ? svgTextOf(chart) : await pngOf(chart),
    };
    drawing.dispatchEvent(new CustomEvent(pictureEvent, { bubbles: true, detail }));
  };
  const saveAs = (format: PictureFormat, name: string) =>
    action(name, () => void save(format), { title: texts.charts.saveAs(title, name), key: `${format}-${title}` });
  const saving = element('span', { className: 'saving' }, saveAs('svg', 'SVG'), saveAs('png', 'PNG'));
  saving.hidden = true;
  const heading = element(level === 3 ? 'h3' : 'h4', {}, title);
  const node = element(
    'div',
    { className: 'figure' },
    element('div', { className: 'figure-head' }, heading, toggle, saving),
    drawing,
    numbersNode,
  );

  let current: { readonly draw: (width: number) => Element; readonly numbers: () => HTMLTableElement } | undefined;
  let written: typeof current;
  let width = 0;
  // What is hidden, as in a closed section, has no width: neither drawing nor table is made until it is seen.
  const redraw = onFrame(() => {
    if (!current || width === 0) return;
    if (written !== current) replaceChildren(numbersNode, current.numbers());
    written = current;
    const drawn = current.draw(width);
    replaceChildren(drawing, drawn);
    // A sentence is no picture.
    saving.hidden = !(offersPictures() && drawn instanceof SVGSVGElement);
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
      current = { draw, numbers };
      redraw();
    },
  };
}
