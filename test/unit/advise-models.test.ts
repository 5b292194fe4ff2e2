import assert from 'node:assert/strict';
import { nodesOfFinding } from '../../src/advise/models/nodes';
import { MemorySource } from '../support/python';
import { testReader } from '../support/reader';

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
