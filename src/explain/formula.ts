import rendered from 'virtual:formulas';
import type { Palette } from './palette';

/** A formula and its derivative as SVG in `currentColor`, for pages that have a colour of their own. */
export function formulas(id: string): { readonly value: string; readonly derivative: string } {
  return rendered[id] ?? { value: '', derivative: '' };
}

/** Pixels to an ex at the hover's text size. */
const EX = 8;

/** The formula of an activation in a palette, with its size in pixels. */
export function formulaImage(id: string, palette: Palette): { svg: string; width: number; height: number } | undefined {
  const svg = formulas(id).value;
  const size = /width="([\d.]+)ex" height="([\d.]+)ex"/.exec(svg);
  if (!size) return undefined;
  const [width, height] = [Math.ceil(Number(size[1]) * EX), Math.ceil(Number(size[2]) * EX)];
  const sized = svg.replace(size[0], `width="${width}" height="${height}"`);
  return { svg: sized.replace(/currentColor/g, palette.text), width, height };
}
