import { itemAt } from '../../graph/access';
import type { PublishedTask } from '../tasks';
import type { InEachLanguage } from '../types';
import { type EvidenceRow, units } from './row';

/** A cell and what stands behind its ±. */
type PublishedCell = readonly [mean: number, spread: number];

const ids = ['relu', 'gelu', 'silu', 'mish'] as const;

/** A row of the results in the README of GoLU's authors; the last cell is GoLU's own. */
function golu(
  model: string,
  data: string,
  unit: InEachLanguage,
  task: PublishedTask,
  cells: readonly [PublishedCell, PublishedCell, PublishedCell, PublishedCell, PublishedCell],
  better: 'higher' | 'lower' = 'higher',
): EvidenceRow {
  const of = (part: 0 | 1) => Object.fromEntries(ids.map((id, i) => [id, itemAt(cells, i)[part]]));
  const [value, spread] = cells[4];
  return {
    where: { en: `GoLU README, results, ${model}, ${data}`, 'zh-cn': `GoLU README，结果表，${model}，${data}` },
    unit,
    url: 'https://github.com/automl/GoLU',
    task,
    better,
    cells: of(0),
    spread: of(1),
    others: [{ name: { en: 'GoLU', 'zh-cn': 'GoLU' }, value, spread }],
  };
}

const image = (model: string, ...cells: [PublishedCell, PublishedCell, PublishedCell, PublishedCell, PublishedCell]) =>
  golu(model, 'ImageNet', units.top1Accuracy, 'classification', cells);

export const goluRows: readonly EvidenceRow[] = [
  image('ResNet-18', [69.74, 0.07], [70.66, 0.05], [70.6, 0.06], [70.53, 0.06], [70.76, 0.06]),
  image('ResNet-34', [73.26, 0.01], [73.44, 0.04], [72.74, 0.05], [72.73, 0.07], [73.71, 0.04]),
  image('ResNet-50', [75.44, 0.07], [76.07, 0.06], [75.17, 0.14], [75.53, 0.09], [76.63, 0.03]),
  image('WideResNet-50-2', [76.96, 0.07], [76.72, 0.01], [75.41, 0.03], [75.75, 0.19], [77.37, 0.03]),
  image('DenseNet-121', [74.95, 0.09], [74.64, 0.11], [72.81, 0.06], [72.97, 0.1], [75.25, 0.03]),
  image('EfficientNet-B0', [76.52, 0.07], [76.9, 0.01], [76.84, 0.02], [76.76, 0.06], [76.86, 0.04]),
  image('TinyViT', [82.91, 0.02], [83.05, 0.03], [82.92, 0.06], [83.01, 0.02], [83.21, 0.02]),
  image('ViT-B/32', [74.51, 0.04], [75.48, 0.05], [72.31, 2.15], [75.16, 0.07], [75.74, 0.09]),
  image('ViT-B/16', [80.06, 0.05], [79.39, 0.99], [79.19, 0.94], [77.97, 1.95], [80.72, 0.04]),
  golu(
    'babyGPT',
    'TinyStories',
    units.perplexity,
    'language',
    [
      [4.519, 0.006],
      [4.462, 0.005],
      [4.535, 0.004],
      [4.539, 0.007],
      [4.444, 0.005],
    ],
    'lower',
  ),
  golu('babyGPT', 'TinyStories', units.tokenAccuracy, 'language', [
    [61.243, 0.03],
    [61.465, 0.034],
    [61.178, 0.032],
    [61.135, 0.036],
    [61.545, 0.029],
  ]),
  golu(
    'GPT2-S',
    'OpenWebText',
    units.perplexity,
    'language',
    [
      [17.845, 0.078],
      [17.525, 0.015],
      [17.785, 0.026],
      [17.797, 0.086],
      [17.297, 0.023],
    ],
    'lower',
  ),
  golu('GPT2-S', 'OpenWebText', units.tokenAccuracy, 'language', [
    [44.059, 0.079],
    [44.262, 0.042],
    [44.155, 0.025],
    [44.104, 0.081],
    [44.413, 0.023],
  ]),
  golu('DeepLabV3, ResNet-50', 'COCO', units.overlap, 'segmentation', [
    [65.11, 0.326],
    [65.59, 0.162],
    [64.14, 0.135],
    [64.4, 0.144],
    [65.98, 0.124],
  ]),
  golu('Mask R-CNN, ResNet-50', 'COCO', units.masks, 'segmentation', [
    [34.19, 0.001],
    [34.73, 0],
    [33.99, 0.001],
    [34.7, 0],
    [34.54, 0.001],
  ]),
  golu('Mask R-CNN, ResNet-50', 'COCO', units.boxes, 'detection', [
    [38.33, 0.001],
    [39.0, 0.001],
    [38.19, 0.002],
    [38.76, 0],
    [38.96, 0.001],
  ]),
  golu('Faster R-CNN, ResNet-50', 'COCO', units.boxes, 'detection', [
    [37.44, 0.146],
    [38.16, 0.044],
    [37.28, 0.078],
    [37.71, 0.087],
    [38.31, 0.058],
  ]),
  golu('RetinaNet, ResNet-50', 'COCO', units.boxes, 'detection', [
    [39.9, 0.063],
    [40.68, 0.09],
    [40.27, 0.087],
    [40.45, 0.093],
    [40.77, 0.065],
  ]),
  golu(
    'DDPM',
    'CelebA',
    units.loss,
    'generation',
    [
      [0.01928, 0.0004],
      [0.01902, 0.0004],
      [0.019, 0.0004],
      [0.01906, 0.0004],
      [0.01895, 0.0004],
    ],
    'lower',
  ),
];
