/** Fixes of faults: where one number or one name is clearly meant. */
import { lastOf } from '../../graph/access';
import type { Fault } from '../../graph/fault';
import type { SourceRange } from '../../graph/types';
import type { Fix } from '../advice';
import type { CodeTexts } from '../texts';

/** What a layer gets and what it takes, and the argument of its constructor that says so. */
interface MisfitNumbers {
  readonly found: number;
  readonly wanted: number;
  readonly keyword: string;
  readonly position: number;
}

/** PyTorch's words with both numbers, for the layers whose first or second argument is one of them. */
const REFUSALS: readonly {
  readonly layers: RegExp;
  readonly pattern: RegExp;
  readonly found: number;
  readonly wanted: number;
  readonly keyword: string;
  readonly position: number;
}[] = [
  {
    layers: /^Linear$/,
    pattern: /mat1 and mat2 shapes cannot be multiplied \(\d+x(\d+) and (\d+)x\d+\)/,
    ...{ found: 1, wanted: 2, keyword: 'in_features', position: 0 },
  },
  {
    layers: /^Conv(?:Transpose)?[123]d$/,
    pattern: /^Given (?:groups=1|transposed=1),.* to have (\d+) channels, but got (\d+) channels instead/,
    ...{ found: 2, wanted: 1, keyword: 'in_channels', position: 0 },
  },
  {
    layers: /^(?:Sync)?BatchNorm/,
    pattern: /running_mean should contain (\d+) elements not (\d+)/,
    ...{ found: 1, wanted: 2, keyword: 'num_features', position: 0 },
  },
  {
    layers: /^LayerNorm$/,
    pattern: /normalized_shape=\[(\d+)\].*\[(?:\d+, )*(\d+)\]/,
    ...{ found: 2, wanted: 1, keyword: 'normalized_shape', position: 0 },
  },
  {
    layers: /^GroupNorm$/,
    pattern: /weight of shape \[(\d+)\] and input of shape \[\d+, (\d+)/,
    ...{ found: 2, wanted: 1, keyword: 'num_channels', position: 1 },
  },
  {
    layers: /^(?:RNN|LSTM|GRU)$/,
    pattern: /equal to input_size\. Expected (\d+), got (\d+)/,
    ...{ found: 2, wanted: 1, keyword: 'input_size', position: 0 },
  },
];

/** The numbers that don't fit, where a layer's constructor has one of them. */
export function numbersIn({ message, layer }: Fault): MisfitNumbers | undefined {
  for (const { layers, pattern, found, wanted, keyword, position } of REFUSALS) {
    const match = layer && layers.test(layer.name) ? pattern.exec(message) : null;
    if (match) return { found: Number(match[found]), wanted: Number(match[wanted]), keyword, position };
  }
  return undefined;
}

/** @param words a message of the rule */
export function fixesOf(
  fault: Fault,
  texts: CodeTexts,
  words: (key: 'useNumber' | 'useName' | 'flatten', ...values: readonly (string | number)[]) => string,
): Fix[] {
  const { layer, meant, source } = fault;
  if (meant) {
    const at = /^\w+$/.test(meant.name) ? onlyPlace(texts, source, meant.written) : undefined;
    const title = words('useName', meant.written, meant.name);
    return at ? [{ title, preferred: true, edits: [{ range: at, text: meant.name }] }] : [];
  }
  const numbers = numbersIn(fault);
  if (!numbers || !layer) return [];
  const { shape = [] } = fault.operands[0] ?? {};
  if (layer.name === 'Linear' && shape.length > 3) {
    const call = flattenCall(texts.at(source), layer.path, shape, numbers.wanted);
    return call ? [{ title: words('flatten', call), preferred: true, edits: [{ range: source, text: call }] }] : [];
  }
  if (layer.count > 1) return [];
  const { found, wanted, keyword, position } = numbers;
  const argument = argumentAt(texts, layer.site, keyword, position);
  if (!argument || productOf(argument.text) !== wanted) return [];
  const title = words('useNumber', argument.text, found, layer.path);
  // Where a layer makes what comes, that one may be meant as well.
  const isClear = fault.operands[0]?.isOfLayer !== true;
  return [{ title, preferred: isClear, edits: [{ range: argument.range, text: String(found) }] }];
}

/** The call of a linear layer with an image flattened, where that has as many elements as the layer takes. */
function flattenCall(call: string, path: string, shape: readonly number[], wanted: number): string | undefined {
  const match = /^(self\.\w+)\((\w+)\)$/.exec(call);
  const elements = shape.slice(1).reduce((product, size) => product * size, 1);
  return match && match[1] === `self.${path.split('.').at(-1)}` && elements === wanted
    ? `${match[1]}(${match[2]}.flatten(1))`
    : undefined;
}

/** The only place of a name in a range: behind a dot, or in front of an equals sign. */
function onlyPlace(texts: CodeTexts, range: SourceRange, name: string): SourceRange | undefined {
  const text = texts.at(range);
  const places = [...text.matchAll(new RegExp(`(?<=\\.)${name}\\b|\\b${name}(?=\\s*=[^=])`, 'g'))];
  const [only] = places;
  return only && places.length === 1 ? rangeIn(range, text, only.index, name.length) : undefined;
}

/** An argument of a call by its keyword or its position, as it is written. */
function argumentAt(
  texts: CodeTexts,
  site: SourceRange,
  keyword: string,
  position: number,
): { readonly text: string; readonly range: SourceRange } | undefined {
  const text = texts.at(site);
  const open = text.indexOf('(');
  if (open < 0 || !text.endsWith(')')) return undefined;
  const args = splitArguments(text.slice(open + 1, -1));
  let at = open + 1;
  for (const [index, each] of args.entries()) {
    const match = /^(\s*)(?:(\w+)\s*=\s*)?/.exec(each);
    const name = match?.[2];
    const written = each.slice(match?.[0].length ?? 0).trimEnd();
    if (name === keyword || (name === undefined && index === position))
      return { text: written, range: rangeIn(site, text, at + (match?.[0].length ?? 0), written.length) };
    at += each.length + 1;
  }
  return undefined;
}

/** What stands between the commas of a call's own level. */
function splitArguments(text: string): string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const letter of text) {
    if ('([{'.includes(letter)) depth++;
    else if (')]}'.includes(letter)) depth--;
    if (letter === ',' && depth === 0) parts.push('');
    else parts.push((parts.pop() ?? '') + letter);
  }
  return parts;
}

/** The value of numbers that are multiplied, such as `16 * 5 * 5`; undefined for anything else. */
function productOf(text: string): number | undefined {
  if (!/^\d[\d_]*(?:\s*\*\s*\d[\d_]*)*$/.test(text)) return undefined;
  return text.split('*').reduce((product, each) => product * Number(each.replaceAll('_', '')), 1);
}

/** A piece of a range's text as a range. */
function rangeIn(around: SourceRange, text: string, from: number, length: number): SourceRange {
  const place = (offset: number) => {
    const lines = text.slice(0, offset).split('\n');
    const last = lastOf(lines).length;
    return { line: around.line + lines.length - 1, column: lines.length > 1 ? last : around.column + last };
  };
  const [begin, end] = [place(from), place(from + length)];
  return { file: around.file, ...begin, endLine: end.line, endColumn: end.column };
}
