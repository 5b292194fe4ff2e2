import { type EvidenceRow, units } from './row';

const PROSPARSE = 'https://github.com/OpenBMB/MiniCPM/blob/main/docs/README-minicpm2-en.md';

/** Llama 2 as it is (SwiGLU), with ReLU in the gate trained on (ReluLLaMA), and trained to be sparse (ProSparse). */
function prosparse(size: string, swiglu: number, reglu: number, trained: number): EvidenceRow {
  return {
    where: {
      en: `ProSparse, results in the MiniCPM repository, Llama 2 ${size}, SwiGLU turned into ReGLU`,
      'zh-cn': `ProSparse，MiniCPM 仓库中的结果，Llama 2 ${size}，SwiGLU 改成 ReGLU`,
    },
    unit: units.benchmarks,
    url: PROSPARSE,
    task: 'language',
    better: 'higher',
    cells: { swiglu, reglu },
    others: [{ name: { en: 'ReGLU, trained for sparsity', 'zh-cn': '为稀疏训练的 ReGLU' }, value: trained }],
  };
}

function prosparseZeros(size: string, reglu: number, trained: number): EvidenceRow {
  return {
    where: {
      en: `ProSparse, results in the MiniCPM repository, Llama 2 ${size}`,
      'zh-cn': `ProSparse，MiniCPM 仓库中的结果，Llama 2 ${size}`,
    },
    unit: units.zeros,
    url: PROSPARSE,
    task: 'language',
    better: 'higher',
    cells: { reglu },
    others: [{ name: { en: 'trained for sparsity', 'zh-cn': '为稀疏训练' }, value: trained }],
  };
}

export const otherRows: readonly EvidenceRow[] = [
  {
    where: {
      en: 'GLU variants paper, Table 1, T5’s feed-forward layer, equal parameters, 524k steps',
      'zh-cn': 'GLU 变体论文，表 1，T5 的前馈层，参数量相同，524k 步',
    },
    unit: units.logPerplexity,
    url: 'https://arxiv.org/abs/2002.05202',
    task: 'language',
    better: 'lower',
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
  prosparse('7B', 37.96, 37.62, 38.46),
  prosparse('13B', 44.06, 42.74, 44.9),
  prosparseZeros('7B', 66.98, 89.32),
  prosparseZeros('13B', 71.56, 88.8),
  {
    where: {
      en: 'CSPNet README, "Activation function", CSPPeleeNet-PRN 416×416, COCO',
      'zh-cn': 'CSPNet README，“Activation function”，CSPPeleeNet-PRN 416×416，COCO',
    },
    unit: units.boxes,
    url: 'https://github.com/WongKinYiu/CrossStagePartialNetworks',
    task: 'detection',
    better: 'higher',
    cells: { leaky_relu: 23.1, silu: 24.1 },
  },
  {
    where: {
      en: 'YOLOv5 issue 2509, YOLOv5s with TensorRT, COCO, int8 after training, SiLU as a sigmoid and a product',
      'zh-cn': 'YOLOv5 issue 2509，YOLOv5s 经 TensorRT，COCO，训练后 int8，SiLU 拆成 sigmoid 与乘法',
    },
    unit: { en: 'mAP', 'zh-cn': 'mAP' },
    url: 'https://github.com/ultralytics/yolov5/issues/2509',
    task: 'detection',
    better: 'higher',
    cells: { silu: 0.054 },
    others: [
      { name: { en: 'SiLU in fp16', 'zh-cn': 'fp16 的 SiLU' }, value: 0.362 },
      { name: { en: 'SiLU in one operator, int8', 'zh-cn': '作为单个算子的 int8 SiLU' }, value: 0.316 },
    ],
  },
];
