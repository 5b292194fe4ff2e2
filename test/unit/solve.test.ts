import assert from 'node:assert/strict';
import { extractModel } from '../../src/extract/extract';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

const head = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';

const convolutional = (channels: number, width: number, blocks: number, features: string, flatten: string) => `${head}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        layers, width = [], ${channels}
        for i in range(${blocks}):
            layers += [nn.Conv2d(width, ${width}, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
            width = ${width}
        self.features = nn.Sequential(*layers)
        self.fc = nn.Linear(${features}, 10)

    def forward(self, x):
        x = self.features(x)
        return self.fc(${flatten})
`;

async function read(text: string) {
  const found = await extractModel({
    syntax: testSyntax(),
    source: new MemorySource({ 'model.py': text }),
    file: 'model.py',
  });
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  const [input] = found.graph.inputs;
  const shape = input && found.graph.values[input.value]?.type.shape;
  const output = found.graph.outputs[0] && found.graph.values[found.graph.outputs[0].value]?.type.shape;
  return { shape, output, origin: found.inputOrigin, notes: found.graph.notes.map(({ message }) => message) };
}

describe('the size of the input, solved for', () => {
  const cases: [string, string, number[]][] = [
    ['a size that nobody has', convolutional(1, 4, 1, '4 * 4 * 4', 'torch.flatten(x, 1)'), [1, 1, 8, 8]],
    ['images of 100', convolutional(3, 8, 2, '8 * 25 * 25', 'x.flatten(1)'), [1, 3, 100, 100]],
    ['of 150, five times halved', convolutional(3, 16, 5, '16 * 4 * 4', 'x.reshape(x.size(0), -1)'), [1, 3, 128, 128]],
    ['of 200', convolutional(3, 4, 3, '4 * 25 * 25', 'x.flatten(1)'), [1, 3, 200, 200]],
    ['of about 1000', convolutional(3, 2, 4, '2 * 62 * 62', 'x.flatten(1)'), [1, 3, 992, 992]],
    ['the usual of several that fit', convolutional(3, 4, 5, '4 * 7 * 7', 'x.flatten(1)'), [1, 3, 224, 224]],
    [
      'what the part that takes the image says of itself',
      `${head}
class Patches(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.img_size = (size, size)
        self.proj = nn.Conv2d(3, 4, 8, 8)
    def forward(self, x):
        assert x.shape[-1] == self.img_size[1], 'wrong size'
        return self.proj(x).mean((2, 3))
class Net(nn.Module):
    def __init__(self, size=456):
        super().__init__()
        self.embed = Patches(size)
    def forward(self, x):
        return self.embed(x)
`,
      [1, 3, 456, 456],
    ],
    [
      'the settings that a model keeps, channels first',
      `${head}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.pretrained_cfg = {'input_size': (3, 456, 456), 'crop_pct': 0.9}
        self.proj = nn.Conv2d(3, 4, 8, 8)
    def forward(self, x):
        assert x.shape[-1] == 456, 'wrong size'
        return self.proj(x).mean((2, 3))
`,
      [1, 3, 456, 456],
    ],
    ['a view that takes any size', convolutional(3, 4, 2, '4 * 4 * 4', 'x.view(-1, 4 * 4 * 4)'), [1, 3, 16, 16]],
    ['a view that no guess fits', convolutional(3, 4, 2, '4 * 25 * 25', 'x.view(-1, 4 * 25 * 25)'), [1, 3, 100, 100]],
    [
      'MNIST without padding',
      `${head}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, kernel_size=5)
        self.conv2 = nn.Conv2d(10, 20, kernel_size=5)
        self.fc1 = nn.Linear(320, 50)
    def forward(self, x):
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.relu(F.max_pool2d(self.conv2(x), 2))
        return self.fc1(x.view(-1, 320))
`,
      [1, 1, 28, 28],
    ],
    [
      'a signal',
      `${head}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv1d(2, 8, 7, stride=2), nn.ReLU(), nn.MaxPool1d(4))
        self.fc = nn.Linear(8 * 124, 5)
    def forward(self, x):
        return self.fc(self.features(x).flatten(1))
`,
      [1, 2, 997],
    ],
  ];
  for (const [name, text, expected] of cases) {
    it(name, async () => {
      const { shape, output, notes } = await read(text);
      assert.equal(output?.[0], 1);
      if (name === 'a signal') assert.ok((shape?.[2] ?? 0) >= 997 && (shape?.[2] ?? 0) <= 1004, `${shape}`);
      else assert.deepEqual(shape, expected);
      assert.match(notes.join(), new RegExp(`at size ${shape?.[2]}`));
    });
  }

  it('rows of its own making stay where no size gives one', async () => {
    const { output } = await read(`${head}
class Patches(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 4, stride=4)
        self.fc = nn.Linear(4, 2)
    def forward(self, x):
        return self.fc(self.conv(x).permute(0, 2, 3, 1).reshape(-1, 4))
`);
    assert.equal(output?.[1], 2);
  });

  it('is what the settings say of a model that takes images apart itself', async () => {
    const { shape, notes } = await read(`${head}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.default_cfg = dict(input_size=(3, 40, 40))
        self.proj = nn.Linear(3 * 8 * 8, 4)
    def forward(self, x):
        assert x.ndim == 4, 'images only'
        b, c = x.shape[:2]
        h = w = x.shape[-1]
        x = x.reshape(b, c, h // 8, 8, w // 8, 8).permute(0, 2, 4, 3, 5, 1)
        return self.proj(x.flatten(1, 2).flatten(2)).mean(1)
`);
    assert.deepEqual(shape, [1, 3, 40, 40]);
    assert.ok(notes.includes('The input is what the settings of the model name as its size'));
  });

  it('a layer that is registered first need not run first, and a bare module is not the model', async () => {
    const { shape, notes } = await read(`${head}
class Empty(nn.Module):
    pass

def timed():
    return nn.ModuleList([Empty(), nn.Linear(8, 16)])

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = timed()
        self.conv = nn.Conv2d(3, 16, 3, padding=1)
    def forward(self, x, timesteps):
        angles = timesteps[:, None].float() * torch.arange(8)
        return self.conv(x) + self.time[1](angles.sin())[:, :, None, None]
`);
    assert.deepEqual(shape, [1, 3, 32, 32]);
    assert.match(notes.join(), /that of the first layer, Conv2d with 3 input channels, at size 32/);
  });

  it('where nothing fits, the error is that of the first size', async () => {
    const found = await extractModel({
      syntax: testSyntax(),
      source: new MemorySource({ 'model.py': convolutional(3, 4, 2, '17', 'x.flatten(1)') }),
      file: 'model.py',
    });
    assert.match(found.ok ? '' : found.problem.message, /shapes cannot be multiplied \(1x256 and 17x10\)/);
  });
});
