import assert from 'node:assert/strict';
import type { Graph } from '../../src/graph/types';
import type { Runtime } from '../../src/run/runtime';
import { wasmRuntime } from '../support/ort';
import {
  expectedData,
  extractSnippet,
  knownOutput,
  runSnippet,
  type TensorCase,
  tensorCases,
} from '../support/tensorCases';

const { rule, cases } = tensorCases();
const input = Array.from({ length: 24 }, (_, i) => (((i * 7) % 11) - 5) / 4);

async function graphOf(one: TensorCase, made?: string): Promise<Graph> {
  const extraction = await extractSnippet(one.code, made);
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
  const [output] = extraction.graph.outputs;
  const type = extraction.graph.values[output?.value ?? -1]?.type;
  const { shape, dtype } = one.result;
  assert.deepEqual(type, { shape, dtype });
  return extraction.graph;
}

function near(actual: readonly number[], one: TensorCase): void {
  const expected = expectedData(one);
  const same =
    actual.length === expected.length &&
    expected.every((value, i) => {
      const found = actual[i] ?? Number.NaN;
      return found === value || Math.abs(found - value) <= 2e-6 * Math.max(1, Math.abs(value));
    });
  assert.ok(same, `${actual.join(' ')} instead of ${expected.join(' ')}`);
}

describe('tensors and their functions, against PyTorch', () => {
  let runtime: Runtime;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  for (const one of cases) {
    it(one.code, async () => {
      const graph = await graphOf(one);
      near(await runSnippet(runtime, graph, input), one);
      const data = knownOutput(await graphOf(one, rule));
      if (data) near(data, one);
    });
  }
});

describe('grouped queries', () => {
  it('attend to the keys of their group, as if those were repeated', async () => {
    const runtime = await wasmRuntime();
    try {
      const values = async (keys: string, grouped: string) => {
        const code = `q = x.reshape(1, 4, 2, 3); k = q[:, :2] * 2; v = k + 1; r = F.scaled_dot_product_attention(q, ${keys}, enable_gqa=${grouped})`;
        const found = await extractSnippet(code);
        assert.ok(found.ok, found.ok ? '' : found.problem.message);
        return runSnippet(runtime, found.graph, input);
      };
      const repeated = 'k.repeat_interleave(2, 1), v.repeat_interleave(2, 1)';
      assert.deepEqual(await values('k, v', 'True'), await values(repeated, 'False'));
      const refused = await extractSnippet('r = F.scaled_dot_product_attention(x, x[:1], x[:1, :2], enable_gqa=True)');
      assert.ok(!refused.ok);
    } finally {
      await runtime.dispose();
    }
  });
});

describe('dimensions and elements that are not there', () => {
  it("are refused in PyTorch's words, at their line", async () => {
    for (const [code, message] of [
      ['torch.roll(s, 1, 0)', 'Dimension specified as 0 but tensor has no dimensions'],
      ['s.unflatten(0, (1, 1))', 'Dimension specified as 0 but tensor has no dimensions'],
      ['s.size(-1)', 'Dimension specified as -1 but tensor has no dimensions'],
      ['s.stride(0)', 'Dimension specified as 0 but tensor has no dimensions'],
      ['s.unbind(0)', 'Dimension specified as 0 but tensor has no dimensions'],
      ['s.select(0, 0)', 'select() cannot be applied to a 0-dim tensor.'],
      ['len(s)', 'len() of a 0-d tensor'],
      ['[t for t in s]', 'iteration over a 0-d tensor'],
      ['torch.tril(s)', 'Dimension specified as -2 but tensor has no dimensions'],
      ['torch.fliplr(s)', 'Input must be >= 2-d.'],
      ['torch.sort(s, dim=1).values', 'Dimension out of range (expected to be in range of [-1, 0], but got 1)'],
      ['torch.sort(s, dim=-2).values', 'Dimension out of range (expected to be in range of [-1, 0], but got -2)'],
      ['torch.cumsum(s, dim=1)', 'Dimension out of range (expected to be in range of [-1, 0], but got 1)'],
      ['s.max(dim=1).values', 'Dimension out of range (expected to be in range of [-1, 0], but got 1)'],
      ['F.softmax(s, dim=1)', 'Dimension out of range (expected to be in range of [-1, 0], but got 1)'],
      ['torch.diagonal(s)', 'Dimension out of range (expected to be in range of [-1, 0], but got 1)'],
      ['torch.sort(x, dim=3).values', 'Dimension out of range (expected to be in range of [-3, 2], but got 3)'],
      ['torch.roll(x, 1, -4)', 'Dimension out of range (expected to be in range of [-3, 2], but got -4)'],
      ['torch.median(x, dim=3).values', 'Dimension out of range (expected to be in range of [-3, 2], but got 3)'],
      ['torch.cummax(x, dim=3).values', 'Dimension out of range (expected to be in range of [-3, 2], but got 3)'],
      ['x.unflatten(3, (2, 2))', 'Dimension out of range (expected to be in range of [-3, 2], but got 3)'],
      ['x.flip(3)', 'Dimension out of range (expected to be in range of [-3, 2], but got 3)'],
      ['x.permute(0, 1, 3)', 'Dimension out of range (expected to be in range of [-3, 2], but got 3)'],
      ['x.permute(0, 1, -4)', 'Dimension out of range (expected to be in range of [-3, 2], but got -4)'],
      ['x.movedim(0, 3)', 'Dimension out of range (expected to be in range of [-3, 2], but got 3)'],
      ['x.roll((1, 2), (0,))', 'shifts and dimensions must align. shifts: 2, dims:1'],
      ['x.diagonal(dim1=0, dim2=0)', 'diagonal dimensions cannot be identical 0, 0'],
      ['x[0, 0].tril()', 'Dimension out of range (expected to be in range of [-1, 0], but got -2)'],
      ['x[0, 0].diagonal()', 'Dimension out of range (expected to be in range of [-1, 0], but got 1)'],
      [
        'x[0, 0].expand(-1, 4)',
        "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension 0",
      ],
      ['torch.rot90(x, 1, (0, 0))', 'expected rotation dims to be different, but got dim0 = 0 and dim1 = 0'],
      ['torch.rot90(x, 1, (0,))', 'expected total rotation dims == 2, but got dims = 1'],
      ['torch.repeat_interleave(x, torch.tensor([1, 2]), dim=1)', 'repeats must have the same size as input along dim'],
      ['x.item()', 'only one element tensors can be converted to Python scalars'],
      ['float(x)', 'only one element tensors can be converted to Python scalars'],
      ['torch.zeros(0).item()', 'only one element tensors can be converted to Python scalars'],
      ['1 if torch.zeros(0) else 2', 'Boolean value of Tensor with no values is ambiguous'],
      ['1 if x else 2', 'Boolean value of Tensor with more than one value is ambiguous'],
      [
        'torch.allclose(torch.ones(2), torch.ones(3))',
        'The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0',
      ],
      [
        'torch.tensordot(x, x, dims=([3], [2]))',
        'Dimension out of range (expected to be in range of [-3, 2], but got 3)',
      ],
      ['torch.cross(x[0, 0], x[0, 1])', 'no dimension of size 3 in input'],
    ] as const) {
      for (const made of [undefined, rule]) {
        const found = await extractSnippet(`s = x[0, 1, 2]; r = ${code}`, made);
        assert.ok(!found.ok, code);
        assert.ok(found.problem.message.includes(message), `${code}: ${found.problem.message}`);
        assert.equal(found.problem.source?.line, made === undefined ? 5 : 6, code);
      }
    }
  });
});
