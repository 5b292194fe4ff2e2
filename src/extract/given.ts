/** Values that the reader gives by name: `--set hidden=64`, `--set config.depth=2`. */
import { itemAt } from '../graph/access';
import type { Context, Eval } from '../python/natives/context';
import { evaluate } from '../python/run/expressions';
import type { Interpreter } from '../python/run/interpreter';
import type { Expr, ParameterNode } from '../python/syntax/ast';
import { parseProgram } from '../python/syntax/parse';
import { Scope } from '../python/values/scope';
import {
  PyClass,
  PyDict,
  PyInstance,
  PyList,
  PySet,
  PyTuple,
  PythonError,
  type PyValue,
  Unknown,
} from '../python/values/values';
import { commandLine, type OptionValue } from '../stdlib/argparse';
import type { Syntax } from '../syntax/syntax';
import { borrowNames } from './borrow';
import type { Setting } from './settingText';

export { parseSetting, type Setting } from './settingText';

/** A setting whose text was parsed. */
export interface ParsedSetting {
  readonly name: string;
  readonly value: Expr | string;
  /** The text as an expression over names, which the file may have: `nn.GELU`, `[Block, Block]`. */
  readonly code?: Expr | undefined;
  /** It is for the command line alone, not for a parameter of that name. */
  readonly isOption?: boolean;
}

/** The values of settings: what is no Python literal is text. */
export async function parseSettings(syntax: Syntax, settings: readonly Setting[]): Promise<ParsedSetting[]> {
  const parsed: ParsedSetting[] = [];
  for (const { name, text } of settings) {
    const { body, errors } = await parseProgram(syntax, text, '<setting>');
    const [only] = body;
    const expr = body.length === 1 && errors.length === 0 && only?.kind === 'expression' ? only.value : undefined;
    if (expr && literalOf(expr) !== undefined) parsed.push({ name, value: expr });
    else parsed.push({ name, value: text, ...(expr && expr.kind !== 'name' && { code: expr }) });
  }
  return parsed;
}

/** The value of a Python literal; undefined for any other expression. */
function literalOf(expr: Expr): PyValue | undefined {
  switch (expr.kind) {
    case 'constant':
      return expr.value;
    case 'unary': {
      const value = literalOf(expr.operand);
      if (expr.operator === '-' && (typeof value === 'number' || typeof value === 'bigint')) return -value;
      return expr.operator === '+' ? value : undefined;
    }
    case 'tuple':
    case 'list':
    case 'set': {
      const items = expr.items.map(literalOf);
      if (!items.every((item) => item !== undefined)) return undefined;
      return expr.kind === 'tuple' ? new PyTuple(items) : expr.kind === 'list' ? new PyList(items) : new PySet(items);
    }
    case 'dict': {
      const entries = expr.entries.map(({ key, value }) => [key && literalOf(key), literalOf(value)] as const);
      if (entries.some((pair) => pair.includes(undefined))) return undefined;
      return PyDict.from(entries as [PyValue, PyValue][]);
    }
    default:
      return undefined;
  }
}

const SLOT = Symbol('given settings');

/** The settings of one evaluation, and which of them something took. */
export class GivenSettings {
  private readonly values: ReadonlyMap<string, OptionValue>;
  /** What expressions stand for; to a command line they are text. */
  private readonly computed = new Map<string, PyValue>();

  private constructor(
    ctx: Context,
    private readonly settings: readonly ParsedSetting[],
  ) {
    const optionOf = ({ value }: ParsedSetting): OptionValue => ({
      value: typeof value === 'string' ? value : (literalOf(value) ?? null),
      used: false,
    });
    this.values = new Map(settings.flatMap((each) => (each.isOption ? [] : [[each.name, optionOf(each)] as const])));
    // A parser of the command line takes its options from here.
    for (const each of settings) commandLine(ctx).set(each.name, this.values.get(each.name) ?? optionOf(each));
  }

  static set(ctx: Context, settings: readonly ParsedSetting[]): void {
    ctx.slot(SLOT, () => new GivenSettings(ctx, settings));
  }

  static of(ctx: Context): GivenSettings {
    return ctx.slot(SLOT, () => new GivenSettings(ctx, []));
  }

  /** Makes what expressions over names of the file stand for; what is none stays text, as a path does. */
  *evaluate(ctx: Interpreter, scope: Scope): Eval<void> {
    for (const { name, code } of this.settings) {
      if (!code) continue;
      const inner = new Scope('function', scope, scope.module);
      try {
        if ((yield* borrowNames(ctx, code, inner)) !== undefined) continue;
        const value = yield* evaluate(ctx, code, inner);
        if (!(value instanceof Unknown)) this.computed.set(name, value);
      } catch (error) {
        if (!(error instanceof PythonError)) throw error;
      }
    }
  }

  listUnused(): string[] {
    return [...this.values].flatMap(([name, { used }]) => (used ? [] : [name]));
  }

  /** Whether something was set of a part of a parameter. */
  hasPart(name: string): boolean {
    return [...this.values.keys()].some((key) => key.startsWith(`${name}.`));
  }

  /**
   * Gives parameters what was set for them, and changes what was set of a part of one.
   * @param parts whether to set parts: only where their whole is there, or nothing else gives it
   * @returns the positional arguments; keywords are changed in place
   */
  override(
    ctx: Context,
    parameters: readonly Pick<ParameterNode, 'name' | 'kind'>[],
    args: readonly PyValue[],
    keywords: Map<string, PyValue>,
    parts: boolean,
  ): readonly PyValue[] {
    const result = [...args];
    const takesAny = parameters.some(({ kind }) => kind === 'varkeywords');
    for (const [name, given] of this.values) {
      const names = name.split('.');
      const first = itemAt(names, 0);
      const path = names.slice(1);
      const index = parameters.findIndex((each) => each.name === first && !each.kind.startsWith('var'));
      if (index < 0 && !(takesAny && path.length === 0 && !given.used)) continue;
      if (path.length > 0 && !parts) continue;
      const isPositional = index >= 0 && index < result.length;
      const value = this.computed.get(name) ?? given.value;
      given.used = true;
      if (path.length === 0) {
        if (isPositional) result[index] = value;
        else keywords.set(first, value);
        continue;
      }
      const holder = (isPositional ? result[index] : keywords.get(first)) ?? namespace(ctx);
      if (isPositional) result[index] = holder;
      else keywords.set(first, holder);
      store(ctx, holder, path, value);
    }
    return result;
  }
}

function store(ctx: Context, holder: PyValue, path: readonly string[], value: PyValue): void {
  const name = itemAt(path, 0);
  const rest = path.slice(1);
  if (rest.length > 0) {
    const inner = holder instanceof PyDict ? holder.get(name) : ctx.lookup(holder, name);
    const next = inner ?? namespace(ctx);
    if (inner === undefined || inner === null) put(ctx, holder, name, next);
    store(ctx, next, rest, value);
  } else put(ctx, holder, name, value);
}

function put(ctx: Context, holder: PyValue, name: string, value: PyValue): void {
  if (holder instanceof PyDict) holder.set(name, value);
  else ctx.setattr(holder, name, value);
}

function namespace(ctx: Context): PyInstance {
  const cls = ctx.nativeModule('types')?.members.get('SimpleNamespace');
  const made = cls instanceof PyClass ? ctx.call(cls) : null;
  if (made instanceof PyInstance) return made;
  throw new TypeError('types has no SimpleNamespace');
}
