import { itemAt, itemOr } from '../graph/access';
import type { Citation, InEachLanguage } from './types';

interface EvidenceRow {
  readonly where: InEachLanguage;
  readonly unit: InEachLanguage;
  readonly url: string;
  /** Cells by the catalogue's ids. */
  readonly cells: Readonly<Record<string, number>>;
}

const SWISH = 'https://arxiv.org/abs/1710.05941';
const TIMM = 'https://github.com/huggingface/pytorch-image-models/tree/main/results';
const PRELU = 'https://arxiv.org/abs/1502.01852';
const GELU = 'https://arxiv.org/abs/1606.08415';

const top1Accuracy: InEachLanguage = { en: '% top-1 accuracy', 'zh-cn': '% top-1 准确率' };
const top1Error: InEachLanguage = { en: '% top-1 error', 'zh-cn': '% top-1 错误率' };
const top5Error: InEachLanguage = { en: '% top-5 error', 'zh-cn': '% top-5 错误率' };
const testError: InEachLanguage = { en: '% test error', 'zh-cn': '% 测试错误率' };
const accuracy: InEachLanguage = { en: '% accuracy', 'zh-cn': '% 准确率' };
const perplexity: InEachLanguage = { en: 'log-perplexity', 'zh-cn': '对数困惑度' };
const speed: InEachLanguage = { en: 'images/s', 'zh-cn': '图像/秒' };

/** Swish-1 is SiLU (β = 1); the trainable Swish is no entry of its own. */
function swishTable(table: number, model: string, cells: readonly number[], median = true): EvidenceRow {
  const ids = ['relu', 'leaky_relu', 'prelu', 'softplus', 'elu', 'selu', 'gelu', 'silu'];
  const named = Object.fromEntries(ids.map((id, i) => [id, itemAt(cells, i)]));
  const where = {
    en: `Swish paper, Table ${table}, ${model}${median ? ' (median of 3)' : ''}, ImageNet`,
    'zh-cn': `Swish 论文，表 ${table}，${model}${median ? '（3 次的中位数）' : ''}，ImageNet`,
  };
  return { where, unit: top1Accuracy, url: SWISH, cells: named };
}

/** nn.PReLU() shares its slope between the channels; nn.PReLU(channels) has one for each. */
function preluTable(unit: InEachLanguage, relu: number, shared: number, channelWise: number): EvidenceRow[] {
  const where = (en: string, zh: string): InEachLanguage => ({
    en: `PReLU paper, Table 2, 14 layers, 10-view, ImageNet (${en})`,
    'zh-cn': `PReLU 论文，表 2，14 层，10 视图，ImageNet（${zh}）`,
  });
  return [
    { where: where('one slope, shared', '共享一个斜率'), unit, url: PRELU, cells: { relu, prelu: shared } },
    { where: where('a slope per channel', '每通道一个斜率'), unit, url: PRELU, cells: { relu, prelu: channelWise } },
  ];
}

/** Cells of published tables, never differences: copies of the same paper disagree about those. */
const rows: readonly EvidenceRow[] = [
  swishTable(6, 'Mobile NASNet-A', [73.6, 73.9, 74.7, 74.2, 74.2, 73.7, 74.6, 74.7]),
  swishTable(7, 'Inception-ResNet-v2', [79.6, 79.5, 79.8, 80.2, 79.9, 79.2, 79.6, 80.3]),
  swishTable(8, 'MobileNet', [72.0, 72.5, 74.2, 73.6, 73.9, 73.2, 73.5, 74.2], false),
  swishTable(9, 'Inception-v3', [78.4, 78.4, 77.7, 78.7, 77.9, 76.7, 77.7, 78.7], false),
  swishTable(10, 'Inception-v4', [79.2, 79.3, 79.3, 79.6, 79.5, 78.3, 79.0, 79.3], false),
  {
    where: { en: 'GELU paper, §3.5, CIFAR-10 (median)', 'zh-cn': 'GELU 论文，§3.5，CIFAR-10（中位数）' },
    unit: testError,
    url: GELU,
    cells: { gelu: 7.89, relu: 8.16, elu: 8.41 },
  },
  {
    where: { en: 'GELU paper, §3.5, CIFAR-100 (median)', 'zh-cn': 'GELU 论文，§3.5，CIFAR-100（中位数）' },
    unit: testError,
    url: GELU,
    cells: { gelu: 20.74, relu: 21.77, elu: 22.98 },
  },
  ...preluTable(top1Error, 33.82, 32.71, 32.64),
  ...preluTable(top5Error, 13.34, 12.87, 12.75),
  {
    where: {
      en: 'Mish README, CIFAR-10, SqueezeNet, mean of 23 runs (Mish against Swish: p = 0.197)',
      'zh-cn': 'Mish README，CIFAR-10，SqueezeNet，23 次的均值（Mish 对 Swish：p = 0.197）',
    },
    unit: accuracy,
    url: 'https://github.com/digantamisra98/Mish',
    cells: { mish: 87.48, gelu: 87.37, silu: 87.32, relu: 86.66, elu: 86.41, selu: 83.91, sigmoid: 74.82 },
  },
  {
    where: {
      en: 'GLU variants paper, Table 1, T5’s feed-forward layer, equal parameters, 524k steps',
      'zh-cn': 'GLU 变体论文，表 1，T5 的前馈层，参数量相同，524k 步',
    },
    unit: perplexity,
    url: 'https://arxiv.org/abs/2002.05202',
    cells: {
      relu: 1.677,
      gelu: 1.679,
      silu: 1.683,
      glu: 1.663,
      bilinear_glu: 1.648,
      reglu: 1.645,
      swiglu: 1.636,
      geglu: 1.633,
    },
  },
  {
    where: {
      en: 'ConvNeXt paper, §2.6, the step from ReLU to GELU, ImageNet',
      'zh-cn': 'ConvNeXt 论文，§2.6，从 ReLU 换成 GELU 的一步，ImageNet',
    },
    unit: top1Accuracy,
    url: 'https://arxiv.org/abs/2201.03545',
    cells: { relu: 80.6, gelu: 80.6 },
  },
  ...(
    [
      ['eager', '即时执行', 3355.9, 2692.0],
      ['compiled', '编译后', 3474.9, 3480.2],
    ] as const
  ).map(([en, zh, gelu, quick_gelu]) => ({
    where: {
      en: `timm benchmark, ViT-B/16 of CLIP, RTX 4090, AMP, PyTorch 2.9.1, ${en}`,
      'zh-cn': `timm 基准，CLIP 的 ViT-B/16，RTX 4090，AMP，PyTorch 2.9.1，${zh}`,
    },
    unit: speed,
    url: TIMM,
    cells: { gelu, quick_gelu },
  })),
];

/** Decimals of a row's cells, as the table has them: 72.0 beside 74.2. */
export function decimals({ value, against }: Citation): number {
  return Math.max(...[value, ...Object.values(against)].map((cell) => itemOr(String(cell).split('.'), 1, '').length));
}

/** Every published row in which the activation takes part. */
export function evidenceFor(id: string): Citation[] {
  return rows.flatMap(({ cells, ...row }) => {
    const value = cells[id];
    if (value === undefined) return [];
    return [{ ...row, value, against: Object.fromEntries(Object.entries(cells).filter(([key]) => key !== id)) }];
  });
}
