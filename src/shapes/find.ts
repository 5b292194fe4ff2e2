/** What is known at a place of the code. */
import type { TracedModule } from '../graph/trace';
import type { SourceRange } from '../graph/types';
import { isInside } from './modelShapes';
import { isKnown } from './text';
import type { CallShapes, ModelShapes, PlaceShapes } from './types';

/** What a hover is about. */
export interface FoundShapes {
  readonly model: ModelShapes;
  readonly range: SourceRange;
  /** The name, the call or the statement; absent where layers are constructed. */
  readonly place?: PlaceShapes;
  /** Which of the statement's tensors is meant. */
  readonly nth?: number;
  /** Calls of modules: those that stand there, or all of the modules that are constructed there. */
  readonly calls: readonly CallShapes[];
  /** The modules that are called or constructed there. */
  readonly modules: readonly TracedModule[];
}

const pointIn = (file: string, line: number, column: number): SourceRange => ({
  file,
  line,
  column,
  endLine: line,
  endColumn: column,
});

const isSame = (a: SourceRange, b: SourceRange): boolean => isInside(a, b) && isInside(b, a);

/** The innermost of ranges around a place. */
function innermost<T>(
  items: readonly T[],
  rangeOf: (item: T) => SourceRange | undefined,
  at: SourceRange,
): T | undefined {
  let best: { item: T; range: SourceRange } | undefined;
  for (const item of items) {
    const range = rangeOf(item);
    if (range && isInside(at, range) && (!best || isInside(range, best.range))) best = { item, range };
  }
  return best?.item;
}

/**
 * What constructs the layers that a statement assigns.
 * @param line of the statement, from 0
 * @param column where its right side begins
 */
export function constructionAt(
  model: ModelShapes,
  file: string,
  line: number,
  column: number,
): FoundShapes | undefined {
  const begun = model.modules.filter(({ site }) => site.file === file && site.line === line && site.column === column);
  const widest = begun.find(({ site }) => begun.every((other) => isInside(other.site, site)));
  return widest && ofSite(model, widest.site);
}

/** What a model has at a place of its file: a tensor's name, what is called, or what constructs a layer. */
export function shapesAt(model: ModelShapes, file: string, line: number, column: number): FoundShapes | undefined {
  const at = pointIn(file, line, column);
  const place = innermost(model.places, ({ kind, source, callee }) => (kind === 'name' ? source : callee), at);
  if (place) {
    const calls = model.calls.filter(
      ({ source, isInner }) => !isInner && source && place.kind === 'call' && isSame(source, place.source),
    );
    // A tensor of which nothing is known has no hover; what a layer holds is known without its shapes.
    if (calls.length === 0 && !place.runs.flat().some(isKnown)) return undefined;
    const paths = new Set(calls.map(({ path }) => path));
    const modules = model.modules.filter(({ path }) => paths.has(path));
    return { model, range: place.callee ?? place.source, place, calls, modules };
  }
  const module = innermost(model.modules, ({ site }) => site, at);
  return module && ofSite(model, module.site);
}

/** All that is constructed at one place. */
function ofSite(model: ModelShapes, range: SourceRange): FoundShapes {
  const modules = model.modules.filter(({ site }) => isSame(site, range));
  const paths = new Set(modules.map(({ path }) => path));
  return { model, range, calls: model.calls.filter(({ path }) => paths.has(path)), modules };
}

/**
 * What a statement assigns to a name of its left side.
 * @param names on the left side, in order
 * @param nth which of them is meant
 */
export function assignmentAt(
  model: ModelShapes,
  { range, names, nth }: { readonly range: SourceRange; readonly names: number; readonly nth: number },
): FoundShapes | undefined {
  const statement = innermost(model.places, ({ kind, source }) => (kind === 'statement' ? source : undefined), range);
  if (!statement?.runs.every((run) => run.length === names)) return undefined;
  return { model, range, place: statement, nth, calls: [], modules: [] };
}
