import assert from 'node:assert/strict';
import { invertByProducts, invertBySingularValues } from '../../src/torch/ops/generalInverse';
import { type Matrix, matrix } from '../../src/torch/ops/matrices';

const drawn = (rows: number, columns: number) =>
  matrix(
    rows,
    columns,
    (i, j) => ((i * 7919 + j * 104729 + i * j * 31 + i * i * j * 17) % 1000) / 500 - 1 + 9 * Number(i === j),
  );
/** Cosines and sines of every frequency, as networks of sound hold them: more rows than columns, two of them zeros. */
const waves = (n: number) =>
  matrix(n + 2, n, (i, j) => {
    const angle = (2 * Math.PI * (i % (n / 2 + 1)) * j) / n;
    return i <= n / 2 ? Math.cos(angle) : -Math.sin(angle);
  });

function assertNear(a: Matrix | undefined, b: Matrix): void {
  assert.ok(a);
  assert.deepEqual([a.rows, a.columns], [b.rows, b.columns]);
  a.data.forEach((each, i) => {
    assert.ok(Math.abs(each - (b.data[i] ?? Number.NaN)) < 1e-11, `${i}: ${each}, not ${b.data[i]}`);
  });
}

describe('the generalised inverse by products', () => {
  for (const [name, a] of Object.entries({
    'of waves': waves(64),
    'of a tall matrix whose sides are no multiples': drawn(83, 51),
    'of a wide matrix': drawn(50, 90),
  }))
    it(`is that by singular values: ${name}`, () => {
      assertNear(invertByProducts(a), invertBySingularValues(a, 1e-7));
      // The same again, as it was kept.
      assertNear(invertByProducts({ ...a, data: a.data.slice() }), invertBySingularValues(a, 1e-7));
    });

  it('is left to singular values where the matrix is small, or near to singular', () => {
    assert.equal(invertByProducts(drawn(8, 8)), undefined);
    const twice = drawn(80, 60);
    assert.equal(invertByProducts(matrix(80, 60, (i, j) => twice.data[i * 60 + (j === 59 ? 58 : j)] ?? 0)), undefined);
    const almost = matrix(60, 60, (i, j) => Number(i === j) * (i === 59 ? 1e-5 : 1) + Math.sin(i + j) * 1e-3);
    assert.equal(invertByProducts(almost), undefined);
  });
});
