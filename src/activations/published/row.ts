import type { PublishedTask } from '../tasks';
import type { InEachLanguage } from '../types';

/** One row of a published table: cells, never differences, for copies of the same paper disagree about those. */
export interface EvidenceRow {
  readonly where: InEachLanguage;
  readonly unit: InEachLanguage;
  readonly url: string;
  readonly task: PublishedTask;
  readonly better: 'higher' | 'lower';
  /** Cells by the catalogue's ids. */
  readonly cells: Readonly<Record<string, number>>;
  /** What the table has behind a cell's ±, by id. */
  readonly spread?: Readonly<Record<string, number>>;
  /** Cells of what the catalogue lacks. */
  readonly others?: readonly OtherCell[];
}

export interface OtherCell {
  readonly name: InEachLanguage;
  readonly value: number;
  readonly spread?: number;
}

export const units = {
  top1Accuracy: { en: '% top-1 accuracy', 'zh-cn': '% top-1 准确率' },
  top1Error: { en: '% top-1 error', 'zh-cn': '% top-1 错误率' },
  top5Error: { en: '% top-5 error', 'zh-cn': '% top-5 错误率' },
  testError: { en: '% test error', 'zh-cn': '% 测试错误率' },
  accuracy: { en: '% accuracy', 'zh-cn': '% 准确率' },
  tokenAccuracy: { en: '% token accuracy', 'zh-cn': '% 词元准确率' },
  perplexity: { en: 'perplexity', 'zh-cn': '困惑度' },
  logPerplexity: { en: 'log-perplexity', 'zh-cn': '对数困惑度' },
  bitsPerByte: { en: 'bits per byte', 'zh-cn': '比特/字节' },
  exactMatch: { en: '% exact match', 'zh-cn': '% 完全匹配' },
  f1: { en: '% F1', 'zh-cn': '% F1' },
  boxes: { en: '% box AP', 'zh-cn': '% 检测框 AP' },
  boxesAtHalf: { en: '% box AP at IoU 0.5', 'zh-cn': '% 检测框 AP（IoU 0.5）' },
  masks: { en: '% mask AP', 'zh-cn': '% 掩码 AP' },
  overlap: { en: '% mean IoU', 'zh-cn': '% 平均 IoU' },
  fid: { en: 'FID', 'zh-cn': 'FID' },
  loss: { en: 'loss', 'zh-cn': '损失' },
  benchmarks: { en: '% mean of benchmarks', 'zh-cn': '% 各基准的均值' },
  zeros: { en: '% exact zeros', 'zh-cn': '% 精确的零' },
  speed: { en: 'images/s', 'zh-cn': '图像/秒' },
} as const satisfies Record<string, InEachLanguage>;
