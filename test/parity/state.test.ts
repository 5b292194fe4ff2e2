import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { wasmRuntime } from '../support/ort';
import { inRoot } from '../support/paths';
import { differences, excerpt, type StateCase } from '../support/stateCases';

/** `STATE=COUNT,SEED,PATTERN`. */
const [count = '200', seed = '0', pattern = ''] = (process.env.STATE ?? '200,0,').split(',');

function draw(): StateCase[] {
  const python = process.env.ACTIVATION_LENS_PYTHON ?? 'python3';
  const script = inRoot('test', 'parity', 'reference_state.py');
  const text = execFileSync(python, [script, count, seed, pattern], { encoding: 'utf8', maxBuffer: 2 ** 29 });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as StateCase);
}

it('models with state are what PyTorch says they are', async function () {
  this.timeout(1_200_000);
  const runtime = await wasmRuntime();
  const failures: string[] = [];
  const refused = new Map<string, number>();
  const drawn = draw();
  try {
    for (const one of drawn) {
      const found = await differences(one, runtime).catch((error) => [
        `fails: ${error instanceof Error ? error.message.replace(/^[\s\S]*MESSAGE: /, '').slice(-400) : error}`,
      ]);
      const own = found.filter((each) => !each.startsWith('refused'));
      for (const each of found) if (each.startsWith('refused')) refused.set(each, (refused.get(each) ?? 0) + 1);
      if (process.env.STATE_SEE)
        for (const each of found.filter((e) => e.startsWith('refused'))) console.log(one.index, each);
      if (own.length > 0) failures.push(`${one.index}: ${own.join('\n    ')}\n${excerpt(one.text)}`);
    }
  } finally {
    runtime.dispose();
  }
  const both = drawn.filter(({ error }) => error !== undefined).length;
  console.log(
    `${drawn.length} models, ${both} of them refused by PyTorch, ${[...refused.values()].reduce((a, b) => a + b, 0)} by us`,
  );
  for (const [message, times] of [...refused].sort((a, b) => b[1] - a[1])) console.log(`${times} × ${message}`);
  assert.ok(failures.length === 0, `${failures.length} differ:\n\n${failures.join('\n\n')}`);
});
