import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { applyEdits } from '../../src/advise/applyEdits';
import { advise } from '../../src/advise/engine';
import { ignoreEdit } from '../../src/advise/ignore';
import { expectations } from '../support/carets';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

const check = (file: string, text: string) => advise(testSyntax(), { file, text, version: 1 });

describe('advice about TensorFlow.js in fixtures', () => {
  const folder = inRoot('test', 'fixtures', 'advise-tfjs');
  for (const file of readdirSync(folder))
    it(file, async () => {
      const text = readFileSync(`${folder}/${file}`, 'utf8');
      const found = await check(file, text);
      assert.deepEqual(
        found.map(({ range, code }) => `${range.line + 1}:${range.column}-${range.endColumn} ${code}`),
        expectations(text),
      );
      for (const advice of found) {
        for (const { title, edits } of advice.fixes) {
          const fixed = applyEdits(text, edits);
          const after = await check(file, fixed);
          const message = `${advice.code} line ${advice.range.line + 1}: "${title}" takes its finding away and adds none`;
          assert.deepEqual(codesOf(after), withoutOne(codesOf(found), advice.code), message);
          const tree = await testSyntax().parse(file.endsWith('.ts') ? 'typescript' : 'tsx', fixed);
          assert.equal(tree.rootNode.hasError, false, `${message}, and leaves code`);
          tree.delete();
        }
        const silenced = await check(file, applyEdits(text, [ignoreEdit(text, advice, '//')]));
        assert.equal(silenced.length, found.length - 1, `${advice.code} is silenced by a comment`);
      }
      const chinese = await advise(testSyntax(), { file, text, version: 1 }, { language: 'zh-cn' });
      for (const { message, hint } of chinese) {
        assert.match(message + hint, /\p{Script=Han}/u);
        assert.doesNotMatch(message + hint, /\{\d\}/);
      }
      for (const { message, hint } of found) assert.doesNotMatch(message + hint, /\{\d\}/);
    });
});

const codesOf = (found: readonly { readonly code: string }[]) => found.map(({ code }) => code).sort();

function withoutOne(codes: readonly string[], code: string): string[] {
  const index = codes.indexOf(code);
  return codes.filter((_, place) => place !== index);
}
