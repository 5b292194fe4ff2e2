import { action } from '../ui/controls';
import { element, replaceChildren, uniqueId } from '../ui/dom';
import type { NumberFormat } from '../ui/numbers';
import { type TableColumn, table } from '../ui/table';
import type { Texts } from '../ui/texts';
import type { FileMessage, OnnxModelMessage, OnnxState } from './state';

type ShownValue = FileMessage['summary']['inputs'][number];

/** Rows of a table before one asks for all of them, and then. */
const FEW = 12;
const MANY = 1000;

/** What the file says of itself. */
export function summarySection({ onnx: words }: Texts, numbers: NumberFormat) {
  const facts = element('dl', { className: 'facts' });
  const tables = element('div', { className: 'tables' });
  const node = element(
    'section',
    { className: 'summary-section', attributes: { 'aria-labelledby': 'summary-heading' } },
    element('h2', { id: 'summary-heading' }, words.model),
    facts,
    tables,
  );
  let drawn: readonly unknown[] = [];

  function fact(title: string, value: string | undefined, className = ''): HTMLElement[] {
    if (value === undefined || value === '') return [];
    return [element('dt', {}, title), element('dd', { className }, value)];
  }

  function factsOf({ summary, size }: FileMessage, model: OnnxModelMessage | undefined): HTMLElement[] {
    const { producer, producerVersion, opsets, irVersion, nodes, initialisers, elements } = summary;
    const versions = Object.entries(opsets).map(([domain, version]) => `${domain || 'ai.onnx'} ${version}`);
    const weights = words.tensors(numbers.integer(model?.parameters ?? elements), numbers.integer(initialisers));
    return [
      ...fact(words.name, summary.name),
      ...fact(words.producer, [producer, producerVersion].filter(Boolean).join(' ')),
      ...fact(words.opsets, numbers.list(versions)),
      ...fact(words.irVersion, String(irVersion)),
      ...fact(words.size, numbers.bytes(size)),
      ...fact(words.parameters, weights),
      ...fact(words.nodes, numbers.integer(nodes)),
      ...fact(words.quantised, summary.isQuantised ? words.quantisedAbout : undefined),
      ...fact(words.external, summary.external.join('\n'), 'message'),
      ...fact(words.readWith, model?.input),
      ...fact(words.notes, model?.notes.join('\n'), 'message'),
    ];
  }

  /** A table of which long ones are shown in part. */
  function bounded<Row>(title: string, columns: readonly TableColumn<Row>[], rows: readonly Row[]): HTMLElement[] {
    if (rows.length === 0) return [];
    const key = uniqueId('table');
    const holder = element('div', {
      className: 'scroll',
      id: key,
      attributes: { tabindex: 0, role: 'group', 'aria-label': title },
    });
    const rest = element('div');
    const show = (most: number) => {
      replaceChildren(holder, table(title, columns, rows.slice(0, most)));
      const left = rows.length - most;
      const isAll = most >= MANY || left <= 0;
      replaceChildren(
        rest,
        isAll
          ? left > 0 && element('p', { className: 'faint' }, words.left(numbers.integer(left)))
          : action(words.more(Math.min(left, MANY), left), () => showAll(), { key: `more-${key}` }),
      );
    };
    const showAll = () => {
      show(MANY);
      holder.focus();
    };
    show(FEW);
    return [holder, rest];
  }

  function tablesOf({ summary }: FileMessage): HTMLElement[] {
    const { inputs, outputs, operators, functions, metadata } = summary;
    const named: readonly TableColumn<ShownValue>[] = [
      { title: words.name, cell: ({ name }) => name },
      { title: words.type, cell: ({ type }) => type },
      { title: words.axes, cell: (value) => axesText(value, words) },
    ];
    return [
      ...bounded(words.inputs, named, inputs),
      ...bounded(words.outputs, named, outputs),
      ...bounded(
        words.operators,
        [
          { title: words.operator, cell: ({ operator }) => operator },
          { title: words.count, numeric: true, cell: ({ count }) => numbers.integer(count) },
        ],
        operators,
      ),
      ...bounded(words.functions, [{ title: words.name, cell: (name) => name }], functions),
      ...bounded(
        words.metadata,
        [
          { title: words.name, cell: ([name]) => name },
          { title: words.value, cell: ([, value]) => value },
        ],
        Object.entries(metadata),
      ),
    ];
  }

  return {
    node,
    update: ({ file, model }: OnnxState) => {
      node.hidden = file === undefined;
      if (!file || (drawn[0] === file && drawn[1] === model)) return;
      replaceChildren(facts, ...factsOf(file, model));
      // What is unfolded stays so when the graph is read, too.
      if (drawn[0] !== file) replaceChildren(tables, ...tablesOf(file));
      drawn = [file, model];
    },
  };
}

function axesText({ axes }: ShownValue, words: Texts['onnx']): string {
  if (!axes) return words.anyShape;
  return axes.length === 0 ? words.scalar : axes.map((axis) => axis ?? '?').join(' × ');
}
