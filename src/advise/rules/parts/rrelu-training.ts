import { argumentOf } from '../../../flow/queries';
import type { FlowResult } from '../../../flow/values';
import { parentOf } from '../../../syntax/ancestors';
import type { Fix } from '../../advice';
import { calledName, constantAt, Findings, isForward, isOpenCall, nodeOf, textAt } from '../../parts';
import { rangeAt, wordsOf } from '../../report';
import { operationsOf } from '../../results';
import type { Messages, Rule, RuleContext } from '../../rule';

const messages: Messages<'message' | 'never' | 'hint' | 'neverHint' | 'fix'> = {
  en: {
    message:
      '`{0}` takes training=True where nothing is said: it drops in evaluation too. Pass training=self.training.',
    never:
      '`{0}` takes training=False where nothing is said: it does nothing random in training either. Pass training=self.training.',
    hint: 'drops in evaluation too',
    neverHint: 'never random, in training neither',
    fix: 'Pass training={0}.training',
  },
  'zh-cn': {
    message: '`{0}` 未指定 training 时为 True：评估时也会丢弃。请传入 training=self.training。',
    never: '`{0}` 未指定 training 时为 False：训练时也没有随机性。请传入 training=self.training。',
    hint: '评估时也会丢弃',
    neverHint: '训练时也没有随机性',
    fix: '传入 training={0}.training',
  },
};

/** What is random, by its name, with what `training` is where it is left out, and its position. */
const random: ReadonlyMap<string, readonly [isTraining: boolean, position: number]> = new Map([
  ['dropout', [true, 2]],
  ['dropout1d', [true, 2]],
  ['dropout2d', [true, 2]],
  ['dropout3d', [true, 2]],
  ['alpha_dropout', [false, 2]],
  ['feature_alpha_dropout', [false, 2]],
  ['rrelu', [false, 3]],
]);
/** Who drops in evaluation on purpose says so. */
const onPurpose = /mc_?d|monte|bayes|uncertain|stochastic|epistemic|always|mcd/i;

/** `F.dropout(x)` in a module's `forward`. */
export const rreluTraining: Rule = {
  code: 'rrelu-training',
  severity: 'warning',
  about: {
    en: '`F.dropout` or `F.rrelu` in `forward` without `training`, which the mode of the model then does not reach.',
    'zh-cn': '`forward` 中的 `F.dropout` 或 `F.rrelu` 未传入 `training`，因而不受模型模式影响。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    const isRandom = (op: string) => /^(dropout|alpha_dropout|feature_alpha_dropout|rrelu)$/.test(op);
    for (const result of operationsOf(context.flow, isRandom)) {
      yield;
      if (result.form !== 'function') continue;
      const name = calledName(result).replace(/_$/, '');
      const [isTraining, position] = random.get(name) ?? [];
      if (position === undefined || result.isMaybe || isOpenCall(result.args)) continue;
      const isLeftOut = argumentOf(result.args, position, 'training') === undefined;
      if (!isLeftOut || constantAt(result.args, 1, 'p') === 0 || !isInModel(result, context)) continue;
      findings.add(result.at, () => ({
        message: isTraining ? 'message' : 'never',
        hint: isTraining ? 'hint' : 'neverHint',
        values: [`F.${name}`],
        fixes: fixesOf(result, context),
      }));
    }
    return findings.list;
  },
};

function isInModel(result: FlowResult, context: RuleContext): boolean {
  const { trail } = result;
  const from = trail.findLastIndex(isForward);
  if (from < 0 || callsTorch(result, context)) return false;
  const names = trail.slice(from).flatMap(({ code, owner }) => [code.name, owner?.name ?? '']);
  if (names.some((name) => onPurpose.test(name))) return false;
  // `if self.training: x = F.dropout(x)`
  for (let node = nodeOf(context, result.at) ?? null; node; node = parentOf(node)) {
    const condition = /^(if_statement|elif_clause)$/.test(node.type)
      ? node.childForFieldName('condition')
      : node.type === 'conditional_expression'
        ? node.namedChild(1)
        : undefined;
    if (condition && /train|mc|sample|bayes|eval/i.test(condition.text)) return false;
  }
  return true;
}

/** `torch.dropout` wants to be told. */
function callsTorch({ at }: FlowResult, context: RuleContext): boolean {
  const callee = at.expression?.kind === 'call' ? at.expression.callee : undefined;
  return callee !== undefined && /^torch\.\w+$/.test(textAt(context, { file: at.file, span: callee.span }));
}

function fixesOf(result: FlowResult, context: RuleContext): readonly Fix[] {
  const running = result.trail.at(-1);
  const self = running?.receiver ? running.code.parameters[0]?.name : undefined;
  const text = textAt(context, result.at);
  if (self === undefined || !text.endsWith(')') || result.at.expression?.kind !== 'call') return [];
  const title = wordsOf(messages, context.language, 'fix', [self]);
  const inner = text.slice(0, -1).replace(/,\s*$/, '');
  return [
    { title, preferred: true, edits: [{ range: rangeAt(result.at), text: `${inner}, training=${self}.training)` }] },
  ];
}
