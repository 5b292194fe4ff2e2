import assert from 'node:assert/strict';
import { libraries } from '../../src/extract/libraries';
import { printed } from '../support/python';

const run = (...lines: string[]) =>
  printed(
    { 'a.py': ['import torch', 'import torch.nn as nn', 'm = nn.Linear(2, 3)', ...lines].join('\n') },
    'a.py',
    {},
    libraries,
  );

describe('files of weights', () => {
  for (const [what, lines] of [
    ['as they are', ["m.load_state_dict(torch.load('x', map_location='cpu'))"]],
    ['of an entry', ["s = torch.load('x')", "s = s['state_dict'] if 'state_dict' in s else s", 'm.load_state_dict(s)']],
    [
      'with other names',
      [
        "s = {k.replace('module.', ''): v for k, v in torch.load('x')['model'].items()}",
        'm.load_state_dict(s, strict=True)',
      ],
    ],
    [
      'without some',
      ["s = torch.load('x')", 'for k in list(s.keys()):', "    if 'head' in k: del s[k]", 'm.load_state_dict(s)'],
    ],
    [
      'over a dictionary of its own',
      [
        'own = m.state_dict()',
        "own.update({k: v for k, v in torch.load('x').items() if k in own})",
        'm.load_state_dict(own)',
      ],
    ],
    [
      'from an address',
      ['from torch.hub import load_state_dict_from_url as load', "m.load_state_dict(load('u', progress=True))"],
    ],
    ['from the zoo', ['import torch.utils.model_zoo as zoo', "m.load_state_dict(zoo.load_url('u'))"]],
    [
      'of the hub',
      [
        'from huggingface_hub import hf_hub_download',
        "m.load_state_dict(torch.load(hf_hub_download('a/b', filename='w.bin')))",
      ],
    ],
    ['of safetensors', ['from safetensors.torch import load_file', "m.load_state_dict(load_file('x'))"]],
    [
      'that are downloaded first',
      [
        'import os, requests',
        'def fetch(url, path):',
        '    path = os.path.join(os.path.expanduser(path), url)',
        '    if os.path.isdir(path): path += url',
        '    r = requests.get(url, stream=True)',
        "    if r.status_code != 200: raise RuntimeError('failed')",
        '    for chunk in r.iter_content(): pass',
        '    return path',
        "m.load_state_dict(torch.load(fetch('u', '~/x'), map_location='cpu'), strict=False)",
      ],
    ],
    ["that become a tensor's data", ["m.weight.data = torch.load('x').float()"]],
    [
      'that are not on the disk',
      [
        'import os',
        'def find(path):',
        '    if os.path.exists(path): return torch.load(path)',
        "    raise ValueError('no such model')",
        "m.load_state_dict(find('/x.pt'))",
      ],
    ],
  ] as const)
    it(`are passed over: ${what}`, async () => {
      assert.deepEqual(await run(...lines, 'print(m.weight.shape)'), ['torch.Size([3, 2])']);
    });

  for (const line of [
    "nn.Linear(torch.load('x')['width'], 3)",
    "nn.Linear(**torch.load('x')['args'])",
    "for k in torch.load('x'): pass",
    "torch.load('x')['pos'].shape",
    "len(torch.load('x'))",
    "m.register_buffer('b', torch.load('x')['m'])",
    "nn.Parameter(torch.load('x')['m'])",
    "torch.zeros(2) * torch.load('x')",
  ])
    it(`decide nothing else: ${line}`, async () => {
      const [first = ''] = await run(line);
      assert.match(first, /^!/);
    });

  it('excuse no mistake on the way', async () => {
    assert.match((await run('m.load_state_dict(torch.load(path))'))[0] ?? '', /name 'path' is not defined/);
    assert.match((await run("m.load_state_dict({'weight': 1}['x'])"))[0] ?? '', /'x'/);
  });

  it('are nothing to a model that the hub could load', async () => {
    const lines = await run(
      'from huggingface_hub import PyTorchModelHubMixin',
      "class Net(nn.Module, PyTorchModelHubMixin, library_name='own', tags=['a']):",
      '    def __init__(self, width=4):',
      '        super().__init__()',
      '        self.a = nn.Linear(width, 2)',
      'print([name for name, _ in Net(width=3).named_parameters()], Net().a.weight.shape)',
    );
    assert.deepEqual(lines, ["['a.weight', 'a.bias'] torch.Size([2, 4])"]);
  });

  it('are no excuse for a dictionary that is empty otherwise', async () => {
    assert.match((await run('m.load_state_dict({})'))[0] ?? '', /missing keys: weight, bias/);
  });
});
