import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { Advice } from '../../src/advise/advice';
import { advise } from '../../src/advise/engine';
import { type AdvisedModel, adviseModels } from '../../src/advise/models/adviseModels';
import { answersOf } from '../../src/advise/models/answers';
import { nodesOfFinding } from '../../src/advise/models/nodes';
import { CodeTexts } from '../../src/advise/texts';
import { listModels } from '../../src/extract/extract';
import { expectations } from '../support/carets';
import { inRoot } from '../support/paths';
import { MemorySource } from '../support/python';
import { testReader } from '../support/reader';
import { testSyntax } from '../support/syntax';

const text = `from torch import nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 8))
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        return F.softmax(self.head(self.body(x)), dim=1)
`;

/** The place of a piece of the text. */
function placeOf(piece: string) {
  const lines = text.split('\n');
  const line = lines.findIndex((each) => each.includes(piece));
  const column = lines[line]?.indexOf(piece) ?? -1;
  return { file: 'net.py', line, column, endLine: line, endColumn: column + piece.length };
}

describe('the nodes that a finding is about', () => {
  it('are those of the layer that is built or called there, or of the operation', async () => {
    const { extraction } = await testReader().read(
      { file: 'net.py' },
      { source: new MemorySource({ 'net.py': text }) },
    );
    assert.ok(extraction.ok);
    const { graph } = extraction;
    const about = (piece: string) =>
      nodesOfFinding(graph, { range: placeOf(piece) }).map(
        (index) => graph.nodes[index]?.path || graph.nodes[index]?.op.kind,
      );
    assert.deepEqual(about('nn.Linear(4, 8)'), ['body.0']);
    assert.deepEqual(about('nn.ReLU()'), ['body.1']);
    assert.deepEqual(about('nn.Linear(8, 2)'), ['head']);
    assert.deepEqual(about('self.head(self.body(x))'), ['head']);
    assert.deepEqual(about('F.softmax(self.head(self.body(x)), dim=1)'), ['activation']);
    assert.deepEqual(about('import'), []);
  });
});

describe('advice from the graphs of models', () => {
  const folder = inRoot('test', 'fixtures', 'advise-models');
  const files = readdirSync(folder).filter((file) => file.endsWith('.py'));
  assert.ok(files.length > 0);
  for (const file of files)
    it(`${file}: what the syntax alone does not show`, async () => {
      const source = { file, text: readFileSync(`${folder}/${file}`, 'utf8'), version: 1 };
      const models = await modelsOf(source.file, source.text);
      const known = await advise(testSyntax(), source);
      const texts = new CodeTexts([source]);
      const isOwn = (each: string) => each === file;
      const answers = answersOf(models, texts, isOwn);
      const shown = await advise(testSyntax(), source, { answers });
      const found = [...shown, ...adviseModels(models, { texts, isOwn, known: shown })];
      assert.deepEqual(
        found.map(({ range, code }) => `${range.line + 1}:${range.column}-${range.endColumn} ${code}`).sort(),
        expectations(source.text).sort(),
      );
      assert.deepEqual(known, [], 'the syntax shows none of it');
      for (const { message, hint } of adviseModels(models, { texts, isOwn, language: 'zh-cn' }))
        assert.match(message + hint, /\p{Script=Han}/u);
      const settings = Object.fromEntries(found.map(({ code }) => [code, 'off' as const]));
      assert.deepEqual(adviseModels(models, { texts, isOwn, settings }), [], 'rules that are off say nothing');
    });

  it('tells once what the syntax shows as well, and nothing that a comment silences', async () => {
    const file = inRoot('test', 'fixtures', 'advise', 'double_activation.py');
    const source = { file, text: readFileSync(file, 'utf8'), version: 1 };
    const models = await modelsOf(file, source.text);
    const isOwn = (each: string) => each === file;
    const found = (text: string, known: readonly Advice[] = []) =>
      adviseModels(models, { texts: new CodeTexts([{ ...source, text }]), isOwn, known });
    assert.ok(found(source.text).length > 3);
    assert.deepEqual(found(source.text, await advise(testSyntax(), source)), []);
    const silenced = source.text.replace(/$/gm, '  # activation-lens: ignore');
    assert.deepEqual(found(silenced), []);
  });
});

/** The graphs of a file's models that can be read. */
async function modelsOf(file: string, code: string): Promise<AdvisedModel[]> {
  const source = new MemorySource({ [file]: code });
  const found: AdvisedModel[] = [];
  for (const { expression } of await listModels(testSyntax(), { file, text: code, version: 1 })) {
    const { extraction } = await testReader().read({ file, expression }, { source });
    if (extraction.ok) found.push({ graph: extraction.graph });
  }
  return found;
}
