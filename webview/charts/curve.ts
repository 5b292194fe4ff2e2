import type { CurvePoint } from '../../src/activations/curve';
import { append, element, replaceChildren } from '../ui/dom';
import { curveRange } from './curveShape';
import { type InputBin, inputMark } from './inputBins';
import { colours, draw, lineY, ruleX, ruleY } from './plot';

export interface DrawnCurve {
  readonly name: string;
  readonly points: readonly CurvePoint[];
}

export interface CurveDrawing {
  readonly label: string;
  readonly main: DrawnCurve;
  readonly slope?: DrawnCurve;
  readonly others: readonly DrawnCurve[];
  /** Least and largest value of the main curve anywhere, where that is known. */
  readonly range?: { readonly low: number; readonly high: number };
  /** How often inputs lie where, along the bottom. */
  readonly inputs?: readonly InputBin[];
  readonly from: number;
  readonly to: number;
  readonly tickFormat: (value: number) => string;
}

export interface Cursor {
  readonly x: number;
  readonly y: number;
  readonly slope?: number;
}

const height = 300;

/** A plot of curves over x with a cursor that the pointer moves; moving it draws nothing but the cursor. */
export class CurvePlot {
  readonly node = element('div', { className: 'curve-plot' });
  private drawing: CurveDrawing | undefined;
  private cursor: Cursor | undefined;
  private svg: SVGSVGElement | undefined;
  private readonly marks = cursorMarks();
  private toPixels: { x: (value: number) => number; y: (value: number) => number } | undefined;

  constructor(onPoint: (x: number) => void) {
    new ResizeObserver(() => this.redraw()).observe(this.node);
    this.node.addEventListener('pointermove', (event) => {
      const x = this.xAt(event);
      if (x !== undefined) onPoint(x);
    });
  }

  show(drawing: CurveDrawing): void {
    this.drawing = drawing;
    this.redraw();
  }

  point(cursor: Cursor): void {
    this.cursor = cursor;
    this.placeCursor();
  }

  private redraw(): void {
    const { drawing } = this;
    const width = Math.round(this.node.clientWidth);
    if (!drawing || width === 0) return;
    const { main, slope, others, range, inputs = [], from, to, tickFormat } = drawing;
    const lines = [main, ...(slope ? [slope] : []), ...others].map((curve) => curve.points);
    const domain = curveRange(lines, range);
    const svg = draw({
      label: drawing.label,
      width,
      height,
      marginLeft: 36,
      marginRight: 10,
      marginTop: 10,
      marginBottom: 28,
      x: { domain: [from, to], label: null, grid: true, ticks: Math.max(3, Math.round(width / 60)), tickFormat },
      y: { domain, label: null, grid: true, ticks: 6, tickFormat },
      marks: [
        inputMark(inputs, domain),
        ruleX([0], { stroke: colours.faint, strokeOpacity: 0.8 }),
        ruleY([0], { stroke: colours.faint, strokeOpacity: 0.8 }),
        ...others.map((curve, index) =>
          lineY(curve.points, {
            x: 'x',
            y: 'y',
            clip: true,
            stroke: otherColour(index),
            strokeWidth: 1.5,
            strokeOpacity: 0.9,
          }),
        ),
        ...(slope
          ? [
              lineY(slope.points, {
                x: 'x',
                y: 'y',
                clip: true,
                stroke: colours.slope,
                strokeWidth: 1.5,
                strokeDasharray: '5 3',
              }),
            ]
          : []),
        lineY(main.points, { x: 'x', y: 'y', clip: true, stroke: colours.main, strokeWidth: 2.5 }),
      ],
    });
    const [x, y] = [svg.scale('x'), svg.scale('y')];
    if (!x || !y) throw new TypeError('a curve plot has an x and a y scale');
    this.toPixels = { x: (value) => Number(x.apply(value)), y: (value) => Number(y.apply(value)) };
    this.svg = svg;
    append(svg, this.marks.group);
    replaceChildren(this.node, svg);
    this.placeCursor();
  }

  private placeCursor(): void {
    const { cursor, toPixels, drawing } = this;
    if (!cursor || !toPixels || !drawing) return;
    const { group, line, dot, slopeDot } = this.marks;
    const inside = cursor.x >= drawing.from && cursor.x <= drawing.to;
    group.setAttribute('visibility', inside ? 'visible' : 'hidden');
    if (!inside) return;
    const x = toPixels.x(cursor.x);
    place(line, { x1: x, x2: x, y1: 10, y2: height - 28 });
    const dots: [SVGElement, number | undefined][] = [
      [dot, cursor.y],
      [slopeDot, drawing.slope ? cursor.slope : undefined],
    ];
    for (const [mark, value] of dots) {
      const y = value === undefined || !Number.isFinite(value) ? undefined : toPixels.y(value);
      const shown = y !== undefined && y >= 10 && y <= height - 28;
      mark.setAttribute('visibility', shown ? 'inherit' : 'hidden');
      if (shown) place(mark, { cx: x, cy: y });
    }
  }

  private xAt(event: PointerEvent): number | undefined {
    const { svg, drawing } = this;
    const scale = svg && 'scale' in svg ? (svg as SVGSVGElement & { scale: ScaleOf }).scale('x') : undefined;
    if (!svg || !drawing || !scale?.invert) return undefined;
    const box = svg.getBoundingClientRect();
    const x = Number(scale.invert(((event.clientX - box.left) * svg.width.baseVal.value) / box.width));
    return Math.min(drawing.to, Math.max(drawing.from, x));
  }
}

type ScaleOf = (name: string) => { invert?: (value: number) => number } | undefined;

export function otherColour(index: number): string {
  return colours.others[index % colours.others.length] ?? colours.faint;
}

function cursorMarks() {
  const make = (tag: string, attributes: Record<string, string | number>): SVGElement => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
    place(made, attributes);
    return made;
  };
  const line = make('line', { stroke: colours.faint, 'stroke-dasharray': '2 2' });
  const dot = make('circle', { r: 4.5, fill: colours.main, stroke: colours.background, 'stroke-width': 1.5 });
  const slopeDot = make('circle', { r: 4.5, fill: colours.slope, stroke: colours.background, 'stroke-width': 1.5 });
  const group = make('g', { class: 'cursor', visibility: 'hidden' });
  append(group, line, slopeDot, dot);
  return { group, line, dot, slopeDot };
}

function place(mark: SVGElement, attributes: Record<string, string | number>): void {
  for (const [name, value] of Object.entries(attributes)) mark.setAttribute(name, String(value));
}

/** A curve the size of a thumbnail, without axes; what it shows is said by the text beside it. */
export function thumbnail(
  points: readonly CurvePoint[],
  slope: readonly CurvePoint[],
  from: number,
  to: number,
): SVGSVGElement {
  const made = draw({
    label: '',
    width: 120,
    height: 72,
    margin: 2,
    axis: null,
    x: { domain: [from, to] },
    y: { domain: curveRange([points]) },
    marks: [
      ruleX([0], { stroke: colours.faint, strokeOpacity: 0.5 }),
      ruleY([0], { stroke: colours.faint, strokeOpacity: 0.5 }),
      lineY(slope, { x: 'x', y: 'y', clip: true, stroke: colours.slope, strokeDasharray: '3 2' }),
      lineY(points, { x: 'x', y: 'y', clip: true, stroke: colours.main, strokeWidth: 2 }),
    ],
  });
  made.removeAttribute('role');
  made.removeAttribute('aria-label');
  made.setAttribute('aria-hidden', 'true');
  return made;
}
