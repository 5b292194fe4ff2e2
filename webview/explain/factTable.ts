import { facts, type Interval, type Region } from '../../src/activations/facts';
import type { Activation } from '../../src/activations/types';
import type { ActivationParameters } from '../../src/graph/types';
import { element, replaceChildren } from '../ui/dom';
import type { NumberFormat } from '../ui/numbers';
import { table } from '../ui/table';
import type { Texts } from '../ui/texts';

type Fact = readonly [name: string, value: string];

/** What can be computed about an activation with these parameters. */
export function factTable(
  texts: Texts,
  numbers: NumberFormat,
): { readonly node: HTMLElement; show(activation: Activation, parameters: ActivationParameters): void } {
  const words = texts.explain;
  const holder = element('div', { className: 'facts-table' });
  const node = element(
    'section',
    { attributes: { 'aria-labelledby': 'facts-heading' } },
    element('h2', { id: 'facts-heading' }, words.facts),
    holder,
  );
  return {
    node,
    show: (activation, parameters) => {
      const found = facts(activation, parameters);
      node.hidden = found === undefined;
      if (!found) return;
      const yes = (value: boolean) => (value ? words.yes : words.no);
      const end = (value: number) => (Number.isFinite(value) ? numbers.number(value) : value > 0 ? '∞' : '−∞');
      const region = (name: string, { intervals, share }: Region): Fact[] =>
        intervals.length > 0 ? [[name, `${intervals.map(where).join(', ')} (${numbers.percent(share)})`]] : [];
      const where = ({ from, to }: Interval) => {
        if (!Number.isFinite(from)) return Number.isFinite(to) ? `x < ${end(to)}` : 'x ∈ ℝ';
        return Number.isFinite(to) ? `${end(from)} < x < ${end(to)}` : `x > ${end(from)}`;
      };
      const rows: readonly Fact[] = [
        [words.factNames.range, `${end(found.range.low)} … ${end(found.range.high)}`],
        [words.factNames.zeroCentred, yes(found.zeroCentred)],
        [words.factNames.monotonic, yes(found.monotonic)],
        [words.factNames.smooth, yes(found.smooth)],
        [words.factNames.largestSlope, end(found.largestSlope)],
        ...region(words.factNames.dead, found.dead),
        ...region(words.factNames.saturated, found.saturated),
        [words.factNames.mean, numbers.number(found.mean)],
        [words.factNames.deviation, numbers.number(found.deviation)],
        [words.factNames.zeros, numbers.percent(found.zeros)],
        [words.factNames.meanSquaredSlope, numbers.number(found.meanSquaredSlope)],
        [words.factNames.gain, numbers.number(found.gain)],
        [words.factNames.preservingGain, numbers.number(found.preservingGain)],
      ];
      replaceChildren(
        holder,
        table<Fact>(
          words.factsCaption,
          [
            { title: words.fact, cell: ([name]) => name },
            { title: words.factValue, numeric: true, cell: ([, value]) => value },
          ],
          rows,
        ),
      );
    },
  };
}
