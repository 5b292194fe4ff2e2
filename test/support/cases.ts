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

/** PyTorch's cases, those of activations that the catalogue has, and the catalogue's own. */
export function operatorCases(): OpCase[] {
  const all: readonly OpCase[] = JSON.parse(readFileSync(inRoot('test', 'fixtures', 'ops.json'), 'utf8'));
  const known = all.filter(({ op }) => op.kind !== 'activation' || findActivation(op.activation));
  return [...known, ...fromCatalogue()];
}
