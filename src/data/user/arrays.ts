/** NumPy's arrays: samples, and what is asked of them. */
import { readNpy, readNpz } from '../../weights/numpy';
import { decode, type NamedTensor, WeightsError } from '../../weights/tensor';
import { openZip } from '../../weights/zip';
import { DataError } from '../dataset';
import { mostSamples, mostValues, type Table } from './table';

const inputs = /^(x|x_train|images?|data|inputs?|features|arr_0)$/i;
const targets = /^(y|y_train|labels?|targets?|classes|arr_1)$/i;

const elementsOf = ({ shape }: NamedTensor) => shape.reduce((product, size) => product * size, 1);

function read(file: Uint8Array, name: string): NamedTensor[] {
  try {
    return /\.npz$/i.test(name) ? readNpz(openZip(file)) : [readNpy(file, 'x')];
  } catch (error) {
    throw new DataError(`${name}: ${error instanceof WeightsError ? error.message : String(error)}`);
  }
}

/** @throws DataError naming the array */
export function readArrays(file: Uint8Array, name: string): Table {
  const arrays = read(file, name);
  const names = arrays.map((array) => `${array.name} [${array.shape.join(', ')}]`).join(', ');
  const x = arrays.find((array) => inputs.test(array.name)) ?? (arrays.length === 1 ? arrays[0] : undefined);
  if (!x) throw new DataError(`${name} has ${names || 'no array'}; name the samples x and what is asked of them y`);
  const [count = 0, ...shape] = x.shape;
  if (count < 2 || shape.length === 0)
    throw new DataError(`${name}: ${x.name} has the shape [${x.shape.join(', ')}]; the first dimension counts samples`);
  const y = arrays.find((array) => array !== x && targets.test(array.name));
  if (y && y.shape[0] !== count)
    throw new DataError(`${name}: ${x.name} has ${count} samples, ${y.name} has ${y.shape[0] ?? 0}`);
  const kept = Math.min(count, mostSamples);
  const each = elementsOf(x) / count;
  if (kept * each > mostValues)
    throw new DataError(`${name} holds more than ${mostValues} numbers; keep fewer samples`);
  const numbers = (array: NamedTensor, length: number) => Float32Array.from(Array.from(decode(array)).slice(0, length));
  if (y && elementsOf(y) !== count)
    throw new DataError(`${name}: ${y.name} has the shape [${y.shape.join(', ')}]; one number a sample is needed`);
  const whole = y && !y.dtype.includes('float');
  const labels = y && (whole ? Array.from(decode(y)).slice(0, kept).map(String) : numbers(y, kept));
  return { shape, count: kept, values: numbers(x, kept * each), ...(labels && { labels }) };
}
