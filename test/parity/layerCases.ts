import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { ModelCase } from '../support/modelCases';
import { inRoot } from '../support/paths';

export type Layer = ModelCase & {
  readonly error?: undefined;
  /** In double precision, flat; null where not finite. */
  readonly gradients: readonly { readonly name: string; readonly data: readonly (number | null)[] }[];
  /** Largest error of single precision, relative to the norm of all gradients. */
  readonly own: number;
};

/** A line of reference_layers.py. */
export type LayerCase = Layer | (Pick<ModelCase, 'file' | 'expression' | 'inputs'> & { readonly error: string });

/** What is drawn: `LAYERS=COUNT,SEED,PATTERN`. COUNT draws are made of all layers in turn; those that match PATTERN are kept. */
export const drawn = (process.env.LAYERS ?? '1200,0,').split(',');

export function layerCases([count = '1200', seed = '0', pattern = '']: readonly string[]): LayerCase[] {
  const python = process.env.ACTIVATION_LENS_PYTHON ?? 'python3';
  const script = inRoot('test', 'parity', 'reference_layers.py');
  const text = execFileSync(python, [script, count, seed, pattern], { encoding: 'utf8', maxBuffer: 2 ** 29 });
  const lines = text.split('\n').filter((line) => line !== '');
  assert.ok(
    lines.length > 0,
    `none of ${count} draws matches ${pattern}: DRAWS in ${script} has no such layer, or ${count} draws are too few`,
  );
  return lines.map((line) => JSON.parse(line) as LayerCase);
}
