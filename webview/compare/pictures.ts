import { type LayerNumber, layerNumbers } from '../../src/compare/measures/index';
import type { CandidateReport, Report } from '../../src/compare/report';
import { median } from '../../src/compare/statistics';
import { hiddenLayers, layerMeasures, layerValues } from '../charts/calculations';
import { figure } from '../charts/figure';
import { bestRuns, learningTable } from '../charts/learning';
import { type CandidateLine, drawLines, type LinePoint } from '../charts/lines';
import { layersTable } from '../charts/signal';
import { dropdown } from '../ui/controls';
import { element, replaceChildren } from '../ui/dom';
import { strip } from './strip';
import { drawOnChange, type Section, type ShownState, type View } from './view';

/** The two pictures that explain the table: how each candidate learns, and what happens on the way through the model. */
export function pictures(view: View): Section {
  const words = view.texts.compare;
  const { numbers } = view;
  const curves = figure(view.texts, words.learningPicture);
  const depth = figure(view.texts, words.depthPicture);
  const picker = element('div', { className: 'tools' });
  const sites = strip(view);
  const none = element('p', { className: 'faint' }, words.noCurves);
  const node = element(
    'section',
    { className: 'pictures', attributes: { 'aria-label': words.pictures } },
    element('div', { className: 'picture' }, curves.node, none),
    element('div', { className: 'picture' }, depth.node, sites.node, picker),
  );

  let places: ShownState['places'] = new Map();
  const linesOf = (report: Report, points: (candidate: CandidateReport) => LinePoint[]): CandidateLine[] =>
    report.candidates.map((candidate, i) => ({
      id: candidate.id,
      // Of settings their values: there is little room.
      title: i === 0 ? words.baseline : candidate.title.replace(/[\w.]+=/g, '').replace(/ \((.*)\)$/, ' $1'),
      place: places.get(candidate.id) ?? i,
      points: points(candidate),
    }));

  const pick = drawOnChange((keys: string, shown: LayerNumber) => {
    const control = dropdown({
      label: words.depthOf,
      value: shown,
      key: 'depth-of',
      choices: keys.split(' ').map((key) => ({ value: key, label: words.measure[key as LayerNumber] })),
      onChange: (value) => view.change({ depthOf: value as LayerNumber }),
    });
    replaceChildren(picker, control.node);
  });

  const show = drawOnChange((report: Report | undefined, asked: LayerNumber | undefined) => {
    const [written] = report?.candidates ?? [];
    const known = written ? layerMeasures.filter((each) => hiddenLayers(layerValues(written, each)).length > 0) : [];
    node.hidden = known.length === 0;
    if (!report || !written || known.length === 0) return;
    const learnt = linesOf(report, heldLosses);
    const hasLearnt = learnt.some(({ points }) => points.length > 0);
    curves.node.hidden = !hasLearnt;
    none.hidden = hasLearnt;
    const target = written.learning?.setup.targetLoss;
    if (hasLearnt)
      curves.show(
        (width) =>
          drawLines(
            learnt,
            width,
            {
              label: words.learningPicture,
              xLabel: words.stepAxis,
              format: numbers.number,
              ...(target !== undefined && { target }),
            },
            view.texts,
            numbers,
          ),
        () =>
          learningTable(
            report.candidates.filter(({ learning }) => learning),
            view.texts,
            numbers,
          ),
      );
    const measure = known.find((each) => each === asked) ?? known.find((each) => each === 'norm') ?? known[0];
    if (!measure) return;
    pick(known.join(' '), measure);
    const kind = layerNumbers[measure];
    depth.show(
      (width) =>
        drawLines(
          linesOf(report, (candidate) =>
            hiddenLayers(layerValues(candidate, measure)).map(({ index, value }) => ({ x: index + 1, y: value })),
          ),
          width,
          {
            label: words.depthSummary(words.measure[measure]),
            xLabel: words.layer,
            format: kind === 'share' ? numbers.percent : numbers.number,
            log: kind === 'factor',
            marked: true,
          },
          view.texts,
          numbers,
        ),
      () => layersTable(report.candidates, measure, view.texts, numbers),
    );
  });

  return {
    node,
    update: (state) => {
      places = state.places;
      show(state.report, state.depthOf);
      sites.update(state);
    },
  };
}

/** The held-out loss over the steps: the middle of the seeds, each at its best rate, and what they lie between. */
function heldLosses(candidate: CandidateReport): LinePoint[] {
  const bySteps = new Map<number, number[]>();
  for (const { held } of bestRuns(candidate))
    for (const { step, loss } of held)
      if (typeof loss === 'number') bySteps.set(step, [...(bySteps.get(step) ?? []), loss]);
  return [...bySteps]
    .sort(([a], [b]) => a - b)
    .map(([x, losses]) => ({ x, y: median(losses), low: Math.min(...losses), high: Math.max(...losses) }));
}
