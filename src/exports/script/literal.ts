/** Values as Python writes them. Names and paths are other people's: none can end its literal or its comment. */
import { oneLine } from '../../language/legible';

export type PythonValue =
  | string
  | number
  | boolean
  | null
  | readonly PythonValue[]
  | { readonly [name: string]: PythonValue };

/** Characters beyond ASCII are spelled out, so that nothing in a file turns the order of others round. */
function quote(text: string): string {
  const inside = Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\') return `\\${character}`;
    if (code >= 0x20 && code < 0x7f) return character;
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
  });
  return `"${inside.join('')}"`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'float("nan")';
  if (!Number.isFinite(value)) return value > 0 ? 'float("inf")' : 'float("-inf")';
  return String(value);
}

/** A value in one line. */
export function literalOf(value: PythonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(literalOf).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([name, each]) => `${quote(name)}: ${literalOf(each)}`)
    .join(', ')}}`;
}

/** A list with a line for each element. */
export const literalLines = (values: readonly PythonValue[]): string[] =>
  values.length === 0 ? ['[]'] : ['[', ...values.map((value) => `    ${literalOf(value)},`), ']'];

/** A definition whose value goes over several lines. */
export const define = (name: string, value: readonly string[]) =>
  value.map((line, i) => (i === 0 ? `${name} = ${line}` : line));

/** A comment of one line, whatever the text. */
export const comment = (text: string): string => `# ${oneLine(text)}`;
