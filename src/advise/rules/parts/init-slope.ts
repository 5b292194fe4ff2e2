import { torchGain } from '../../../activations/catalogue';
import { initCalls, slopeOf } from '../../inits';
import { Findings } from '../../parts';
import { rangeAt, wordsOf } from '../../report';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'These weights are scaled for a LeakyReLU of slope {0} (gain {2}), and the one that follows has {1} (gain {3}).',
    hint: 'scaled for slope {0}, not {1}',
    related: 'The LeakyReLU that follows, of slope {1}',
    fix: 'Scale for slope {1}',
  },
  'zh-cn': {
    message: '权重按斜率为 {0} 的 LeakyReLU 缩放（增益 {2}），而后面的斜率是 {1}（增益 {3}）。',
    hint: '按斜率 {0} 缩放，而不是 {1}',
    related: '后面的 LeakyReLU，斜率为 {1}',
    fix: '按斜率 {1} 缩放',
  },
};

/** A smaller difference of the gains than this is nothing to speak of, where nobody wrote a slope. */
const LEAST = 0.01;

/** The slope that weights are scaled for is not the LeakyReLU's. */
export const initSlope: Rule = {
  code: 'init-slope',
  severity: 'warning',
  about: {
    en: 'Initial weights that are scaled for a LeakyReLU of another slope than the one that follows.',
    'zh-cn': '初始权重按另一个斜率的 LeakyReLU 缩放。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    for (const init of initCalls(context)) {
      yield;
      const [first] = init?.activations ?? [];
      if (init?.slope === undefined || first?.op !== 'leaky_relu') continue;
      const slope = slopeOf(init.activations);
      if (slope === undefined || slope === init.slope) continue;
      const [gain, wanted] = [init.slope, slope].map((each) => torchGain('leaky_relu', { negative_slope: each }));
      if (gain === undefined || wanted === undefined) continue;
      const isWritten = init.writtenSlope !== undefined && init.slope !== 0;
      if (!isWritten && Math.abs(gain / wanted - 1) < LEAST) continue;
      const values = [init.slope, slope, gain.toFixed(3), wanted.toFixed(3)];
      const { writtenSlope: place, call } = init;
      const fixes =
        place?.at.expression?.kind === 'constant' && place.at.file === call.at.file
          ? [
              {
                title: wordsOf(messages, context.language, 'fix', values),
                preferred: false,
                edits: [{ range: rangeAt(place.at), text: String(slope) }],
              },
            ]
          : [];
      findings.add(call.at, () => ({ values, related: [{ at: rangeAt(first.at), message: 'related' }], fixes }));
    }
    return findings.list;
  },
};
