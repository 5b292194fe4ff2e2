/**
 * Files of weights, which are not read while a model is: `torch.load` and its relatives give something that has no
 * entries. It passes through what code does with a state dict on its way to `load_state_dict`; any other use of it is
 * refused.
 */
import { say } from '../language/say';
import type { Context } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import { PyInstance, PyList, type PyValue } from '../python/values/values';

const SLOT = Symbol('checkpoints');

interface Checkpoints {
  /** Whether the code has asked for a file of weights. */
  asked: boolean;
}

const stateOf = (ctx: Context): Checkpoints => ctx.slot(SLOT, () => ({ asked: false }));

/** Whether an empty dict may be what is left of a file's weights. */
export const asksForWeights = (ctx: Context): boolean => stateOf(ctx).asked;

const itself = native('self, *args, **kwargs', (_, args) => args.get('self'));
const nothing = native('self', () => new PyList([]));
const refused = native('self, *args', (ctx) =>
  ctx.error(
    'unsupported',
    say('What a file of weights holds is not read; give the weights to the comparison as a checkpoint'),
  ),
);

const Weights = nativeClass('Weights', [], {
  __getitem__: itself,
  get: itself,
  pop: itself,
  copy: itself,
  state_dict: itself,
  float: itself,
  eval: itself,
  to: itself,
  items: nothing,
  keys: nothing,
  values: nothing,
  update: native('self, *args, **kwargs', () => null),
  __setitem__: native('self, key, value', () => null),
  __delitem__: native('self, key', () => null),
  __contains__: native('self, key', () => false),
  __unpack__: refused,
  __iter__: refused,
  __len__: refused,
  __getattr__: refused,
});

/** Whether a value is what a file of weights holds. */
export const isOfFile = (value: PyValue): boolean => value instanceof PyInstance && value.cls === Weights;

/** `torch.load` and the functions that fetch a file first. */
export const loadWeights = native('*args, **kwargs', (ctx): PyValue => {
  stateOf(ctx).asked = true;
  return new PyInstance(Weights);
});
loadWeights.takesWeights = true;
