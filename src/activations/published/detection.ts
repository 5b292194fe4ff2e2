import { type EvidenceRow, units } from './row';

export const detectionRows: readonly EvidenceRow[] = [
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
  {
    where: {
      en: 'YOLOv6 README, "Legacy models", YOLOv6-L and YOLOv6-L-ReLU, COCO',
      'zh-cn': 'YOLOv6 README，“Legacy models”，YOLOv6-L 与 YOLOv6-L-ReLU，COCO',
    },
    unit: units.boxes,
    url: 'https://github.com/meituan/YOLOv6',
    task: 'detection',
    better: 'higher',
    cells: { relu: 51.7, silu: 52.5 },
  },
  {
    where: {
      en: 'NVIDIA’s YOLOv5 optimisation README, "YOLOV5 with different activation", YOLOv5s, COCO',
      'zh-cn': 'NVIDIA 的 YOLOv5 优化 README，“YOLOV5 with different activation”，YOLOv5s，COCO',
    },
    unit: units.boxesAtHalf,
    url: 'https://github.com/NVIDIA-AI-IOT/yolov5_gpu_optimization',
    task: 'detection',
    better: 'higher',
    cells: { silu: 56.7, relu: 54.8, gelu: 56.6, leaky_relu: 55.0, prelu: 54.8 },
    others: [{ name: { en: 'ReLU, from SiLU’s weights on', 'zh-cn': '从 SiLU 的权重继续训练的 ReLU' }, value: 55.7 }],
  },
];
