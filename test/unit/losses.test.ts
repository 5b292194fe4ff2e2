import assert from 'node:assert/strict';
import { extractModel } from '../../src/extract/extract';
import { formatInputSpecs } from '../../src/extract/spec';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

const head = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';

async function read(text: string, expression: string) {
  const source = new MemorySource({ 'model.py': head + text });
  return await extractModel({ syntax: testSyntax(), source, file: 'model.py', expression });
}

async function inputsOf(text: string): Promise<string> {
  const found = await read(text, 'Net');
  return found.ok ? formatInputSpecs(found.inputs) : `!${found.problem.message}`;
}

const method = (name: string, parameters: string, body: string): string => `
    def ${name}(self, ${parameters}):
        ${body.replaceAll('\n', '\n        ')}
`;

const loss = (body: string, parameters: string, base = 'nn.Module', more = ''): string =>
  `class Net(${base}):${more}${method('forward', parameters, body)}`;

const contrast = `class Base(nn.Module):
    def logits(self, image_features, text_features, logit_scale):
        return logit_scale * image_features @ text_features.T, logit_scale * text_features @ image_features.T
    def forward(self, image_features, text_features, logit_scale):
        a, b = self.logits(image_features, text_features, logit_scale)
        of = torch.arange(a.shape[0])
        return (F.cross_entropy(a, of) + F.cross_entropy(b, of)) / 2
`;

describe('inputs of losses', () => {
  const cases: [what: string, text: string, inputs: string][] = [
    [
      'matrices that are turned, and the one number that scales them',
      `${contrast}${loss('return super().forward(image_features, text_features, logit_scale) * 2', 'image_features, text_features, logit_scale', 'Base')}`,
      '1x64, 1x64, :float32',
    ],
    [
      'scores of each element, classes last',
      loss('return nn.CrossEntropyLoss()(logits.permute(0, 2, 1), of)', 'logits, of'),
      '1x16x64, 1x16:int64',
    ],
    [
      'scores and classes in rows',
      loss('return F.cross_entropy(logits.view(-1, logits.size(-1)), of.view(-1))', 'logits, of'),
      '1x16x64, 1x16:int64',
    ],
    [
      'what is asked whether it is true',
      loss('return F.softplus(-x).mean() if real else F.softplus(x).mean()', 'x, real'),
      '1x64, False',
    ],
    [
      'classes that choose among scores',
      loss('of = of.view(-1, 1)\nreturn -F.log_softmax(x, dim=1).gather(1, of).mean()', 'x, of'),
      '1x64, 1:int64',
    ],
    [
      'targets that become as many as there are classes',
      `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.num_classes = 4
${loss(
  'of = torch.cat([(target == i).unsqueeze(1) for i in range(self.num_classes)], 1).float()\nassert x.size() == of.size()\nreturn (x * of).sum()',
  'x, target',
).replace('class Net(nn.Module):', '')}`,
      '1x4, 1:int64',
    ],
    [
      'what is compared with a text or a number',
      loss("if mode == 'mean' and power > 1:\n    return (x ** power).mean()\nreturn x.sum()", 'x, power, mode'),
      "1x64, 2:int, 'mean'",
    ],
    [
      'a number, as it is documented',
      loss(
        '"""\nArgs:\n    x (Tensor): what it is\n    weight (float): how much\n"""\nreturn (x / weight).mean()',
        'x, weight',
      ),
      '1x64, 1:float',
    ],
    [
      'several scores with the classes of all, as *args',
      loss(
        'scores, of = tuple(inputs)\ntotal = super().forward(scores[0], of)\nfor i in range(1, len(scores)):\n    total = total + super().forward(scores[i], of)\nreturn total',
        '*inputs',
        'nn.CrossEntropyLoss',
      ),
      '[1x64, 1x64], 1:int64',
    ],
    [
      'scores before their classes, as *args',
      loss('*scores, of = tuple(inputs)\nreturn super().forward(scores[0], of)', '*inputs', 'nn.CrossEntropyLoss'),
      '1x64, 1:int64',
    ],
    [
      'an image by its sides',
      loss('h, w = x.shape[-2:]\nreturn F.pad(x, (0, -w % 16, 0, -h % 16)).mean()', 'x'),
      '1x3x32x32',
    ],
  ];
  for (const [what, text, inputs] of cases) it(what, async () => assert.equal(await inputsOf(text), inputs));

  it('of each pixel are images', async () => {
    const text = loss('return super().forward(x, of)', 'x, of', 'nn.CrossEntropyLoss').replace('Net', 'Entropy2d');
    const found = await read(text, 'Entropy2d');
    assert.equal(found.ok && formatInputSpecs(found.inputs), '1x3x32x32, 1x32x32:int64');
  });

  it('by what a mask picks are read for one input', async () => {
    const text = loss('return (x[mask] - of[mask]).abs().mean()', 'x, of, mask');
    const source = new MemorySource({ 'model.py': head + text });
    const request = { syntax: testSyntax(), source, file: 'model.py', expression: 'Net', forInput: true };
    const found = await extractModel(request);
    assert.equal(found.ok && formatInputSpecs(found.inputs), '1x64, 1x64, 1x64:bool');
  });

  it('that go by values are refused by that, whatever their shape', async () => {
    const found = await read(loss('keep = of > 0\nreturn (x[keep] - of[keep]).abs().mean()', 'x, of'), 'Net');
    assert.ok(!found.ok);
    assert.equal(found.problem.goesByValues, true);
  });
});

describe('inputs that hold others', () => {
  const cases: [what: string, text: string, inputs: string][] = [
    [
      'what a detector says of its queries, and sizes of images',
      loss(
        "logits, boxes = out['pred_logits'], out['pred_boxes']\nassert sizes.shape[1] == 2\nh, w = sizes.unbind(1)\nscale = torch.stack([w, h, w, h], dim=1)\nreturn logits.softmax(-1)[..., :-1].max(-1)[0], boxes * scale[:, None, :]",
        'out, sizes',
      ),
      '{pred_logits: 1x16x64, pred_boxes: 1x16x4}, 1x2:int64',
    ],
    [
      'an object with hidden states, and the mask beside it',
      loss(
        'return (x.last_hidden_state * attention_mask.unsqueeze(-1)).sum(1) / attention_mask.sum(-1, keepdim=True)',
        'x, attention_mask',
      ),
      'SimpleNamespace(last_hidden_state=1x16x64), 1x16:int64',
    ],
    [
      'an object of the class that is annotated',
      `class Nested:\n    def __init__(self, tensors):\n        self.tensors = tensors\n${loss(
        'x = nested.tensors\nh, w = x.shape[-2:]\nreturn x.mean((2, 3)) * h / w',
        'nested: Nested',
      )}`,
      'Nested(tensors=1x3x32x32)',
    ],
    [
      'points, by the names of their parts',
      loss("x, y, w, h = held['boxes'].unbind(-1)\nreturn torch.stack([x - w / 2, y - h / 2], -1)", 'held'),
      '{boxes: 1x4}',
    ],
  ];
  for (const [what, text, inputs] of cases) it(what, async () => assert.equal(await inputsOf(text), inputs));
});

describe('maps of features from several stages', () => {
  const pyramid = (body: string, parameters = 'x'): string => `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(width, 4, 1) for width in (8, 16, 32)])
        self.steps = (0, 1, 2)
    def forward(self, ${parameters}):
        ${body.replaceAll('\n', '\n        ')}
`;
  const join =
    'y = F.interpolate(maps[-1], scale_factor=4) + F.interpolate(maps[1], scale_factor=2) + maps[0]\nreturn y';
  const lists: [what: string, text: string][] = [
    ['by their places', 'maps = [self.convs[0](x[0]), self.convs[1](x[1]), self.convs[2](x[2])]'],
    ['counted with the layers', 'maps = [conv(x[i]) for i, conv in enumerate(self.convs)]'],
    ['beside the layers', 'maps = []\nfor conv, each in zip(self.convs, x):\n    maps.append(conv(each))'],
    ['counted from the back', 'maps = [self.convs[0](x[-3]), self.convs[1](x[-2]), self.convs[2](x[-1])]'],
    ['by what counts the layers', 'maps = [self.convs[i](x[i]) for i in range(len(self.convs))]'],
  ];
  const stages = '1x8x32x32, 1x16x16x16, 1x32x8x8';
  for (const [what, text] of lists)
    it(what, async () => assert.equal(await inputsOf(pyramid(`${text}\n${join}`)), `[${stages}]`));

  it('in *args', async () => {
    assert.equal(
      await inputsOf(pyramid(`maps = [conv(x[i]) for i, conv in enumerate(self.convs)]\n${join}`, '*x')),
      stages,
    );
  });

  it('of which one is only put together with another', async () => {
    const text = pyramid(
      'few, many = x\nup = F.interpolate(self.convs[2](many), size=few.shape[2:])\nreturn self.convs[0](torch.cat([up, few], 1))',
    );
    assert.equal(await inputsOf(text), '(1x4x32x32, 1x32x32x32)');
  });

  it('as large as one another, where they are put together as they are', async () => {
    const text = 'return torch.cat([conv(x[i]) for i, conv in enumerate(self.convs)], 1)';
    assert.equal(await inputsOf(pyramid(text)), '[1x8x32x32, 1x16x32x32, 1x32x32x32]');
  });
});

describe('inputs of what is a layer itself', () => {
  const norm = `class Norm(nn.GroupNorm):
    def forward(self, x):
        return super().forward(x.float()).type(x.dtype)
class Wide(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
def groups(channels):
    return Norm(32, channels)
class Outer(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.norm = groups(width)
        self.wide = Wide(6)
    def forward(self, x, unknown):
        return self.norm(unknown.thing(x)), self.wide(x)
`;
  for (const [name, inputs] of [
    ['groups', '1x64x32x32'],
    ['Norm', '1x64x32x32'],
    ['Wide', '1x6x32x32'],
  ] as const) {
    it(`${name}, though what holds it can't be fed`, async () => {
      const found = await read(norm, name);
      assert.equal(found.ok ? formatInputSpecs(found.inputs) : found.problem.message, inputs);
    });
  }
});
