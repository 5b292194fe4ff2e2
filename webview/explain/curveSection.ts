import { type ActivationCurve, curveOf, sampleCurve } from '../../src/activations/curve';
import { facts } from '../../src/activations/facts';
import type { Activation } from '../../src/activations/types';
import type { ActivationParameters } from '../../src/graph/types';
import { CurvePlot, type DrawnCurve, otherColour } from '../charts/curve';
import type { InputBin } from '../charts/inputBins';
import { checkbox, dropdown } from '../ui/controls';
import { numbersOf } from '../ui/disclosure';
import { append, element, replaceChildren, setText } from '../ui/dom';
import type { NumberFormat } from '../ui/numbers';
import { range } from '../ui/range';
import { table } from '../ui/table';
import type { Texts } from '../ui/texts';
import { beneaths, type CurveChoices, domain } from './choices';
import { normalInputs } from './inputs';

export interface Overlay {
  readonly activation: Activation;
  readonly parameters: ActivationParameters;
}

/** The interactive plot: curve, slope, siblings over it, and the values at x, moved by pointer or by slider. */
export class CurveSection {
  readonly node: HTMLElement;
  private readonly note = element('p', { className: 'faint' });
  private readonly legend = element('div', { className: 'legend-row' });
  private readonly overlays = element('div', { className: 'chips', attributes: { role: 'group' } });
  private readonly readout = element('output', { className: 'readout' });
  private readonly numbersNode: HTMLElement;
  private readonly plot: CurvePlot;
  private readonly position;
  private readonly slopeBox;
  private readonly beneath;
  private readonly drawn = element('div', { className: 'drawn' });
  private curve: ActivationCurve | undefined;
  private choices: CurveChoices = { slope: true, overlays: [], x: 1 };

  constructor(
    private readonly texts: Texts,
    private readonly numbers: NumberFormat,
    private readonly change: (choices: Partial<CurveChoices>) => void,
  ) {
    this.plot = new CurvePlot((x) => change({ x: Math.round(x * 50) / 50 }));
    this.position = range({
      label: texts.explain.at,
      value: 1,
      min: domain.from,
      max: domain.to,
      step: 0.02,
      key: 'x',
      onInput: (x) => change({ x }),
    });
    this.position.node.classList.add('position');
    this.slopeBox = checkbox({
      label: texts.explain.showSlope,
      checked: true,
      onChange: (slope) => change({ slope }),
    });
    this.beneath = dropdown({
      label: texts.explain.beneath,
      choices: [
        { value: 'model', label: texts.explain.beneathModel },
        { value: 'normal', label: texts.explain.beneathNormal },
        { value: 'nothing', label: texts.explain.beneathNothing },
      ],
      value: 'normal',
      key: 'beneath',
      onChange: (value) => {
        const beneath = beneaths.find((each) => each === value);
        if (beneath) change({ beneath });
      },
    });
    this.overlays.setAttribute('aria-label', texts.explain.overlay);
    const { toggle, node } = numbersOf(texts, texts.explain.curve);
    this.numbersNode = node;
    append(
      this.drawn,
      this.legend,
      this.plot.node,
      this.position.node,
      this.readout,
      element(
        'div',
        { className: 'overlay-row' },
        this.slopeBox.node,
        element('span', { className: 'label' }, `${texts.explain.overlay}:`),
        this.overlays,
        this.beneath.node,
      ),
      this.numbersNode,
    );
    this.node = element(
      'section',
      { className: 'curve', attributes: { 'aria-labelledby': 'curve-heading' } },
      element(
        'div',
        { className: 'section-head' },
        element('h2', { id: 'curve-heading' }, texts.explain.curve),
        toggle,
      ),
      this.note,
      this.drawn,
    );
  }

  /** Offers these siblings as overlays. */
  offer(siblings: readonly Overlay[], chosen: readonly string[]): void {
    const boxes = siblings.map(({ activation: { id, title } }) =>
      checkbox({
        label: title,
        checked: chosen.includes(id),
        onChange: (checked) => {
          const others = this.choices.overlays.filter((other) => other !== id);
          this.change({ overlays: checked ? [...others, id] : others });
        },
      }),
    );
    replaceChildren(this.overlays, ...boxes.map((box) => box.node));
  }

  /** @param modelInputs how the inputs lie in the reader's model, where that was measured */
  show(
    shown: Overlay,
    siblings: readonly Overlay[],
    choices: CurveChoices,
    modelInputs: readonly InputBin[] | undefined,
  ): void {
    this.choices = choices;
    const { title } = shown.activation;
    const words = this.texts.explain;
    this.curve = curveOf(shown.activation, shown.parameters);
    const { curve } = this;
    this.drawn.hidden = curve === undefined;
    setText(this.note, curve ? noteOf(curve, words) : words.noCurve);
    if (!curve) return;
    const sample = (name: string, f: (x: number) => number, of: Overlay): DrawnCurve => ({
      name,
      points: sampleCurve(f, domain.from, domain.to, { corners: of.activation.corners?.(of.parameters) ?? [] }),
    });
    const others = choices.overlays.flatMap((id) => {
      const sibling = siblings.find(({ activation }) => activation.id === id);
      const other = sibling && curveOf(sibling.activation, sibling.parameters);
      return other ? [sample(sibling.activation.title, other.value, sibling)] : [];
    });
    this.slopeBox.checked = choices.slope;
    const beneath = choices.beneath ?? 'model';
    const ofModel = beneath === 'model' ? modelInputs : undefined;
    const inputs = beneath === 'nothing' ? [] : (ofModel ?? normalInputs(domain.from, domain.to));
    this.beneath.value = beneath === 'nothing' ? beneath : ofModel ? 'model' : 'normal';
    const range = facts(shown.activation, shown.parameters)?.range;
    this.plot.show({
      ...domain,
      label: words.curveSummary(title),
      ...(range && { range }),
      inputs,
      main: sample(title, curve.value, shown),
      ...(choices.slope && { slope: sample(words.slope, curve.slope, shown) }),
      others,
      tickFormat: (value) => this.numbers.number(value),
    });
    this.drawLegend(title, choices.slope, others);
    this.listNumbers(title, curve, others);
    this.point(choices.x);
  }

  /** Moves the cursor only. */
  point(x: number): void {
    const { curve } = this;
    this.choices = { ...this.choices, x };
    if (!curve) return;
    const [y, slope] = [curve.value(x), curve.slope(x)];
    this.plot.point({ x, y, slope });
    if (document.activeElement?.closest('.position') === null) this.position.value = x;
    const format = (value: number) => this.numbers.number(Math.abs(value) < 1e-12 ? 0 : value);
    setText(this.readout, this.texts.explain.readout(format(x), format(y), format(slope)));
  }

  private drawLegend(title: string, slope: boolean, others: readonly DrawnCurve[]): void {
    const key = (className: string, name: string, colour?: string) => {
      const line = element('span', { className: `key ${className}` });
      if (colour) line.style.borderColor = colour;
      return element('span', { className: 'key-pair' }, line, name);
    };
    replaceChildren(
      this.legend,
      key('key-main', title),
      slope && key('key-slope', this.texts.explain.slope),
      ...others.map((other, index) => key('key-other', other.name, otherColour(index))),
    );
  }

  private listNumbers(title: string, curve: ActivationCurve, others: readonly DrawnCurve[]): void {
    const { numbers, texts } = this;
    const rows = [-6, -4, -3, -2, -1, -0.5, 0, 0.5, 1, 2, 3, 4, 6];
    const at = (other: DrawnCurve, x: number) => other.points.find((point) => Math.abs(point.x - x) < 1e-9)?.y;
    replaceChildren(
      this.numbersNode,
      table<number>(
        texts.explain.curveSummary(title),
        [
          { title: 'x', cell: (x) => numbers.number(x) },
          { title, numeric: true, cell: (x) => numbers.number(curve.value(x)) },
          { title: texts.explain.slope, numeric: true, cell: (x) => numbers.number(curve.slope(x)) },
          ...others.map((other) => ({
            title: other.name,
            numeric: true,
            cell: (x: number) => numbers.number(at(other, x) ?? Number.NaN),
          })),
        ],
        rows,
      ),
    );
  }
}

/** What is drawn, where that is not simply f(x). */
function noteOf({ row, gate }: ActivationCurve, words: Texts['explain']): string {
  return gate ? words.gateNote : row ? words.rowNote(row) : '';
}
