import { evidenceFor } from '../evidence';
import type { Activation } from '../types';
import en from './identity.md';
import zh from './identity.zh-cn.md';

export const identity: Activation = {
  id: 'identity',
  title: 'Identity',
  shape: 'elementwise',
  parameters: [],
  spellings: {
    modules: ['Identity'],
    tfjs: { identifiers: ['linear'], fused: ['linear'] },
    onnx: { operator: 'Identity', since: 1 },
    huggingFace: ['linear'],
    timm: ['identity'],
  },
  documentation: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Identity.html',
  formula: {
    value: '\\operatorname{Identity}(x) = x',
    derivative: "\\operatorname{Identity}'(x) = 1",
  },
  value: (x) => x,
  derivative: () => 1,
  gain: () => 1,
  forward: (_graph, x) => x,
  backward: (_, __, { g }) => g,
  transparent: true,
  unrecognised: true,
  siblings: ['relu', 'leaky_relu', 'gelu'],
  evidence: evidenceFor('identity'),
  prose: { en, 'zh-cn': zh },
};
