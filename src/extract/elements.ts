/** Tensors as the reader writes them: by their shape, or by their elements. */
import { itemAt } from '../graph/access';
import type { DType } from '../graph/types';
import { say } from '../language/say';

/** A tensor that a model is fed with. */
export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Its elements in order, where they are given: `tensor([[0, 1], [1, 0]])`. */
  readonly values?: readonly number[];
}

const DTYPES: readonly DType[] = [
  'float16',
  'bfloat16',
  'float32',
  'float64',
  'int8',
  'uint8',
  'int16',
  'int32',
  'int64',
  'bool',
];

const MOST_DIMENSIONS = 16;

const literal = /^(?:torch\.)?tensor\s*\(\s*(\[.*\])\s*(?:,\s*dtype\s*=\s*(?:torch\.)?(\w+)\s*)?\)$/s;

type Elements = number | boolean | readonly Elements[];

/**
 * `tensor([[0, 1], [1, 0]])`, with the dtype that PyTorch makes of it; undefined for any other text.
 * @throws Error where it holds anything but numbers in lists of equal lengths
 */
export function parseElements(whole: string): TensorSpec | undefined {
  const [, written, given] = literal.exec(whole) ?? [];
  if (written === undefined) return undefined;
  const refuse = (): never => {
    throw new Error(say('"{0}" holds no numbers in lists of equal lengths', whole));
  };
  let parsed: Elements;
  try {
    parsed = JSON.parse(
      written
        .replace(/\bTrue\b/g, 'true')
        .replace(/\bFalse\b/g, 'false')
        .replace(/(\d)\.(?!\d)/g, '$1.0')
        .replace(/,\s*\]/g, ']'),
    );
  } catch {
    return refuse();
  }
  const shape: number[] = [];
  for (let at: Elements | undefined = parsed; Array.isArray(at); at = at[0])
    if (shape.push(at.length) > MOST_DIMENSIONS) refuse();
  const values: number[] = [];
  let isBool = true;
  const collect = (each: Elements, depth: number): void => {
    if (Array.isArray(each)) {
      if (each.length !== shape[depth]) refuse();
      for (const item of each) collect(item, depth + 1);
    } else {
      if (depth !== shape.length || !/^(?:number|boolean)$/.test(typeof each)) refuse();
      isBool &&= typeof each === 'boolean';
      values.push(Number(each));
    }
  };
  collect(parsed, 0);
  const own = isBool && values.length > 0 ? 'bool' : /[.eE]\d|\d\./.test(written) ? 'float32' : 'int64';
  return { shape, dtype: dtypeNamed(given ?? own), values };
}

/** @throws Error that lists the dtypes there are */
export function dtypeNamed(name: string): DType {
  const dtype = DTYPES.find((candidate) => candidate === name.toLowerCase());
  if (!dtype) throw new Error(say('"{0}" is not one of {1}', name, DTYPES.join(', ')));
  return dtype;
}

/** The text that `parseElements` reads as this. */
export function formatElements({ shape, dtype }: TensorSpec, values: readonly number[]): string {
  const one = (value: number) => {
    if (dtype === 'bool') return value ? 'True' : 'False';
    return dtype.includes('float') && Number.isInteger(value) ? `${value}.0` : String(value);
  };
  const nest = (dim: number, start: number, length: number): string => {
    const size = shape[dim];
    if (size === undefined) return one(itemAt(values, start));
    const inner = size > 0 ? length / size : 0;
    return `[${Array.from({ length: size }, (_, i) => nest(dim + 1, start + i * inner, inner)).join(', ')}]`;
  };
  const usual = dtype === 'bool' || dtype === 'float32' || dtype === 'int64';
  const isPlain = usual && values.length > 0;
  return `tensor(${nest(0, 0, values.length)}${isPlain ? '' : `, dtype=${dtype}`})`;
}
