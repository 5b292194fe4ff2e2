import assert from 'node:assert/strict';
import { extractModel } from '../../src/extract/extract';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

async function read(forward: readonly string[], head: readonly string[] = []) {
  const text = [
    'import logging, warnings, torch, torch.nn as nn',
    'logger = logging.getLogger(__name__)',
    ...head,
    'class Net(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    '        self.f = nn.Linear(4, 4)',
    '    def forward(self, x):',
    '        y = self.f(x).relu()',
    ...forward.map((line) => `        ${line}`),
    '        return y',
  ].join('\n');
  return extractModel({
    syntax: testSyntax(),
    source: new MemorySource({ 'm.py': text }),
    file: 'm.py',
    expression: 'Net()',
    inputs: [{ shape: [2, 4], dtype: 'float32' }],
  });
}

/** Branches on values that are known only when the model runs. */
describe('branches on values', () => {
  const passed: readonly (readonly string[])[] = [
    ['if y.abs().mean() > 50:', "    logger.warning(f'mean is {y.mean()}')"],
    ['if y.mean() > 50:', '    logger = get_root_logger()', "    logger.warning('large')"],
    ['if y.max().item() > 3:', "    print('big', y)", 'elif y.min() < 1:', "    warnings.warn('small')"],
    ['if torch.isnan(y).any():', "    raise ValueError('nan')"],
    ['if torch.isnan(y).any():', "    message = 'nan'", '    print(message)', '    raise ValueError(message)'],
    ['if (y >= 0).all():', '    y = y * 2', 'else:', "    raise ValueError('negative')"],
    ["assert (y >= 0).all(), 'negative'"],
  ];
  for (const lines of passed) {
    it(`that choose nothing are passed: ${lines.join(' ')}`, async () => {
      const found = await read(lines);
      assert.ok(found.ok, found.ok ? '' : found.problem.message);
      assert.equal(found.graph.nodes.filter(({ op }) => op.kind === 'activation').length, 1);
    });
  }

  it('the side that does not raise is what runs', async () => {
    const found = await read(['if (y >= 0).all():', '    y = y.sum(1)', 'else:', "    raise ValueError('negative')"]);
    assert.ok(found.ok);
    const [output] = found.graph.outputs;
    assert.ok(output);
    assert.deepEqual(found.graph.values[output.value]?.type.shape, [2]);
  });

  const refused: readonly (readonly string[])[] = [
    ['if y.mean() > 50:', '    y = y * 2'],
    ['if y.mean() > 50:', '    self.large = True'],
    ['if y.mean() > 50:', "    logger.warning('large')", 'else:', '    y = y * 2'],
    ['if y.mean() > 50:', '    return x', '    raise ValueError()'],
    ['try:', '    if y.mean() > 50:', '        raise ValueError()', 'except ValueError:', '    y = y * 2'],
    ['y = y * 2 if y.mean() > 50 else y'],
    ['while y.mean() > 50:', '    y = y / 2'],
  ];
  for (const lines of refused) {
    it(`that choose are refused: ${lines.join(' ')}`, async () => {
      const found = await read(lines);
      assert.ok(!found.ok);
      assert.match(found.problem.message, /values/);
    });
  }
});

describe('answers of load_state_dict', () => {
  it('are the keys that do not fit, of a checkpoint that is not read, too', async () => {
    const head = [
      'class Base(nn.Module):',
      '    def __init__(self):',
      '        super().__init__()',
      '        self.g = nn.Linear(4, 4)',
      "        result = self.load_state_dict(torch.load('weights.pt'), strict=False)",
      '        if result.missing_keys or result.unexpected_keys:',
      '            self.g = None',
    ];
    const found = await read(['y = Base().g(y)'], head);
    assert.ok(found.ok, found.ok ? '' : found.problem.message);
  });
});

/** Branches on values that are drawn while the model is made. */
describe('branches on random first values', () => {
  const made = (lines: readonly string[]) => {
    const text = [
      'import torch, torch.nn as nn',
      'class Drawn(nn.Module):',
      '    def __init__(self):',
      '        super().__init__()',
      '        self.count, self.sizes = 0, [4]',
      '        w = torch.randn(4, 4)',
      ...lines.map((line) => `        ${line}`),
      '        self.w = nn.Parameter(w)',
      '    def forward(self, x):',
      '        return x @ self.w',
    ].join('\n');
    const inputs = [{ shape: [2, 4], dtype: 'float32' as const }];
    const source = new MemorySource({ 'm.py': text });
    return extractModel({ syntax: testSyntax(), source, file: 'm.py', expression: 'Drawn()', inputs });
  };
  const passed: readonly (readonly string[])[] = [
    ['if torch.det(w) < 0:', '    w[:, 0] = -1 * w[:, 0]'],
    ['if w.sum() < 0:', '    w *= -1', 'else:', '    w[0] += 1'],
    ['if torch.linalg.qr(w)[0][0, 0] > 0:', '    w.neg_()'],
    ['if w.max() > 3:', '    w = -w / 2'],
  ];
  for (const lines of passed) {
    it(`are passed over: ${lines.join(' ')}`, async () => {
      const found = await made(lines);
      assert.ok(found.ok, found.ok ? '' : found.problem.message);
      assert.ok(found.graph.notes.some(({ message }) => message.includes('random first values, and changes no more')));
    });
  }
  const chosen: readonly (readonly string[])[] = [
    ['if torch.det(w) < 0:', '    self.more = nn.Linear(4, 4)'],
    ['if w.sum() < 0:', '    self.count += 1'],
    ['if w.sum() < 0:', '    self.sizes[0] = 5'],
    ['if w.sum() < 0:', '    w = w[:2]'],
    ['if w.sum() < 0:', '    w = torch.eye(4)'],
  ];
  for (const lines of chosen) {
    it(`are a choice: ${lines.join(' ')}`, async () => {
      const found = await made(lines);
      assert.ok(!found.ok, 'it was read');
      assert.match(found.problem.message, /^This branch depends on values that are drawn at random/);
    });
  }
});
