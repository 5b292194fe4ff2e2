/** Losses that a file names: they say what its model is trained for. */
import type { NamedLoss, Note } from '../graph/types';
import { say } from '../language/say';
import type { CallArgument, Expr, Program, Stmt } from '../python/syntax/ast';
import { boundNames, walk } from '../python/syntax/survey';

const kinds: ReadonlyMap<string, NamedLoss['kind']> = new Map([
  ['CrossEntropyLoss', 'cross_entropy'],
  ['cross_entropy', 'cross_entropy'],
  ['NLLLoss', 'nll'],
  ['nll_loss', 'nll'],
  ['BCEWithLogitsLoss', 'bce_with_logits'],
  ['binary_cross_entropy_with_logits', 'bce_with_logits'],
  ['BCELoss', 'bce'],
  ['binary_cross_entropy', 'bce'],
  ['MSELoss', 'mse'],
  ['mse_loss', 'mse'],
  ['L1Loss', 'l1'],
  ['l1_loss', 'l1'],
  ['SmoothL1Loss', 'smooth_l1'],
  ['smooth_l1_loss', 'smooth_l1'],
  ['HuberLoss', 'huber'],
  ['huber_loss', 'huber'],
]);

interface Bend {
  readonly argument: string;
  /** Its place among the arguments of the class and of the function. */
  readonly inClass: number;
  readonly inFunction: number;
}

/** Losses that are squared up to a number that the call may give. */
const bends: Partial<Record<NamedLoss['kind'], Bend>> = {
  smooth_l1: { argument: 'beta', inClass: 3, inFunction: 5 },
  huber: { argument: 'delta', inClass: 1, inFunction: 3 },
};

type Bent = Pick<NamedLoss, 'kind' | 'bend' | 'openBend'>;

function bent(kind: NamedLoss['kind'], args: readonly CallArgument[], isClass: boolean, known: Constants): Bent {
  const place = bends[kind];
  if (!place) return { kind };
  const given =
    args.find(({ form, name }) => form === 'keyword' && name === place.argument) ??
    args[isClass ? place.inClass : place.inFunction];
  if (!given || (given.form === 'keyword' && given.name !== place.argument)) return { kind };
  const bend = given.value.kind === 'name' ? known.get(given.value.name) : numberOf(given.value);
  // Without a bend it is no other than l1.
  if (bend === 0 && kind === 'smooth_l1') return { kind: 'l1' };
  return bend !== undefined && bend > 0 ? { kind, bend } : { kind, openBend: place.argument };
}

/** Floats are numbers here, and integers are not. */
const numberOf = (value: Expr): number | undefined =>
  value.kind === 'constant' && (typeof value.value === 'number' || typeof value.value === 'bigint')
    ? Number(value.value)
    : undefined;

/** Numbers by the names that lines of the file's own give them, where nothing else binds these: a function's own would hide them. */
type Constants = ReadonlyMap<string, number | undefined>;

function constantsOf(body: Program['body']): Constants {
  const bindings = new Map<string, number>();
  const count = (name: string) => bindings.set(name, (bindings.get(name) ?? 0) + 1);
  const countAll = (statements: readonly Stmt[]) => {
    for (const statement of statements) boundNames(statement).forEach(count);
  };
  countAll(body);
  for (const node of walk(body)) {
    if (node.kind !== 'function' && node.kind !== 'lambda') continue;
    for (const { name } of node.code.parameters) count(name);
    countAll(node.code.body);
  }
  const found = new Map<string, number | undefined>();
  for (const statement of body) {
    if (statement.kind !== 'assign') continue;
    for (const target of statement.targets)
      if (target.kind === 'name' && bindings.get(target.name) === 1) found.set(target.name, numberOf(statement.value));
  }
  return found;
}

/** PyTorch's losses that a file constructs or calls, in the order in which it does, each name once. */
export function namedLosses({ body, file }: Program): NamedLoss[] {
  const found = new Map<string, NamedLoss>();
  const known = constantsOf(body);
  for (const node of walk(body)) {
    if (node.kind !== 'call') continue;
    const { callee, span, args } = node;
    const name = callee.kind === 'attribute' || callee.kind === 'name' ? callee.name : '';
    const kind = kinds.get(name);
    if (!kind || found.has(name)) continue;
    found.set(name, { ...bent(kind, args, /^[A-Z]/.test(name), known), name, source: { file, ...span } });
  }
  return [...found.values()];
}

/** What was taken in the place of numbers that the code gives and that can't be read there. */
export const lossNotes = (losses: readonly NamedLoss[]): Note[] =>
  losses.flatMap(({ name, openBend, source }) => {
    if (openBend === undefined) return [];
    return {
      message: say(
        'Where {0} is the loss of short training runs, it has {1} = 1: its call gives no number that can be read',
        name,
        openBend,
      ),
      source,
    };
  });
