import { shape } from '../ui/dom';

/** A chart as a file of its own: what a theme and the page's styles give it is written into it. */

export type PictureFormat = 'svg' | 'png';

/** Styles of a drawing that come from the page. */
const kept = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'white-space',
] as const;

/** Pixels of a PNG for one of the chart. */
const density = 2;

/** @returns the text of an SVG file that looks as the chart does in the page, on the page's background */
export function svgTextOf(chart: SVGSVGElement): string {
  const copy = chart.cloneNode(true) as SVGSVGElement;
  const copies = [copy, ...copy.querySelectorAll('*')];
  for (const [i, part] of [chart, ...chart.querySelectorAll('*')].entries()) {
    const target = copies[i];
    const style = getComputedStyle(part);
    const around = part === chart || !part.parentElement ? undefined : getComputedStyle(part.parentElement);
    for (const name of kept) {
      const value = style.getPropertyValue(name);
      // All of them are inherited.
      if (value === around?.getPropertyValue(name)) target?.removeAttribute(name);
      else target?.setAttribute(name, value);
    }
    for (const name of ['class', 'style', 'data-candidate']) target?.removeAttribute(name);
  }
  const { width, height } = sizeOf(chart);
  const fill = getComputedStyle(document.body).backgroundColor;
  const whole = shape('svg', { width, height }, shape('rect', { width, height, fill }), copy);
  return new XMLSerializer().serializeToString(whole);
}

/** In the chart's own pixels. */
function sizeOf(chart: SVGSVGElement): { readonly width: number; readonly height: number } {
  const { width, height } = chart.viewBox.baseVal;
  return { width, height };
}

/** @returns the file as base64. @throws Error where the page can't draw it */
export async function pngOf(chart: SVGSVGElement): Promise<string> {
  const { width, height } = sizeOf(chart);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgTextOf(chart))}`;
  await image.decode();
  const canvas = new OffscreenCanvas(width * density, height * density);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** What a figure asks to have saved; listened to where the page knows its host. */
export interface SavedPicture {
  readonly name: string;
  readonly format: PictureFormat;
  /** The text of an SVG, or a PNG as base64. */
  readonly data: string;
}

export const pictureEvent = 'lens-picture';

let isOffered = false;

/** Has a page whose host saves charts offer it beside each of them. */
export function offerPictures(): void {
  isOffered = true;
}

export const offersPictures = (): boolean => isOffered;
