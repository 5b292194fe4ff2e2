import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OnnxError } from '../../src/fromOnnx/errors';
import { judgeCase } from '../support/onnxCases';

/** Debian's package of ONNX's backend tests; more of them, which make_onnx_cases.py wrote, by ONNX_CASES. */
const folders = ['/usr/share/libonnx-testdata/data/node', ...(process.env.ONNX_CASES ? [process.env.ONNX_CASES] : [])];

/** Cases whose outputs are no function of their inputs as a model in evaluation has them. */
const others: Readonly<Record<string, string>> = {
  test_training_dropout: 'draws its mask, and scales, as in training',
  test_training_dropout_default: 'draws its mask, and scales, as in training',
  test_training_dropout_mask: 'draws its mask, and scales, as in training',
  test_training_dropout_default_mask: 'draws its mask, and scales, as in training',
};

/** Reasons that a valid file may be refused for. */
const reasons = new Set(['operator', 'type']);

for (const folder of folders) {
  it(`ONNX's own tests pass, or are refused by name: ${folder}`, async function () {
    this.timeout(600_000);
    const [passed, refused, wrong]: [string[], string[], string[]] = [[], [], []];
    for (const name of readdirSync(folder).sort()) {
      try {
        const found = await judgeCase(join(folder, name));
        if (!found) passed.push(name);
        else if (!others[name]) wrong.push(`${name}: ${found}`);
      } catch (error) {
        if (error instanceof OnnxError && reasons.has(error.kind)) refused.push(`${name}: ${error.message}`);
        else wrong.push(`${name}: ${error}`);
      }
    }
    console.log(`${passed.length} passed, ${refused.length} refused, ${wrong.length} wrong`);
    if (process.env.ONNX_TABLE) writeFileSync(process.env.ONNX_TABLE, [...passed, ...refused, ''].join('\n'));
    assert.deepEqual(wrong, []);
    assert.ok(passed.length > 600);
  });
}
