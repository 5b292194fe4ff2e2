import { isMoving, sureOrigins } from '../../../flow/trace';
import type { FlowResult } from '../../../flow/values';
import { Findings } from '../../parts';
import { rangeAt } from '../../report';
import { hasOperation, operationsOf } from '../../results';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related'> = {
  en: {
    message:
      'SELU is made to do without normalisation: beside a batch normalisation its own is moot, and an ELU or ReLU would do the same.',
    hint: 'batch normalisation beside SELU',
    related: 'The SELU',
  },
  'zh-cn': {
    message: 'SELU 本就是为了省去归一化：与批归一化并用时，其自归一化没有意义，用 ELU 或 ReLU 效果相同。',
    hint: '批归一化与 SELU 并用',
    related: '该 SELU',
  },
};

/** Batch normalisation next to SELU. */
export const seluBatchnorm: Rule = {
  code: 'selu-batchnorm',
  severity: 'information',
  about: {
    en: 'A batch normalisation directly in front of or behind SELU, which normalises itself.',
    'zh-cn': '批归一化紧邻能自归一化的 SELU。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    const isTransparent = ({ op }: FlowResult) => isMoving(op);
    if (!hasOperation(context.flow, (op) => op === 'selu')) return [];
    for (const result of operationsOf(context.flow, (op) => op === 'selu' || op === 'batch_norm')) {
      yield;
      const [input] = result.inputs;
      if (!input || result.isMaybe) continue;
      const wanted = result.op === 'selu' ? 'batch_norm' : 'selu';
      const [other] = sureOrigins(input, ({ op }) => op === wanted, isTransparent) ?? [];
      if (!other) continue;
      const [norm, selu] = result.op === 'selu' ? [other, result] : [result, other];
      findings.add(norm.at, () => ({ related: [{ at: rangeAt(selu.at), message: 'related' }] }));
    }
    return findings.list;
  },
};
