/** What to say where code asks for numbers that only the run knows. */
import { say } from '../language/say';
import type { Context } from '../python/natives/context';
import type { PyTensor } from '../python/values/values';

/**
 * Ends the reading where the values of a tensor decide: with the inputs that they are computed of.
 * @param what that depends on them: `.item()`, "This branch"
 * @param way what to write instead
 */
export function refuseValues(ctx: Context, tensor: PyTensor, what: string, way: string): never {
  const inputs = ctx.graph.inputsBehind(tensor.value);
  return ctx.refuseValues(
    inputs.length > 0
      ? say('{0} depends on the values of {1}, which are known only when the model runs; {2}', what, inputs, way)
      : say('{0} depends on values that are drawn at random, or that training or a checkpoint changes; {1}', what, way),
  );
}

/** The values of a tensor that are known while the model is built. @throws where they are not */
export function requireData(ctx: Context, x: PyTensor, what: string): ArrayLike<number> {
  return (
    x.ask() ??
    refuseValues(ctx, x, what, say('compute it where the model is built, or work on all places with torch.where'))
  );
}
