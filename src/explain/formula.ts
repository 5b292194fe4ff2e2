import rendered from 'virtual:formulas';
import { type Formula, variantOf } from '../activations/formula';
import type { Activation } from '../activations/types';
import { firstElements } from '../graph/access';
import type { ActivationParameters } from '../graph/types';
import { shortNumber } from './factLine';
import type { Palette } from './palette';

/** Formulas as SVG in `currentColor`, for pages that have a colour of their own: the usual one and by word. */
export function formulas(id: string): Formula & { readonly variants?: Readonly<Record<string, Formula>> } {
  const { value = '', derivative = '', variants } = rendered.byId[id] ?? {};
  return { value, derivative, variants };
}

/** Pixels to a unit of the drawings, a thousandth of an em: an em is some 18 pixels at the hover's text size. */
const PIXELS = 8 / 442;
/** Units between a formula and what its symbols are, and between one of those and the next. */
const QUAD = 1000;
const THICK = 350;
/** A hover's image is no wider, in pixels, for the plot to stand beside it; what is longer goes into a second line. */
const WIDEST = 330;
/** A longer formula is drawn smaller, down to this. */
const SMALLEST = 0.8;

/** A drawing of MathJax: what is in it, and how far it reaches from its baseline, in thousandths of an em. */
interface Drawing {
  readonly content: string;
  readonly width: number;
  readonly above: number;
  readonly below: number;
}

/**
 * The formula of an activation in a palette, with its size in pixels, and behind it what its symbols are in this call:
 * `LeakyReLU(x) = … a = 0.2`. Of parameters in `unknown` nothing is said.
 */
export function formulaImage(
  activation: Activation,
  parameters: ActivationParameters,
  palette: Palette,
  unknown: readonly string[] = [],
): { svg: string; width: number; height: number } | undefined {
  const drawn = rendered.byId[activation.id];
  if (!drawn) return undefined;
  const variant = variantOf(activation, parameters);
  const formula = drawing((variant && drawn.variants?.[variant]?.value) || drawn.bare);
  const legend = Object.entries(drawn.symbols).flatMap(([name, symbol]) => {
    const value = parameters[name];
    return typeof value === 'number' && !unknown.includes(name) ? [[drawing(symbol), ...drawNumber(value)]] : [];
  });
  const image = appendLegend(formula, joinParts(legend));
  const scale = PIXELS * Math.min(1, Math.max(SMALLEST, WIDEST / (image.width * PIXELS)));
  const [width, height] = [image.width, image.above + image.below].map((units) => Math.ceil(units * scale));
  const viewBox = `0 ${-image.above} ${image.width} ${image.above + image.below}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="${viewBox}">${image.content}</svg>`;
  return { svg: svg.replace(/currentColor/g, palette.text), width: width ?? 0, height: height ?? 0 };
}

function appendLegend(formula: Drawing, legend: Drawing | undefined): Drawing {
  if (!legend) return formula;
  if ((formula.width + QUAD + legend.width) * PIXELS <= WIDEST) return row([formula, legend], QUAD);
  const line = formula.below + THICK + legend.above;
  return {
    content: formula.content + translate(legend.content, 0, line),
    width: Math.max(formula.width, legend.width),
    above: formula.above,
    below: line + legend.below,
  };
}

/** `a = 0.2, b = 1`. */
function joinParts(parts: readonly (readonly Drawing[])[]): Drawing | undefined {
  if (parts.length === 0) return undefined;
  const comma = drawing(rendered.characters[','] ?? '');
  const items = parts.map((part, i) => row(i < parts.length - 1 ? [...part, comma] : part, 0));
  return row(items, THICK);
}

function drawNumber(value: number): Drawing[] {
  return [...shortNumber(value, 4)].map((character) => drawing(rendered.characters[character] ?? ''));
}

function row(parts: readonly Drawing[], gap: number): Drawing {
  let width = -gap;
  let content = '';
  for (const part of parts) {
    content += translate(part.content, width + gap, 0);
    width += gap + part.width;
  }
  const [above, below] = [Math.max(...parts.map((each) => each.above)), Math.max(...parts.map((each) => each.below))];
  return { content, width, above, below };
}

function translate(content: string, x: number, y: number): string {
  return x === 0 && y === 0 ? content : `<g transform="translate(${x} ${y})">${content}</g>`;
}

function drawing(svg: string): Drawing {
  const box = /viewBox="0 (-?[\d.]+) ([\d.]+) ([\d.]+)"/.exec(svg)?.map(Number) ?? [];
  const [, top, width, height] = firstElements(box, 4);
  const content = svg.slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>'));
  return { content, width, above: -top, below: height + top };
}
