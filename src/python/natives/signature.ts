import { PyTuple, type PyValue } from '../values/values';
import type { Parameter, ParameterKind } from './parameters';

/**
 * Reads a parameter list as Python writes it, without annotations: `"a, b=1, *args, c=None, **kwargs"`. Defaults are
 * literals: numbers, strings, `True`, `False`, `None`, tuples of those.
 * @throws Error on anything else: the text is ours, so that is a mistake in this program.
 */
export function parseSignature(text: string): readonly Parameter[] {
  const known = parsed.get(text);
  if (known) return known;
  const parameters = parse(text);
  parsed.set(text, parameters);
  return parameters;
}

/** Natives are made anew for each extraction; their parameter lists are the same texts. */
const parsed = new Map<string, readonly Parameter[]>();

function parse(text: string): Parameter[] {
  const parameters: Parameter[] = [];
  let kind: ParameterKind = 'positional';
  for (const part of split(text)) {
    if (part === '*') kind = 'keyword';
    else if (part === '/') {
      parameters.forEach((parameter, index) => {
        parameters[index] = { ...parameter, kind: 'positional-only' };
      });
    } else if (part.startsWith('**')) parameters.push({ name: part.slice(2), kind: 'varkeywords' });
    else if (part.startsWith('*')) {
      parameters.push({ name: part.slice(1), kind: 'varargs', named: true });
      kind = 'keyword';
    } else {
      const equals = part.indexOf('=');
      if (equals < 0) parameters.push({ name: part, kind });
      else {
        const name = part.slice(0, equals).trim();
        parameters.push({ name, kind, default: literal(part.slice(equals + 1).trim()) });
      }
    }
  }
  return parameters;
}

/** Splits at commas outside brackets and quotes. */
function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let current = '';
  for (const character of text) {
    if (quote) {
      if (character === quote) quote = '';
    } else if (character === "'" || character === '"') quote = character;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (character === ',' && depth === 0 && !quote) {
      parts.push(current.trim());
      current = '';
    } else current += character;
  }
  parts.push(current.trim());
  return parts.filter((part) => part.length > 0);
}

function literal(text: string): PyValue {
  if (text === 'None') return null;
  if (text === 'True') return true;
  if (text === 'False') return false;
  if (/^-?\d+$/.test(text)) return BigInt(text);
  if (/^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/^-?inf$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  const quoted = /^(['"])(.*)\1$/.exec(text);
  if (quoted) return quoted[2] ?? '';
  if (text.startsWith('(') && text.endsWith(')')) return new PyTuple(split(text.slice(1, -1)).map(literal));
  throw new Error(`"${text}" is not a literal that a native signature may have as a default`);
}
