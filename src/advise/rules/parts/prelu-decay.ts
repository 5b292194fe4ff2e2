import { argumentOf } from '../../../flow/queries';
import { layersIn, optimizers } from '../../modules';
import { constantAt, Findings, isOpenCall } from '../../parts';
import { rangeAt } from '../../report';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'usual' | 'hint' | 'related'> = {
  en: {
    message:
      'Weight decay {0} pulls the slopes of PReLU to 0 as well: they tend to ReLU. Give the slopes a group of their own with weight_decay=0.',
    usual:
      '{1} decays weights by {0} where nothing is said, the slopes of PReLU too: they tend to ReLU. Give the slopes a group of their own with weight_decay=0.',
    hint: 'decays PReLU slopes',
    related: 'A PReLU whose slope is decayed',
  },
  'zh-cn': {
    message: '权重衰减 {0} 也会把 PReLU 的斜率拉向 0，使其趋于 ReLU。请把斜率放入单独的参数组并设 weight_decay=0。',
    usual:
      '未指定时 {1} 的权重衰减为 {0}，也作用于 PReLU 的斜率，使其趋于 ReLU。请把斜率放入单独的参数组并设 weight_decay=0。',
    hint: '衰减了 PReLU 的斜率',
    related: '斜率被衰减的 PReLU',
  },
};

/** An optimizer with weight decay over all parameters of a model with PReLU. */
export const preluDecay: Rule = {
  code: 'prelu-decay',
  severity: 'warning',
  about: {
    en: 'Weight decay over all parameters of a model that has PReLU slopes among them.',
    'zh-cn': '权重衰减作用于包含 PReLU 斜率的模型的全部参数。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    for (const { call, name, module } of optimizers(context)) {
      yield;
      if (isOpenCall(call.args)) continue;
      const written = argumentOf(call.args, 99, 'weight_decay');
      const decay = written ? constantAt(call.args, 99, 'weight_decay') : name === 'AdamW' ? 0.01 : 0;
      if (typeof decay !== 'number' || decay <= 0) continue;
      const slopes = layersIn(module, context).find(({ layer }) => layer.type === 'torch.nn.PReLU');
      if (!slopes) continue;
      findings.add(written?.at ?? call.at, () => ({
        message: written ? 'message' : 'usual',
        values: [decay, name],
        related: [{ at: rangeAt(slopes.layer.at), message: 'related' }],
      }));
    }
    return findings.list;
  },
};
