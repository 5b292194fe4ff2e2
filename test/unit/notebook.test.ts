import assert from 'node:assert/strict';
import { detect } from '../../src/detect/detect';
import { extractModel } from '../../src/extract/extract';
import { relocate } from '../../src/extract/relocate';
import { cellAt, readNotebook } from '../../src/source/notebook';
import { NotebookSource } from '../../src/source/notebookSource';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

const notebook = (cells: readonly unknown[], language = 'python') =>
  JSON.stringify({ nbformat: 4, metadata: { kernelspec: { language } }, cells });
const code = (...source: readonly string[]) => ({ cell_type: 'code', source });

describe('notebooks', () => {
  it('a cell sees what earlier ones import; magics and other languages are no Python', async () => {
    const joined = readNotebook(
      notebook([
        { cell_type: 'markdown', source: ['# nn.ReLU()'] },
        code(
          '%matplotlib inline\n',
          '!pip install torch\n',
          'import torch.nn as nn\n',
          'from torch.nn import functional as F',
        ),
        code('%%bash\n', 'nn.ReLU()'),
        code('x = 1\n', 'act = nn.GELU()\n', 'y = F.silu(x)'),
      ]),
    );
    const sites = await detect(testSyntax(), { file: 'a.ipynb', text: joined.text, version: 1 });
    const found = sites.map(({ text, range }) => {
      const cell = cellAt(joined, range.line);
      return `${cell?.cell}:${range.line - (cell?.firstLine ?? 0) + 1}:${range.column + 1} ${text}`;
    });
    assert.deepEqual(found, ['4:2:7 nn.GELU', '4:3:5 F.silu']);
  });

  it('says what is wrong with a file that is none', () => {
    assert.throws(() => readNotebook('{'), /this is not a notebook/);
    assert.throws(() => readNotebook('[1]'), /no list of cells/);
    assert.equal(readNotebook(notebook([code('nn.ReLU()')], 'R')).text, '');
    assert.equal(readNotebook(notebook([{ cell_type: 'code', source: 'a\r\nb' }, 3, code()])).text, 'a\nb\n');
  });

  it('magics and shell lines leave Python behind, column for column', () => {
    const cells = [
      ['%matplotlib inline', '#matplotlib inline'],
      ['!pip install torch', '#pip install torch'],
      ['if new:\n    !pip install torch', 'if new:\n    pass#install torch'],
      ['for x in y:\n  %x', 'for x in y:\n  pass'],
      ['%time model = Net()', '0;    model = Net()'],
      ['%time\nx = 1', '#time\nx = 1'],
      ['model.fit?', '#odel.fit?'],
      ['files = !ls -l', 'files = None#l'],
      ['%%capture out\nx = 5 % 3', '#%capture out\nx = 5 % 3'],
      ['a = (b\n     % c)', 'a = (b\n     % c)'],
    ];
    for (const [from = '', to] of cells) assert.equal(readNotebook(notebook([code(from)])).text, to, from);
  });

  const cells = [
    code('import torch\n', 'import torch.nn as nn'),
    { cell_type: 'markdown', source: ['text'] },
    code('!nvidia-smi\n', '%time hidden = 6\n', "config = {'out': 3}"),
    code(
      'class Net(nn.Module):\n',
      '    def __init__(self, hidden, config):\n',
      '        super().__init__()\n',
      "        self.fc = nn.Linear(hidden, config['out'], bias=False)\n",
      '    def forward(self, x):\n',
      '        return torch.relu(self.fc(x))',
    ),
    code('model = Net(hidden, config)\n', 'model'),
    code('class Broken(nn.Module):\n', '    def forward(self, x):\n', '        return torch.nothing(x)'),
  ];
  const find = (source: NotebookSource) => (file: string, line: number) => {
    const cell = source.cellAt(file, line);
    if (!cell) return undefined;
    const lineName = (at: number) => `lab.ipynb, cell ${cell.cell}, line ${at}`;
    return { file: `${file}:${cell.cell}`, firstLine: cell.firstLine, lineName };
  };

  it('a model across cells is read as one, and its places are those of cells', async () => {
    const source = new NotebookSource(new MemorySource({ 'a/lab.ipynb': notebook(cells) }));
    const read = await extractModel({ syntax: testSyntax(), source, file: 'a/lab.ipynb' });
    const found = relocate(read, find(source), source.files);
    assert.ok(found.ok, found.ok ? '' : found.problem.message);
    assert.equal(found.expression, 'model');
    const [relu] = found.graph.nodes.filter(({ op }) => op.kind === 'activation');
    assert.equal(`${relu?.source?.file} ${relu?.source?.line}`, 'a/lab.ipynb:4 5');
    assert.deepEqual(
      found.graph.state.map(({ storage }) => found.graph.storages[storage]?.type.shape),
      [[3, 6]],
    );
  });

  it('a message names the cell and the line in it', async () => {
    const source = new NotebookSource(new MemorySource({ 'a/lab.ipynb': notebook(cells) }));
    const read = await extractModel({ syntax: testSyntax(), source, file: 'a/lab.ipynb', expression: 'Broken' });
    const found = relocate(read, find(source), source.files);
    assert.ok(!found.ok);
    const given = await extractModel({
      syntax: testSyntax(),
      source,
      file: 'a/lab.ipynb',
      expression: 'Broken',
      inputs: [{ shape: [1, 3], dtype: 'float32' }],
    });
    const told = relocate(given, find(source), source.files);
    assert.ok(!told.ok);
    assert.match(told.problem.message, /\(lab\.ipynb, cell 6, line 3\)/);
    assert.deepEqual([told.problem.source?.file, told.problem.source?.line], ['a/lab.ipynb:6', 2]);
  });
});
