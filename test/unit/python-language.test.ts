import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { inRoot } from '../support/paths';
import { printed } from '../support/python';

const folder = inRoot('test/fixtures/python');
const expected: Record<string, string[]> = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8'));

describe('Python semantics, against what CPython prints', () => {
  for (const name of readdirSync(`${folder}/snippets`).sort()) {
    it(name, async () => {
      const text = readFileSync(`${folder}/snippets/${name}`, 'utf8');
      const lines = await printed({ [name]: text }, name);
      assert.deepEqual(lines, expected[name.replace(/\.py$/, '')]);
    });
  }
});
