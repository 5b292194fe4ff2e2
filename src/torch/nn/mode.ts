/** `module.training`: which of a model's modules run as they train. */
import { say, sentence } from '../../language/say';
import type { Context, Eval } from '../../python/natives/context';
import { ExtractionError } from '../../python/natives/errors';
import type { PyInstance } from '../../python/values/values';
import { namedModules } from './moduleFields';

/** Whether a module runs as it trains. One that no `train()` or `eval()` has reached does, as PyTorch's. */
export function trains(ctx: Context, module: PyInstance): boolean {
  const own = module.fields.get('training');
  return own === undefined ? ctx.training : ctx.truth(own);
}

/**
 * Puts the model in the mode that it is read in, through its own `train()`, which may leave some of it as it is (frozen
 * batch norms). Where that can't be read, all its modules are put in that mode, with a note.
 */
export function* setMode(ctx: Context, model: PyInstance): Eval<void> {
  try {
    yield* ctx.run(ctx.getattr(model, ctx.training ? 'train' : 'eval'), []);
  } catch (error) {
    if (!(error instanceof ExtractionError) || error.kind !== 'unsupported') throw error;
    ctx.note(
      say(
        'train() of {0} is not followed, so all its layers are in one mode: {1}',
        model.cls.name,
        sentence(error.message),
      ),
    );
    for (const [, module] of namedModules(ctx, model)) module.fields.set('training', ctx.training);
  }
}
