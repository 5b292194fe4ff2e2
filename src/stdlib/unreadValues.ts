/** `_unread`: how the texts that stand for libraries (`src/prelude/`) say that a value is not in the source. */
import { say } from '../language/say';
import type { Context } from '../python/natives/context';
import { type NativeFunction, native } from '../python/natives/native';
import { Unknown } from '../python/values/values';

/** The module's functions: each gives a value of which only the reason is known for which nothing else is. */
export function unreadValues(): Record<string, NativeFunction> {
  return {
    environment: unknownFor('name', (name) =>
      say('the spaces of the environment {0} are not among those that are known', name),
    ),
    observation: unknownFor('name=""', () => say('what an environment gives is known in a run alone')),
    member: unknownFor('module, name', (module, name) => say('{0}.{1} is not read', module, name)),
  };
}

function unknownFor(parameters: string, reason: (...words: string[]) => string): NativeFunction {
  const names = parameters.split(', ').map((each) => each.split('=')[0] ?? each);
  return native(
    parameters,
    (ctx: Context, args) => new Unknown(reason(...names.map((name) => ctx.str(args.get(name)))), ctx.range),
  );
}
