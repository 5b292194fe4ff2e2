import { itemAt } from '../../graph/access';
import type { InEachLanguage } from '../types';
import { type EvidenceRow, units } from './row';

const SWISH = 'https://arxiv.org/abs/1710.05941';
const PRELU = 'https://arxiv.org/abs/1502.01852';
const GELU = 'https://arxiv.org/abs/1606.08415';
const MISH = 'https://github.com/digantamisra98/Mish';
const CSPNET = 'https://github.com/WongKinYiu/CrossStagePartialNetworks';
const DYT = 'https://arxiv.org/abs/2503.10622';
const PPLCNET = 'https://arxiv.org/abs/2109.15099';
const TIMM = 'https://github.com/huggingface/pytorch-image-models/tree/main/results';

const accuracies = { unit: units.top1Accuracy, better: 'higher', task: 'classification' } as const;

/** Swish-1 is SiLU (β = 1); the trainable Swish is no entry of its own. */
function swishTable(
  table: number,
  model: string,
  cells: readonly number[],
  { median = true, mobile = false } = {},
): EvidenceRow {
  const ids = ['relu', 'leaky_relu', 'prelu', 'softplus', 'elu', 'selu', 'gelu', 'silu'];
  const where = {
    en: `Swish paper, Table ${table}, ${model}${median ? ' (median of 3)' : ''}, ImageNet`,
    'zh-cn': `Swish 论文，表 ${table}，${model}${median ? '（3 次的中位数）' : ''}，ImageNet`,
  };
  const named = Object.fromEntries(ids.map((id, i) => [id, itemAt(cells, i)]));
  return { ...accuracies, ...(mobile && { task: 'mobile' }), where, url: SWISH, cells: named };
}

/** nn.PReLU() shares its slope between the channels; nn.PReLU(channels) has one for each. */
function preluTable(unit: InEachLanguage, relu: number, shared: number, channelWise: number): EvidenceRow[] {
  const where = (en: string, zh: string): InEachLanguage => ({
    en: `PReLU paper, Table 2, 14 layers, 10-view, ImageNet (${en})`,
    'zh-cn': `PReLU 论文，表 2，14 层，10 视图，ImageNet（${zh}）`,
  });
  const errors = { unit, better: 'lower', task: 'classification', url: PRELU } as const;
  return [
    { ...errors, where: where('one slope, shared', '共享一个斜率'), cells: { relu, prelu: shared } },
    { ...errors, where: where('a slope per channel', '每通道一个斜率'), cells: { relu, prelu: channelWise } },
  ];
}

function geluCifar(classes: number, gelu: number, relu: number, elu: number): EvidenceRow {
  return {
    where: {
      en: `GELU paper, §3.5, CIFAR-${classes} (median)`,
      'zh-cn': `GELU 论文，§3.5，CIFAR-${classes}（中位数）`,
    },
    unit: units.testError,
    url: GELU,
    task: 'classification',
    better: 'lower',
    cells: { gelu, relu, elu },
  };
}

/** Of Darknet, whose LeakyReLU has the slope 0.1. */
function cspnet(model: string, cells: EvidenceRow['cells'], task: 'classification' | 'mobile'): EvidenceRow {
  return {
    ...accuracies,
    task,
    where: {
      en: `CSPNet README, "Activation function", ${model}, ImageNet`,
      'zh-cn': `CSPNet README，“Activation function”，${model}，ImageNet`,
    },
    url: CSPNET,
    cells,
  };
}

/** The function that bounds the values, learned scale before it, in the place of each layer normalisation. */
function dyt(model: string, tanh: number, hardtanh: number, sigmoid: number): EvidenceRow {
  return {
    ...accuracies,
    where: {
      en: `DyT paper, Table 8, ${model}, in the place of layer normalisation, ImageNet`,
      'zh-cn': `DyT 论文，表 8，${model}，用来代替层归一化，ImageNet`,
    },
    url: DYT,
    cells: { tanh, hardtanh, sigmoid },
  };
}

function ppLcNet(table: number, what: InEachLanguage, relu: number, hardswish: number): EvidenceRow {
  return {
    ...accuracies,
    task: 'mobile',
    where: {
      en: `PP-LCNet paper, Table ${table}, ${what.en}, ImageNet`,
      'zh-cn': `PP-LCNet 论文，表 ${table}，${what['zh-cn']}，ImageNet`,
    },
    url: PPLCNET,
    cells: { relu, hardswish },
  };
}

export const imageRows: readonly EvidenceRow[] = [
  swishTable(6, 'Mobile NASNet-A', [73.6, 73.9, 74.7, 74.2, 74.2, 73.7, 74.6, 74.7], { mobile: true }),
  swishTable(7, 'Inception-ResNet-v2', [79.6, 79.5, 79.8, 80.2, 79.9, 79.2, 79.6, 80.3]),
  swishTable(8, 'MobileNet', [72.0, 72.5, 74.2, 73.6, 73.9, 73.2, 73.5, 74.2], { median: false, mobile: true }),
  swishTable(9, 'Inception-v3', [78.4, 78.4, 77.7, 78.7, 77.9, 76.7, 77.7, 78.7], { median: false }),
  swishTable(10, 'Inception-v4', [79.2, 79.3, 79.3, 79.6, 79.5, 78.3, 79.0, 79.3], { median: false }),
  geluCifar(10, 7.89, 8.16, 8.41),
  geluCifar(100, 20.74, 21.77, 22.98),
  ...preluTable(units.top1Error, 33.82, 32.71, 32.64),
  ...preluTable(units.top5Error, 13.34, 12.87, 12.75),
  {
    where: {
      en: 'Mish README, "Sample Size = 23", SqueezeNet, CIFAR-10, mean ± deviation (LeakyReLU with slope 0.3)',
      'zh-cn': 'Mish README，“Sample Size = 23”，SqueezeNet，CIFAR-10，均值 ± 标准差（LeakyReLU 斜率 0.3）',
    },
    unit: units.accuracy,
    url: MISH,
    task: 'classification',
    better: 'higher',
    cells: {
      mish: 87.48,
      gelu: 87.37,
      silu: 87.32,
      rrelu: 86.87,
      leaky_relu: 86.85,
      relu6: 86.75,
      relu: 86.66,
      elu: 86.41,
      celu: 86.23,
      prelu: 85.66,
      selu: 83.91,
      tanh: 83.15,
      softplus: 83.0,
      hardtanh: 82.78,
      softsign: 82.66,
      softshrink: 82.35,
      tanhshrink: 82.35,
      logsigmoid: 81.98,
      hardshrink: 75.03,
      sigmoid: 74.82,
    },
    spread: {
      mish: 0.4,
      gelu: 0.47,
      silu: 0.41,
      rrelu: 0.45,
      leaky_relu: 0.46,
      relu6: 0.45,
      relu: 0.58,
      elu: 0.34,
      celu: 0.51,
      prelu: 2.24,
      selu: 0.6,
      tanh: 0.69,
      softplus: 1.4,
      hardtanh: 0.45,
      softsign: 0.67,
      softshrink: 0.72,
      tanhshrink: 0.95,
      logsigmoid: 1.68,
      hardshrink: 0.98,
      sigmoid: 5.77,
    },
  },
  {
    ...accuracies,
    where: {
      en: 'Mish README, "Results on CSPResNext-50", ImageNet',
      'zh-cn': 'Mish README，“Results on CSPResNext-50”，ImageNet',
    },
    url: MISH,
    cells: { leaky_relu: 77.9, silu: 64.5, mish: 78.9 },
  },
  cspnet('PeleeNet', { leaky_relu: 70.7, silu: 71.5, mish: 71.4 }, 'mobile'),
  cspnet('CSPPeleeNet', { leaky_relu: 70.9, silu: 71.7, mish: 71.2 }, 'mobile'),
  {
    ...accuracies,
    where: {
      en: 'ConvNeXt paper, §2.6, the step from ReLU to GELU, ImageNet',
      'zh-cn': 'ConvNeXt 论文，§2.6，从 ReLU 换成 GELU 的一步，ImageNet',
    },
    url: 'https://arxiv.org/abs/2201.03545',
    cells: { relu: 80.6, gelu: 80.6 },
  },
  {
    ...accuracies,
    task: 'mobile',
    where: {
      en: 'MobileNetV3 paper, Table 5, MobileNetV3-Large, hard-swish from 80 channels on, ImageNet',
      'zh-cn': 'MobileNetV3 论文，表 5，MobileNetV3-Large，从 80 通道起用 hard-swish，ImageNet',
    },
    url: 'https://arxiv.org/abs/1905.02244',
    cells: { hardswish: 75.2, relu: 74.5 },
    others: [
      { name: { en: 'hard-swish from 16 channels on', 'zh-cn': '从 16 通道起用 hard-swish' }, value: 75.4 },
      { name: { en: 'hard-swish from 112 channels on', 'zh-cn': '从 112 通道起用 hard-swish' }, value: 75.0 },
    ],
  },
  ppLcNet(
    9,
    { en: 'the step from ReLU to hard-swish, half width', 'zh-cn': '从 ReLU 换成 hard-swish 的一步，半宽' },
    55.58,
    58.18,
  ),
  ppLcNet(6, { en: 'PP-LCNet-0.5x', 'zh-cn': 'PP-LCNet-0.5x' }, 61.93, 63.14),
  dyt('ViT-S', 80.3, 79.9, 79.6),
  dyt('ViT-B', 82.5, 82.2, 81.6),
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
    unit: units.speed,
    url: TIMM,
    task: 'classification' as const,
    better: 'higher' as const,
    cells: { gelu, quick_gelu },
  })),
];
