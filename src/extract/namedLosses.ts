/** Losses that a file names: they say what its model is trained for. */
import type { NamedLoss } from '../graph/types';
import type { Program } from '../python/syntax/ast';
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
  ['L1Loss', 'mse'],
  ['l1_loss', 'mse'],
  ['SmoothL1Loss', 'mse'],
  ['smooth_l1_loss', 'mse'],
  ['HuberLoss', 'mse'],
  ['huber_loss', 'mse'],
]);

/** PyTorch's losses that a file constructs or calls, in the order in which it does, each name once. */
export function namedLosses({ body, file }: Program): NamedLoss[] {
  const found = new Map<string, NamedLoss>();
  for (const node of walk(body)) {
    if (node.kind !== 'call') continue;
    const { callee, span } = node;
    const name = callee.kind === 'attribute' || callee.kind === 'name' ? callee.name : '';
    const kind = kinds.get(name);
    if (kind && !found.has(name)) found.set(name, { kind, name, source: { file, ...span } });
  }
  return [...found.values()];
}
