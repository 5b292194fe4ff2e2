import type { DType } from '../graph/types';
import { python, pythonName } from '../syntax/identifiers';

/** A model input as given: `name` picks a parameter of `forward`. */
export interface InputSpec {
  readonly name?: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
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

const written = new RegExp(`^\\s*(?:(${python.name})\\s*=)?\\s*([\\d\\s×xX,*]*?)\\s*(?::\\s*(\\w+))?\\s*$`, 'u');

/**
 * `1x3x32x32`, `2x16:int64`, `mask=1x16:bool`.
 * @throws Error saying what is wrong with the text.
 */
export function parseInputSpec(text: string): InputSpec {
  const parsed = written.exec(text);
  if (!parsed) throw new Error(`"${text}" is not a shape`);
  const [, name, sizes = '', type = 'float32'] = parsed;
  const shape = sizes.trim() === '' ? [] : sizes.split(/\s*[×x,*]\s*/i).map(Number);
  const wrong = shape.find((size) => !Number.isSafeInteger(size) || size < 1);
  if (wrong !== undefined || (shape.length === 0 && !text.includes(':'))) throw new Error(`"${text}" is not a shape`);
  const dtype = DTYPES.find((candidate) => candidate === type.toLowerCase());
  if (!dtype) throw new Error(`"${type}" is not one of ${DTYPES.join(', ')}`);
  return name === undefined ? { shape, dtype } : { name: pythonName(name), shape, dtype };
}
