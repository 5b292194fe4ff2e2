/** Sizes of images that the settings name with which a model is built. */
import assert from 'node:assert/strict';
import { readAmong } from '../support/project';

/** A network for one size alone: its last layer takes what is left of `height` by `width`. */
const model = (take: string, height: number, width: number) => `import torch
import torch.nn as nn
class Net(nn.Module):
    def __init__(self, config):
        super().__init__()
        ${take}
        self.conv = nn.Conv2d(3, 2, 3, padding=1)
        self.place = nn.Parameter(torch.zeros(2, ${height}, ${width}))
        self.fc = nn.Linear(2 * ${height} * ${width}, 5)
    def forward(self, x):
        return self.fc((self.conv(x) + self.place).flatten(1))
`;

async function fed(files: Record<string, string>): Promise<readonly number[]> {
  const found = await readAmong(files, { expression: 'Net' });
  assert.ok(found.ok, found.ok ? '' : found.problem.message);
  return found.graph.inputs.flatMap(({ value }) => found.graph.values[value]?.type?.shape ?? []);
}

const classes = (names: string) => `class Part:
    def __init__(self, **values):
        self.__dict__.update(values)
class Config:
    first, second, third = 1, 2, 3
    ${names}
`;
const take = 'self.sum = config.first + config.second + config.third';

const spellings: Readonly<Record<string, [names: string, height: number, width: number]>> = {
  'of its own': ['image_size = 40', 40, 40],
  'one level down': ['data = Part(img_size=44)', 44, 44],
  'in capitals': ['DATA = Part(TRAIN_CROP_SIZE=36, TEST_CROP_SIZE=52)', 36, 36],
  'trained with, before what is tested with': ['data = Part(test_size=60, test_crop_size=60, crop_size=36)', 36, 36],
  'as a size below INPUT': ['INPUT = Part(SIZE=[24, 24])', 24, 24],
  'as two sides': ['imgH, imgW = 20, 60', 20, 60],
  'as two sides with other names': ['model = Part(input_height=20, input_width=60)', 20, 60],
  'as a list of two': ['image_size = (20, 60)', 20, 60],
  'beside channels': ['dataset = Part(image_shape=(3, 20, 60))', 20, 60],
};

describe('an image', () => {
  for (const [title, [names, height, width]] of Object.entries(spellings))
    it(`is as large as settings say: ${title}`, async () => {
      const files = { 'net.py': model(take, height, width), 'config.py': classes(names) };
      assert.deepEqual(await fed(files), [1, 3, height, width]);
    });

  it('is as wide as high where two sides are told the other way round', async () => {
    const files = { 'net.py': model(take, 20, 60), 'config.py': classes('image_size = [60, 20]') };
    assert.deepEqual(await fed(files), [1, 3, 20, 60]);
  });

  it('is not what other numbers say', async () => {
    const files = {
      'net.py': model(take, 32, 32),
      'config.py': classes('batch_size = 40\n    size = 50\n    data = Part(train_size=48)'),
    };
    assert.deepEqual(await fed(files), [1, 3, 32, 32]);
  });
});
