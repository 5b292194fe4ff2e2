import type { PublishedTask } from '../tasks';
import type { InEachLanguage } from '../types';
import { type EvidenceRow, units } from './row';

/** A row of the results in the README of Derf's authors: each in the place of normalisation, learned scale before it. */
function derf(
  model: string,
  unit: InEachLanguage,
  task: PublishedTask,
  [norm, tanh, erf]: readonly [norm: number, tanh: number, erf: number],
  better: 'higher' | 'lower' = 'lower',
): EvidenceRow {
  return {
    where: {
      en: `Derf README, "Results", ${model}, in the place of layer normalisation`,
      'zh-cn': `Derf README，“Results”，${model}，用来代替层归一化`,
    },
    unit,
    url: 'https://github.com/zlab-princeton/Derf',
    task,
    better,
    cells: { tanh },
    others: [
      { name: { en: 'erf', 'zh-cn': 'erf' }, value: erf },
      { name: { en: 'layer normalisation', 'zh-cn': '层归一化' }, value: norm },
    ],
  };
}

export const derfRows: readonly EvidenceRow[] = [
  derf('ViT-B, ImageNet', units.top1Accuracy, 'classification', [82.3, 82.5, 82.8], 'higher'),
  derf('ViT-L, ImageNet', units.top1Accuracy, 'classification', [83.1, 83.6, 83.8], 'higher'),
  derf('DiT-B/4', units.fid, 'generation', [64.93, 63.94, 63.23]),
  derf('DiT-L/4', units.fid, 'generation', [45.91, 45.66, 43.94]),
  derf('DiT-XL/2', units.fid, 'generation', [19.94, 20.83, 18.92]),
  derf('wav2vec 2.0 Base', units.loss, 'speech', [1.95, 1.95, 1.93]),
  derf('wav2vec 2.0 Large', units.loss, 'speech', [1.92, 1.91, 1.9]),
  derf('GPT-2', units.loss, 'language', [2.94, 2.97, 2.94]),
];
