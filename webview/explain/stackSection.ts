import { facts } from '../../src/activations/facts';
import { figure } from '../charts/figure';
import { type CandidateLine, drawLines } from '../charts/lines';
import { action, checkbox, dropdown } from '../ui/controls';
import { append, element, setText } from '../ui/dom';
import type { NumberFormat } from '../ui/numbers';
import { range } from '../ui/range';
import { table } from '../ui/table';
import type { Texts } from '../ui/texts';
import { type StackChoices, usualStack } from './choices';
import type { Overlay } from './curveSection';
import { initialisations, mostLayers, runStack, type StackLayer, type StackSettings, stackWidth } from './stackModel';

const usualDepth = 12;
/** Results that are kept, so that only what changed is computed again. */
const mostKept = 40;

interface StackRun {
  readonly id: string;
  readonly title: string;
  readonly layers: readonly StackLayer[];
}

/** Signal and gradient by layer in a stack as deep as the reader's model, computed while a control moves. */
export class StackSection {
  readonly node: HTMLElement;
  private readonly body = element('div', { className: 'stack' });
  private readonly missing = element('p', { className: 'faint' });
  private readonly summary = element('div', { className: 'stack-summary', attributes: { role: 'status' } });
  private readonly ofModel = element('span', { className: 'faint' });
  private readonly depth;
  private readonly normalised;
  private readonly initialisation;
  private readonly signal;
  private readonly gradient;
  private readonly kept = new Map<string, readonly StackLayer[]>();

  constructor(
    private readonly texts: Texts,
    private readonly numbers: NumberFormat,
    change: (choices: Partial<StackChoices>) => void,
  ) {
    const words = texts.explain;
    this.depth = range({
      label: words.depth,
      value: usualDepth,
      min: 1,
      max: mostLayers,
      step: 1,
      key: 'depth',
      onInput: (depth) => change({ depth: clampDepth(depth) }),
    });
    this.initialisation = dropdown({
      label: words.initialisation,
      choices: initialisations.map((value) => ({ value, label: words.initialisations[value] })),
      value: usualStack.initialisation,
      key: 'initialisation',
      onChange: (value) => {
        const initialisation = initialisations.find((each) => each === value);
        if (initialisation) change({ initialisation });
      },
    });
    this.normalised = checkbox({
      label: words.normalised,
      checked: false,
      onChange: (normalised) => change({ normalised }),
    });
    this.signal = figure(texts, words.signalByLayer);
    this.gradient = figure(texts, words.gradientByLayer);
    append(
      this.body,
      element('p', { className: 'faint' }, words.stackAbout(stackWidth)),
      element('div', { className: 'stack-depth' }, this.depth.node, this.ofModel),
      element(
        'div',
        { className: 'stack-controls' },
        this.initialisation.node,
        this.normalised.node,
        action(words.drawAgain, () => change({ seed: this.seed + 1 }), { key: 'draw-again' }),
      ),
      element('div', { className: 'stack-figures' }, this.signal.node, this.gradient.node),
      this.summary,
    );
    this.node = element(
      'section',
      { attributes: { 'aria-labelledby': 'stack-heading' } },
      element('h2', { id: 'stack-heading' }, words.stack),
      this.missing,
      this.body,
    );
  }

  private seed = 0;

  /** @param ofModel activations one behind the other in the model at hand, where that is known */
  show(shown: Overlay, others: readonly Overlay[], choices: StackChoices, ofModel: number | undefined): void {
    const words = this.texts.explain;
    const depth = clampDepth(choices.depth ?? ofModel ?? usualDepth);
    const settings: StackSettings = { ...choices, depth };
    this.seed = choices.seed;
    if (document.activeElement?.closest('.stack-depth') === null) this.depth.value = depth;
    this.initialisation.value = settings.initialisation;
    this.normalised.checked = settings.normalised;
    setText(this.ofModel, ofModel === undefined ? '' : words.depthOfModel(ofModel));
    const runs = [shown, ...others.slice(0, 2)].flatMap((each) => this.run(each, settings) ?? []);
    const own = runs[0]?.id === shown.activation.id;
    this.body.hidden = !own;
    this.missing.hidden = own;
    setText(this.missing, words.noStack);
    if (!own) return;
    this.draw(this.signal, words.signalByLayer, runs, ({ deviation }) => deviation);
    this.draw(this.gradient, words.gradientByLayer, runs, ({ gradient }) => gradient);
    setText(this.summary, runs.map((run) => this.sentence(run)).join(' '));
  }

  private run({ activation, parameters }: Overlay, settings: StackSettings): StackRun | undefined {
    const { id, title, value, derivative } = activation;
    const known = facts(activation, parameters);
    if (!value || !derivative || !known) return undefined;
    const key = JSON.stringify([id, parameters, settings]);
    let layers = this.kept.get(key);
    if (!layers) {
      layers = runStack(
        { value: (x) => value(x, parameters), slope: (x) => derivative(x, parameters), gain: known.preservingGain },
        settings,
      );
      if (this.kept.size >= mostKept) this.kept.clear();
      this.kept.set(key, layers);
    }
    return { id, title, layers };
  }

  private draw(
    into: ReturnType<typeof figure>,
    label: string,
    runs: readonly StackRun[],
    of: (layer: StackLayer) => number,
  ): void {
    const { numbers } = this;
    const words = this.texts.explain;
    const lines: CandidateLine[] = runs.map(({ id, title, layers }, index) => ({
      id,
      title,
      place: index + 1,
      points: layers.flatMap((layer, at) => {
        const y = of(layer);
        // What is zero or beyond all numbers has no place on a logarithmic scale.
        return Number.isFinite(y) && y > 0 ? [{ x: at + 1, y }] : [];
      }),
    }));
    // The one that is shown lies over the others.
    lines.reverse();
    const depth = Math.max(...runs.map((each) => each.layers.length));
    const isAnyDrawn = lines.some(({ points }) => points.length > 0);
    const layerNumbers = Array.from({ length: depth }, (_, at) => at);
    into.show(
      (width) =>
        isAnyDrawn
          ? drawLines(
              lines,
              width,
              {
                label,
                xLabel: words.stackLayer,
                format: (value) => numbers.number(value),
                log: true,
                marked: depth <= 24,
              },
              this.texts,
              numbers,
            )
          : element('p', {}, words.stackZero),
      () =>
        table<number>(
          label,
          [
            { title: words.stackLayer, cell: (at) => numbers.integer(at + 1) },
            ...runs.map(({ title, layers }) => ({
              title,
              numeric: true,
              cell: (at: number) => {
                const layer = layers[at];
                return layer ? numbers.number(of(layer)) : '–';
              },
            })),
          ],
          layerNumbers,
        ),
    );
  }

  private sentence({ title, layers }: StackRun): string {
    const words = this.texts.explain;
    const lost = layers.findIndex(({ secondMoment, gradient }) => !Number.isFinite(secondMoment + gradient));
    if (lost >= 0) return words.outOfRange(title, lost + 1);
    const [first, last] = [layers[0], layers.at(-1)];
    const { numbers } = this;
    return words.stackEnd(
      title,
      layers.length,
      numbers.number(last?.deviation ?? 0),
      numbers.number(first?.gradient ?? 0),
    );
  }
}

const clampDepth = (depth: number) => Math.min(mostLayers, Math.max(1, Math.round(depth)));
