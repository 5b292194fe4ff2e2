/** Losses that a file names: they say what its model is trained for. */
import type { NamedLoss } from '../graph/types';
import type { CallArgument, Program } from '../python/syntax/ast';
import { walk } from '../python/syntax/survey';

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

/** Losses that are squared up to a number that the call may give, and the argument's name. */
const bends: Partial<Record<NamedLoss['kind'], string>> = { smooth_l1: 'beta', huber: 'delta' };

function bent(kind: NamedLoss['kind'], args: readonly CallArgument[]): Pick<NamedLoss, 'kind' | 'bend'> {
  const given = args.find(({ form, name }) => form === 'keyword' && name === bends[kind])?.value;
  // Floats are numbers here, and integers are not.
  const bend = given?.kind === 'constant' && typeof given.value !== 'boolean' ? Number(given.value) : undefined;
  // Without a bend it is no other than l1.
  if (bend === 0 && kind === 'smooth_l1') return { kind: 'l1' };
  return bend !== undefined && bend > 0 ? { kind, bend } : { kind };
}

/** PyTorch's losses that a file constructs or calls, in the order in which it does, each name once. */
export function namedLosses({ body, file }: Program): NamedLoss[] {
  const found = new Map<string, NamedLoss>();
  for (const node of walk(body)) {
    if (node.kind !== 'call') continue;
    const { callee, span, args } = node;
    const name = callee.kind === 'attribute' || callee.kind === 'name' ? callee.name : '';
    const kind = kinds.get(name);
    if (kind && !found.has(name)) found.set(name, { ...bent(kind, args), name, source: { file, ...span } });
  }
  return [...found.values()];
}
