import assert from 'node:assert/strict';
import { holdShapes } from '../../support/tfjs/heldShapes';
import { sourceCases } from '../../support/tfjs/sources';

describe('shapes and parameters at lines, as the library has them', () => {
  let [layers, hints] = [0, 0];
  for (const each of sourceCases) {
    const { file, asked } = each;
    it(asked ? `${file}: ${asked}` : file, async () => {
      const held = await holdShapes(each);
      layers += held.layers;
      hints += held.hints;
    });
  }
  after(() => {
    console.log(`        ${layers} layers, ${hints} lines`);
    assert.ok(layers > 200);
    assert.ok(hints > 250);
  });
});
