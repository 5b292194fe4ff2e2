/** NumPy's names of parameters, which PyTorch's compiled functions take as well: `x.mean(axis=1, keepdims=True)`. */
import { NativeFunction } from '../python/natives/native';
import type { PyValue } from '../python/values/values';

/** What a parameter is called there, and here. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['axis', 'dim'],
  ['axis0', 'dim0'],
  ['axis1', 'dim1'],
  ['keepdims', 'keepdim'],
  ['x', 'input'],
  ['a', 'input'],
  ['x1', 'input'],
  ['x2', 'other'],
]);

/** Functions that PyTorch has in Python, with their own names of parameters alone. */
const IN_PYTHON = new Set([
  'cdist',
  'einsum',
  'norm',
  'split',
  'stft',
  'istft',
  'tensordot',
  'unique',
  'unique_consecutive',
]);

/** Lets functions be called with NumPy's names of what they take. */
export function acceptNumpyNames<T extends Iterable<readonly [string, PyValue]>>(
  members: T,
  inPython: ReadonlySet<string> = IN_PYTHON,
): T {
  for (const [name, value] of members)
    if (value instanceof NativeFunction && !inPython.has(name)) value.otherNames = SYNONYMS;
  return members;
}
