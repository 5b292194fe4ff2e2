/** The ways to have a model that was asked for: what is run, and in which file. */
import type { TfjsBuilder } from './builders';
import { type BuilderCall, callsInside, callsOf } from './calls';
import { type ForwardCall, forwardCall } from './forward';
import type { TfjsHost, TfjsRequest } from './host';
import { Unreadable } from './unreadable';

/** A way to have a model, or a function of tensors that stands for one. */
export type Way = BuilderCall & { readonly forward?: ForwardCall };

/** The ways to have what was asked for: a builder's calls, or the expression itself. */
export async function* waysTo(
  asked: string,
  models: readonly TfjsBuilder[],
  { file, settings = [] }: TfjsRequest,
  host: TfjsHost,
): AsyncGenerator<Way> {
  const builder =
    models.find(({ expression }) => expression === asked) ??
    models.find(({ path, name }) => path === asked || name === asked);
  const outer = builder ? undefined : models.find(({ inner }) => inner.includes(asked));
  if (outer) yield* callsInside(waysTo(outer.expression, models, { file, settings }, host), asked, file);
  else if (!builder) yield { expression: asked, code: () => asked, entry: file };
  // What a file makes while it runs is there once nothing is left to do.
  else if (builder.form === 'module') yield { expression: asked, code: () => '$settled()', entry: file, isWhole: true };
  else if (builder.form === 'callback') yield { expression: asked, code: () => '$handed()', entry: file };
  else if (builder.makes === 'output') {
    const forward = forwardCall(builder);
    yield { expression: asked, code: () => forward.code, entry: file, forward };
  } else yield* callsOf(builder, settings, file, host);
}

/** What the first way gives that can be read; else the last one's problem, which names what is missing. */
export async function firstThatReads<T>(ways: AsyncIterable<Way>, read: (way: Way) => Promise<T>): Promise<T> {
  let problem: unknown;
  for await (const way of ways) {
    try {
      return await read(way);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      problem = error;
    }
  }
  throw problem;
}
