import type { FlowResult } from '../../../flow/values';
import { areExclusive, Findings } from '../../parts';
import { rangeAt } from '../../report';
import { runsOf } from '../../results';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related'> = {
  en: {
    message:
      'This PReLU runs in {0} places of one forward pass, which learn one slope together. Build one for each place if each should learn its own.',
    hint: 'one learned slope for {0} places',
    related: 'It runs here',
  },
  'zh-cn': {
    message: '该 PReLU 在一次前向传播中用于 {0} 处，共同学习一个斜率。如果希望各处学习自己的斜率，请分别构造。',
    hint: '{0} 处共享一个斜率',
    related: '在此处运行',
  },
};

/** One PReLU in several places. */
export const sharedPrelu: Rule = {
  code: 'shared-prelu',
  severity: 'information',
  about: {
    en: 'One PReLU module that runs in several places and so learns one slope for all of them.',
    'zh-cn': '同一个 PReLU 模块用于多处，因此各处共同学习一个斜率。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    for (const { layer } of context.flow.built) {
      yield;
      if (layer.type !== 'torch.nn.PReLU') continue;
      const runs = ofOneCall(runsOf(context.flow, layer));
      if (runs.length < 2) continue;
      const places = new Set(runs.map(({ at }) => `${at.span.line}:${at.span.column}`));
      findings.add(layer.at, () => ({
        values: [runs.length],
        related: [...places].length > 1 ? runs.map(({ at }) => ({ at: rangeAt(at), message: 'related' as const })) : [],
      }));
    }
    return findings.list;
  },
};

/** Runs that belong to one call of the model, and may all happen in it. */
function ofOneCall(runs: readonly FlowResult[]): readonly FlowResult[] {
  const [first] = runs;
  const model = first?.path[0];
  const found: FlowResult[] = [];
  for (const run of runs) {
    const isOther = found.every((each) => each.inputs[0] !== run.inputs[0] && !areExclusive(each, run));
    // A loop over what is not known is gone through twice: that is no second place.
    const isTurn = found.some(
      (each) => each.at.span === run.at.span && run.path.some(({ isSure, branch }) => branch !== undefined && !isSure),
    );
    if (
      run.path[0] === model &&
      run.trail.at(-1)?.receiver === first?.trail.at(-1)?.receiver &&
      !run.isMaybe &&
      isOther &&
      !isTurn
    )
      found.push(run);
  }
  return found;
}
