/** `load_state_dict` of what the code itself computes: weights of another module, tensors that it makes. */
import { say } from '../../language/say';
import { namedTupleClass } from '../../python/builtins/namedtuple';
import type { Context } from '../../python/natives/context';
import {
  PyComplex,
  PyDict,
  type PyInstance,
  PyList,
  PyTensor,
  PyTuple,
  type PyValue,
} from '../../python/values/values';
import { asksForWeights } from '../checkpoints';
import { toPairs } from '../complex/creation';
import { assign } from '../tensor/inplace';
import { children, ownBuffers, ownParameters } from './moduleFields';

/** Of a name: a module inside of itself has no end. */
export const LONGEST = 2000;

/** Tensors by the names that a module's `state_dict()` gives them; a shared module's under each of its names. */
export function* namedState(ctx: Context, module: PyInstance, prefix = ''): Generator<readonly [string, PyTensor]> {
  ctx.spend(1);
  if (prefix.length > LONGEST) ctx.raise('RecursionError', 'maximum recursion depth exceeded');
  for (const [name, parameter] of ownParameters(module)) yield [prefix + name, parameter];
  for (const [name, buffer, persistent] of ownBuffers(module)) if (persistent) yield [prefix + name, buffer];
  for (const [name, child] of children(module)) yield* namedState(ctx, child, `${prefix}${name}.`);
}

/**
 * Copies the tensors of a dict into the module's own. A checkpoint's file is passed over, with a note: weights are given
 * to the comparison.
 * @throws RuntimeError in PyTorch's words where a size differs, or a name is missing or unknown and `strict` holds
 */
export function loadState(ctx: Context, module: PyInstance, given: PyValue, strict: PyValue): PyValue {
  const isFile = given instanceof PyDict && given.size === 0 && asksForWeights(ctx);
  if (
    isFile ||
    !(given instanceof PyDict) ||
    given.values().some((value) => !(value instanceof PyTensor || value instanceof PyComplex))
  ) {
    ctx.note(say('load_state_dict is passed over: weights are given to the comparison as a checkpoint'));
    return incompatible(ctx, [], []);
  }
  const own = new Map(namedState(ctx, module));
  const missing = [...own.keys()].filter((name) => !given.has(name));
  const unexpected = given.keys().filter((name) => !own.has(String(name)));
  if (ctx.truth(strict) && missing.length + unexpected.length > 0)
    ctx.raise(
      'RuntimeError',
      `Error(s) in loading state_dict for ${module.cls.name}: missing keys: ${missing.join(', ')}; unexpected keys: ${unexpected.join(', ')}`,
    );
  for (const [name, tensor] of own) {
    const found = given.get(name);
    const value = found instanceof PyComplex ? toPairs(ctx, found) : found;
    if (!(value instanceof PyTensor)) continue;
    if (value.type.shape.join() !== tensor.type.shape.join())
      ctx.raise(
        'RuntimeError',
        `size mismatch for ${name}: copying a param with shape torch.Size([${value.type.shape.join(', ')}]) from checkpoint, the shape in current model is torch.Size([${tensor.type.shape.join(', ')}])`,
      );
    assign(ctx, tensor, value);
  }
  return incompatible(ctx, missing, unexpected);
}

function incompatible(ctx: Context, missing: readonly PyValue[], unexpected: readonly PyValue[]): PyValue {
  const keys = namedTupleClass(ctx, '_IncompatibleKeys', ['missing_keys', 'unexpected_keys'], new Map());
  return new PyTuple([new PyList([...missing]), new PyList([...unexpected])], keys);
}
