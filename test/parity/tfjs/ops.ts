import assert from 'node:assert/strict';
import { kernels } from '../../../src/tfjs/kernels/index';
import { Guest } from '../../support/tfjs/guest';
import { holdToTruth, judged } from '../../support/tfjs/judge';
import { opCases } from '../../support/tfjs/opCases';

// Count and seed: `TFJS=300,0`.
const [count = 600, seed = 0] = (process.env.TFJS ?? '').split(',').filter(Boolean).map(Number);

/** Kernels that draw: their values are nobody's to compare. Orthogonal stands for what a layer begins with. */
const drawing = ['RandomUniform', 'RandomNormal', 'TruncatedNormal', 'Orthogonal'];

describe('ops of TensorFlow.js, as the library computes them', () => {
  let guest: Guest;
  const seen = new Set<string>();
  before(async () => {
    guest = await Guest.make();
  });

  for (const { name, make, batch, gradients } of opCases(count, seed)) {
    it(name, () => {
      try {
        const one = judged(guest, make, batch, gradients);
        for (const step of one.tape.steps) seen.add(step.name);
        if (gradients === 'differences') holdToTruth(one, 1e-5, 0.02);
        else holdToTruth(one);
      } catch (error) {
        console.log(make);
        throw error;
      }
    });
  }

  it('met every kernel that is read', () => {
    const missing = Object.keys(kernels).filter((name) => !seen.has(name) && !drawing.includes(name));
    assert.deepEqual(missing, []);
  });
});
