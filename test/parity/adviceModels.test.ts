import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adviseModels } from '../../src/advise/models/adviseModels';
import { CodeTexts } from '../../src/advise/texts';
import { extractModel, listModels } from '../../src/extract/extract';
import type { Fault } from '../../src/graph/fault';
import { type CertainModel, certainModel } from '../../src/reader/certain';
import { NodeSource } from '../../src/source/node';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

const python = process.env.ACTIVATION_LENS_PYTHON ?? '/usr/bin/python3';

/** What the graphs of a file's models show, all findings, and how many models were read. */
async function findingsIn(file: string) {
  const source = { file, text: readFileSync(file, 'utf8'), version: 1 };
  const models: CertainModel[] = [];
  const faults: Fault[] = [];
  for (const candidate of await listModels(testSyntax(), source)) {
    const request = { syntax: testSyntax(), source: new NodeSource(), file, budget: { milliseconds: 5000 } };
    const extraction = await extractModel({ ...request, expression: candidate.expression });
    const found = certainModel(extraction, candidate);
    if (found) models.push(found);
    if (extraction.fault) faults.push(extraction.fault);
  }
  const texts = new CodeTexts([source]);
  return {
    count: models.length,
    text: source.text,
    found: adviseModels(models, { texts, isOwn: (at) => at === file, faults }),
  };
}

it('the models of torchvision show nothing', async function () {
  this.timeout(600_000);
  const code = 'import importlib.util; print(importlib.util.find_spec("torchvision").submodule_search_locations[0])';
  const folder = join(execFileSync(python, ['-c', code], { encoding: 'utf8' }).trim(), 'models');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.py'));
  let read = 0;
  const told: string[] = [];
  for (const file of files) {
    const { count, found } = await findingsIn(join(folder, file));
    read += count;
    for (const { code: rule, range } of found) told.push(`${file}:${range.line + 1} ${rule}`);
  }
  assert.ok(read > 60, `${read} models`);
  assert.deepEqual(told, []);
});

/** Faulty as well, at places that nothing in the code can be told of: a table, sizes that are unpacked. */
const silent: Readonly<Record<string, readonly string[]>> = { 'inplace_reuse.py': ['Kept'], 'softmax.py': ['One'] };

for (const [name, code, what] of [
  ['inplace_reuse.py', 'inplace-reuse', 'refused'],
  ['softmax.py', 'softmax-of-one', 'constant'],
] as const)
  it(`${code}: PyTorch says the same of each model of ${name}`, async () => {
    const file = inRoot('test', 'fixtures', 'advise-models', name);
    const script = inRoot('test', 'parity', 'judge_advice.py');
    const judged = JSON.parse(execFileSync(python, ['-W', 'ignore', script, file], { encoding: 'utf8' })) as Readonly<
      Record<string, Readonly<Record<string, boolean>>>
    >;
    const { found, text } = await findingsIn(file);
    const lines = text.split('\n');
    const told = found
      .filter((each) => each.code === code)
      .map(
        ({ range }) =>
          lines
            .slice(0, range.line)
            .findLast((line) => line.startsWith('class '))
            ?.match(/\w+(?=\()/)?.[0],
      );
    const faulty = Object.entries(judged).flatMap(([model, verdict]) => (verdict[what] ? [model] : []));
    assert.deepEqual([...told, ...(silent[name] ?? [])].sort(), faulty.sort());
    assert.ok(told.length > 0);
  });
