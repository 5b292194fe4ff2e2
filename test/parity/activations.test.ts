import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { inRoot } from '../support/paths';

/** The committed reference is what this PyTorch computes: the unit tests can be read without one. */
describe('activations against PyTorch', () => {
  it('gives the committed values and slopes', () => {
    const python = process.env.ACTIVATION_LENS_PYTHON;
    assert.ok(python, 'ACTIVATION_LENS_PYTHON names no Python');
    const output = execFileSync(python, [inRoot('test', 'parity', 'reference_activations.py')], { encoding: 'utf8' });
    const fresh: unknown = JSON.parse(output);
    const committed: unknown = JSON.parse(readFileSync(inRoot('test', 'fixtures', 'activations.json'), 'utf8'));
    close(fresh, committed, 'activations.json');
  });
});

/** The same structure, and numbers that differ by no more than another CPU's last digits. */
function close(a: unknown, b: unknown, where: string): void {
  if (typeof a === 'number' && typeof b === 'number') {
    assert.ok(Math.abs(a - b) <= 1e-13 * Math.max(1, Math.abs(a)), `${where}: ${a} and ${b}`);
  } else if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    assert.deepEqual(Object.keys(a), Object.keys(b), where);
    for (const [key, value] of Object.entries(a))
      close(value, Object.entries(b).find(([k]) => k === key)?.[1], `${where}.${key}`);
  } else assert.equal(a, b, where);
}
