import type { Store } from './store';
import { type FlowArgument, type FlowValue, possibilities } from './values';

/** Containers inside one another, and arguments of what is in them, as far as they are compared. */
const MAX_DEPTH = 8;
/** What is there more often in a row is taken for as often. */
const MAX_ROW = 2;

/**
 * What a value is made of, as text: two containers of which it is the same run the same operations, however often they
 * repeat what follows itself.
 */
export function makeOf(value: FlowValue, store: Store, depth = 0): string {
  if (depth > MAX_DEPTH) return '…';
  const inner = (each: FlowValue) => makeOf(each, store, depth + 1);
  switch (value.kind) {
    case 'constant':
      return JSON.stringify(value.value);
    case 'library':
      return value.name;
    case 'layer':
      return `${placeText(value)}${value.type}(${argumentTexts(value.args, inner)})`;
    case 'instance':
      return `${value.cls.id}(${argumentTexts(value.args, inner)})`;
    case 'sequence':
    case 'mapping': {
      const { items, isOpen } = store.contents(value.id);
      return `${placeText(value)}[${shorten(items.map(inner)).join()}${isOpen ? '…' : ''}]`;
    }
    case 'choice':
      return `(${possibilities(value).map(inner).join('|')})`;
    case 'result':
      return `${placeText(value)}${value.op}`;
    case 'class':
      return `class ${value.id}`;
    case 'function':
      return `def ${placeText(value)}`;
    case 'partial':
      return `partial ${inner(value.callee)}(${argumentTexts(value.args, inner)})`;
    case 'parameter':
      return value.name;
    default:
      return value.kind;
  }
}

function argumentTexts(args: readonly FlowArgument[], write: (value: FlowValue) => string): string {
  return args.map(({ name = '', value, isSpread }) => `${name}=${isSpread ? '*' : ''}${write(value)}`).join();
}

const placeText = ({ at: { file, span } }: Pick<Extract<FlowValue, { kind: 'layer' }>, 'at'>) =>
  `${file}:${span.line}:${span.column} `;

function shorten(texts: readonly string[]): readonly string[] {
  return texts.filter((each, index) => index < MAX_ROW || each !== texts[index - 1] || each !== texts[index - MAX_ROW]);
}
