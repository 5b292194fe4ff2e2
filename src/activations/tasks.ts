import type { Language } from '../language/say';

/** What networks are trained for, as published comparisons are sorted. */
export const tasks = [
  'classification',
  'detection',
  'segmentation',
  'generation',
  'speech',
  'language',
  'reinforcement',
  'mobile',
] as const;

export type PublishedTask = (typeof tasks)[number];

export const taskNames: Readonly<Record<Language, Readonly<Record<PublishedTask, string>>>> = {
  en: {
    classification: 'Image classification',
    detection: 'Detection',
    segmentation: 'Segmentation',
    generation: 'Generation',
    speech: 'Speech',
    language: 'Language',
    reinforcement: 'Reinforcement learning',
    mobile: 'Mobile',
  },
  'zh-cn': {
    classification: '图像分类',
    detection: '目标检测',
    segmentation: '图像分割',
    generation: '生成',
    speech: '语音',
    language: '语言',
    reinforcement: '强化学习',
    mobile: '移动端',
  },
};

/** The role in an activation's prose (`## Where it belongs`) that speaks of a task, by its bold word. */
export const roleOfTask: Readonly<Partial<Record<PublishedTask, Readonly<Record<Language, string>>>>> = {
  classification: { en: 'CNN classifier', 'zh-cn': 'CNN 分类器' },
  detection: { en: 'Detector', 'zh-cn': '检测器' },
  generation: { en: 'GAN', 'zh-cn': 'GAN' },
  language: { en: 'Transformer', 'zh-cn': 'Transformer' },
  mobile: { en: 'Mobile', 'zh-cn': '移动端' },
};
