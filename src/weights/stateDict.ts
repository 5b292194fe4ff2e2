import { say } from '../language/say';
import { WeightsError } from './tensor';
import { StoredTensor } from './torchNames';

/** A dict of tensors in a checkpoint. */
export interface StateDict {
  /** Its key, dotted where it lies deeper; '' for the file itself. */
  readonly path: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Where checkpoints keep the model's weights, likeliest first. */
const usual = [
  'state_dict',
  'model_state_dict',
  'model_state',
  'model',
  'net',
  'network',
  'module',
  'weights',
  'params',
];

/** What an optimiser keeps is no model, though it holds tensors. */
const never = /optim|sched|scaler|loop|callback/i;

/** How deep a state dict may lie: `{'model': {'state_dict': {…}}}`. */
const deepest = 4;
/** A checkpoint of a GAN has a few state dicts. */
const mostDicts = 1000;

/**
 * The state dicts of what a checkpoint's pickle holds, likeliest first: itself, or those under its keys.
 * @throws WeightsError saying what was found instead.
 */
export function findStateDicts(root: unknown): StateDict[] {
  if (root instanceof StoredTensor)
    throw new WeightsError(
      say('it holds one tensor without a name; save a state dict: torch.save(model.state_dict(), …)'),
    );
  if (!(root instanceof Map))
    throw new WeightsError(
      Array.isArray(root)
        ? say('it holds a list where a state dict is expected')
        : say('it holds no dict where a state dict is expected'),
    );
  const found: StateDict[] = [];
  // A dict may be in it many times, and may hold itself.
  const seen = new Set<unknown>([root]);
  let level: { path: string; dict: ReadonlyMap<unknown, unknown> }[] = [{ path: '', dict: root }];
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    const inner: typeof level = [];
    for (const { path, dict } of level) {
      const tensors = tensorsOf(dict);
      if (tensors.size > 0 && found.length < mostDicts) found.push({ path, tensors });
      for (const [key, value] of rankDicts(dict)) {
        if (seen.has(value)) continue;
        seen.add(value);
        inner.push({ path: path === '' ? key : `${path}.${key}`, dict: value });
      }
    }
    level = inner;
  }
  if (found.length > 0) return found;
  const keys = [...root.keys()].slice(0, 8).map(String);
  throw new WeightsError(
    keys.length > 0
      ? say("no state dict is in it, only {0}; save one: torch.save(model.state_dict(), 'weights.pt')", keys)
      : say("no state dict is in it: it is empty; save one: torch.save(model.state_dict(), 'weights.pt')"),
  );
}

function tensorsOf(dict: ReadonlyMap<unknown, unknown>): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, value] of dict) {
    if (typeof name === 'string' && value instanceof StoredTensor) tensors.set(name, value);
  }
  return tensors;
}

function rankDicts(dict: ReadonlyMap<unknown, unknown>): [string, ReadonlyMap<unknown, unknown>][] {
  const inner = [...dict].filter((entry): entry is [string, ReadonlyMap<unknown, unknown>] => {
    const [key, value] = entry;
    return typeof key === 'string' && value instanceof Map && !never.test(key);
  });
  const rank = (key: string) => (usual.includes(key) ? usual.indexOf(key) : usual.length);
  return inner.sort(([a], [b]) => rank(a) - rank(b));
}
