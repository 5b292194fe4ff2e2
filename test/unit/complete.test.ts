import assert from 'node:assert/strict';
import { offersAt } from '../../src/complete/completions';
import { habitAt } from '../../src/complete/habit';
import { prefixesOf } from '../../src/complete/prefixes';
import { detect } from '../../src/detect/detect';
import { testSyntax } from '../support/syntax';

const imports = 'import torch\nfrom torch import nn\nimport torch.nn.functional as F\n';

/** Offers at `|` in the last line of a text. */
async function offers(text: string, file = 'a.py') {
  const whole = text.replace('|', '');
  const before = text.slice(text.lastIndexOf('\n', text.indexOf('|')) + 1, text.indexOf('|'));
  const sites = await detect(testSyntax(), { file, text: whole, version: 1 });
  return offersAt({ language: file.endsWith('.py') ? 'python' : 'typescript', before, text: whole, sites });
}

const texts = (found: Awaited<ReturnType<typeof offers>>) => found?.offers.map(({ text }) => text) ?? [];

describe('completions', () => {
  it('offer modules behind nn. and functions behind F., in their own spelling', async () => {
    const modules = await offers(`${imports}a = nn.G|`);
    assert.equal(modules?.typed, 1);
    assert.ok(texts(modules).includes('LeakyReLU') && !texts(modules).includes('leaky_relu'));
    const functions = texts(await offers(`${imports}y = F.|`));
    assert.ok(functions.includes('leaky_relu') && !functions.includes('LeakyReLU') && !functions.includes('relu_'));
    assert.deepEqual(texts(await offers(`${imports}y = torch.nn.functional.sil|`)), functions);
    assert.ok(texts(await offers(`${imports}y = torch.|`)).includes('sigmoid'));
  });

  it('put what the file uses first, then what practice chooses between', async () => {
    const found = await offers(`${imports}a = nn.Mish()\nb = nn.Mish()\nc = nn.Tanh()\nd = nn.|`);
    assert.deepEqual(texts(found).slice(0, 4), ['Mish', 'Tanh', 'ReLU', 'LeakyReLU']);
    assert.equal(found?.used, 2);
    assert.equal((await offers(`${imports}d = nn.|`))?.used, 0);
  });

  it('offer names into strings that choose an activation, with what a name sets', async () => {
    const found = await offers(`${imports}block = Block(4, act_layer="ge|")`);
    assert.equal(found?.typed, 2);
    const tanh = found?.offers.find(({ text }) => text === 'gelu_new');
    assert.deepEqual(tanh?.parameters, { approximate: { value: 'tanh' } });
    assert.ok(texts(found).includes('relu'));
    assert.ok(texts(await offers(`config = {'hidden_act': '|'}`)).includes('silu'));
    assert.equal(await offers(`${imports}name = "|"`), undefined);
  });

  it('put other names for the same behind the usual ones, unless the file writes them', async () => {
    const fresh = texts(await offers(`${imports}block = Block(4, act_layer="|")`));
    assert.ok(fresh.indexOf('gelu_new') > fresh.indexOf('tanh'));
    const used = texts(await offers(`${imports}a = Block(4, act_layer="gelu_new")\nb = Block(4, act_layer="|")`));
    assert.deepEqual(used.slice(0, 2).sort(), ['gelu', 'gelu_new']);
  });

  it('follow names in every script', async () => {
    const chinese = 'import torch\nfrom torch import nn as 网络\nimport torch.nn.functional as ƒ\n';
    assert.ok(texts(await offers(`${chinese}a = 网络.Le|`)).includes('LeakyReLU'));
    assert.ok(texts(await offers(`${chinese}größe = ƒ.|`)).includes('leaky_relu'));
    assert.equal(await offers(`${chinese}a = x网络.|`), undefined);
    assert.ok(texts(await offers(`${imports}größe.act_layer = "|"`)).includes('relu'));
    const script = "import * as 张量 from '@tensorflow/tfjs';\nconst a = 张量.|";
    assert.ok(texts(await offers(script, 'a.ts')).includes('relu'));
    assert.equal(await offers(script.replace('= 张量', '= $张量'), 'a.ts'), undefined);
  });

  it('offer nothing behind other names, in other strings and in files without PyTorch', async () => {
    assert.equal(await offers('nn = 3\na = nn.|'), undefined);
    assert.equal(await offers(`${imports}a = self.|`), undefined);
    assert.equal(await offers(`${imports}text = "use nn.|"`), undefined);
  });

  it('speak TensorFlow.js', async () => {
    const tf = "import * as tf from '@tensorflow/tfjs';\n";
    const words = texts(await offers(`${tf}const a = tf.layers.dense({ units: 4, activation: '|' });`, 'a.ts'));
    assert.ok(words.includes('gelu_new') && words.includes('hardSigmoid') && !words.includes('leaky_relu'));
    assert.ok(texts(await offers(`${tf}const a = tf.layers.l|`, 'a.ts')).includes('leakyReLU'));
    assert.ok(texts(await offers(`${tf}const a = tf.l|`, 'a.ts')).includes('leakyRelu'));
    assert.equal(await offers(`${tf}const a = other.l|`, 'a.ts'), undefined);
  });

  it('know every way to import the packages', () => {
    const found = prefixesOf('import torch.nn as N, os\nfrom torch.nn import functional as func\n');
    assert.deepEqual(
      [...found],
      [
        ['N', 'torch.nn'],
        ['func', 'torch.nn.functional'],
      ],
    );
    assert.equal(prefixesOf('import torchvision').size, 0);
  });
});

/** The ghost text at `|`. */
async function ghost(text: string): Promise<string | undefined> {
  const whole = text.replace('|', '');
  const sites = await detect(testSyntax(), { file: 'a.py', text: whole, version: 1 });
  const line = text.slice(0, text.indexOf('|')).split('\n').length - 1;
  return habitAt({ lines: whole.split('\n'), line, sites });
}

const sequential = `${imports}
net = nn.Sequential(
    nn.Conv2d(3, 8, 3),
    nn.BatchNorm2d(8),
    nn.SiLU(inplace=True),
    nn.Conv2d(8, 8, 3),
    nn.BatchNorm2d(8),
    nn.SiLU(inplace=True),
    nn.Linear(8, 4),
    nn.ReLU(),
    nn.Conv2d(8, 8, 3),
`;

describe('ghost text', () => {
  it('proposes what the file puts behind this kind of layer', async () => {
    assert.equal(await ghost(`${sequential}    nn.BatchNorm2d(8),\n    |\n)`), 'nn.SiLU(inplace=True),');
    assert.equal(await ghost(`${sequential}    nn.BatchNorm2d(8),\n    nn.Si|\n)`), 'LU(inplace=True),');
    assert.equal(await ghost(`${sequential}    nn.Linear(8, 4),\n    |\n)`), 'nn.ReLU(),');
  });

  it('follows names in every script', async () => {
    const text = `${imports}
class Netz(nn.Module):
    def __init__(self):
        self.schicht_ß = nn.Linear(4, 4)
        self.größe = nn.Linear(4, 4)

    def forward(self, größe):
        größe = self.größe(größe)
        größe = F.relu(größe)
        größe = self.größe(größe)
        |`;
    assert.equal(await ghost(text), 'größe = F.relu(größe)');
    assert.equal(await ghost(text.replaceAll('größe', '激活')), '激活 = F.relu(激活)');
  });

  it('proposes nothing where the habit is another, or none', async () => {
    // A normalisation follows the convolutions here.
    assert.equal(await ghost(`${sequential}    |\n)`), undefined);
    assert.equal(await ghost(`${sequential}    nn.BatchNorm2d(8),\n    nn.Drop|\n)`), undefined);
    assert.equal(await ghost(`${sequential}    nn.MaxPool2d(2),\n    |\n)`), undefined);
    assert.equal(await ghost(`${imports}net = nn.Sequential(\n    nn.Linear(4, 4),\n    |\n)`), undefined);
  });

  it('goes on in forward with the variable of the line above', async () => {
    const code = `${imports}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Linear(4, 4)
        self.two = nn.Linear(4, 4)

    def forward(self, x, y):
        x = self.one(x)
        x = F.leaky_relu(x, 0.2)
        y = self.two(y)
        |
        return x + y
`;
    assert.equal(await ghost(code), 'y = F.leaky_relu(y, 0.2)');
  });
});
