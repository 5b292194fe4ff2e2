import { type QuickMeasure, quickMeasures, scoresOf } from '../../src/compare/measures/index';
import type { Report } from '../../src/compare/report';
import { ratioPoints, scorePoints, stepPoints } from '../charts/calculations';
import { type Figure, figure } from '../charts/figure';
import { drawRatios, ratioTable } from '../charts/latency';
import { drawScores, scoreTable } from '../charts/scores';
import { element, setText } from '../ui/dom';
import { memoryText } from './memory';
import { closedSection } from './section';
import { drawOnChange, type Section, type View } from './view';

/** Short training runs have a section of their own. */
const groups = quickMeasures.map((name) => ({ group: name, scores: scoresOf(name) }));

/** Every measure by itself: what it means, a chart and its numbers. */
export function measures(view: View): Section {
  const words = view.texts.compare;
  const { numbers } = view;
  const [forward, step] = [figure(view.texts, words.ratioTitle), figure(view.texts, words.stepTitle)];
  const memory = element('p', { className: 'faint' });
  const made = groups.map(({ group, scores }) => {
    const figures = scores.map((score) => ({ score, figure: figure(view.texts, words.score[score]) }));
    const shown: Figure[] = [...(group === 'cost' ? [forward, step] : []), ...figures.map((each) => each.figure)];
    const section = closedSection(
      words.group[group],
      `measure-${group}`,
      element('p', { className: 'faint' }, words.groupAbout[group]),
      group === 'cost' ? memory : undefined,
      element('div', { className: 'figures' }, ...shown.map((each) => each.node)),
    );
    return { group, figures, section };
  });
  const node = element('div', { className: 'measures' }, ...made.map(({ section }) => section.node));

  const show = drawOnChange((report: Report | undefined) => {
    const timed = [
      { figure: forward, points: report ? ratioPoints(report) : [] },
      { figure: step, points: report ? stepPoints(report) : [] },
    ];
    for (const { figure: each, points } of timed) {
      each.node.hidden = points.length === 0;
      if (points.length > 0)
        each.show(
          (width) => drawRatios(points, width, view.texts, numbers),
          () => ratioTable(points, view.texts, numbers),
        );
    }
    setText(memory, (report && memoryText(report, view.texts, numbers)) ?? '');
    for (const { group, figures, section } of made) {
      let any = group === 'cost' && timed.some(({ points }) => points.length > 0);
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
      section.node.hidden = !any;
      section.find(report ? findingOf(report, group) : '');
    }
  });

  /** How many candidates differ for sure, by any score of the group. */
  function findingOf(report: Report, group: QuickMeasure): string {
    if (group === 'drift') return driftOf(report);
    const others = report.candidates.slice(1).filter(({ error }) => error === undefined);
    const differing = others.filter(
      ({ scores, step }) =>
        scoresOf(group).some((score) => scores?.[score]?.against?.separable) ||
        (group === 'cost' && step?.ratio?.separable),
    );
    return words.differing(numbers.list(differing.map(({ title }) => title)), differing.length, others.length);
  }

  /** It is compared with nothing: the least and the most. */
  function driftOf(report: Report): string {
    const points = scorePoints(report, 'drift').toSorted((a, b) => a.found.median - b.found.median);
    const ends = new Set([points[0], points.at(-1)]);
    return [...ends]
      .flatMap((point) => (point ? [words.scoreOf(point.title, numbers.percent(point.found.median))] : []))
      .join(' – ');
  }

  return { node, update: ({ report }) => show(report) };
}
