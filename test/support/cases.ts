import { readFileSync } from 'node:fs';
import { catalogue, defaultParameters, findActivation } from '../../src/activations/catalogue';
import type { OpCase } from './ops';
import { inRoot } from './paths';

const grid = Array.from({ length: 81 }, (_, i) => (i - 40) / 5).concat([-40, 40, -20.5]);

/** Every elementwise entry of the catalogue at its defaults, against its own definition in fp64. */
function fromCatalogue(): OpCase[] {
  return [...catalogue.values()].flatMap((entry): OpCase[] => {
    const { id, value } = entry;
    // PReLU's slope is a weight: its cases are among PyTorch's.
    if (!value || entry.shape !== 'elementwise' || id === 'prelu') return [];
    const parameters = defaultParameters(entry);
    const input = { dtype: 'float32', shape: [2, grid.length / 2], data: grid } as const;
    const rounded = Array.from(Float32Array.from(grid));
    return [
      {
        name: `${id} at its defaults`,
        op: { kind: 'activation', activation: id, parameters },
        inputs: [input],
        output: { ...input, data: rounded.map((x) => value(x, parameters)) },
      },
    ];
  });
}

/** WGSL promises an absolute error of 2^-11 for sine and cosine, and 4096 units in the last place for angles. */
const coarse = new Set(['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sine at its defaults', 'snake at its defaults']);

/** The relative error that a GPU may have in a case. */
export const allowedOnGpu = (name: string): number => (coarse.has(name) ? 2 ** -11 : 5e-6);

/** PyTorch's cases, those of activations that the catalogue has, and the catalogue's own. */
export function operatorCases(): OpCase[] {
  const all: readonly OpCase[] = JSON.parse(readFileSync(inRoot('test', 'fixtures', 'ops.json'), 'utf8'));
  const known = all.filter(({ op }) => op.kind !== 'activation' || findActivation(op.activation));
  return [...known, ...fromCatalogue()];
}
