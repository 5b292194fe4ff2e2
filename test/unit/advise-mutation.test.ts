import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Advice } from '../../src/advise/advice';
import { advise } from '../../src/advise/engine';
import { neighboursOf } from '../../src/advise/neighbours';
import type { Program } from '../../src/python/syntax/ast';
import { inRoot } from '../support/paths';
import type { Plant } from '../support/planting/edits';
import { layerFaults } from '../support/planting/layerFaults';
import { lossFaults } from '../support/planting/lossFaults';
import { Scene } from '../support/planting/scene';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

/**
 * Training scripts in the manner of public examples, and our samples, each right as it stands; a fault is planted at
 * every place that has room for one, one at a time and without drawing lots, and has to be found.
 */
const RECALL = 0.95;

/** Each Python file is a project of its own, and so is each folder. */
function* projects(): Generator<readonly [string, Record<string, string>]> {
  const mutation = inRoot('test', 'fixtures', 'advise-mutation');
  const samples = inRoot('samples');
  for (const folder of [mutation, samples])
    for (const name of readdirSync(folder).toSorted()) {
      const path = join(folder, name);
      // The sample that shows mistakes has some.
      if (name === 'mistakes.py') continue;
      if (statSync(path).isDirectory()) {
        const files = readdirSync(path).filter((file) => file.endsWith('.py'));
        yield [name, Object.fromEntries(files.map((file) => [file, readFileSync(join(path, file), 'utf8')]))];
      } else if (name.endsWith('.py')) yield [name, { [name]: readFileSync(path, 'utf8') }];
    }
}

/** What is found in a file of a project, as the terminal looks at it. */
async function adviceIn(files: Readonly<Record<string, string>>, file: string): Promise<readonly Advice[]> {
  const text = { file, text: files[file] ?? '', version: 1 };
  const users = Object.keys(files).filter((each) => each !== file);
  const findNeighbours = (program: Program) =>
    neighboursOf(testSyntax(), new MemorySource(files), text, program, users);
  return advise(testSyntax(), text, { findNeighbours, isEverywhere: true });
}

describe('planted faults', () => {
  it('are found, whatever kind they are of and wherever they are', async () => {
    const tally = new Map<string, { planted: number; missed: string[] }>();
    for (const [name, texts] of projects()) {
      const scene = await Scene.parse(name, texts);
      const plants: readonly Plant[] = [...lossFaults(scene), ...layerFaults(scene)];
      for (const { kind, file, line, text, codes } of plants) {
        const found = await adviceIn(scene.textsWith(file, text), file);
        const of = tally.get(kind) ?? { planted: 0, missed: [] };
        tally.set(kind, of);
        of.planted++;
        if (!found.some(({ code }) => codes.includes(code)))
          of.missed.push(`${kind}: ${name} ${file}:${line} ${text.split('\n')[line - 1]?.trim()}`);
      }
      scene.free();
    }
    const all = [...tally.values()];
    const planted = all.reduce((sum, each) => sum + each.planted, 0);
    const missed = all.flatMap((each) => each.missed);
    for (const each of missed) console.log(`      missed: ${each}`);
    assert.ok(planted >= 400 && tally.size >= 30, `${planted} planted, of ${tally.size} kinds`);
    const recall = 1 - missed.length / planted;
    assert.ok(recall >= RECALL, `recall ${recall.toFixed(3)} of ${planted}\n${missed.join('\n')}`);
  }).timeout(300_000);

  it('leave nothing to find once they are taken out', async () => {
    const found: string[] = [];
    for (const [name, texts] of projects())
      for (const file of Object.keys(texts))
        for (const { code, range } of await adviceIn(texts, file))
          found.push(`${name} ${range.file}:${range.line + 1} ${code}`);
    assert.deepEqual(found, []);
  });
});
