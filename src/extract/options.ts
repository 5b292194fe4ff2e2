/** What a command line's options give a function by their defaults, where decorators declare them: click's. */
import { itemAt } from '../graph/access';
import type { Eval } from '../python/natives/context';
import { evaluate } from '../python/run/expressions';
import type { Interpreter } from '../python/run/interpreter';
import type { Expr } from '../python/syntax/ast';
import type { Scope } from '../python/values/scope';
import { Ellipsis, PyTuple, type PyValue, Unknown } from '../python/values/values';
import { commandLine } from '../stdlib/argparse';
import { isTolerable } from './configs';
import { lastName } from './slice';

type DecoratorCall = Extract<Expr, { kind: 'call' }>;

/** The parameter that `'--learning-rate', '-l'` or `'--lr', 'rate'` is for. */
function destination(call: DecoratorCall): string | undefined {
  const names = call.args.flatMap(({ form, value }) =>
    form === 'plain' && value.kind === 'constant' && typeof value.value === 'string' ? [value.value] : [],
  );
  const plain = names.find((name) => !name.startsWith('-'));
  const longest = [...names].sort((a, b) => b.length - a.length)[0];
  return (plain ?? longest)?.replace(/^-+/, '').split('/')[0]?.replaceAll('-', '_').toLowerCase();
}

/**
 * What click hands to a function's parameter when its command is started without arguments: the default of its option, or
 * what the reader sets. Undefined where no option is for it, or where a required one has none.
 */
export function* optionFor(
  ctx: Interpreter,
  decorators: readonly Expr[],
  name: string,
  scope: Scope,
): Eval<PyValue | undefined> {
  for (const call of decorators) {
    if (call.kind !== 'call' || !/^(?:option|argument)$/.test(lastName(call.callee) ?? '')) continue;
    if (destination(call) !== name) continue;
    const given = commandLine(ctx).get(name);
    if (given) {
      given.used = true;
      return given.value;
    }
    const setting = (key: string) => call.args.find((each) => each.form === 'keyword' && each.name === key)?.value;
    const written = setting('default');
    if (written === undefined) {
      const isFlag = setting('is_flag') ?? call.args.find(({ value }) => isSwitch(value))?.value;
      if (isFlag !== undefined) return false;
      if (setting('multiple') !== undefined) return new PyTuple([]);
      const isNeeded = setting('required') !== undefined || lastName(call.callee) === 'argument';
      return isNeeded ? undefined : null;
    }
    try {
      const value = yield* evaluate(ctx, written, scope);
      return value instanceof Unknown ? undefined : value;
    } catch (error) {
      if (!isTolerable(error)) throw error;
    }
  }
  return undefined;
}

/** What a parameter's default comes to: typer wraps it, `width: int = typer.Option(7)`, and `...` is none. */
export function promptDefault(written: Expr): Expr | undefined {
  if (written.kind !== 'call' || !/^(?:Option|Argument)$/.test(lastName(written.callee) ?? '')) return written;
  const [first] = written.args.filter(({ form }) => form === 'plain');
  const value = written.args.find(({ form, name }) => form === 'keyword' && name === 'default') ?? first;
  return value?.value.kind === 'constant' && value.value.value === Ellipsis ? undefined : value?.value;
}

/** `'--shout/--no-shout'`. */
const isSwitch = (value: Expr): boolean =>
  value.kind === 'constant' && typeof value.value === 'string' && itemAt(value.value.split('/'), 0) !== value.value;
