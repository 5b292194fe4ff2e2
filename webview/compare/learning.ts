import {
  learningBounds,
  leastBatch,
  leastSeeds,
  leastSteps,
  type ShorterPlan,
  shorterPlans,
} from '../../src/compare/learning';
import { chanceSentence, taskSentences } from '../../src/compare/learningWords';
import { scoresOf } from '../../src/compare/measures/index';
import type { CandidateReport, LearningPlan, Report } from '../../src/compare/report';
import type { ChosenData } from '../../src/protocol/compare';
import { scorePoints } from '../charts/calculations';
import { figure } from '../charts/figure';
import { drawLearning, hasCurve, learningTable } from '../charts/learning';
import { drawScores, scoreTable } from '../charts/scores';
import { action, button, textField } from '../ui/controls';
import { element, replaceChildren, setText } from '../ui/dom';
import { closedSection } from './section';
import { backendText } from './settings';
import { shorterText } from './shorter';
import type { CompareState, ModelMessage } from './state';
import { drawOnChange, type Section, type View } from './view';

/** Samples in a batch of what is trained; undefined while no model is read. */
function batchOf(model: ModelMessage | undefined): number | undefined {
  const { inputs, values } = model?.batched ?? model?.graph ?? {};
  const [input] = inputs ?? [];
  return input && values?.[input.value]?.type.shape[0];
}

/** Short training runs: how they are set up, how long they will take, and what came of them. */
export function learning(view: View): Section {
  const words = view.texts.compare;
  const { numbers } = view;
  let plan: LearningPlan | undefined;

  const wholeNumber = (text: string, least: number, most: number): number | undefined => {
    const value = Number(text);
    return Number.isInteger(value) && value >= least && value <= most ? value : undefined;
  };
  const field = (label: string, size: number, read: (text: string) => Partial<LearningPlan> | undefined) =>
    textField({
      label,
      value: '',
      size,
      onCommit: (text) => {
        const part = read(text);
        // What makes no sense is put back.
        if (plan) view.change({ learning: { ...plan, ...part } });
      },
    });
  const steps = field(words.steps, 6, (text) => {
    const value = wholeNumber(text, leastSteps, 5000);
    return value === undefined ? undefined : { steps: value };
  });
  const seeds = field(words.seeds, 4, (text) => {
    const value = wholeNumber(text, leastSeeds, 20);
    return value === undefined ? undefined : { seeds: value };
  });
  const rates = field(words.rates, 18, (text) => {
    const values = text
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number);
    return values.length > 0 && values.length <= 8 && values.every((rate) => rate > 0) ? { rates: values } : undefined;
  });
  const budget = field(words.learningBudget, 5, (text) => {
    const value = wholeNumber(text, 5, 3600);
    return value === undefined ? undefined : { budget: value * 1000 };
  });
  const train = button({ label: words.train, appearance: 'secondary', key: 'train', onClick: () => view.train() });
  const estimate = element('span', { className: 'faint', attributes: { 'aria-live': 'polite' } });
  const shorter = element('div', { className: 'buttons' });
  const task = element('p', {});
  const source = element('p', { className: 'small' });
  const about = element('p', { className: 'faint' });
  const legend = element('p', { className: 'legend' });
  const curves = (['loss', 'accuracy'] as const).map((of) => ({
    of,
    figure: figure(view.texts, words.learningCurves[of]),
  }));
  const figures = scoresOf('learning').map((score) => ({ score, figure: figure(view.texts, words.score[score]) }));
  const found = element(
    'div',
    {},
    task,
    about,
    legend,
    element('div', { className: 'figures' }, ...[...curves, ...figures].map((each) => each.figure.node)),
  );
  const section = closedSection(
    words.learningTitle,
    'learning',
    element('p', { className: 'faint' }, words.learningAbout),
    element(
      'div',
      { className: 'fields' },
      ...[steps, seeds, rates, budget].map((each) => element('div', { className: 'field' }, each.node)),
    ),
    source,
    element('div', { className: 'buttons' }, train.node, estimate),
    shorter,
    found,
  );
  const { node } = section;

  const showPlan = drawOnChange((next: LearningPlan) => {
    plan = next;
    steps.value = String(next.steps);
    seeds.value = String(next.seeds);
    rates.value = next.rates.join(', ');
    budget.value = String(Math.round(next.budget / 1000));
  });

  const showEstimate = drawOnChange(
    (
      next: LearningPlan,
      report: Report | undefined,
      chosen: ReadonlySet<string>,
      ready: boolean,
      onCpu: boolean,
      batch: number | undefined,
    ) => {
      const isSmall = batch !== undefined && batch < leastBatch;
      train.enable(ready && !isSmall);
      replaceChildren(shorter);
      if (isSmall) {
        setText(estimate, words.smallBatch(batch, leastBatch));
        return;
      }
      // What a pass took on the GPU tells nothing of the CPU.
      const sameDevice = !onCpu || report?.environment.backend === 'wasm';
      const bounds = report && sameDevice ? learningBounds(report, next, [...chosen]) : undefined;
      if (!report || !bounds) {
        setText(estimate, words.noEstimate(numbers.duration(next.budget)));
        return;
      }
      const { least, most } = bounds;
      const models = chosen.size + 1;
      setText(
        estimate,
        most > least
          ? words.estimateUpTo(numbers.duration(least), numbers.duration(most), models)
          : words.estimate(numbers.duration(least), models),
      );
      replaceChildren(
        shorter,
        ...shorterPlans(report, next, [...chosen]).map((way) => shorterButton(report, way, ready)),
      );
    },
  );

  function shorterButton(report: Report, way: ShorterPlan, enabled: boolean): HTMLElement {
    return button({
      label: shorterText(report, way, view),
      appearance: 'secondary',
      key: `train-${way.candidates.length}-${way.seeds}`,
      disabled: !enabled,
      onClick: () => view.train(way),
    }).node;
  }

  const showSource = drawOnChange((data: ChosenData | undefined) => {
    const choose = action(data ? words.otherData : words.chooseData, () => view.ask('data', { choose: true }), {
      key: 'data',
      title: words.dataHint,
    });
    const clear = data && action(words.builtIn, () => view.ask('data', { choose: false }), { key: 'clear-data' });
    const name = data ? words.ownData(data.label, data.files.length) : words.builtInData;
    replaceChildren(source, `${words.dataTitle}: ${name} · `, choose, ...(clear ? [' · ', clear] : []));
  });

  const showFound = drawOnChange((report: Report | undefined, layersOf: string | undefined) => {
    const trained = (report?.candidates ?? []).filter((candidate) => (candidate.learning?.runs.length ?? 0) > 0);
    const [baseline] = report?.candidates ?? [];
    const others = trained.filter((candidate) => candidate !== baseline);
    const candidate = others.find(({ id }) => id === layersOf) ?? others[0] ?? baseline;
    const setup = baseline?.learning?.setup;
    found.hidden = !setup;
    if (!report || !baseline || !candidate || !setup) return;
    const { environment } = baseline.learning ?? report;
    const chance = chanceSentence(report);
    setText(task, [...taskSentences(setup), ...(chance === undefined ? [] : [chance])].join(words.betweenSentences));
    setText(
      about,
      words.learningSetup(
        words.data[setup.data as keyof typeof words.data] ?? setup.data,
        numbers.integer(setup.trainSamples),
        setup.validationSamples === undefined ? undefined : numbers.integer(setup.validationSamples),
        numbers.integer(setup.heldSamples),
        setup.batch,
        setup.optimiser,
        numbers.list(setup.rates.map(String)),
        numbers.list(setup.seeds.map(String)),
        setup.searchSeeds && numbers.list(setup.searchSeeds.map(String)),
        backendText(environment, view.texts),
      ),
    );
    showCurves(baseline, candidate, trained);
    for (const { score, figure: each } of figures) {
      const points = scorePoints(report, score);
      each.node.hidden = points.length === 0;
      if (points.length > 0)
        each.show(
          (width) => drawScores(words.score[score], points, width, view.texts, numbers),
          () => scoreTable(words.score[score], points, view.texts, numbers),
        );
    }
  });

  function showCurves(
    baseline: CandidateReport,
    candidate: CandidateReport,
    trained: readonly CandidateReport[],
  ): void {
    replaceChildren(
      legend,
      element('span', { className: 'key key-baseline' }),
      `${words.baseline} `,
      element('span', { className: 'key key-candidate' }),
      candidate.title,
    );
    const rest = trained.filter((each) => each !== baseline && each !== candidate);
    for (const { of, figure: each } of curves) {
      each.node.hidden = !hasCurve(baseline, of);
      if (!each.node.hidden)
        each.show(
          (width) => drawLearning(of, baseline, candidate, rest, width, view.texts, numbers),
          () => learningTable(trained, view.texts, numbers),
        );
    }
  }

  return {
    node,
    update: (state: CompareState) => {
      node.hidden = state.model === undefined && !state.report?.candidates.some((each) => each.learning);
      const ready =
        state.model !== undefined &&
        !state.reading &&
        !state.progress &&
        state.sites.size > 0 &&
        state.candidates.size > 0;
      showPlan(state.learning);
      showSource(state.data);
      showEstimate(
        state.learning,
        state.report,
        state.candidates,
        ready,
        state.device === 'wasm',
        batchOf(state.model),
      );
      showFound(state.report, state.layersOf);
    },
  };
}
