/** How a builder is called: as its file calls it, as others do, or with what nobody knows in the open places. */
import type { ArgumentOrigin } from '../extract/caller';
import type { Setting } from '../extract/given';
import { say } from '../language/say';
import { shortName } from '../source/path';
import { ignoreSlow } from '../syntax/syntax';
import { callsElsewhere, isUncalled, type TfjsBuilder } from './builders';
import type { TfjsHost } from './host';
import type { TfjsCall, TfjsParameter } from './parameters';
import { phrase } from './phrases';
import { lastName, plainName } from './runs';

/** One way to have a model. */
export interface BuilderCall {
  /** As a person would write it. */
  readonly expression: string;
  /**
   * TypeScript over the names of the builder's file, and over `$unknown` and `$in`; undefined where the entry does not
   * reach that file.
   * @param nameOf the interpreter's name of a file's module
   */
  readonly code: (nameOf: (file: string) => string | undefined) => string | undefined;
  /** The file that is the program's entry: the builder's own, or one that calls it. */
  readonly entry: string;
  readonly origin?: ArgumentOrigin;
  /** No argument is missing, and no default stands for one. */
  readonly isWhole?: boolean;
  /** The call with places for what nobody gave. */
  readonly draft?: string;
  /** Names of the arguments in it. */
  readonly needed?: readonly string[];
}

/** Files that are looked at for calls. */
const MOST_FILES = 6;

const isOpen = (builder: TfjsBuilder): boolean =>
  isUncalled(builder) && [...builder.parameters, ...builder.makerParameters].some(({ isNeeded }) => isNeeded);

/** The ways to call a builder, likeliest first; the last may hold what is not known. */
export async function* callsOf(
  builder: TfjsBuilder,
  settings: readonly Setting[],
  file: string,
  host: TfjsHost,
): AsyncGenerator<BuilderCall> {
  const { expression, path } = builder;
  const given = new Map(settings.map(({ name, text }) => [name, text]));
  const isGiven = [...builder.parameters, ...builder.makerParameters].some(({ name }) => given.has(name));
  if (!isOpen(builder) && !isGiven) {
    const origin = originIn(builder);
    const isWhole = builder.parameters.length + builder.makerParameters.length === 0;
    yield { expression, code: () => expression, entry: file, isWhole, ...(origin && { origin }) };
    return;
  }
  if (!isGiven) {
    yield* callsThrough(builder, [...builder.calls, ...builder.makerCalls], file, file);
    yield* elsewhere(builder, file, host);
  }
  const needed = [...builder.makerParameters, ...builder.parameters].filter(
    ({ isNeeded, name }) => isNeeded && !given.has(name) && name !== 'tf',
  );
  const fill = (parameters: readonly TfjsParameter[], open: (parameter: TfjsParameter) => string) =>
    argumentsOf(parameters, given, open);
  const written = (open: (parameter: TfjsParameter) => string) =>
    callText(path, fill(builder.makerParameters, open), fill(builder.parameters, open), builder);
  // The library itself is handed on under its usual name.
  const code = written(({ name }) =>
    name === 'tf' ? 'tf' : `$unknown(${JSON.stringify(phrase('argument', plainName(name)))})`,
  );
  const draft = written(({ name }) => (name === 'tf' ? 'tf' : `${plainName(name)}=`));
  const names = needed.map(({ name }) => plainName(name));
  yield { expression: needed.length > 0 ? path : code, code: () => code, entry: file, draft, needed: names };
}

/** Arguments up to the last one that must be, or is, given. */
function argumentsOf(
  parameters: readonly TfjsParameter[],
  given: ReadonlyMap<string, string>,
  open: (parameter: TfjsParameter) => string,
): string {
  const last = parameters.findLastIndex(({ name, isNeeded }) => isNeeded || given.has(name));
  return parameters
    .slice(0, last + 1)
    .map((each) => given.get(each.name) ?? (each.isNeeded ? open(each) : 'undefined'))
    .join(', ');
}

/** `await new Net(10).build(3)` of its parts. */
function callText(path: string, made: string, own: string, { isAsync, form }: TfjsBuilder): string {
  if (path.startsWith('new ') && !path.includes('()')) return `${path}(${made})`;
  const maker = path.replace('()', `(${made})`);
  const called = form === 'field' || form === 'variable' || form === 'module' ? maker : `${maker}(${own})`;
  return isAsync ? `await ${called}` : called;
}

/** Where the arguments of a builder's own expression are from, where a call of its file gives them. */
function originIn({ expression, calls, makerCalls }: TfjsBuilder): ArgumentOrigin | undefined {
  const call = [...calls, ...makerCalls].find(({ arguments: list }) => {
    const text = list.map((each) => each.text).join(', ');
    return text !== '' && expression.includes(`(${text})`);
  });
  return call && originOf(call);
}

function originOf({ range }: TfjsCall): ArgumentOrigin {
  const message = say('The arguments are those of the call at {0}:{1}', shortName(range.file), range.line + 1);
  return { message, source: range };
}

/** Ways of one file by which its functions are run for the calls in them. */
const MOST_RUNS = 3;

/**
 * Functions that call a builder with what only they know: they are run, and the model that the builder makes meanwhile is
 * the one that is meant.
 * @param file the builder's
 * @param other that of the calls
 */
function* callsThrough(
  { path, form }: TfjsBuilder,
  calls: readonly TfjsCall[],
  file: string,
  other: string,
): Generator<BuilderCall> {
  const own = form === 'class' ? path.replace(/^new /, '') : path;
  const runs = new Map<string, TfjsCall>();
  for (const call of calls) if (call.run !== undefined && !runs.has(call.run)) runs.set(call.run, call);
  for (const [run, call] of [...runs].slice(0, MOST_RUNS)) {
    const code: BuilderCall['code'] = (nameOf) => {
      const [module, caller] = [nameOf(file), nameOf(other)];
      if (module === undefined || caller === undefined) return undefined;
      const text = waitFor(run);
      const runs = file === other ? text : `$in(${JSON.stringify(caller)}, ${JSON.stringify(text)})`;
      return modelThrough(module, lastName(own), runs);
    };
    yield { expression: path, code, entry: other, origin: originOf(call) };
  }
}

const waitFor = (run: string): string => (/\bawait\b/.test(run) ? `(async () => ${run})()` : run);

/** The model that a function makes while something else runs. @param module the interpreter's name of the function's */
const modelThrough = (module: string, name: string, run: string): string =>
  `$through(${JSON.stringify(module)}, ${JSON.stringify(name)}, () => ${run})`;

/** The ways to have the model of a function inside of another one, by the ways to run that. */
export async function* callsInside(
  ways: AsyncIterable<BuilderCall>,
  name: string,
  file: string,
): AsyncGenerator<BuilderCall> {
  for await (const way of ways) {
    const code: BuilderCall['code'] = (nameOf) => {
      const [module, run] = [nameOf(file), way.code(nameOf)];
      return module === undefined || run === undefined ? undefined : modelThrough(module, name, waitFor(run));
    };
    yield { ...way, expression: name, code };
  }
}

/** Calls in other files whose arguments mean the same wherever in those files they stand. */
async function* elsewhere(builder: TfjsBuilder, file: string, host: TfjsHost): AsyncGenerator<BuilderCall> {
  const { path, parameters, makerParameters } = builder;
  const count = (list: readonly TfjsParameter[]) => list.filter(({ isNeeded }) => isNeeded).length;
  const names = new Set([...builder.exportedAs.filter((name) => name !== 'default'), lastName(path)]);
  const files = new Set<string>();
  for (const name of names) for (const each of (await host.callers?.(name, file)) ?? []) files.add(each);
  files.delete(file);
  for (const other of [...files].slice(0, MOST_FILES)) {
    const text = await host.source.read(other).catch(() => undefined);
    const found = text && (await callsElsewhere(host.syntax, text, builder).catch(ignoreSlow));
    if (!found) continue;
    const closed = (calls: readonly TfjsCall[], needed: number) =>
      needed === 0
        ? undefined
        : calls.find((call) => call.arguments.length >= needed && call.arguments.every(({ isClosed }) => isClosed));
    const [own, maker] = [closed(found.calls, count(parameters)), closed(found.makerCalls, count(makerParameters))];
    const isOpen = (count(parameters) > 0 && !own) || (count(makerParameters) > 0 && !maker);
    const call = own ?? maker;
    if (isOpen || !call) {
      yield* callsThrough(builder, [...found.calls, ...found.makerCalls], file, other);
      continue;
    }
    const listed = (from: TfjsCall | undefined) => from?.arguments.map((each) => each.text).join(', ') ?? '';
    const code: BuilderCall['code'] = (nameOf) => {
      const module = nameOf(other);
      if (module === undefined) return undefined;
      const there = (from: TfjsCall | undefined) =>
        from ? `...$in(${JSON.stringify(module)}, ${JSON.stringify(`[${listed(from)}]`)})` : '';
      return callText(path, there(maker), there(own), builder);
    };
    const expression = callText(path, listed(maker), listed(own), builder);
    yield { expression, code, entry: other, origin: originOf(call) };
  }
}
