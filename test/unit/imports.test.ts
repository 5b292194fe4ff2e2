import assert from 'node:assert/strict';
import { detectPython } from '../../src/detect/python/detect';
import { ImportIndex } from '../../src/detect/python/imports';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

/** What is found in a file of a package: line, text, activation, form. */
async function sitesIn(files: Readonly<Record<string, string>>, file: string): Promise<string[]> {
  const source = new MemorySource(files);
  const text = await source.read(file);
  assert.ok(text);
  const tree = await testSyntax().parse('python', text.text);
  try {
    const imported = await new ImportIndex(testSyntax(), source).importedMeanings(text);
    return detectPython(tree, text, imported).map(
      (site) => `${site.range.line + 1} ${site.text} ${site.activation} ${site.form}`,
    );
  } finally {
    tree.delete();
  }
}

const library = {
  'net/common.py':
    'import torch.nn as nn\nimport torch.nn.functional as F\nfrom torch.nn import ReLU6 as Six\nAct = nn.SiLU\n',
  'net/layers/__init__.py': 'from .swish import Swish, mish as my_mish\nfrom ..common import *\n',
  'net/layers/swish.py': [
    'import torch',
    'from torch import nn',
    'from torch.nn.functional import softplus',
    'class Swish(nn.Module):',
    '    def forward(self, x):',
    '        return x * torch.sigmoid(x)',
    'def mish(x):',
    '    return x * torch.tanh(softplus(x))',
    'class GELU(nn.Module):',
    '    def forward(self, x):',
    '        return x * 2',
  ].join('\n'),
};

describe('names from other files', () => {
  it('a star hands on PyTorch’s modules, classes and the library’s own activations', async () => {
    const code =
      'from .layers import *\na = nn.ReLU()\nb = F.gelu(x)\nc = Six\nd = Swish()\ne = my_mish(x)\nf = Act()\n';
    assert.deepEqual(await sitesIn({ ...library, 'net/model.py': code }, 'net/model.py'), [
      '2 nn.ReLU relu module',
      '3 F.gelu gelu function',
      '4 Six relu6 class',
      '5 Swish silu module',
      '6 my_mish mish function',
      '7 Act silu module',
    ]);
  });

  it('by name, under another name, through a module, absolute and relative', async () => {
    const code = [
      'from net.layers import Swish as S, nn',
      'from net.layers.swish import mish',
      'from . import common, layers as L',
      'import net.layers.swish as sw',
      'a = S()',
      'b = nn.ELU()',
      'c = [mish(x), common.F.relu(x), L.Swish, sw.mish(x)]',
    ].join('\n');
    assert.deepEqual(await sitesIn({ ...library, 'net/model.py': code }, 'net/model.py'), [
      '5 S silu module',
      '6 nn.ELU elu module',
      '7 mish mish function',
      '7 common.F.relu relu function',
      '7 L.Swish silu class',
      '7 sw.mish mish function',
    ]);
  });

  it('a class that only has the name of PyTorch’s is none', async () => {
    const code = 'from net.layers.swish import GELU\nimport torch\na = GELU()\n';
    assert.deepEqual(await sitesIn({ ...library, 'main.py': code }, 'main.py'), []);
  });

  it('of what can’t be read the names tell, unless they mean other things too', async () => {
    const imports = 'import torch\nfrom kernels.ops import swiglu, ReLU, threshold\nfrom jax.nn import gelu\n';
    const code = `${imports}a = [ReLU(), swiglu(gate, x), threshold(x), gelu(x)]\n`;
    const found = ['4 ReLU relu implicit', '4 swiglu swiglu implicit'];
    assert.deepEqual(await sitesIn({ 'main.py': code }, 'main.py'), found);
    assert.deepEqual(await sitesIn({ 'main.py': code.replace('import torch', 'import numpy') }, 'main.py'), []);
  });

  it('of a package that can’t be read the classes', async () => {
    const code =
      'import engine as te\nimport torch\na = [te.torch.ops.SwiGLU(), te.torch.ops.gelu(x), te.other.Threshold()]\n';
    assert.deepEqual(await sitesIn({ 'main.py': code }, 'main.py'), ['3 te.torch.ops.SwiGLU swiglu implicit']);
  });

  it('F from where PyTorch hands it on', async () => {
    const code = 'from torch.functional import F\nimport torch\na = [F.relu(x), torch.F.gelu(x)]\n';
    const found = ['3 F.relu relu function', '3 torch.F.gelu gelu function'];
    assert.deepEqual(await sitesIn({ 'main.py': code }, 'main.py'), found);
  });

  it('a module inside of a package that is imported whole', async () => {
    const files = {
      'lib/__init__.py': '',
      'lib/nn/__init__.py': '',
      'lib/nn/activations.py':
        'import torch\n\nclass Softmax(torch.nn.Module):\n    def __init__(self, log=False):\n        self.act = torch.log_softmax if log else torch.softmax\n\n    def forward(self, x):\n        return self.act(x.flatten(0, 1), -1).view_as(x)\n',
      'main.py':
        'import lib as kit\nimport torch\na = kit.nn.activations.Softmax(log=True)\nb = kit.nn.losses.Softmax()\n',
    };
    assert.deepEqual(await sitesIn(files, 'main.py'), ['3 kit.nn.activations.Softmax softmax implicit']);
  });

  it('a star from the package itself', async () => {
    const code = 'from . import *\nfrom .layers import *\na = [my_mish(x), F.elu(x)]\n';
    const files = { ...library, 'net/__init__.py': 'from .layers import my_mish\n', 'net/model.py': code };
    assert.deepEqual(await sitesIn(files, 'net/model.py'), ['3 my_mish mish function', '3 F.elu elu function']);
  });

  it('ends where files import each other', async () => {
    const files = {
      'a.py': 'from b import *\nimport torch.nn as nn\nx = [nn.ReLU(), F.gelu(y)]\n',
      'b.py': 'from a import *\nimport torch.nn.functional as F\n',
    };
    assert.deepEqual(await sitesIn(files, 'a.py'), ['3 nn.ReLU relu module', '3 F.gelu gelu function']);
  });
});
