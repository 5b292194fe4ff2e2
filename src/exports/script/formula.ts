/** An activation that PyTorch has no module of, as a class: the catalogue's own definition, in PyTorch's operators. */
import { catalogue } from '../../activations/catalogue';
import { operationOf } from '../../activations/operation';
import type { Activation } from '../../activations/types';
import { isGiven, itemAt } from '../../graph/access';
import { GraphBuilder } from '../../graph/builder';
import type { ActivationParameters, Node, ValueId } from '../../graph/types';
import { literalOf } from './literal';

/** An expression, and whether it needs no parentheses inside of another. */
interface Term {
  readonly text: string;
  readonly atom: boolean;
  /** A number, which has no device and no methods. */
  readonly number?: number;
}

const atom = (text: string): Term => ({ text, atom: true });
const parenthesise = ({ text, atom: alone }: Term) => (alone ? text : `(${text})`);

const infix: Readonly<Record<string, string>> = { add: '+', sub: '-', mul: '*', div: '/', pow: '**' };
const compared: Readonly<Record<string, string>> = { eq: '==', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=' };

/** The larger or smaller of two. */
function boundTerm(name: 'max' | 'min', a: Term, b: Term): Term {
  const [tensor, number] = a.number === undefined ? [a, b] : [b, a];
  if (number.number === undefined) return atom(`torch.${name}imum(${a.text}, ${b.text})`);
  return atom(`torch.clamp(${tensor.text}, ${name === 'max' ? 'min' : 'max'}=${number.text})`);
}

/** @throws RangeError for an operator that no definition of an activation has needed yet */
function termOf({ op }: Node, inputs: readonly Term[]): Term {
  const [a, b, c] = inputs;
  switch (op.kind) {
    case 'constant': {
      const value = Number(op.data[0]);
      return { text: literalOf(value), atom: value >= 0, number: value };
    }
    case 'unary':
      if (!a) break;
      if (op.function === 'neg') return { text: `-${parenthesise(a)}`, atom: false };
      return atom(`torch.${op.function}(${a.text})`);
    case 'binary':
      if (!a || !b) break;
      if (op.function === 'max' || op.function === 'min') return boundTerm(op.function, a, b);
      if (infix[op.function])
        return { text: `${parenthesise(a)} ${infix[op.function]} ${parenthesise(b)}`, atom: false };
      break;
    case 'compare':
      if (!a || !b) break;
      return { text: `${parenthesise(a)} ${compared[op.function]} ${parenthesise(b)}`, atom: false };
    case 'where': {
      if (!a || !b || !c) break;
      // A number alone would not have the tensor's type everywhere.
      const full = (each: Term) => (each.number === undefined ? each.text : `torch.full_like(x, ${each.text})`);
      return atom(`torch.where(${a.text}, ${full(b)}, ${full(c)})`);
    }
    default:
  }
  throw new RangeError(`${op.kind} of an activation has no spelling in PyTorch`);
}

interface Body {
  readonly lines: readonly string[];
  readonly result: string;
}

/** The statements that compute `forward` of `x`; weights are read from `self`. */
function bodyOf(entry: Activation, parameters: ActivationParameters): Body {
  const builder = new GraphBuilder();
  const type = { dtype: 'float32', shape: [1] } as const;
  const x = builder.input(type);
  const learned = entry.learned ?? [];
  const weights = learned.map(() => builder.input(type));
  const output = entry.forward(builder, x, parameters, weights);
  const terms = new Map<ValueId, Term>([[x, atom('x')]]);
  learned.forEach(({ name }, i) => {
    terms.set(itemAt(weights, i), atom(`self.${name}`));
  });
  const termAt = (value: ValueId): Term => {
    const found = terms.get(value);
    if (!found) throw new RangeError(`value ${value} is made by nothing`);
    return found;
  };
  const nodes = builder.nodesSince(0);
  const readers = new Map<ValueId, number>();
  for (const value of nodes.flatMap(({ inputs }) => inputs.filter(isGiven)))
    readers.set(value, (readers.get(value) ?? 0) + 1);
  const lines: string[] = [];
  for (const node of nodes) {
    const inputs = node.inputs.filter(isGiven).map(termAt);
    const made = itemAt(node.outputs, 0);
    const term = termOf(node, inputs);
    const isShared = (readers.get(made) ?? 0) > 1 && term.number === undefined;
    const name = `t${lines.length + 1}`;
    if (isShared) lines.push(`${name} = ${term.text}`);
    terms.set(made, isShared ? atom(name) : term);
  }
  return { lines, result: termAt(output).text };
}

/** `swish_beta` → `SwishBeta`. */
export const classNameOf = ({ id }: Activation): string =>
  id.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());

function gatedLines(entry: Activation): string[] {
  const gate = entry.gate === undefined ? undefined : catalogue.get(entry.gate);
  const body = gate ? bodyOf(gate, operationOf(gate).parameters) : { lines: [], result: 'x' };
  return [
    'def forward(self, x):',
    '    value, x = x.chunk(2, dim=-1)',
    ...body.lines.map((line) => `    ${line}`),
    `    return value * (${body.result})`,
  ];
}

/**
 * The lines of a class, which takes the shape of a weight for each channel where it learns some.
 * @param parameters all of the activation's
 */
export function classLines(name: string, entry: Activation, parameters: ActivationParameters): string[] {
  const learned = entry.learned ?? [];
  const body = entry.shape === 'gated' ? undefined : bodyOf(entry, parameters);
  const initial = learned.map(
    ({ name: weight, initial: start, per }) =>
      `self.${weight} = nn.Parameter(torch.full(${per === 'channel' ? 'channels' : '(1,)'}, float(${literalOf(start(parameters))})))`,
  );
  const perChannel = learned.some(({ per }) => per === 'channel');
  const lines = [
    ...(learned.length > 0
      ? [
          `def __init__(self${perChannel ? ', channels' : ''}):`,
          '    super().__init__()',
          ...initial.map((line) => `    ${line}`),
          '',
        ]
      : []),
    ...(body
      ? ['def forward(self, x):', ...body.lines.map((line) => `    ${line}`), `    return ${body.result}`]
      : gatedLines(entry)),
  ];
  return [`class ${name}(nn.Module):`, ...lines.map((line) => (line ? `    ${line}` : line))];
}
