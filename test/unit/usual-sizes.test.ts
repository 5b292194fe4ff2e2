import assert from 'node:assert/strict';
import { mayUse, rankByDistance } from '../../src/extract/callers';
import { type Extraction, type ExtractRequest, extractModel } from '../../src/extract/extract';
import { settingOf } from '../../src/extract/layerSettings';
import { formatInputSpecs } from '../../src/extract/spec';
import { itemAt } from '../../src/graph/access';
import { MemorySource } from '../support/python';
import { testSyntax } from '../support/syntax';

type Asked = Pick<ExtractRequest, 'settings' | 'choosesSizes'>;

async function read(files: Record<string, string>, expression: string, asked: Asked = {}): Promise<Extraction> {
  const file = itemAt(Object.keys(files), 0);
  const callers = async (name: string, from: string) =>
    rankByDistance(
      Object.entries(files).flatMap(([other, text]) => (mayUse(text, name) ? [other] : [])),
      from,
    );
  const source = new MemorySource(files);
  return extractModel({ syntax: testSyntax(), source, file, callers, expression, choosesSizes: true, ...asked });
}

/** What was read of a class, and how. */
async function found(text: string, name = 'Layer', asked: Asked = {}) {
  const extraction = await read({ 'layer.py': head + text }, name, asked);
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
  const { graph, inputs, expression, argumentOrigin } = extraction;
  return {
    expression,
    inputs: formatInputSpecs(inputs),
    outputs: graph.outputs.map(({ value }) => graph.values[value]?.type.shape.join('x')),
    state: graph.state.map(({ name: path, storage }) => `${path} ${graph.storages[storage]?.type.shape.join('x')}`),
    notes: graph.notes.map(({ message }) => message),
    origin: argumentOrigin,
  };
}

/** The question that stays. */
async function question(files: Record<string, string> | string, name = 'Layer', asked: Asked = {}): Promise<string> {
  const all = typeof files === 'string' ? { 'layer.py': head + files } : files;
  const extraction = await read(all, name, asked);
  assert.ok(!extraction.ok, 'it was read');
  assert.equal(extraction.problem.kind, 'needs-argument', extraction.problem.message);
  return extraction.problem.message;
}

const head = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n';
const conv = (parameters: string, args: string) => `
class Layer(nn.Module):
    def __init__(self, ${parameters}):
        super().__init__()
        self.conv = nn.Conv2d(${args})
    def forward(self, x):
        return torch.relu(self.conv(x))
`;
const linear = (parameters: string, args: string, before = '') => `
class Layer(nn.Module):
    def __init__(self, ${parameters}):
        super().__init__()
        ${before}
        self.fc = nn.Linear(${args})
    def forward(self, x):
        return self.fc(x).relu()
`;

describe('usual sizes', () => {
  it('are chosen for a layer that nothing builds, and told', async () => {
    const text = conv('in_channels, out_channels, kernel_size', 'in_channels, out_channels, kernel_size');
    const layer = await found(text);
    assert.equal(layer.expression, 'Layer(in_channels=64, out_channels=64, kernel_size=3)');
    assert.deepEqual(layer.state, ['conv.weight 64x64x3x3', 'conv.bias 64']);
    assert.equal(layer.inputs, '1x64x32x32');
    assert.deepEqual(layer.outputs, ['1x64x30x30']);
    const told =
      'in_channels=64, out_channels=64, kernel_size=3 are chosen here: nothing in the project builds Layer; write Layer(…) with yours';
    assert.equal(layer.notes[0], told);
    assert.deepEqual(layer.origin, { message: told, isGuess: true });
  });

  for (const [parameters, args, expression] of [
    ['in_ch, out_ch, k', 'in_ch, out_ch, k', 'Layer(in_ch=64, out_ch=64, k=3)'],
    ['inplanes, planes', 'inplanes, planes, 3', 'Layer(inplanes=64, planes=64)'],
    ['c1, c2, ks', 'c1, c2, ks', 'Layer(c1=64, c2=64, ks=3)'],
    ['nin, nout', 'nin, nout, 1', 'Layer(nin=64, nout=64)'],
    ['inChannels, stride', 'inChannels, 8, 3, stride=stride', 'Layer(inChannels=64, stride=1)'],
    ['nFeat, padding, dilation', 'nFeat, nFeat, 3, 1, padding, dilation', 'Layer(nFeat=64, padding=1, dilation=1)'],
    ['dim: int, bias: bool', 'dim, dim, 3, bias=bias', 'Layer(dim=64, bias=True)'],
    ['dim: int, separable: bool', 'dim, dim, 3, groups=dim if separable else 1', 'Layer(dim=64, separable=False)'],
    ['dim, ratio: float', 'dim, int(dim * ratio), 3', 'Layer(dim=64, ratio=4.0)'],
    ['dim, reduction', 'dim, dim // reduction, 3', 'Layer(dim=64, reduction=4)'],
    ['num_filters, drop_path_rate', 'num_filters, 8, 3', 'Layer(num_filters=64, drop_path_rate=0.1)'],
  ] as const) {
    it(`are chosen for ${parameters}`, async () => {
      assert.equal((await found(conv(parameters, args))).expression, expression);
    });
  }

  for (const [parameters, args, before, expression] of [
    ['d_model, nhead', 'd_model, d_model', 'assert d_model % nhead == 0', 'Layer(d_model=64, nhead=4)'],
    ['dim, dim_head, heads', 'dim, dim', 'assert dim_head * heads == dim', 'Layer(dim=64, dim_head=16, heads=4)'],
    // What the code asserts is met by another choice.
    ['dim_in, dim_out', 'dim_in, dim_out', 'assert dim_out > dim_in', 'Layer(dim_in=64, dim_out=128)'],
    ['embed_dim', 'embed_dim, 8', 'assert embed_dim % 6 == 0', 'Layer(embed_dim=192)'],
    ['widths', 'widths[0], widths[1]', '', 'Layer(widths=[64, 64])'],
    ['layers: list[int]', 'len(layers), 3', '', 'Layer(layers=[2, 2])'],
    ['dims: tuple[int, int, int]', 'dims[0], dims[2]', '', 'Layer(dims=(64, 64, 64))'],
    ['input_resolution, dim', 'dim, 8', 'h, w = input_resolution', 'Layer(input_resolution=(32, 32), dim=64)'],
    ['dim, attn_resolutions', 'dim, 8', 'assert 7 not in attn_resolutions', 'Layer(dim=64, attn_resolutions=[32, 32])'],
    ['hidden_size, num_classes', 'hidden_size, num_classes', '', 'Layer(hidden_size=64, num_classes=10)'],
  ] as const) {
    it(`suit ${before || parameters}`, async () => {
      assert.equal((await found(linear(parameters, args, before))).expression, expression);
    });
  }

  it('are three colours and a grid of patches for what takes pictures', async () => {
    const text = conv('img_size, patch_size, in_chans, embed_dim', 'in_chans, embed_dim, patch_size, patch_size');
    const layer = await found(text);
    assert.equal(layer.expression, 'Layer(img_size=224, patch_size=16, in_chans=3, embed_dim=64)');
    assert.deepEqual(layer.outputs, ['1x64x14x14']);
    const inside = linear('in_channels, resolution, num_blocks', 'in_channels, 8', 'nn.GroupNorm(32, in_channels)');
    assert.equal((await found(inside)).expression, 'Layer(in_channels=64, resolution=32, num_blocks=2)');
  });

  it('name an activation as the code takes it', async () => {
    const body = (call: string) => `
class Layer(nn.Module):
    def __init__(self, dim, act_layer):
        super().__init__()
        self.fc = nn.Linear(dim, dim)
        ${call}
    def forward(self, x):
        return self.act(self.fc(x))
`;
    assert.equal((await found(body('self.act = act_layer()'))).expression, 'Layer(dim=64, act_layer=nn.ReLU)');
    const compared = "self.act = nn.GELU() if act_layer == 'gelu' else nn.ReLU()";
    assert.equal((await found(body(compared))).expression, "Layer(dim=64, act_layer='gelu')");
  });

  it('are chosen beside what was set by name', async () => {
    const layer = await found(linear('in_features, out_features', 'in_features, out_features'), 'Layer', {
      settings: [{ name: 'in_features', text: '12' }],
    });
    assert.equal(layer.expression, 'Layer(out_features=64)');
    assert.deepEqual(layer.state, ['fc.weight 64x12', 'fc.bias 64']);
  });

  it('are read again by the call that they make', async () => {
    const text = head + linear('in_features', 'in_features, 8');
    const again = await read({ 'layer.py': text }, 'Layer(in_features=64)');
    assert.ok(again.ok && again.argumentOrigin === undefined);
  });
});

describe('a question stays', () => {
  for (const parameters of [
    'dim, config',
    'dim, model',
    'dim, model_name: str',
    'dim, weights_path',
    'dim, tokenizer',
    'dim: torch.Tensor',
    'dim, block: Block',
    'dim, mode: str',
    'C',
  ]) {
    it(`where ${parameters} is not known`, async () => {
      assert.match(await question(linear(parameters, '3, 4')), /^Layer needs the arguments? /);
    });
  }

  it('where the code refuses every choice', async () => {
    const refuses = "raise ValueError('only for widths of the twelfth kind')";
    assert.match(await question(linear('dim', 'dim, 3', refuses)), /^Layer needs the argument dim, which nothing/);
  });

  it('where it can not run', async () => {
    const text = `
class Layer(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.fc = nn.Linear(dim, dim + 1)
    def forward(self, x):
        return self.fc(self.fc(x))
`;
    assert.match(await question(text), /^Layer needs the argument dim/);
  });

  it('where nobody asked for more', async () => {
    const text = linear('dim', 'dim, 3');
    assert.match(await question(text, 'Layer', { choosesSizes: false }), /^Layer needs the argument dim/);
  });
});

describe('usual sizes where the project builds a layer', () => {
  const couldNot =
    'dim=64 is chosen here: what the project builds Layer with could not be read; write Layer(…) with yours';
  const told = async (files: Record<string, string>) => {
    const extraction = await read(files, 'Layer');
    assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
    assert.equal(extraction.expression, 'Layer(dim=64)');
    return extraction.graph.notes[0]?.message;
  };

  it('are told to be no more than that where only a run knows with what', async () => {
    const layer = head + linear('dim', 'dim, 3');
    const built = "\nimport json\nif __name__ == '__main__':\n    model = Layer(len(json.load(open('data.json'))))\n";
    assert.equal(await told({ 'layer.py': layer + built }), couldNot);
    const main = "from layer import Layer\nimport json\nmodel = Layer(len(json.load(open('data.json'))))\n";
    assert.equal(await told({ 'layer.py': layer, 'main.py': main }), couldNot);
    // A layer of PyTorch, or of another file, is another one.
    const other = 'import torch.nn as nn\nfrom other import Layer\nnorms = [nn.Layer(3), Layer(4)]\n';
    const free = { 'layer.py': layer, 'other.py': `${head}class Layer(nn.Module):\n    pass\n`, 'use.py': other };
    assert.match((await told(free)) ?? '', /nothing in the project builds Layer/);
  });

  it('are told so where a larger model that may hold it is not read', async () => {
    const layer = head + linear('dim', 'dim, 3');
    const whole = `${head}from layer import Layer
class Net(nn.Module):
    def __init__(self, block=Layer):
        super().__init__()
        raise RuntimeError('no table of that width')
        self.layer = block(8)
    def forward(self, x):
        return self.layer(x)
`;
    assert.equal(await told({ 'layer.py': layer, 'net.py': whole }), couldNot);
  });

  it('stand beside what its call gives', async () => {
    const layer = `${head}
class Layer(nn.Module):
    def __init__(self, words, dim, hidden, bias=True):
        super().__init__()
        self.embed = nn.Embedding(words, dim)
        self.fc = nn.Linear(dim, hidden, bias=bias)
    def forward(self, x):
        return self.fc(self.embed(x)).relu()
`;
    const call =
      'vocabulary = json.load(open("words.json"))\nmodel = Layer(len(vocabulary), 24, hidden=len(vocabulary), bias=';
    for (const [bias, own, left] of [
      ['False', ', bias=False', ''],
      ['len(vocabulary) > 50', '', ', the default of bias'],
    ] as const) {
      const told = `Chosen here: words=1000, hidden=24${left}, which the call of Layer at main.py:4 gives with what could not be read; write Layer(…) with yours`;
      const main = `from layer import Layer\nimport json\n${call}${bias})\n`;
      const extraction = await read({ 'layer.py': layer, 'main.py': main }, 'Layer');
      assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
      assert.equal(extraction.expression, `Layer(words=1000, dim=24, hidden=24${own})`);
      assert.equal(extraction.graph.notes[0]?.message, told);
      assert.equal(extraction.argumentOrigin?.source?.line, 3);
    }
    const own = `${layer}\nimport json\nif __name__ == '__main__':\n    n = len(json.load(open('data.json')))\n    model = Layer(n, 12, 6)\n`;
    const extraction = await read({ 'layer.py': own }, 'Layer');
    assert.ok(extraction.ok && extraction.expression === 'Layer(words=1000, dim=12, hidden=6)');
  });

  it('are not chosen where it tells all of them', async () => {
    const main = 'from layer import Layer\nmodel = Layer(12)\n';
    const extraction = await read({ 'layer.py': head + linear('dim', 'dim, 3'), 'main.py': main }, 'Layer');
    assert.ok(extraction.ok && !/chosen/.test(extraction.graph.notes.map(({ message }) => message).join()));
    assert.deepEqual(extraction.graph.storages[extraction.graph.state[0]?.storage ?? 0]?.type.shape, [3, 12]);
  });
});

describe('what a parameter sets', () => {
  const settings: Record<string, readonly string[]> = {
    width: ['in_channels', 'inChannels', 'nf', 'ndf', 'd_model', 'c1', 'inplanes', 'n_embd', 'n_out', 'oup', 'dim_in'],
    kernel: ['kernel_size', 'kernel', 'ks', 'k'],
    heads: ['num_heads', 'n_head', 'nhead', 'heads'],
    'head-width': ['dim_head', 'head_dim', 'num_head_channels', 'd_head'],
    depth: ['depth', 'n_layer', 'num_layers', 'num_res_blocks', 'nlayers'],
    spatial: ['spatial_dims', 'ndim', 'ndims'],
    'norm-groups': ['norm_num_groups', 'num_groups'],
    groups: ['groups'],
    image: ['img_size', 'input_resolution', 'image_height', 'resolution'],
    patch: ['patch_size'],
    length: ['seq_len', 'max_len', 'n_ctx', 'num_patches', 'context_length'],
    classes: ['num_classes', 'nclass', 'n_classes'],
    dropout: ['dropout', 'drop_rate', 'drop_path', 'attn_drop'],
    expansion: ['reduction', 'mlp_ratio', 'expand_ratio'],
    scale: ['upscale', 'scale_factor'],
  };
  for (const [setting, names] of Object.entries(settings))
    it(`is ${setting}: ${names.join(', ')}`, () => {
      for (const name of names) assert.equal(settingOf(name), setting, name);
    });

  it('is none of a layer where a word is of anything else', () => {
    const names =
      'config args model weights state_dict dataset path model_name C T train_features cond_stage_key in_path tokenizer url x';
    for (const name of names.split(' ')) assert.equal(settingOf(name), undefined, name);
  });
});
