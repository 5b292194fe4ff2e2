import { say } from '../../language/say';
import type { NativeArguments } from '../natives/arguments';
import type { Context, Eval } from '../natives/context';
import { native } from '../natives/native';
import { PyClass, PyDict, type PyValue, Unknown } from '../values/values';

/** Characters of a text that is evaluated, at most: names and calls of a configuration, no programs. */
const MOST = 10_000;

function textOf(ctx: Context, args: NativeArguments): string | Unknown {
  const text = args.get('source');
  if (text instanceof Unknown) return text;
  if (typeof text !== 'string') return ctx.raise('TypeError', 'eval() arg 1 must be a string, bytes or code object');
  if (text.length > MOST)
    return ctx.error('unsupported', say('A text of {0} characters is not evaluated', text.length));
  return text;
}

/** The names that the text may use besides the caller's; the later ones first. */
function namesOf(ctx: Context, args: NativeArguments): PyDict | undefined {
  const given = [args.get('globals'), args.get('locals')].filter((each) => each instanceof PyDict);
  if (given.length === 0) return undefined;
  if (given.length === 1) return given[0];
  ctx.spend(given.reduce((sum, { size }) => sum + size, 0));
  return PyDict.from(given.flatMap((dict) => [...dict.entries()]));
}

/** `eval`: an expression in the place of its call. A class that it names is one that nobody named in the code. */
export const evalText = native('source, globals=None, locals=None', function* (ctx, args): Eval<PyValue> {
  const text = textOf(ctx, args);
  if (text instanceof Unknown) return text;
  const value = yield* ctx.evaluateText(text.trim(), namesOf(ctx, args));
  return value instanceof PyClass ? value.canonical : value;
});

/** `exec`: statements at the top of a file, or with a dictionary of names. */
export const execText = native('source, globals=None, locals=None', function* (ctx, args): Eval<PyValue> {
  const text = textOf(ctx, args);
  if (text instanceof Unknown) return text;
  yield* ctx.executeText(text, namesOf(ctx, args));
  return null;
});
