import assert from 'node:assert/strict';
import { AdapterChecks } from '../../src/editor/adapterChecks';

/** The editor's store, in memory. */
function store() {
  const values = new Map<string, unknown>();
  return {
    values,
    memento: {
      keys: () => [...values.keys()],
      get: <T>(key: string, otherwise?: T) => (values.has(key) ? (values.get(key) as T) : otherwise),
      update: async (key: string, value: unknown) => {
        values.set(key, value);
      },
    } as ConstructorParameters<typeof AdapterChecks>[0],
  };
}

const DAY = 24 * 3600 * 1000;

describe('the GPUs that computed right', () => {
  it('are remembered for a week, by the version that checked them', () => {
    const { memento } = store();
    let now = 0;
    const checks = (version: string) => new AdapterChecks(memento, version, () => now);
    checks('1').keep('a');
    now = DAY;
    checks('1').keep('b');
    assert.deepEqual(checks('1').keys(), ['b', 'a']);
    assert.deepEqual(checks('2').keys(), []);
    now = 7 * DAY + 1;
    assert.deepEqual(checks('1').keys(), ['b']);
    checks('1').keep('b');
    now += 6 * DAY;
    assert.deepEqual(checks('1').keys(), ['b']);
  });

  it('are few, and what is none is none', () => {
    const { memento, values } = store();
    const checks = new AdapterChecks(memento, '1', () => 0);
    for (let index = 0; index < 20; index++) checks.keep(String(index));
    assert.equal(checks.keys().length, 8);
    assert.equal(checks.keys()[0], '19');
    for (const key of values.keys()) values.set(key, [{ key: 5 }]);
    assert.deepEqual(checks.keys(), []);
  });
});
