import type { CandidateReport, Report } from '../../src/compare/report';
import { hiddenLayers, layerMeasures, mostDifferent, pairLayers } from '../charts/calculations';
import { figure } from '../charts/figure';
import { drawHistograms, hasHistograms, histogramTable } from '../charts/histogram';
import { drawSignal, layerName, signalTable } from '../charts/signal';
import { dropdown } from '../ui/controls';
import { element, replaceChildren } from '../ui/dom';
import { closedSection } from './section';
import { drawOnChange, type Section, type View } from './view';

/** Signal, gradient and 8-bit noise of each layer: the model as written beside one candidate. */
export function layers(view: View): Section {
  const words = view.texts.compare;
  const picker = element('div', { className: 'tools' });
  const legend = element('p', { className: 'legend' });
  const apart = element('p', { className: 'faint' }, words.apartHint);
  const figures = layerMeasures.map((measure) => ({ measure, figure: figure(view.texts, words.measure[measure]) }));
  const values = figure(view.texts, words.histogram);
  const { node, find } = closedSection(
    words.layers,
    'layers',
    picker,
    legend,
    apart,
    element('div', { className: 'small-multiples' }, ...figures.map(({ figure: made }) => made.node)),
    values.node,
  );

  const pick = drawOnChange((shown: string, names: string) => {
    const choices = JSON.parse(names) as { value: string; label: string }[];
    const control = dropdown({
      label: words.layersFor,
      value: shown,
      key: 'layers-of',
      choices,
      onChange: (value) => view.change({ layersOf: value }),
    });
    replaceChildren(picker, control.node);
  });

  const draw = drawOnChange((baseline: CandidateReport | undefined, candidate: CandidateReport | undefined) => {
    if (!baseline || !candidate) return;
    replaceChildren(
      legend,
      element('span', { className: 'key key-baseline' }),
      `${words.baseline} `,
      element('span', { className: 'key key-candidate' }),
      candidate.title,
    );
    const most = mostDifferent(pairLayers(baseline, candidate, 'norm'));
    find(
      most ? words.normDiffers(candidate.title, layerName(most.pair, view.texts), view.numbers.ratio(most.ratio)) : '',
    );
    const signal = baseline.signal ?? [];
    apart.hidden = hiddenLayers(signal).length === signal.length;
    values.node.hidden = !hasHistograms(baseline, candidate, view.texts);
    if (!values.node.hidden)
      values.show(
        (width) => drawHistograms(baseline, candidate, width, view.texts, view.numbers),
        () => histogramTable(baseline, candidate, view.texts, view.numbers),
      );
    for (const { measure, figure: made } of figures) {
      const pairs = pairLayers(baseline, candidate, measure);
      made.node.hidden = hiddenLayers(pairs).length === 0;
      if (made.node.hidden) continue;
      made.show(
        (width) => drawSignal(pairs, measure, candidate.title, width, view.texts, view.numbers),
        () => signalTable(pairs, measure, candidate.title, view.texts, view.numbers),
      );
    }
  });

  return {
    node,
    update: ({ report, layersOf }) => {
      const measured = withSignal(report);
      const [baseline] = report?.candidates ?? [];
      const candidate = measured.find(({ id }) => id === layersOf) ?? measured[0];
      node.hidden = !baseline?.signal || !candidate;
      if (!candidate) return;
      pick(candidate.id, JSON.stringify(measured.map(({ id, title }) => ({ value: id, label: title }))));
      draw(baseline, candidate);
    },
  };
}

/** The candidates, without the baseline, whose signal was measured. */
function withSignal(report: Report | undefined): CandidateReport[] {
  return (report?.candidates ?? []).slice(1).filter((candidate) => (candidate.signal?.length ?? 0) > 0);
}
