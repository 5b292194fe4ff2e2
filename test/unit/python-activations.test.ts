import assert from 'node:assert/strict';
import { catalogue } from '../../src/activations/catalogue';
import { extractModel } from '../../src/extract/extract';
import { swap } from '../../src/graph/swap';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

/** A model whose forward returns `call`. */
async function extract(call: string, shape: readonly number[]) {
  const text = `import torch
from torch import nn
import torch.nn.functional as F


class Net(nn.Module):
    def forward(self, x):
        return ${call}
`;
  const inputs = [{ shape: [...shape], dtype: 'float32' as const }];
  const source = new MemorySource({ 'net.py': text });
  return extractModel({ syntax: testSyntax(), source, file: 'net.py', expression: 'Net()', inputs });
}

async function graphOf(call: string, shape: readonly number[]) {
  const found = await extract(call, shape);
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  return found.graph;
}

describe('activations in models', () => {
  it('refuse what PyTorch refuses, in its words, at their line', async () => {
    for (const [call, message, shape = [2, 4]] of [
      ['F.rrelu(x, training=True)', /rrelu\(training=True\) draws random slopes; pass training=self\.training/],
      ['F.glu(x)', /Halving dimension must be even, but dimension 1 is size 3/, [2, 3]],
      ['nn.Softmax2d()(x)', /Softmax2d requires a 3D or 4D tensor as input/],
      ['F.log_softmax(x, 2)', /Dimension out of range \(expected to be in range of \[-2, 1\], but got 2\)/],
      ['F.softmax(x, -3)', /Dimension out of range/],
      ['nn.Threshold(1)(x)', /value/],
      ['x.selu()', /selu/],
      ['nn.PReLU(4)(x)', /parameter numbers = 4 and channel size = 8/, [2, 8, 4]],
      ['F.prelu(x, torch.ones(3))', /parameter numbers = 3 and channel size = 8/, [2, 8, 4]],
    ] as const) {
      const found = await extract(call, shape);
      assert.ok(!found.ok, call);
      assert.match(found.problem.message, message, call);
      assert.equal(found.problem.source?.line, 7, call);
    }
  });

  it('choose the dimension that PyTorch chooses where none is given', async () => {
    for (const [shape, dim] of [
      [[4], 0],
      [[2, 4], 1],
      [[2, 4, 3], 0],
      [[2, 4, 3, 3], 1],
    ] as const) {
      for (const call of ['nn.LogSoftmax()(x)', 'F.softmin(x)', 'nn.Softmax(dim=None)(x)']) {
        const [op] = (await graphOf(call, shape)).nodes.flatMap((node) =>
          node.op.kind === 'activation' ? [node.op] : [],
        );
        assert.equal(op?.parameters.dim, dim, `${call} of ${shape}`);
      }
    }
  });

  it('are swapped only where shape and meaning stay', async () => {
    const target = (id: string) => {
      const entry = catalogue.get(id);
      assert.ok(entry);
      return entry;
    };
    const gated = await graphOf('F.glu(x)', [2, 4]);
    assert.throws(() => swap(gated, [0], target('relu'), {}), /glu at line 8 halves its input/);
    const maps = await graphOf('nn.Softmax2d()(x)', [2, 4, 3, 3]);
    assert.deepEqual(swap(maps, [0], target('softmax'), {}).nodes[0]?.op, {
      kind: 'activation',
      activation: 'softmax',
      parameters: { dim: -3 },
    });
    const rows = await graphOf('F.softmax(x, -1)', [2, 4, 3, 3]);
    assert.throws(() => swap(rows, [0], target('softmax2d'), {}), /Softmax2d acts along dimension -3/);
    assert.throws(() => swap(rows, [0], target('gumbel_softmax'), {}), /draws random numbers/);
    const channels = await graphOf('F.softmax(x, 1)', [2, 4, 3, 3]);
    assert.doesNotThrow(() => swap(channels, [0], target('softmax2d'), {}));
  });
});
