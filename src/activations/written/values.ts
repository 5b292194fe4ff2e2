/** What a graph's elementwise nodes make of numbers, in double precision. */
import { isGiven, itemOr } from '../../graph/access';
import { binary, comparison, unary } from '../../graph/evaluate/numbers';
import type { Node, ValueId } from '../../graph/types';
import { catalogue, defaultParameters } from '../catalogue';
import type { ValueFlow } from './flow';

type Elements = readonly number[];

/** Nodes looked at for one value: a longer formula is not written by hand. */
const MAX_NODES = 200;

/**
 * The elements of a value where some others have these; undefined where it depends on more than them, or on what does not
 * work on each element alone.
 * @param known as many numbers of each
 * @param parameter what each parameter of the model is taken for; its start unless given
 */
export function valuesAt(
  flow: ValueFlow,
  value: ValueId,
  known: ReadonlyMap<ValueId, Elements>,
  parameter?: (value: ValueId) => number,
): Elements | undefined {
  const count = known.values().next().value?.length ?? 1;
  const found = new Map<ValueId, Elements | undefined>(known);
  let left = MAX_NODES;

  const find = (at: ValueId): Elements | undefined => {
    if (found.has(at)) return found.get(at);
    const made = flow.maker(at)?.node;
    let numbers: Elements | undefined;
    if (!made || made.op.kind === 'constant') {
      const isParameter = flow.dependenceOf(at) === 'parameter';
      const number = isParameter && parameter ? parameter(at) : flow.numberOf(at);
      numbers = number === undefined ? undefined : new Array<number>(count).fill(number);
    } else if (left-- > 0 && (flow.isElementwise(made) || flow.isCarrier(made))) {
      numbers = compute(made);
    }
    found.set(at, numbers);
    return numbers;
  };

  const compute = (node: Node): Elements | undefined => {
    const inputs: Elements[] = [];
    for (const input of node.inputs) {
      const numbers = isGiven(input) ? find(input) : undefined;
      if (!numbers) return undefined;
      inputs.push(numbers);
    }
    const body = functionOf(node);
    const [x = [], y = [], z = []] = inputs;
    const result = new Array<number>(count);
    for (let i = 0; i < count; i++)
      result[i] = body(itemOr(x, i, Number.NaN), itemOr(y, i, Number.NaN), itemOr(z, i, Number.NaN));
    return result;
  };

  return find(value);
}

type Elementwise = (x: number, y: number, z: number) => number;

function functionOf({ op }: Node): Elementwise {
  switch (op.kind) {
    case 'unary':
      return unary[op.function];
    case 'binary': {
      const body = binary[op.function];
      return (x, y) => body(x, y);
    }
    case 'compare': {
      const body = comparison[op.function];
      return (x, y) => Number(body(x, y));
    }
    case 'where':
      return (condition, yes, no) => (condition ? yes : no);
    case 'activation': {
      const entry = catalogue.get(op.activation);
      const parameters = entry && { ...defaultParameters(entry), ...op.parameters };
      return (x) => (parameters && entry.value?.(x, parameters)) ?? Number.NaN;
    }
    default:
      return (x) => x;
  }
}
