import { SATURATED } from '../../src/activations/saturation';
import type { LayerSignal, Report } from '../../src/compare/report';
import { activationOf } from '../../src/compare/standing';
import type { DrawnFunction } from '../../src/protocol/compare';
import { hiddenLayers } from '../charts/calculations';
import { colourOf, dashOf } from '../charts/colours';
import { figure } from '../charts/figure';
import { drawFunctions, type FunctionDrawing, type FunctionLine, flatShare, functionTable } from '../charts/functions';
import { inputBins, inputRange, shareBelow } from '../charts/inputBins';
import { layerName } from '../charts/signal';
import { dropdown } from '../ui/controls';
import { element, replaceChildren, setText } from '../ui/dom';
import { closedSection } from './section';
import { originalOf } from './state';
import { siteOf } from './strip';
import { drawOnChange, type Section, type ShownState, type View } from './view';

/** So fine that a step of the functions' points lies in one bin. */
const fineBins = 240;
const allLayers = 'all';

type InputLayer = LayerSignal & Required<Pick<LayerSignal, 'inputs'>>;

/** Each candidate's function and slope over what arrives at the activations in the model as written. */
export function functions(view: View): Section {
  const words = view.texts.compare;
  const { numbers } = view;
  const picker = element('div', { className: 'tools' });
  const legend = element('p', { className: 'legend' });
  const flat = element('p', {});
  const without = element('p', { className: 'faint' });
  const [value, slope] = [figure(view.texts, words.functionPicture), figure(view.texts, words.slopePicture)];
  const content = element(
    'div',
    {},
    legend,
    element('div', { className: 'figures' }, value.node, slope.node),
    flat,
    without,
  );
  const { node, find } = closedSection(
    words.functions,
    'functions',
    element('p', { className: 'faint' }, words.functionsAbout),
    picker,
    content,
  );
  // Bins tell no more.
  const about = (share: number) => numbers.percent(Math.round(share * 100) / 100);
  let report: Report | undefined;
  let places: ShownState['places'] = new Map();
  let chosen = allLayers;
  let asked:
    | { readonly key: string; readonly curves: Promise<readonly (DrawnFunction | null)[] | undefined> }
    | undefined;
  node.addEventListener('toggle', () => void draw());

  const show = drawOnChange((next: Report | undefined, inputsOf: string | undefined) => {
    report = next;
    chosen = inputsOf ?? allLayers;
    const layers = inputLayers(next);
    node.hidden = layers.length === 0;
    if (node.hidden) return;
    if (!layers.some(({ index }) => String(index) === chosen)) chosen = allLayers;
    const share = shareBelow(
      layers.map(({ inputs }) => inputs),
      0,
    );
    find(words.belowZero(about(share)));
    offer(
      chosen,
      JSON.stringify(layers.map((layer) => [layer.index, layerName({ ...layer, index: layer.index + 1 }, view.texts)])),
    );
    void draw();
  });

  const offer = drawOnChange((picked: string, named: string) => {
    const control = dropdown({
      label: words.inputsOf,
      value: picked,
      key: 'inputs-of',
      choices: [
        { value: allLayers, label: words.allLayers },
        ...(JSON.parse(named) as [number, string][]).map(([index, label]) => ({ value: String(index), label })),
      ],
      onChange: (layer) => view.change({ inputsOf: layer }),
    });
    replaceChildren(picker, control.node);
  });

  /** Asks the host, which has the catalogue, for the curves; nothing while the section is closed. */
  async function draw(): Promise<void> {
    const layers = inputLayers(report).filter(({ index }) => chosen === allLayers || String(index) === chosen);
    if (!report || !node.open || layers.length === 0) return;
    const histograms = layers.map(({ inputs }) => inputs);
    const { from, to } = inputRange(histograms);
    const subjects = subjectsOf(report, chosen === allLayers ? undefined : layers[0]);
    const of = subjects.map(({ activation, parameters }) => ({ activation, parameters }));
    const key = JSON.stringify([from, to, of]);
    if (asked?.key !== key)
      asked = { key, curves: view.ask('curves', { from, to, of }).then((answer) => answer?.curves) };
    const curves = await asked.curves;
    if (asked?.key !== key) return;
    content.hidden = !curves;
    if (!curves) {
      asked = undefined;
      return;
    }
    const drawn = subjects.flatMap(({ id, title }, i) => {
      const curve = curves[i];
      return curve ? [{ id, title, place: places.get(id) ?? i, curve }] : [];
    });
    const fine = inputBins(histograms, from, to, fineBins);
    const drawing = { xLabel: words.inputAxis, from, to, inputs: inputBins(histograms, from, to) };
    const linesOf = (points: keyof DrawnFunction): FunctionLine[] =>
      drawn.map(({ curve, ...each }) => ({ ...each, points: curve[points] }));
    const draws = [
      { into: value, lines: linesOf('value'), label: words.functionPicture, highest: Math.max(-from, to) },
      { into: slope, lines: linesOf('slope'), label: words.slopePicture, highest: 3 },
    ];
    for (const { into, lines, label, highest } of draws) {
      const plot: FunctionDrawing = { ...drawing, label, highest };
      into.show(
        (width) => drawFunctions(lines, width, plot, numbers),
        () => functionTable(lines, plot, numbers),
      );
    }
    replaceChildren(legend, ...drawn.map(({ id, title, place }) => keyOf(id, title, place)));
    const shares = drawn.flatMap(({ title, curve }) => {
      const share = flatShare(curve.slope, fine, SATURATED);
      return Number.isNaN(share) ? [] : [words.flatFor(title, about(share))];
    });
    flat.hidden = shares.length === 0;
    setText(flat, words.flat(numbers.number(SATURATED), numbers.list(shares)));
    const others = subjects.flatMap(({ title }, i) => (curves[i] ? [] : [title]));
    without.hidden = others.length === 0;
    setText(without, words.noFunction(numbers.list(others)));
  }

  function keyOf(id: string, title: string, place: number): HTMLElement {
    const line = element('span', { className: 'key' });
    line.style.borderTopColor = colourOf(place);
    if (dashOf(place)) line.style.borderTopStyle = 'dashed';
    return element('span', { className: 'key-pair', attributes: { 'data-candidate': id } }, line, title);
  }

  /** The model's own activation where it is one, and the candidates. */
  function subjectsOf(of: Report, layer: LayerSignal | undefined) {
    const [baseline, ...others] = of.candidates;
    const own = (layer && siteOf(layer, of.plan.sites)) ?? originalOf(of);
    return [
      ...(baseline && own ? [{ ...own, id: baseline.id, title: words.baseline }] : []),
      ...others.map((each) => ({ ...each, activation: activationOf(each) })),
    ];
  }

  return {
    node,
    update: (state) => {
      places = state.places;
      show(state.report, state.inputsOf);
    },
  };
}

/** The layers that are swapped and whose inputs are known; the hidden ones where it isn't known which are swapped. */
function inputLayers(report: Report | undefined): InputLayer[] {
  const layers = (report?.candidates[0]?.signal ?? []).filter(
    (layer): layer is InputLayer => layer.inputs?.counts.some((count) => count > 0) ?? false,
  );
  const swapped = layers.filter((layer) => siteOf(layer, report?.plan.sites ?? []));
  return swapped.length > 0 ? swapped : hiddenLayers(layers);
}
