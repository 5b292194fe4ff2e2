/** Where YAML is read from. */
import { itemAt } from '../graph/access';
import { say } from '../language/say';
import type { Context } from '../python/natives/context';
import { PythonError, type PyValue, Unknown } from '../python/values/values';

/** The text of a stream: a string, or an open file. */
export function textOf(ctx: Context, stream: PyValue): string | Unknown {
  if (typeof stream === 'string' || stream instanceof Unknown) return stream;
  const text = ctx.call(ctx.getattr(stream, 'read'));
  return text instanceof Unknown ? text : ctx.str(text);
}

/** Runs a reader of YAML; what is none raises in Python, too. */
export function read(text: string, body: (text: string) => PyValue): PyValue {
  try {
    return body(text);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'YAMLException') throw error;
    const first = itemAt(error.message.split('\n'), 0);
    throw new PythonError('ValueError', say('this YAML can not be read: {0}', first));
  }
}
