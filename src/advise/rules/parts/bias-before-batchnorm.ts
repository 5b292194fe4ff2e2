import { argumentOf } from '../../../flow/queries';
import type { BuiltLayer } from '../../../flow/values';
import type { Fix } from '../../advice';
import { constantAt, Findings, isOpenCall, textAt } from '../../parts';
import { rangeAt, wordsOf } from '../../report';
import { runsOf, takersOf } from '../../results';
import type { Messages, Rule, RuleContext } from '../../rule';

const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'Batch normalisation subtracts the mean, and the bias with it: this bias has no effect and no gradient. Use bias=False.',
    hint: 'bias without effect',
    related: 'The normalisation that takes it away',
    fix: 'Use bias=False',
  },
  'zh-cn': {
    message: '批归一化会减去均值，偏置也随之消去：该偏置没有作用，也没有梯度。请使用 bias=False。',
    hint: '没有作用的偏置',
    related: '消去偏置的归一化',
    fix: '使用 bias=False',
  },
};

/** A bias that batch normalisation takes away. */
export const biasBeforeBatchnorm: Rule = {
  code: 'bias-before-batchnorm',
  severity: 'information',
  isOptional: true,
  about: {
    en: 'A layer with a bias directly in front of a batch normalisation, which cancels it.',
    'zh-cn': '批归一化之前的层带有偏置，而偏置会被消去。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    const { flow } = context;
    for (const { layer } of flow.built) {
      yield;
      const position = /\.Linear$/.test(layer.type) ? 2 : /\.Conv[123]d$/.test(layer.type) ? 7 : undefined;
      if (position === undefined || isOpenCall(layer.args)) continue;
      const written = argumentOf(layer.args, position, 'bias');
      if (written && constantAt(layer.args, position, 'bias') !== true) continue;
      const takers = runsOf(flow, layer).map((run) => {
        const list = takersOf(flow, run);
        return list.length === 1 && !run.isMaybe ? list[0] : undefined;
      });
      const isCancelled = takers.every(
        (each) => each?.op === 'batch_norm' && each.layer && constantAt(each.layer.args, 3, 'affine') !== false,
      );
      const [norm] = takers;
      if (!norm || !isCancelled) continue;
      findings.add(layer.at, () => ({
        related: [{ at: rangeAt(norm.at), message: 'related' }],
        fixes: removeBias(layer, context),
      }));
    }
    return findings.list;
  },
};

function removeBias({ at, args }: BuiltLayer, context: RuleContext): readonly Fix[] {
  const written = args.find(({ name }) => name === 'bias');
  const title = wordsOf(messages, context.language, 'fix');
  if (written)
    return written.at.expression?.kind === 'constant'
      ? [{ title, preferred: true, edits: [{ range: rangeAt(written.at), text: 'False' }] }]
      : [];
  const text = textAt(context, at);
  if (at.expression?.kind !== 'call' || !text.endsWith(')') || args.length > 6) return [];
  const inner = text.slice(0, -1).replace(/,\s*$/, '');
  return [{ title, preferred: true, edits: [{ range: rangeAt(at), text: `${inner}, bias=False)` }] }];
}
