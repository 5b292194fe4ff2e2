import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { activationRules } from '../../src/activations/differentiation';
import { refuseOverwrites } from '../../src/graph/overwrites';
import { ShapeError } from '../../src/graph/types';
import { inRoot } from '../support/paths';
import { readText } from '../support/writtenModels';

interface OverwriteCase {
  readonly name: string;
  readonly text: string;
  readonly runs: boolean;
}

function judge(): OverwriteCase[] {
  const python = process.env.ACTIVATION_LENS_PYTHON ?? 'python3';
  const script = inRoot('test', 'parity', 'reference_overwrites.py');
  const printed = execFileSync(python, ['-W', 'ignore', script], { encoding: 'utf8' });
  return printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as OverwriteCase);
}

it('what is written over in place is refused where autograd refuses it, and nowhere else', async function () {
  this.timeout(300_000);
  const cases = judge();
  assert.ok(cases.length > 400, `${cases.length} cases`);
  const differing: string[] = [];
  for (const { name, text, runs } of cases) {
    const graph = await readText(text, 'Model');
    let isRead = true;
    try {
      refuseOverwrites(graph, activationRules);
    } catch (error) {
      assert.ok(error instanceof ShapeError, name);
      isRead = false;
    }
    if (isRead !== runs) differing.push(`${name}: ${runs ? 'runs' : 'is refused'}`);
  }
  assert.deepEqual(differing, []);
});
