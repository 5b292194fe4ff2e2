import assert from 'node:assert/strict';
import { checkedOutcome } from '../../src/tfjs/check';
import { graphOf } from '../../src/tfjs/graph';
import type { Tape } from '../../src/tfjs/outcome';
import { Guest } from '../support/tfjs/guest';
import { Draw } from '../support/tfjs/layerCases';
import { modelCases } from '../support/tfjs/modelCases';

const step = {
  kind: 'kernel',
  name: 'Relu',
  inputs: [['x', 0]],
  outputs: [1],
  attributes: [],
  path: '',
  call: 0,
};

const good = {
  kind: 'tape',
  name: 'f',
  tensors: [
    { shape: [2, 3], dtype: 'float32' },
    { shape: [2, 3], dtype: 'float32' },
  ],
  inputs: [{ name: 'x', tensor: 0 }],
  outputs: [{ name: 'output', tensor: 1 }],
  constants: [],
  weights: [],
  setup: [],
  steps: [step],
  layers: [],
  parameters: { total: 0, trainable: 0 },
  customGradients: [],
  mayDependOnTraining: false,
};

/** The good outcome, with a part of it changed. */
const forged = (change: Record<string, unknown>) => ({ ...good, ...change });
const withStep = (change: Record<string, unknown>) => forged({ steps: [{ ...step, ...change }] });

describe('what the guest says', () => {
  it('is taken where it fits', () => {
    assert.deepEqual(checkedOutcome(good), good);
    assert.equal(graphOf(checkedOutcome(good) as Tape).nodes.length, 1);
  });

  const wrong: Readonly<Record<string, unknown>> = {
    'no object': 'tape',
    'a list': [],
    'another kind': forged({ kind: 'graph' }),
    'a name that is none': forged({ name: 7 }),
    'a name without end': forged({ name: 'x'.repeat(5000) }),
    'a size below zero': forged({ tensors: [{ shape: [-1], dtype: 'float32' }] }),
    'a size that is no whole number': forged({ tensors: [{ shape: [1.5], dtype: 'float32' }] }),
    'sizes beyond all memory': forged({ tensors: [{ shape: [2 ** 30, 2 ** 30], dtype: 'float32' }] }),
    'too many dimensions': forged({ tensors: [{ shape: new Array(9).fill(1), dtype: 'float32' }] }),
    'a type that is none': forged({ tensors: [{ shape: [1], dtype: 'float64' }] }),
    'an input that is no tensor': forged({ inputs: [{ name: 'x', tensor: 2 }] }),
    'an output that is no tensor': forged({ outputs: [{ name: 'y', tensor: -1 }] }),
    'a step of no kind': withStep({ kind: 'magic' }),
    'a step that reads what is not there': withStep({ inputs: [['x', 9]] }),
    'a step with a function for a setting': withStep({ attributes: [['alpha', () => 1]] }),
    'a setting that is no number': withStep({ attributes: [['alpha', Number.NaN]] }),
    'settings inside of settings': withStep({ attributes: [['a', [[[[[1]]]]]]] }),
    'values that are no numbers': forged({ constants: [{ tensor: 0, values: [{}] }] }),
    'counts that are none': forged({ parameters: { total: Number.POSITIVE_INFINITY, trainable: 0 } }),
    'a weight without a beginning': forged({ weights: [{ tensor: 0, name: 'w', path: '', trainable: true }] }),
  };
  for (const [name, value] of Object.entries(wrong)) {
    it(`is refused: ${name}`, () => assert.throws(() => checkedOutcome(value), { name: 'TapeRefusal' }));
  }

  it('takes nothing that it does not know', () => {
    const outcome = checkedOutcome(JSON.parse(JSON.stringify({ ...good, extra: 1, __proto__: { polluted: 1 } })));
    assert.ok(!('extra' in outcome) && !('polluted' in outcome));
  });

  const lying: Readonly<Record<string, unknown>> = {
    'an output of another shape': forged({ tensors: [good.tensors[0], { shape: [7], dtype: 'float32' }] }),
    'a kernel that there is not': withStep({ name: '__proto__' }),
    'a layer that there is not': withStep({ kind: 'layer', name: 'constructor' }),
    'an activation that there is not': withStep({ kind: 'activation', name: 'toString' }),
    'an input that is missing': withStep({ inputs: [] }),
    'a tensor that nothing made': forged({
      tensors: [...good.tensors, good.tensors[0]],
      outputs: [{ name: 'y', tensor: 2 }],
    }),
    'a constant of another count': forged({ inputs: [], constants: [{ tensor: 0, values: [1] }] }),
    'a permutation that is none': withStep({ name: 'Transpose', attributes: [['perm', [0, 0]]] }),
    'a transposition of more': withStep({ name: 'Transpose', attributes: [['perm', [0, 5]]] }),
    'a window that is not there': withStep({
      name: 'MaxPool',
      attributes: [
        ['filterSize', [2, 2]],
        ['strides', [0, 0]],
        ['pad', 'valid'],
      ],
    }),
  };
  for (const [name, value] of Object.entries(lying)) {
    it(`makes no graph: ${name}`, () =>
      assert.throws(() => graphOf(checkedOutcome(value) as Tape), { name: 'TapeRefusal' }));
  }

  it('ends in a graph or a refusal, whatever is changed in it', async () => {
    const guest = await Guest.make();
    const draw = new Draw(7);
    const odd = [0, -1, 1, 3, 1.5, 1e9, 2 ** 31 - 1, null, true, '', 'NaN', '__proto__', 'same', [], [0], [[1, 2]], {}];
    for (const { make, batch = 2 } of modelCases.slice(0, 12)) {
      const text = JSON.stringify(guest.record(make, batch));
      const places = leavesOf(JSON.parse(text));
      for (let each = 0; each < 60; each++) {
        const tape: unknown = JSON.parse(text);
        put(tape, draw.of(places), draw.of(odd));
        try {
          graphOf(checkedOutcome(tape) as Tape);
        } catch (error) {
          assert.equal((error as Error).name, 'TapeRefusal', String((error as Error).stack));
        }
      }
    }
  });
});

type Place = readonly (string | number)[];

/** Where values stand in plain data. */
function leavesOf(value: unknown, place: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [place];
  return Object.entries(value).flatMap(([key, each]) => leavesOf(each, [...place, key]));
}

function put(value: unknown, place: Place, instead: unknown): void {
  const last = place.at(-1);
  const holder = place.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], value);
  if (last !== undefined) (holder as Record<string, unknown>)[last] = instead;
}
