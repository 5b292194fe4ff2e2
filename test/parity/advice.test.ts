import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { advise } from '../../src/advise/engine';
import { testSyntax } from '../support/syntax';

/** What rules say of a well-kept library of models, with a verdict each; everything else is taken to be wrong. */
const verdicts: ReadonlyMap<string, string> = new Map([
  [
    'models/swin_transformer.py rrelu-training',
    'true: F.dropout without training=, which drops in evaluation too; later versions pass training=self.training',
  ],
]);

/** Where the library is. */
function packageFolder(): string {
  const python = process.env.ACTIVATION_LENS_PYTHON ?? '/usr/bin/python3';
  const code = 'import importlib.util; print(importlib.util.find_spec("torchvision").submodule_search_locations[0])';
  return execFileSync(python, ['-c', code], { encoding: 'utf8' }).trim();
}

it('advice on torchvision is what stands here, each with a verdict', async () => {
  const folder = packageFolder();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.py'));
  assert.ok(files.length > 100);
  const found: string[] = [];
  const seen = new Set<string>();
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const { code, range } of await advise(testSyntax(), { file, text, version: 1 })) {
      if (verdicts.has(`${file} ${code}`)) seen.add(`${file} ${code}`);
      else found.push(`${file}:${range.line + 1} ${code}`);
    }
  }
  assert.deepEqual(found, []);
  assert.deepEqual([...seen], [...verdicts.keys()], 'each verdict is of something that is found');
});
