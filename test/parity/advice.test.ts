import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { advise } from '../../src/advise/engine';
import { testSyntax } from '../support/syntax';

/** A well-kept library of models: whatever a rule says there is taken to be wrong. */
function packageFolder(): string {
  const python = process.env.ACTIVATION_LENS_PYTHON ?? '/usr/bin/python3';
  const code = 'import importlib.util; print(importlib.util.find_spec("torchvision").submodule_search_locations[0])';
  return execFileSync(python, ['-c', code], { encoding: 'utf8' }).trim();
}

it('advice is silent on torchvision', async () => {
  const folder = packageFolder();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.py'));
  assert.ok(files.length > 100);
  const found: string[] = [];
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const { code, range } of await advise(testSyntax(), { file, text, version: 1 }))
      found.push(`${file}:${range.line + 1} ${code}`);
  }
  assert.deepEqual(found, []);
});
