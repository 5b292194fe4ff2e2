import assert from 'node:assert/strict';
import { Guest } from '../../support/tfjs/guest';
import { holdToTruth, judged } from '../../support/tfjs/judge';
import { layerCases, layerDraws, otherLayers } from '../../support/tfjs/layerCases';
import { tf } from '../../support/tfjs/truth';

// Count and seed: `TFJS=300,0`.
const [count = 240, seed = 0] = (process.env.TFJS ?? '').split(',').filter(Boolean).map(Number);

describe('layers of TensorFlow.js, as the library computes them', () => {
  let guest: Guest;
  before(async () => {
    guest = await Guest.make();
  });

  it('has a case for every layer that the library exports', () => {
    const missing = Object.keys(tf.layers).filter((name) => !(name in layerDraws) && !(name in otherLayers));
    assert.deepEqual(missing, []);
  });

  for (const { name, make, batch } of layerCases(count, seed)) {
    it(name, () => {
      try {
        holdToTruth(judged(guest, make, batch));
      } catch (error) {
        if (error instanceof Error) error.message += `\n${make}`;
        throw error;
      }
    });
  }
});
