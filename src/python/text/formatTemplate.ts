import { say } from '../../language/say';
import type { Context } from '../natives/context';
import { PythonError, type PyValue } from '../values/values';
import { convert } from './format';
import { formatValue } from './formatSpec';

const fail = (message: string): never => {
  throw new PythonError('ValueError', message);
};

/** A field's name: what stands before `!`, `:` and the end. */
const NAME = /^(?:\[[^\]]*\]?|[^[!:{}])*/;

/** How deep fields may stand in specifications of fields. */
const DEEPEST = 2;

/** `template.format(*args, **keywords)`. @throws PythonError in CPython's words. */
export function formatTemplate(
  ctx: Context,
  template: string,
  args: readonly PyValue[],
  keywords: ReadonlyMap<string, PyValue>,
): string {
  return new Template(ctx, args, keywords).text(template, DEEPEST);
}

class Template {
  private next = 0;
  private numbering: 'automatic' | 'manual' | undefined;

  constructor(
    private readonly ctx: Context,
    private readonly args: readonly PyValue[],
    private readonly keywords: ReadonlyMap<string, PyValue>,
  ) {}

  text(template: string, depth: number): string {
    if (depth <= 0) fail('Max string recursion exceeded');
    let result = '';
    let at = 0;
    for (;;) {
      const brace = /[{}]/.exec(template.slice(at));
      const end = brace ? at + brace.index : template.length;
      result += template.slice(at, end);
      this.ctx.meter.requireSize(result.length, say('This text'));
      if (!brace) {
        this.ctx.meter.text(result.length);
        return result;
      }
      const mark = template.charAt(end);
      if (template.charAt(end + 1) === mark) {
        result += mark;
        at = end + 2;
        continue;
      }
      if (mark === '}') fail("Single '}' encountered in format string");
      if (end + 1 >= template.length) fail("Single '{' encountered in format string");
      const name = NAME.exec(template.slice(end + 1))?.[0] ?? '';
      if (template.charAt(end + 1 + name.length) === '{') fail("unexpected '{' in field name");
      const close = closing(template, end + 1);
      result += this.field(template.slice(end + 1, close), depth);
      at = close + 1;
    }
  }

  private field(text: string, depth: number): string {
    const name = NAME.exec(text)?.[0] ?? '';
    const value = this.value(name);
    let rest = text.slice(name.length);
    let conversion: string | undefined;
    if (rest.startsWith('!')) {
      [conversion] = rest.slice(1);
      if (conversion === undefined) return fail('end of string while looking for conversion specifier');
      rest = rest.slice(1 + conversion.length);
      if (rest !== '' && !rest.startsWith(':')) fail("expected ':' after conversion specifier");
      if (!'rsa'.includes(conversion)) fail(`Unknown conversion specifier ${conversion}`);
    }
    const specification = rest.slice(1);
    const shown = convert(this.ctx, value, conversion);
    return formatValue(
      this.ctx,
      shown,
      specification.includes('{') ? this.text(specification, depth - 1) : specification,
    );
  }

  /** What a field's name stands for: `0.weight[k]`. */
  private value(path: string): PyValue {
    const head = /^[^.[]*/.exec(path)?.[0] ?? '';
    let value = this.argument(head);
    let rest = path.slice(head.length);
    while (rest !== '') {
      const found = /^(?:\.([^.[]*)|\[([^\]]*)\])/.exec(rest);
      if (!found)
        return fail(
          rest.startsWith('[')
            ? "Missing ']' in format string"
            : "Only '.' or '[' may follow ']' in format field specifier",
        );
      const [whole, name, key] = found;
      if (name === '' || key === '') fail('Empty attribute in format string');
      if (name !== undefined) value = this.ctx.getattr(value, name);
      else value = this.ctx.item(value, /^\d+$/.test(key ?? '') ? BigInt(key ?? 0) : (key ?? ''));
      rest = rest.slice(whole.length);
    }
    return value;
  }

  private argument(name: string): PyValue {
    if (name !== '' && !/^\d+$/.test(name)) {
      const value = this.keywords.get(name);
      if (value === undefined) throw new PythonError('KeyError', this.ctx.repr(name), undefined, name);
      return value;
    }
    const numbering = name === '' ? 'automatic' : 'manual';
    this.numbering ??= numbering;
    if (this.numbering !== numbering) {
      fail(
        numbering === 'manual'
          ? 'cannot switch from automatic field numbering to manual field specification'
          : 'cannot switch from manual field specification to automatic field numbering',
      );
    }
    const index = name === '' ? this.next++ : Number(name);
    const value = this.args[index];
    if (value !== undefined) return value;
    throw new PythonError('IndexError', `Replacement index ${index} out of range for positional args tuple`);
  }
}

/** Where the field that begins at `from` ends. */
function closing(template: string, from: number): number {
  let open = 1;
  let bracket = false;
  for (let at = from; at < template.length; at++) {
    const c = template.charAt(at);
    if (c === '[') bracket = true;
    else if (c === ']') bracket = false;
    else if (c === '{' && !bracket) open += 1;
    else if (c === '}' && !bracket) open -= 1;
    if (open === 0) return at;
  }
  return fail("expected '}' before end of string");
}
