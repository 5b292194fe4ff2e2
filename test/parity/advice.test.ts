import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { advise } from '../../src/advise/engine';
import { testSyntax } from '../support/syntax';

const folder = '/usr/lib/python3/dist-packages/torchvision';

it('advice is silent on torchvision', async () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.py'));
  assert.ok(files.length > 100);
  for (const file of files) {
    const found = await advise(testSyntax(), { file, text: readFileSync(join(folder, file), 'utf8'), version: 1 });
    assert.deepEqual(
      found.map(({ code, range }) => `${file}:${range.line + 1} ${code}`),
      [],
    );
  }
});
