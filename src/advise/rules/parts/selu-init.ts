import { initCalls } from '../../inits';
import { Findings, quoteLike, textAt } from '../../parts';
import { rangeAt, wordsOf } from '../../report';
import type { Messages, Rule } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      "SELU follows here, which normalises itself only from weights of variance 1/fan_in. This doubles the variance (gain √2): use nonlinearity='linear'.",
    hint: "SELU wants LeCun normal: nonlinearity='linear'",
    related: 'The SELU that follows',
    fix: "Use nonlinearity='linear'",
  },
  'zh-cn': {
    message:
      "后面是 SELU：只有权重方差为 1/fan_in 时它才能自归一化。此处方差翻倍（增益 √2）：请使用 nonlinearity='linear'。",
    hint: "SELU 需要 LeCun 正态初始化：nonlinearity='linear'",
    related: '后面的 SELU',
    fix: "改用 nonlinearity='linear'",
  },
};

/** Kaiming's gain in front of SELU. */
export const seluInit: Rule = {
  code: 'selu-init',
  severity: 'warning',
  about: {
    en: 'Weights in front of SELU that are drawn for ReLU, so that the network does not normalise itself.',
    'zh-cn': 'SELU 之前的权重按 ReLU 初始化，网络因此无法自归一化。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    for (const init of initCalls(context)) {
      yield;
      if (init?.method !== 'kaiming' || !/^(relu|leaky_relu)$/.test(init.nonlinearity ?? '')) continue;
      const [first] = init.activations;
      if (first?.op !== 'selu') continue;
      const { call, written, writtenSlope } = init;
      findings.add(call.at, () => {
        const text = textAt(context, call.at);
        const edit =
          written?.at.file === call.at.file && written.at.expression?.kind === 'constant'
            ? { range: rangeAt(written.at), text: quoteLike('linear', textAt(context, written.at)) }
            : written === undefined && /\)$/.test(text)
              ? { range: rangeAt(call.at), text: `${text.replace(/,?\s*\)$/, '')}, nonlinearity='linear')` }
              : undefined;
        const title = wordsOf(messages, context.language, 'fix');
        const fixes = edit && writtenSlope === undefined ? [{ title, preferred: true, edits: [edit] }] : [];
        return { related: [{ at: rangeAt(first.at), message: 'related' }], fixes };
      });
    }
    return findings.list;
  },
};
