import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { RuleSettings } from '../../src/advise/configuration';
import { advise } from '../../src/advise/engine';
import { expectations } from '../support/carets';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

/**
 * Code in the manner of public questions, in pairs: `NAME.faulty.py` with carets below each mistake, `NAME.clean.py`
 * without any. Every rule that is on by default is asked, and one that is off where the text says so.
 */
const folder = inRoot('test', 'fixtures', 'advise-corpus');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.faulty.py'))
  .map((file) => file.slice(0, -'.faulty.py'.length));

/** A rule that is off by default is asked for in a text's first line: `# asks: sigmoid-on-softmax-classes`. */
function settingsOf(text: string): RuleSettings {
  const asked = /^# asks: ([\w-]+)$/m.exec(text)?.[1];
  return asked ? { [asked]: 'warning' } : {};
}

/** The share of the mistakes that has to be found; those that are missed are printed. */
const RECALL = 0.97;

async function findingsIn(file: string): Promise<{ readonly found: string[]; readonly wanted: string[] }> {
  const text = readFileSync(`${folder}/${file}`, 'utf8');
  const advices = await advise(testSyntax(), { file, text, version: 1 }, { settings: settingsOf(text) });
  const found = advices.map(({ range, code }) => `${range.line + 1}:${range.column}-${range.endColumn} ${code}`);
  return { found: found.map((each) => `${file}:${each}`), wanted: expectations(text).map((each) => `${file}:${each}`) };
}

describe('corpus of questions', () => {
  it('is large, and each faulty text has a clean twin', () => {
    const clean = readdirSync(folder).filter((file) => file.endsWith('.clean.py'));
    assert.deepEqual(
      names.map((name) => `${name}.clean.py`),
      clean,
    );
    assert.ok(names.length >= 160, `${names.length} pairs`);
  });

  it('has its mistakes found, and nothing else', async () => {
    const wanted = new Set<string>();
    const found = new Set<string>();
    for (const name of names) {
      const faulty = await findingsIn(`${name}.faulty.py`);
      assert.ok(faulty.wanted.length > 0, `${name} has no carets`);
      for (const each of faulty.wanted) wanted.add(each);
      for (const each of faulty.found) found.add(each);
    }
    const missed = [...wanted].filter((each) => !found.has(each));
    assert.deepEqual(
      [...found].filter((each) => !wanted.has(each)),
      [],
      'nothing is found but what is wrong',
    );
    const recall = 1 - missed.length / wanted.size;
    for (const each of missed) console.log(`      missed: ${each}`);
    assert.ok(recall >= RECALL, `recall ${recall.toFixed(3)} of ${wanted.size}: ${missed.join(', ')}`);
  });

  it('is silent about what is right', async () => {
    const found: string[] = [];
    for (const name of names) found.push(...(await findingsIn(`${name}.clean.py`)).found);
    assert.deepEqual(found, []);
  });
});
