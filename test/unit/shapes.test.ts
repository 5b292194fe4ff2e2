import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ReadRequest } from '../../src/reader/messages';
import { countsText } from '../../src/shapes/counts';
import { assignmentAt, shapesAt } from '../../src/shapes/find';
import { formulaOf } from '../../src/shapes/formulas';
import { shapeHover } from '../../src/shapes/hover';
import { type LineChoice, lineHints } from '../../src/shapes/lines';
import { namedFormulaOf } from '../../src/shapes/namedFormulas';
import { countText, runsText, shortRunsText } from '../../src/shapes/text';
import type { KnownShape, ModelShapes } from '../../src/shapes/types';
import type { WindowSum } from '../../src/shapes/windowSums';
import { inRoot } from '../support/paths';
import { MemorySource } from '../support/python';
import { testReader } from '../support/reader';

const FILE = 'model.py';

async function read(text: string, request: Partial<ReadRequest> = {}) {
  const result = await testReader().read(
    { file: FILE, shapes: true, ...request },
    { source: new MemorySource({ [FILE]: text }) },
  );
  assert.ok(result.extraction.ok, result.extraction.ok ? '' : result.extraction.problem.message);
  assert.ok(result.shapes);
  return { ...result.extraction, shapes: result.shapes };
}

/** Each line with a hint: its code without the indentation, and the hint. */
function hinted(text: string, models: readonly ModelShapes[], choice: LineChoice = 'all'): Record<string, string> {
  const lines = text.split('\n');
  return Object.fromEntries(lineHints(models, FILE, choice).map((hint) => [lines[hint.line]?.trim() ?? '', hint.text]));
}

const head = `import torch
from torch import nn
import torch.nn.functional as F

`;

const blocks = `${head}class Block(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, stride=2, padding=1)

    def forward(self, x):
        y = self.conv(x)
        y += 1
        return F.relu(y)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 3, padding=1),
            nn.MaxPool2d(2),
        )
        self.blocks = nn.ModuleList([Block(64, 128), Block(128, 256)])
        self.head = nn.Linear(256, 10)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        tokens = x.flatten(2).transpose(1, 2)
        a, b = tokens.chunk(2, dim=-1)
        count = x.shape[0]
        return self.head(torch.cat([a, b], dim=-1).mean(1))
`;

const tokens = `${head}class Config:
    width: int = 48
    heads: int = 4
    vocabulary: int = 100
    positions: int = 32
    layers: int = 2

    def __init__(self, **given):
        for name in ["width", "heads", "vocabulary", "positions", "layers"]:
            setattr(self, name, given.get(name, getattr(Config, name)))

class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.heads = config.heads
        self.qkv = nn.Linear(config.width, 3 * config.width)
        hidden = 8 * ((2 * config.width // 3 + 7) // 8)
        self.up = nn.Linear(config.width, hidden)
        self.down = nn.Linear(hidden, config.width)
    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.qkv(x).view(B, T, 3, self.heads, C // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v)
        y = y.transpose(1, 2).reshape(B, T, C)
        hidden = self.up(x + y)
        return self.down(F.gelu(hidden))

class Tokens(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embed = nn.Embedding(config.vocabulary, config.width)
        self.first = nn.Parameter(torch.zeros(1, 1, config.width))
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.layers)])
        self.head = nn.Linear(config.width, config.vocabulary)
    def forward(self, ids):
        x = self.embed(ids)
        for block in self.blocks:
            x = block(x)
        return self.head(x)

model = Tokens(Config(heads=6))
`;

describe('names of arguments', () => {
  it('stand where a size follows them, and what of the input has to', async () => {
    const text = `${head}class Net(nn.Module):
    def __init__(self, features=12, hidden=32, classes=10, p=1):
        super().__init__()
        self.up = nn.Linear(features, 2 * hidden)
        self.down = nn.Linear(2 * hidden, hidden // 2)
        self.head = nn.Linear(hidden // 2 + 8, classes + 1)
        self.extra = nn.Parameter(torch.zeros(8))
    def forward(self, x):
        a = self.up(x)
        b = self.down(F.relu(a))
        c = torch.cat([b, self.extra.expand(len(b), 8)], dim=1)
        return self.head(c)
`;
    const { shapes } = await read(text, { names: true });
    assert.deepEqual(hinted(text, [shapes]), {
      ...hinted(text, [(await read(text)).shapes]),
      'a = self.up(x)': 'B×2·hidden',
      'b = self.down(F.relu(a))': 'B×hidden/2',
      // Half of it and a number more: no formula of ours says how that is rounded.
      'c = torch.cat([b, self.extra.expand(len(b), 8)], dim=1)': 'B×24',
      'return self.head(c)': 'B×(classes+1)',
    });
    assert.deepEqual(
      shapes.inputs.map(({ dimensions }) => dimensions),
      [['B', 'features']],
    );
    const at = text.split('\n').findIndex((line) => line.includes('self.up(x)'));
    const found = shapesAt(shapes, FILE, at, '        a = self.u'.length);
    assert.ok(found);
    const hover = shapeHover(found).markdown;
    assert.match(hover, /`B×features` → `B×2·hidden`/);
    assert.match(hover, /features = 12, hidden = 32$/);
  });

  it('are those of the settings that an argument holds; what is rounded by a rule of its own has none', async () => {
    const { shapes } = await read(tokens, { names: true, expression: 'Tokens(Config(heads=6))' });
    assert.deepEqual(hinted(tokens, [shapes]), {
      ...hinted(tokens, [(await read(tokens, { expression: 'Tokens(Config(heads=6))' })).shapes]),
      'q, k, v = self.qkv(x).view(B, T, 3, self.heads, C // self.heads).permute(2, 0, 3, 1, 4)':
        '3×B×heads×L×width/heads',
      'y = F.scaled_dot_product_attention(q, k, v)': 'B×heads×L×width/heads',
      'y = y.transpose(1, 2).reshape(B, T, C)': 'B×L×width',
      'hidden = self.up(x + y)': 'B×L×32',
      'return self.down(F.gelu(hidden))': 'B×L×width',
      'x = self.embed(ids)': 'B×L×width',
      'x = block(x)': 'B×L×width',
      'return self.head(x)': 'B×L×vocabulary',
    });
    assert.deepEqual(shapes.names, [
      { name: 'width', value: 48 },
      { name: 'heads', value: 6 },
      { name: 'vocabulary', value: 100 },
    ]);
  });

  it('of a class that a builder makes stand only where the builder hands them on', async () => {
    const text = `${head}class Net(nn.Module):
    def __init__(self, width, classes=10):
        super().__init__()
        self.body = nn.Linear(8, width)
        self.head = nn.Linear(width, classes)
    def forward(self, x):
        x = self.body(x)
        return self.head(x)

def small(**options):
    return Net(10, **options)

def fixed(**options):
    return Net(10, classes=10)
`;
    const named = async (expression: string) => {
      const { shapes } = await read(text, { names: true, expression });
      return { body: hinted(text, [shapes])['x = self.body(x)'], head: hinted(text, [shapes])['return self.head(x)'] };
    };
    assert.deepEqual(await named('small()'), { body: 'B×10', head: 'B×classes' });
    // As long as the default by chance.
    assert.deepEqual(await named('fixed()'), { body: 'B×10', head: 'B×10' });
    assert.deepEqual(await named('Net(10)'), { body: 'B×width', head: 'B×classes' });
  });

  it('are formulas that all readings give', () => {
    const sizes = [
      [1, 32, 8],
      [3, 32, 8],
      [1, 40, 8],
      [1, 64, 8],
      [1, 32, 9],
      [1, 32, 16],
      [2, 64, 16],
    ];
    const of = (compute: (batch: number, width: number, heads: number) => number) =>
      namedFormulaOf(
        { symbols: ['B', 'width', 'heads'], sizes, inputs: 1 },
        sizes.map(([a = 0, b = 0, c = 0]) => compute(a, b, c)),
      );
    assert.equal(
      of((_, width) => width),
      'width',
    );
    assert.equal(
      of((_, width) => 3 * width - 5),
      '(3·width−5)',
    );
    assert.equal(
      of((_, width, heads) => width + 2 * heads),
      '(width+2·heads)',
    );
    assert.equal(
      of((batch, width) => batch * width),
      'B·width',
    );
    assert.equal(
      of((_, __, heads) => heads ** 2 + 1),
      '(heads²+1)',
    );
    // What follows no name, and what no formula tells.
    assert.equal(
      of((batch) => 2 * batch),
      undefined,
    );
    assert.equal(
      of((_, width) => Math.max(width, 40)),
      undefined,
    );
    assert.equal(
      of((_, width) => 8 * Math.ceil((2 * width) / 24)),
      undefined,
    );
    assert.equal(
      of((_, width, heads) => Math.max(width, heads * 4)),
      undefined,
    );
  });
});

describe('hints at the ends of lines', () => {
  it('are numbers where the input was given', async () => {
    const { shapes } = await read(blocks, { inputs: [{ shape: [2, 3, 32, 32], dtype: 'float32' }] });
    assert.deepEqual(hinted(blocks, [shapes], 'calls'), {
      'y = self.conv(x)': '2×128–256×4–8×4–8',
      'x = self.stem(x)': '2×64×16×16',
      'x = block(x)': '2×128–256×4–8×4–8',
      'return self.head(torch.cat([a, b], dim=-1).mean(1))': '2×10',
    });
    assert.deepEqual(hinted(blocks, [shapes]), {
      ...hinted(blocks, [shapes], 'calls'),
      'y += 1': '2×128–256×4–8×4–8',
      'return F.relu(y)': '2×128–256×4–8×4–8',
      'tokens = x.flatten(2).transpose(1, 2)': '2×16×256',
      'a, b = tokens.chunk(2, dim=-1)': '2×16×128 (2)',
      'self.conv = nn.Conv2d(cin, cout, 3, stride=2, padding=1)': '73,856–295,168 parameters',
      'nn.Conv2d(3, 64, 3, padding=1),': '1,792 parameters',
      ')': '1,792 parameters',
      'self.blocks = nn.ModuleList([Block(64, 128), Block(128, 256)])': '369,024 parameters',
      'self.head = nn.Linear(256, 10)': '2,570 parameters',
    });
  });

  it('are symbols where the input is a guess, and numbers for what the model takes no other of', async () => {
    const { shapes, inputOrigin } = await read(blocks);
    assert.equal(inputOrigin, 'first-layer');
    assert.deepEqual(hinted(blocks, [shapes], 'calls'), {
      'y = self.conv(x)': 'B×128–256×H/8–H/4×W/8–W/4',
      'x = self.stem(x)': 'B×64×H/2×W/2',
      'x = block(x)': 'B×128–256×H/8–H/4×W/8–W/4',
      'return self.head(torch.cat([a, b], dim=-1).mean(1))': 'B×10',
    });
    assert.equal(hinted(blocks, [shapes])['tokens = x.flatten(2).transpose(1, 2)'], 'B×H·W/64×256');
  });

  it('have the sizes of a call in the file, and a symbol for the batch that is ours', async () => {
    const text = `${blocks}\nnet = Net()\nprint(net(torch.randn(8, 3, 64, 48)))\n`;
    const { shapes } = await read(text, { expression: 'Net()' });
    assert.equal(hinted(text, [shapes])['x = self.stem(x)'], 'B×64×32×24');
  });

  it('have one symbol for the sides of a square, and for what is as long in several inputs', async () => {
    const text = `${head}class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(100, 16)
        self.attend = nn.Linear(16, 16)
    def forward(self, ids, mask):
        x = self.embed(ids)
        scores = self.attend(x) @ x.transpose(1, 2)
        scores = scores.masked_fill(mask[:, None, :] == 0, -1e9)
        return scores.softmax(-1) @ x
class Square(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
    def forward(self, image):
        assert image.shape[2] == image.shape[3]
        return self.conv(image).flatten(2)
`;
    const { shapes } = await read(text, { expression: 'Net()' });
    assert.equal(hinted(text, [shapes])['x = self.embed(ids)'], 'B×L×16');
    assert.equal(hinted(text, [shapes])['scores = scores.masked_fill(mask[:, None, :] == 0, -1e9)'], 'B×L×L');
    const square = await read(text, { expression: 'Square()' });
    assert.equal(hinted(text, [square.shapes])['return self.conv(image).flatten(2)'], 'B×8×S²');
  });

  it('say nothing of a line of which nothing is known, and ? of a size that no formula fits', async () => {
    const text = `${head}class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
    def forward(self, x: torch.Tensor):
        y = self.fc(x)
        odd = torch.zeros(7 if x.shape[0] == 1 else x.shape[0] ** 3, 4)
        alone = torch.zeros(x.shape[0] ** 3 + 5)
        return y + odd.mean() + alone.mean()
`;
    const { shapes } = await read(text);
    const hints = hinted(text, [shapes]);
    assert.equal(hints['odd = torch.zeros(7 if x.shape[0] == 1 else x.shape[0] ** 3, 4)'], '?×4');
    assert.ok(!('alone = torch.zeros(x.shape[0] ** 3 + 5)' in hints));
  });

  it('are of the likeliest model that runs a line', async () => {
    const text = `${blocks}
class Other(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Block(3, 8)
    def forward(self, x):
        return self.block(x)
`;
    const input = { inputs: [{ shape: [1, 3, 32, 32], dtype: 'float32' as const }] };
    const [net, other] = [
      await read(text, { ...input, expression: 'Net()' }),
      await read(text, { ...input, expression: 'Other()' }),
    ];
    const hints = hinted(text, [net.shapes, other.shapes]);
    assert.equal(hints['y = self.conv(x)'], '1×128–256×4–8×4–8');
    assert.equal(hints['return self.block(x)'], '1×8×16×16');
  });
});

describe('formulas of sizes', () => {
  const symbols = ['H', 'W'];
  const sizes = [
    [32, 32],
    [65, 32],
    [32, 65],
    [64, 64],
  ];
  const formula = (compute: (h: number, w: number) => number | undefined, windows: readonly WindowSum[] = []) =>
    formulaOf(
      { symbols, sizes, windows },
      sizes.map(([h, w]) => compute(h as number, w as number)),
    );

  it('are found where all readings agree', () => {
    assert.equal(
      formula(() => 64),
      64,
    );
    assert.equal(
      formula((h) => h),
      'H',
    );
    assert.equal(
      formula((_, w) => 2 * w),
      '2W',
    );
    assert.equal(
      formula((h) => h - 4),
      '(H−4)',
    );
    assert.equal(
      formula((h) => Math.floor(h / 2)),
      'H/2',
    );
    assert.equal(
      formula((h) => Math.ceil(h / 32)),
      'H/32',
    );
    const window = { size: 0, summand: -3, divisor: 4 };
    assert.equal(
      formula((h) => Math.floor((h - 3) / 4), [window, { ...window, summand: 0 }]),
      '(H−3)/4',
    );
    assert.equal(
      formula((h) => h * h),
      'H²',
    );
    assert.equal(
      formula((h, w) => Math.floor(h / 8) * Math.ceil(w / 8)),
      'H·W/64',
    );
    assert.equal(
      formula((h, w) => 3 * h * w),
      '3H·W',
    );
  });

  it('are unknown where none fits, several do, or a place was another one', () => {
    for (const compute of [
      (h: number) => h ** 3,
      (h: number) => Math.floor((h - 3) / 4),
      (h: number, w: number) => h + w,
      (h: number, w: number) => (h === 64 && w === 64 ? 5 : 4),
      (h: number) => (h === 65 ? undefined : h),
    ])
      assert.equal(formula(compute), '?');
  });

  it('need three sizes for a sum', () => {
    const two = { symbols: ['H'], sizes: [[4], [8], [8]], windows: [] };
    assert.equal(formulaOf(two, [10, 18, 18]), '?');
    assert.equal(formulaOf(two, [8, 16, 16]), '2H');
  });
});

describe('what is counted', () => {
  const input = (...shape: number[]) => ({ inputs: [{ shape, dtype: 'float32' as const }] });
  const model = (init: string, forward: string) => `${head}class Net(nn.Module):
    def __init__(self):
        super().__init__()
        ${init}
    def forward(self, x):
        return ${forward}
`;
  const workOf = async (init: string, forward: string, ...shape: number[]) =>
    (await read(model(init, forward), input(...shape))).shapes.multiplyAdds;

  it('are products with their sums', async () => {
    assert.equal(await workOf('self.f = nn.Linear(8, 16)', 'self.f(x)', 2, 5, 8), 2 * 5 * 8 * 16);
    assert.equal(
      await workOf('self.f = nn.Conv2d(4, 8, 3, stride=2, padding=1, groups=2)', 'self.f(x)', 2, 4, 8, 8),
      2 * 8 * 4 * 4 * 2 * 9,
    );
    assert.equal(
      await workOf('self.f = nn.ConvTranspose2d(4, 8, 2, stride=2)', 'self.f(x)', 1, 4, 5, 5),
      5 * 5 * 4 * 8 * 4,
    );
    assert.equal(await workOf('self.f = nn.ReLU()', 'self.f(x @ x.transpose(1, 2))', 3, 4, 6), 3 * 4 * 4 * 6);
    assert.equal(
      await workOf('self.f = nn.ReLU()', 'F.scaled_dot_product_attention(x, x, self.f(x))', 2, 5, 8),
      2 * (5 * 5 * 8 + 5 * 5 * 8),
    );
    assert.equal(
      await workOf('self.f = nn.LSTM(6, 7, batch_first=True)', 'self.f(x)[0]', 2, 5, 6),
      2 * 5 * 4 * 7 * (6 + 7),
    );
    assert.equal(await workOf('self.f = nn.BatchNorm2d(4)', 'F.gelu(self.f(x))', 2, 4, 8, 8), 0);
  });

  it('receptive fields, by windows, strides and dilations', async () => {
    const text = model(
      'self.f = nn.Sequential(nn.Conv2d(3, 4, 7, stride=2, padding=3), nn.BatchNorm2d(4), nn.MaxPool2d(3, 2, 1), nn.Conv2d(4, 4, 3, dilation=2), nn.ConvTranspose2d(4, 4, 2, stride=2))',
      'self.f(x)',
    );
    const { shapes } = await read(text, input(1, 3, 64, 64));
    const fields = Object.fromEntries(shapes.calls.map(({ path, receptiveField }) => [path, receptiveField]));
    assert.deepEqual(fields, {
      '': [27, 27],
      f: [27, 27],
      'f.0': [7, 7],
      'f.1': undefined,
      'f.2': [11, 11],
      'f.3': [27, 27],
      'f.4': [27, 27],
    });
  });

  it('are written short', async () => {
    assert.equal(countText(1792), '1,792');
    assert.equal(countText(11_689_512), '11.7 M');
    assert.equal(countText(1_814_073_344), '1.81 G');
    const { graph } = await read(blocks, input(1, 3, 32, 32));
    assert.equal(countsText(graph), '373,386 parameters · 11.2 M multiply-adds at 1×3×32×32');
  });
});

describe('the hover', () => {
  const at = async (text: string, part: string, offset = 0, request: Partial<ReadRequest> = {}) => {
    const { shapes } = await read(text, request);
    const index = text.indexOf(part) + offset;
    const before = text.slice(0, index).split('\n');
    const found = shapesAt(shapes, FILE, before.length - 1, before.at(-1)?.length ?? 0);
    return found && shapeHover(found).markdown;
  };

  it('tells a layer where it is called: path, shapes, parameters, work, receptive field', async () => {
    assert.equal(
      await at(blocks, 'self.stem(x)', 5),
      '**Sequential** · `stem` · float32\n\n`B×3×H×W` → `B×64×H/2×W/2`\n\n1,792 parameters · 1.77 M multiply-adds · receptive field 4×4\n\nIn Net, for an input of B×3×H×W; multiply-adds are for 1×3×32×32',
    );
  });

  it('lists the calls of a layer that runs several times, and of what one line constructs', async () => {
    const input = { inputs: [{ shape: [2, 3, 32, 32], dtype: 'float32' as const }] };
    for (const part of ['self.conv(x)', 'nn.Conv2d(cin'])
      assert.equal(
        await at(blocks, part, 4, input),
        '**Conv2d** · float32\n\n73,856–295,168 parameters\n\n- `blocks.0.conv` · `2×64×16×16` → `2×128×8×8` · 9.44 M multiply-adds\n- `blocks.1.conv` · `2×128×8×8` → `2×256×4×4` · 9.44 M multiply-adds\n\nIn Net, for an input of 2×3×32×32',
      );
  });

  it('tells a tensor where it is read, made or assigned', async () => {
    assert.match((await at(blocks, 'tokens.chunk')) ?? '', /^`B×H·W\/64×256` · float32\n/);
    assert.match((await at(blocks, 'torch.cat')) ?? '', /^`B×H·W\/64×256` · float32\n/);
    const { shapes } = await read(blocks);
    const line = blocks.split('\n').findIndex((each) => each.includes('a, b ='));
    const range = { file: FILE, line, column: 11, endLine: line, endColumn: 12 };
    const found = assignmentAt(shapes, { range, names: 2, nth: 1 });
    assert.match((found && shapeHover(found).markdown) ?? '', /^`B×H·W\/64×128` · float32\n/);
    assert.equal(await at(blocks, 'count = x.shape'), undefined);
  });
});

describe('ranges', () => {
  const shape = (...sizes: number[]): KnownShape => ({ dtype: 'float32', sizes, dimensions: sizes });

  it('are of each dimension, else from the first to the last', () => {
    assert.equal(runsText([[shape(1, 64)], [shape(1, 512)], [shape(1, 128)]]), '1×64–512');
    assert.equal(runsText([[shape(1, 64)], [shape(4, 4, 4)]]), '1×64 … 4×4×4');
    assert.equal(runsText([[shape()]]), 'scalar');
    assert.equal(runsText([[shape(2), shape(2), shape(2)]]), '2 (3)');
    assert.equal(runsText([[shape(2), shape(3)]]), '2, 3');
  });

  it('have numbers for the longest names where the end of a line has no room for them', () => {
    const named = (sizes: number[], dimensions: (number | string)[]): KnownShape => ({
      dtype: 'float32',
      sizes,
      dimensions,
    });
    const names = [
      { name: 'num_heads', value: 4 },
      { name: 'image_size', value: 32 },
      { name: 'patch_size', value: 4 },
    ];
    const tokens = '(image_size²/patch_size²+1)';
    const short = (...shapes: KnownShape[]) => shortRunsText([shapes], { names });
    assert.equal(short(named([1, 65], ['B', tokens])), `B×${tokens}`);
    assert.equal(short(named([1, 4, 65, 65], ['B', 'num_heads', tokens, tokens])), 'B×num_heads×65×65');
    // What follows the input has no number.
    const open = '(first_width+second_width·H/image_size+W)';
    assert.equal(short(named([1, 65, 7], ['B', tokens, open])), `B×65×${open}`);
  });
});

it('the samples have hints', async () => {
  for (const [name, expected] of [
    ['resnet', 'B×64×8×8'],
    ['vit', 'B×17×64'],
  ] as const) {
    const text = readFileSync(inRoot('samples', `${name}.py`), 'utf8');
    const { shapes } = await read(text);
    assert.ok(Object.values(hinted(text, [shapes])).includes(expected), name);
  }
});
