import type { Measured } from '../../src/compare/report';
import { boundsOf } from '../../src/compare/statistics';
import { element } from '../ui/dom';
import type { NumberFormat } from '../ui/numbers';
import { table } from '../ui/table';
import type { Texts } from '../ui/texts';
import { drawnValues, type ScorePoint, scoreVerdict, sharedText, singleSamples } from './calculations';
import { colours, dot, draw, link, ruleX, text } from './plot';

/** A value in the unit of its score. */
export function formatScore({ unit }: Pick<Measured, 'unit'>, value: number, numbers: NumberFormat): string {
  switch (unit) {
    case 'share':
      return numbers.percent(value);
    case 'dB':
      return `${numbers.number(value)} dB`;
    default:
      return numbers.number(value);
  }
}

/**
 * Median and interval of a score for each candidate, around the line of the model as written. Filled: it differs;
 * hollow: it can't be told apart, or rests on too few seeds. So few have no interval and are shown one by one. Where all
 * is one number that is said instead: an axis of it would show nothing.
 */
export function drawScores(
  title: string,
  points: readonly ScorePoint[],
  width: number,
  texts: Texts,
  numbers: NumberFormat,
): Element {
  const format = (value: number) => (first ? formatScore(first.found, value, numbers) : '');
  const [first] = points;
  const bounds = points.flatMap(drawnValues).filter(Number.isFinite);
  const same = points.some((point) => scoreVerdict(point) === 'differs') ? undefined : sharedText(bounds, format);
  if (same !== undefined) return element('p', {}, texts.compare.same(same, points.length));
  const longest = Math.max(...points.map((point) => [...nameOf(point, texts)].length), 4);
  const told = (point: ScorePoint) => ['differs', 'unpaired'].includes(scoreVerdict(point));
  const colour = (point: ScorePoint) =>
    point.baseline ? colours.baseline : told(point) ? colours.main : colours.faint;
  const isFilled = (point: ScorePoint) => point.baseline || told(point);
  const rows = points.map((point) => ({ ...point, ...point.found, name: nameOf(point, texts) }));
  const written = rows.find(({ baseline }) => baseline)?.median;
  const [low, high] = [Math.min(...bounds), Math.max(...bounds)];
  const margin = (high - low || Math.abs(high) || 1) * 0.06;
  return draw({
    label: texts.compare.scoreSummary(title, points.length),
    width,
    height: points.length * 22 + 34,
    marginLeft: Math.min(longest * 7 + 16, width * 0.35),
    marginRight: 84,
    marginTop: 4,
    marginBottom: 26,
    x: {
      domain: [low - margin, high + margin],
      label: null,
      ticks: Math.max(2, Math.round(width / 120)),
      tickFormat: onceInARow(format),
      line: true,
    },
    y: { domain: rows.map(({ name }) => name), label: null, tickSize: 0 },
    marks: [
      ...(written === undefined ? [] : [ruleX([written], { stroke: colours.text, strokeOpacity: 0.6 })]),
      link(
        rows.filter(({ found }) => boundsOf(found)),
        { x1: 'low', x2: 'high', y: 'name', stroke: colour, strokeWidth: 2 },
      ),
      dot(
        rows.flatMap(({ name, found }) => singleSamples(found).map((value) => ({ name, value }))),
        { x: 'value', y: 'name', r: 1.5, fill: colours.text },
      ),
      dot(rows, {
        x: 'median',
        y: 'name',
        r: 4,
        stroke: colour,
        strokeWidth: 2,
        fill: (row: (typeof rows)[number]) => (isFilled(row) ? colour(row) : colours.background),
      }),
      text(rows, {
        y: 'name',
        frameAnchor: 'right',
        textAnchor: 'start',
        dx: 8,
        fill: (row: (typeof rows)[number]) => (isFilled(row) ? colours.text : colours.faint),
        text: (row: (typeof rows)[number]) => formatScore(row.found, row.median, numbers),
      }),
    ],
  });
}

/** Labels of ticks from left to right: those nearer than a number's last digit read alike, and one is enough. */
function onceInARow(format: (value: number) => string): (value: number, i: number) => string {
  let last = '';
  return (value, i) => {
    const text = format(value);
    const isRepeated = i > 0 && text === last;
    last = text;
    return isRepeated ? '' : text;
  };
}

const nameOf = ({ title, baseline }: ScorePoint, texts: Texts) => (baseline ? texts.compare.baseline : title);

/** The same as numbers: medians, intervals, samples, and the paired interval against the model as written. */
export function scoreTable(
  title: string,
  points: readonly ScorePoint[],
  texts: Texts,
  numbers: NumberFormat,
): HTMLTableElement {
  const words = texts.compare;
  const intervalText = (of: Parameters<typeof boundsOf>[0], format: (value: number) => string) => {
    const bounds = boundsOf(of);
    return bounds && words.interval(format(bounds[0]), format(bounds[1]));
  };
  const formatPoint = (point: ScorePoint, value: number) => formatScore(point.found, value, numbers);
  const against = ({ found }: ScorePoint) => {
    if (!found.against) return '–';
    const { estimate, scale } = found.against;
    const format = (value: number) =>
      scale === 'ratio'
        ? numbers.ratio(value)
        : found.unit === 'share'
          ? `${value > 0 ? '+' : ''}${numbers.percent(value)}`
          : numbers.signedNumber(value);
    const bounds = intervalText(found.against, format);
    return bounds === undefined ? format(estimate) : `${format(estimate)} (${bounds})`;
  };
  return table<ScorePoint>(
    title,
    [
      { title: words.column.candidate, cell: (point) => nameOf(point, texts) },
      { title: words.median, numeric: true, cell: (point) => formatPoint(point, point.found.median) },
      {
        title: words.intervalTitle,
        numeric: true,
        cell: (point) => intervalText(point.found, (value) => formatPoint(point, value)) ?? '–',
      },
      { title: words.samples, numeric: true, cell: (point) => numbers.integer(point.found.samples.length) },
      { title: words.column.verdict, numeric: true, cell: against },
      { title: words.verdictTitle, cell: (point) => words.scoreVerdict[scoreVerdict(point)] },
    ],
    points,
  );
}
