import assert from 'node:assert/strict';
import { Random } from '../../src/compare/random';

describe('random numbers', () => {
  it('are the same for the same seed, others for another', () => {
    const draw = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 5 }, () => random.next());
    };
    assert.deepEqual(draw(7), draw(7));
    assert.equal(new Set([0, 1, 2, 2 ** 32, -1].map((seed) => draw(seed).join())).size, 5);
  });

  it('are uniform and normal', () => {
    const random = new Random(3);
    const n = 50_000;
    const uniform = Array.from({ length: n }, () => random.uniform());
    const normal = Array.from({ length: n }, () => random.normal());
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const power = (values: readonly number[], k: number) => mean(values.map((value) => value ** k));
    assert.ok(uniform.every((x) => x >= 0 && x < 1));
    assert.ok(Math.abs(mean(uniform) - 0.5) < 0.01 && Math.abs(power(uniform, 2) - 1 / 3) < 0.01);
    assert.ok(
      Math.abs(mean(normal)) < 0.02 && Math.abs(power(normal, 2) - 1) < 0.03 && Math.abs(power(normal, 4) - 3) < 0.2,
    );
  });

  it('shuffle fairly', () => {
    const random = new Random(5);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle(['a', 'b', 'c']).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    assert.equal(counts.size, 6);
    assert.ok(
      [...counts.values()].every((count) => Math.abs(count - 1000) < 150),
      JSON.stringify([...counts]),
    );
  });
});
