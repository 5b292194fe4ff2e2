import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  const folder = mkdtempSync(join(tmpdir(), 'overwrites-'));
  try {
    const file = join(folder, 'cases.json');
    const python = process.env.ACTIVATION_LENS_PYTHON ?? 'python3';
    execFileSync(python, ['-W', 'ignore', inRoot('test', 'parity', 'reference_overwrites.py'), file]);
    return JSON.parse(readFileSync(file, 'utf8')) as OverwriteCase[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
      refuseOverwrites(graph);
    } catch (error) {
      assert.ok(error instanceof ShapeError, name);
      isRead = false;
    }
    if (isRead !== runs) differing.push(`${name}: ${runs ? 'runs' : 'is refused'}`);
  }
  assert.deepEqual(differing, []);
});
