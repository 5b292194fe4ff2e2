import type { Citation } from './types';

interface Row {
  readonly where: string;
  readonly unit: string;
  readonly url: string;
  /** Cells by the catalogue's ids. */
  readonly cells: Readonly<Record<string, number>>;
}

const SWISH = 'https://arxiv.org/abs/1710.05941';
const TIMM = 'https://github.com/huggingface/pytorch-image-models/tree/main/results';
const ACCURACY = '% top-1 accuracy';

/** Swish-1 is SiLU (β = 1); the trainable Swish is no entry of its own. */
function swishTable(where: string, cells: readonly number[]): Row {
  const ids = ['relu', 'leaky_relu', 'prelu', 'softplus', 'elu', 'selu', 'gelu', 'silu'];
  const named = Object.fromEntries(ids.map((id, i) => [id, cells[i] ?? Number.NaN]));
  return { where: `Swish paper, ${where}, ImageNet`, unit: ACCURACY, url: SWISH, cells: named };
}

/** Cells of published tables, never differences: copies of the same paper disagree about those. */
const rows: readonly Row[] = [
  swishTable('Table 6, Mobile NASNet-A (median of 3)', [73.6, 73.9, 74.7, 74.2, 74.2, 73.7, 74.6, 74.7]),
  swishTable('Table 7, Inception-ResNet-v2 (median of 3)', [79.6, 79.5, 79.8, 80.2, 79.9, 79.2, 79.6, 80.3]),
  swishTable('Table 8, MobileNet', [72.0, 72.5, 74.2, 73.6, 73.9, 73.2, 73.5, 74.2]),
  swishTable('Table 9, Inception-v3', [78.4, 78.4, 77.7, 78.7, 77.9, 76.7, 77.7, 78.7]),
  swishTable('Table 10, Inception-v4', [79.2, 79.3, 79.3, 79.6, 79.5, 78.3, 79.0, 79.3]),
  {
    where: 'GELU paper, §3.5, CIFAR-10 (median)',
    unit: '% test error',
    url: 'https://arxiv.org/abs/1606.08415',
    cells: { gelu: 7.89, relu: 8.16, elu: 8.41 },
  },
  {
    where: 'GELU paper, §3.5, CIFAR-100 (median)',
    unit: '% test error',
    url: 'https://arxiv.org/abs/1606.08415',
    cells: { gelu: 20.74, relu: 21.77, elu: 22.98 },
  },
  {
    where: 'PReLU paper, Table 2, 14 layers, 10-view, ImageNet (channel-wise PReLU)',
    unit: '% top-1 error',
    url: 'https://arxiv.org/abs/1502.01852',
    cells: { relu: 33.82, prelu: 32.64 },
  },
  {
    where: 'Mish README, CIFAR-10, SqueezeNet, mean of 23 runs (Mish against Swish: p = 0.197)',
    unit: '% accuracy',
    url: 'https://github.com/digantamisra98/Mish',
    cells: { mish: 87.48, gelu: 87.37, silu: 87.32, relu: 86.66, elu: 86.41, selu: 83.91, sigmoid: 74.82 },
  },
  {
    where: 'GLU variants paper, Table 1, T5’s feed-forward layer, equal parameters, 524k steps',
    unit: 'log-perplexity',
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
    where: 'ConvNeXt paper, §2.6, the step from ReLU to GELU, ImageNet',
    unit: ACCURACY,
    url: 'https://arxiv.org/abs/2201.03545',
    cells: { relu: 80.6, gelu: 80.6 },
  },
  {
    where: 'timm benchmark, ViT-B/16 of CLIP, RTX 4090, AMP, PyTorch 2.9.1, eager',
    unit: 'images/s',
    url: TIMM,
    cells: { gelu: 3355.9, quick_gelu: 2692.0 },
  },
  {
    where: 'timm benchmark, ViT-B/16 of CLIP, RTX 4090, AMP, PyTorch 2.9.1, compiled',
    unit: 'images/s',
    url: TIMM,
    cells: { gelu: 3474.9, quick_gelu: 3480.2 },
  },
];

/** Every published row in which the activation takes part. */
export function evidenceFor(id: string): Citation[] {
  return rows.flatMap(({ cells, ...row }) => {
    const value = cells[id];
    if (value === undefined) return [];
    return [{ ...row, value, against: Object.fromEntries(Object.entries(cells).filter(([key]) => key !== id)) }];
  });
}
