import { quickMeasures, scoresOf } from '../../src/compare/measures/index';
import type { Report } from '../../src/compare/report';
import { ratioPoints, scorePoints, stepPoints } from '../charts/calculations';
import { type Figure, figure } from '../charts/figure';
import { drawRatios, ratioTable } from '../charts/latency';
import { drawScores, scoreTable } from '../charts/scores';
import { element, replaceChildren } from '../ui/dom';
import { drawOnChange, type Section, type View } from './view';

/** Short training runs have a section of their own. */
const groups = quickMeasures.map((name) => ({ group: name, scores: scoresOf(name) }));

/** Every measure by itself: what it means, a chart and its numbers. */
export function measures(view: View): Section {
  const words = view.texts.compare;
  const { numbers } = view;
  const step = figure(view.texts, words.stepTitle);
  const memory = element('p', { className: 'faint' });
  const made = groups.map(({ group, scores }) => {
    const figures = scores.map((score) => ({ score, figure: figure(view.texts, words.score[score]) }));
    const shown: Figure[] = [...(group === 'cost' ? [step] : []), ...figures.map((each) => each.figure)];
    const node = element(
      'section',
      { className: 'measure', attributes: { 'aria-labelledby': `measure-${group}` } },
      element('h2', { id: `measure-${group}` }, words.group[group]),
      element('p', { className: 'faint' }, words.groupAbout[group]),
      group === 'cost' && memory,
      element('div', { className: 'figures' }, ...shown.map((each) => each.node)),
    );
    return { group, figures, node };
  });
  const node = element('div', { className: 'measures' }, ...made.map((each) => each.node));

  const show = drawOnChange((report: Report | undefined) => {
    const steps = report ? stepPoints(report) : [];
    step.node.hidden = steps.length === 0;
    if (steps.length > 0)
      step.show(
        (width) => drawRatios(steps, width, view.texts, numbers),
        () => ratioTable(steps, view.texts, numbers),
      );
    replaceChildren(memory, ...(report ? memoryOf(report) : []));
    for (const { group, figures, node: section } of made) {
      let any = group === 'cost' && report !== undefined && (steps.length > 0 || ratioPoints(report).length > 0);
      for (const { score, figure: each } of figures) {
        const points = report ? scorePoints(report, score) : [];
        // A baseline alone is compared with nothing.
        each.node.hidden = points.length === 0;
        if (points.length === 0) continue;
        any = true;
        each.show(
          (width) => drawScores(words.score[score], points, width, view.texts, numbers),
          () => scoreTable(words.score[score], points, view.texts, numbers),
        );
      }
      section.hidden = !any;
    }
  });

  /** Peak memory of the model as written, and what candidates add to it. */
  function memoryOf(report: Report): string[] {
    const [baseline, ...others] = report.candidates;
    if (!baseline?.memory) return [];
    const bytes = ({ memory: of }: (typeof others)[number]) => of?.step ?? of?.forward;
    const own = bytes(baseline) ?? 0;
    const added = others.flatMap((candidate) => {
      const more = (bytes(candidate) ?? own) - own;
      return Math.abs(more) > own * 0.001 ? [`${candidate.title} ${numbers.bytes(more)}`] : [];
    });
    return [words.memory(numbers.bytes(own), numbers.list(added))];
  }

  return { node, update: ({ report }) => show(report) };
}
