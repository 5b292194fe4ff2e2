import { chainCases } from '../../support/tfjs/chainCases';
import { Guest } from '../../support/tfjs/guest';
import { holdToTruth, judged } from '../../support/tfjs/judge';

// Count and seed: `TFJS=300,0`.
const [count = 600, seed = 0] = (process.env.TFJS ?? '').split(',').filter(Boolean).map(Number);

describe('networks of TensorFlow.js’s layers, as the library computes them', () => {
  let guest: Guest;
  before(async () => {
    guest = await Guest.make();
  });

  for (const { name, make, batch } of chainCases(Math.ceil(count / 6), seed)) {
    it(name, () => {
      try {
        holdToTruth(judged(guest, make, batch), 2e-5, 1e-3);
      } catch (error) {
        console.log(make);
        throw error;
      }
    });
  }
});
