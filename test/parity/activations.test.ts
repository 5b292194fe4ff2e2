import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue, defaultParameters } from '../../src/activations/catalogue';
import { facts } from '../../src/activations/facts';
import type { ActivationParameters } from '../../src/graph/types';
import { inRoot } from '../support/paths';

interface Grid {
  /** Doubles in hexadecimal, little-endian: JSON has no NaN. */
  readonly points: string;
  readonly cases: readonly {
    readonly activation: string;
    readonly parameters: ActivationParameters;
    readonly values: string;
    readonly slopes: string;
  }[];
  readonly gains: Readonly<Record<string, number>>;
}

function reference(...options: readonly string[]): unknown {
  const python = process.env.ACTIVATION_LENS_PYTHON;
  assert.ok(python, 'ACTIVATION_LENS_PYTHON names no Python');
  const script = inRoot('test', 'parity', 'reference_activations.py');
  return JSON.parse(execFileSync(python, [script, ...options], { encoding: 'utf8', maxBuffer: 2 ** 25 }));
}

/**
 * Where the catalogue knowingly differs. PyTorch's autograd gives NaN where it divides 0 by 0 or ∞ by ∞, and the
 * catalogue the limit: the slope of softsign at infinity, corners of what PyTorch has only as a composition. Softshrink
 * of NaN is 0 in PyTorch 1.13 and NaN in later ones.
 */
const deviations: Readonly<Record<string, { readonly what: 'value' | 'slope'; readonly at: (x: number) => boolean }>> =
  {
    softsign: { what: 'slope', at: (x) => Math.abs(x) === Number.POSITIVE_INFINITY },
    smu: { what: 'value', at: (x) => x === Number.NEGATIVE_INFINITY },
    xielu: { what: 'slope', at: (x) => x < -1e308 },
    serf: { what: 'slope', at: (x) => x < -1e308 },
    sqrtsoftplus: { what: 'slope', at: (x) => x < -745 },
    softshrink: { what: 'value', at: Number.isNaN },
  };

/** The committed reference is what this PyTorch computes: the unit tests can be read without one. */
describe('activations against PyTorch', () => {
  it('gives the committed values and slopes', () => {
    const committed: unknown = JSON.parse(readFileSync(inRoot('test', 'fixtures', 'activations.json'), 'utf8'));
    close(reference(), committed, 'activations.json');
  });

  describe('at 2,000 points, the edges of the number format included', () => {
    let grid: Grid;
    before(() => {
      grid = reference('--grid') as Grid;
    });

    it('has its values and slopes', () => {
      const points = doubles(grid.points);
      assert.equal(points.length, 2000);
      const wrong: string[] = [];
      for (const { activation, parameters, ...expected } of grid.cases) {
        const { value, derivative } = catalogue.get(activation) ?? {};
        assert.ok(value && derivative, activation);
        const values = doubles(expected.values);
        const slopes = doubles(expected.slopes);
        points.forEach((x, i) => {
          const own: readonly (readonly [string, number, number | undefined])[] = [
            ['value', value(x, parameters), values[i]],
            ['slope', derivative(x, parameters), slopes[i]],
          ];
          for (const [what, ours, theirs = 0] of own) {
            const deviation = deviations[activation];
            if (!(deviation?.what === what && deviation.at(x)) && !same(ours, theirs))
              wrong.push(`${activation} ${JSON.stringify(parameters)} ${what} at ${x}: ${ours}, PyTorch ${theirs}`);
          }
        });
      }
      assert.deepEqual(wrong, []);
    });

    it('has its gains for initialisation', () => {
      for (const [id, gain] of Object.entries(grid.gains)) {
        const activation = catalogue.get(id);
        assert.equal(activation && facts(activation, defaultParameters(activation))?.gain, gain, id);
      }
    });
  });
});

function doubles(hex: string): Float64Array {
  return new Float64Array(new Uint8Array(Buffer.from(hex, 'hex')).buffer);
}

function same(ours: number, theirs: number): boolean {
  return Object.is(ours, theirs) || ours === theirs || Math.abs(ours - theirs) <= 1e-12 * Math.max(1, Math.abs(theirs));
}

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

it('PyTorch still says of learned weights what test/fixtures/learned.json holds', () => {
  const folder = mkdtempSync(join(tmpdir(), 'learned-'));
  try {
    const file = join(folder, 'learned.json');
    const python = process.env.ACTIVATION_LENS_PYTHON ?? 'python3';
    execFileSync(python, ['-W', 'ignore', inRoot('test', 'parity', 'reference_learned.py'), file]);
    const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as unknown;
    assert.deepEqual(read(file), read(inRoot('test', 'fixtures', 'learned.json')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
