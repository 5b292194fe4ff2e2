/** How the functions of a file are run: what a program writes for it, with what nobody knows where nobody says it. */
import type { CodePart } from './nodes';
import { type FileText, readCall, readParameters, type TfjsCall, type TfjsParameter } from './parameters';
import { phrase } from './phrases';
import { isAsync, type Unit, type Units } from './units';

/** How far callers of callers are followed. */
const DEPTH = 3;
/** Arguments that are written into an expression are at most that long. */
const LONGEST_ARGUMENTS = 60;

export class CallerRuns {
  constructor(
    private readonly file: FileText,
    private readonly units: Units,
    /** Calls by the last names of what they call. */
    private readonly calls: ReadonlyMap<string, readonly CodePart[]>,
  ) {}

  /** What runs the function around a call, outermost callers first; undefined where nobody reaches it. */
  expressionAround(call: CodePart, depth = 0): string | undefined {
    const unit = this.units.unitAround(call);
    if (!unit) return undefined;
    if (unit.kind === 'module' || unit.kind === 'callback') return '$handed()';
    if (!unit.own && unit.kind !== 'field') return undefined;
    return this.from(unit, depth);
  }

  private from(unit: Unit, depth: number): string {
    const isMaker = unit.path.startsWith('new ') && !unit.path.includes('()');
    const made = this.given(unit.owner?.maker, unit.owner?.name);
    if (isMaker) return this.outer(unit, depth, made.isOpen) ?? `${unit.path}(${made.text})`;
    const own = this.given(unit.own, unit.path);
    const path = unit.path.replace('()', `(${unit.isStatic ? '' : made.text})`);
    const outer = this.outer(unit, depth, own.isOpen || (!unit.isStatic && made.isOpen));
    return outer ?? (unit.kind === 'field' ? path : `${isAsync(unit.own) ? 'await ' : ''}${path}(${own.text})`);
  }

  /** What runs a caller of a function that needs something. */
  private outer(unit: Unit, depth: number, isOpen: boolean): string | undefined {
    const own = unit.own;
    if (!isOpen || depth >= DEPTH || !own) return undefined;
    const name = lastName(unit.kind === 'method' && unit.own === unit.owner?.maker ? unit.owner.name : unit.path);
    for (const call of this.calls.get(name) ?? []) {
      if (call.start >= own.start && call.end <= own.end) continue;
      const found = this.expressionAround(call, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Arguments for a function: none, a call's, or what is not known. */
  private given(
    own: CodePart | undefined,
    name: string | undefined,
  ): { readonly text: string; readonly isOpen: boolean } {
    const parameters = readParameters(own, this.file);
    const calls = (this.calls.get(lastName(name ?? '')) ?? []).map((each) => readCall(each, this.file));
    const text = argumentsOf(parameters, calls);
    if (text !== undefined) return { text, isOpen: false };
    const last = parameters.findLastIndex(({ isNeeded }) => isNeeded);
    const unknown = parameters
      .slice(0, last + 1)
      .map(({ name, isNeeded }) =>
        isNeeded ? `$unknown(${JSON.stringify(phrase('argument', plainName(name)))})` : 'undefined',
      );
    return { text: unknown.join(', '), isOpen: true };
  }
}

/** A pattern has no name: it is called after what it takes. */
export const plainName = (name: string): string => /^[\w$]+$/.exec(name)?.[0] ?? /[\w$]+/.exec(name)?.[0] ?? 'options';

/** `build` of `new Net().build`. */
export const lastName = (path: string): string => /([\w$]+)[^\w$]*$/.exec(path)?.[1] ?? path;

/** Arguments for all that is needed: none, or those of a call that says them; undefined where no call does. */
export function argumentsOf(parameters: readonly TfjsParameter[], calls: readonly TfjsCall[]): string | undefined {
  const needed = parameters.filter(({ isNeeded }) => isNeeded).length;
  if (needed === 0) return '';
  for (const { arguments: given } of calls) {
    const text = given.map((each) => each.text).join(', ');
    const isShort = text.length <= LONGEST_ARGUMENTS && !/[\n\r]/.test(text);
    if (given.length >= needed && isShort && given.every(({ isClosed }) => isClosed)) return text;
  }
  return undefined;
}
