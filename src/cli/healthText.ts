/** The health of a model for the terminal. */

import { itemAt } from '../graph/access';
import type { FindingPlace, HealthFinding, HealthLayer, HealthReport } from '../health/report';
import { conditionsOf, figure, listLooked, percent, verdictOf } from '../health/words';
import { displayPath } from './problems';
import { parametersText } from './reportTables';

const none = '–';

function placeText({ layer, title, path, source }: FindingPlace): string {
  const where = source ? `${displayPath(source.file)}:${source.line + 1}: ` : '';
  return `${where}${layer === undefined ? '' : `${layer} `}${title}${path === '' ? '' : ` (${path})`}`;
}

/** One line that tools and editors find the place in, and what to do below it. */
function findingLines({ severity, rule, message, advice, places }: HealthFinding): string[] {
  const [first, ...others] = places;
  return [
    `${first ? `${placeText(first)}: ` : ''}${severity}: ${message} [${rule}]`,
    ...(others.length > 0 ? [`    also: ${others.map(placeText).join('; ')}`] : []),
    `    what to do: ${advice}`,
    '',
  ];
}

const number = (value: number | null | undefined, format = figure) =>
  value === undefined ? none : value === null ? 'not finite' : format(value);

const columns: readonly (readonly [head: string, cell: (layer: HealthLayer) => string])[] = [
  [
    'layer',
    ({ index, title, path, call, line, apart }) =>
      `${index + 1} ${title}${path === '' ? '' : ` ${path}`}${call > 0 ? `, call ${call + 1}` : ''}${line === undefined ? '' : `, line ${line}`}${apart ? ' (no hidden activation)' : ''}`,
  ],
  ['deviation', ({ deviation }) => number(deviation)],
  ['gradient', ({ norm }) => number(norm)],
  ['off', ({ dead }) => number(dead, percent)],
  ['flat', ({ saturated }) => number(saturated, percent)],
  ['cosine', ({ similarity }) => number(similarity)],
  ['8 bits, dB', ({ snrChannel }) => number(snrChannel)],
];

function tableLines(layers: readonly HealthLayer[]): string[] {
  if (layers.length === 0) return [];
  const grid = columns.map(([head, cell]) => [head, ...layers.map(cell)]);
  const widths = grid.map((cells) => Math.max(...cells.map((cell) => cell.length)));
  const rows = itemAt(grid, 0).map((_, row) =>
    grid
      .map((cells, i) => itemAt(cells, row).padEnd(itemAt(widths, i)))
      .join('  ')
      .trimEnd(),
  );
  return [...rows, ''];
}

export function healthLines(report: HealthReport): string[] {
  const { model, layers, findings, loss, chance, eightBits, weights } = report;
  const { done, left } = listLooked(report);
  const sizes = (model.batched ?? model.inputs.map(({ shape }) => shape)).map((shape) => shape.join('×')).join(', ');
  return [
    `${model.name} in ${model.file}, input ${sizes}, ${parametersText(model)} parameters`,
    conditionsOf(report),
    '',
    ...findings.flatMap(findingLines),
    ...tableLines(layers),
    // Against targets that are made up, a trained model's loss says nothing.
    ...(loss === undefined || weights !== undefined
      ? []
      : [`first loss ${number(loss)}${chance === undefined ? '' : `, even chances ${figure(chance)}`}`]),
    ...(eightBits
      ? [
          `8 bits at the output: ${number(eightBits.snrChannel)} dB with a scale for each channel, ${number(eightBits.snrTensor)} dB with one for each tensor`,
        ]
      : []),
    `Looked at: ${done.join('; ')}.`,
    ...(left.length > 0 ? [`Could not be looked at: ${left.join('; ')}.`] : []),
    ...model.notes.map((note) => `note: ${note}`),
    verdictOf(report),
  ];
}
