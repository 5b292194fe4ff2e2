import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWeights } from '../../src/weights/read';
import { decode } from '../../src/weights/tensor';
import { inRoot } from '../support/paths';

it('PyTorch and NumPy still write the files of test/fixtures/weights, and the reader reads them', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'weights-'));
  try {
    const python = process.env.ACTIVATION_LENS_PYTHON ?? 'python3';
    execFileSync(python, [inRoot('test', 'parity', 'reference_weights.py'), folder]);
    const { files } = JSON.parse(readFileSync(join(folder, 'weights.json'), 'utf8'));
    assert.ok(Object.keys(files).length > 10);
    for (const [name, parts] of Object.entries(files)) {
      const found = readWeights(readFileSync(join(folder, name)), name).map(({ path, tensors }) => ({
        path,
        tensors: tensors.map((tensor) => ({
          name: tensor.name,
          dtype: tensor.dtype,
          shape: tensor.shape,
          data: Array.from(decode(tensor), (x) => (Number.isFinite(x) ? x : String(x).slice(0, 3).toLowerCase())),
        })),
      }));
      assert.deepEqual(found, parts, name);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
