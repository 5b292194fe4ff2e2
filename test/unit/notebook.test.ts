import assert from 'node:assert/strict';
import { detect } from '../../src/detect/detect';
import { cellAt, readNotebook } from '../../src/source/notebook';
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
});
