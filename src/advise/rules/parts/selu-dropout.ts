import { isMoving, sureOrigins } from '../../../flow/trace';
import type { FlowPlace, FlowResult } from '../../../flow/values';
import type { Fix } from '../../advice';
import { calledName, constantAt, Findings, textAt } from '../../parts';
import { rangeAt, wordsOf } from '../../report';
import { hasOperation, operationsOf, runsOf } from '../../results';
import type { Messages, Rule, RuleContext } from '../../rule';

export const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'Dropout behind SELU sets values to 0 and so shifts mean and variance, which SELU keeps at 0 and 1. AlphaDropout keeps both.',
    hint: 'SELU wants AlphaDropout',
    related: 'The SELU in front of it',
    fix: 'Use {0}',
  },
  'zh-cn': {
    message: 'SELU 之后的 Dropout 把值置 0，会改变 SELU 所保持的均值 0 与方差 1。AlphaDropout 则保持两者。',
    hint: 'SELU 应使用 AlphaDropout',
    related: '其前面的 SELU',
    fix: '改用 {0}',
  },
};

/** Dropout behind SELU. */
export const seluDropout: Rule = {
  code: 'selu-dropout',
  severity: 'warning',
  about: {
    en: 'An ordinary dropout behind SELU, whose self-normalisation it undoes.',
    'zh-cn': 'SELU 之后使用普通 dropout，破坏了自归一化。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    if (!hasOperation(context.flow, (op) => op === 'selu')) return [];
    for (const result of operationsOf(context.flow, (op) => op === 'dropout')) {
      yield;
      const selu = !result.isMaybe ? seluBefore(result) : undefined;
      if (!selu || constantAt(result.layer?.args ?? result.args, result.layer ? 0 : 1, 'p') === 0) continue;
      findings.add(result.layer?.at ?? result.at, () => ({
        related: [{ at: rangeAt(selu.at), message: 'related' }],
        fixes: fixesOf(result, context),
      }));
    }
    return findings.list;
  },
};

function seluBefore({ inputs: [input] }: FlowResult): FlowResult | undefined {
  const isSelu = ({ op }: FlowResult) => op === 'selu';
  const found = input && sureOrigins(input, isSelu, ({ op }) => isMoving(op) && !/dropout/.test(op));
  return found?.[0];
}

/** The same call of AlphaDropout, where the dropout does nothing else. */
function fixesOf(result: FlowResult, context: RuleContext): readonly Fix[] {
  const { layer } = result;
  const at = layer?.at ?? result.at;
  const callee = at.expression?.kind === 'call' ? at.expression.callee : undefined;
  if (!callee) return [];
  // Functions differ in what they do where `training` is left out.
  const isSame = layer
    ? runsOf(context.flow, layer).every((run) => seluBefore(run))
    : result.form === 'function' && (result.args.some(({ name }) => name === 'training') || result.args.length > 2);
  const name = layer ? 'Dropout' : calledName(result);
  const place: FlowPlace = { file: at.file, span: callee.span };
  const text = textAt(context, place);
  const other = /Dropout[123]d$/.test(text)
    ? text.replace(/Dropout[123]d$/, 'FeatureAlphaDropout')
    : /dropout[123]d$/.test(text)
      ? text.replace(/dropout[123]d$/, 'feature_alpha_dropout')
      : text.replace(/Dropout$/, 'AlphaDropout').replace(/dropout$/, 'alpha_dropout');
  // A name alone is imported alone.
  if (!isSame || other === text || callee.kind === 'name' || name === '') return [];
  const title = wordsOf(messages, context.language, 'fix', [other]);
  return [{ title, preferred: true, edits: [{ range: rangeAt(place), text: other }] }];
}
