import type { Advice } from '../../advice';
import { adviceFrom, wordsOf } from '../../report';
import type { Messages } from '../../rule';
import { setActivation } from '../../tfjs/edits';
import { settingOf } from '../../tfjs/layers';
import { placeOf, rangeOfCode } from '../../tfjs/report';
import type { TfjsContext, TfjsRule } from '../../tfjs/rule';
import { lastSizeOf, sureOrigins } from '../../tfjs/trace';
import { type TfjsResult, textOf, unknown } from '../../tfjs/values';

const messages: Messages<'message' | 'hint' | 'related' | 'fix'> = {
  en: {
    message:
      'Nothing non-linear lies between this dense layer and the next: the two are a single linear map, with more parameters. Give it an activation.',
    hint: 'no activation before the next dense layer',
    related: 'The next dense layer',
    fix: "Add activation: 'relu'",
  },
  'zh-cn': {
    message: '该全连接层与下一个全连接层之间没有非线性：两层只是一个线性映射，只是参数更多。请为它设置激活函数。',
    hint: '下一个全连接层之前没有激活函数',
    related: '下一个全连接层',
    fix: "加上 activation: 'relu'",
  },
};

/** Two dense layers that are one linear map. */
export const tfjsNoNonlinearity: TfjsRule = {
  code: 'tfjs-no-nonlinearity',
  severity: 'warning',
  framework: 'tfjs',
  about: {
    en: 'TensorFlow.js: a dense layer without activation that feeds another, which makes the two a single linear map.',
    'zh-cn': 'TensorFlow.js：没有激活函数的全连接层直接接另一个全连接层，两层只是一个线性映射。',
  },
  *check(context) {
    const found: Advice[] = [];
    for (const next of context.flow.results) {
      if (!isDense(next) || next.isMaybe) continue;
      yield;
      for (const first of sureOrigins(next.inputs[0] ?? unknown, isDense, isLinearStep) ?? []) {
        if (!first.layer || first.isMaybe || isMeant(context, first, next)) continue;
        const title = wordsOf(messages, context.language, 'fix');
        const fixes = setActivation(context, first.layer, 'relu', title);
        const related = [{ at: rangeOfCode(context, placeOf(next)), message: 'related' as const }];
        const at = rangeOfCode(context, placeOf(first));
        // Somebody who writes 'linear' may want just that.
        const severity = textOf(settingOf(first.layer, 'activation')) === 'linear' ? 'information' : this.severity;
        found.push(adviceFrom(context, { code: this.code, severity }, messages, { at, related, fixes }));
      }
    }
    return found;
  },
};

const isDense = ({ op, form }: TfjsResult) => op === 'dense' && form === 'layer';

/** What changes nothing of it, the zeros of dropout aside. */
const isLinearStep = ({ op, form }: TfjsResult) =>
  form === 'layer' && /^(dropout|spatialDropout1d|alphaDropout|flatten)$/.test(op);

/** Names of what is linear on purpose. */
const purpose = /proj|embed|latent|bottleneck|code|encod|logit|head|mean|mu\b|sigma|var|factor|lora|query|key|value/i;

/** Whether two linear layers may be wanted: a narrow middle, what has a name or a use of its own. */
function isMeant({ flow, text }: TfjsContext, first: TfjsResult, next: TfjsResult): boolean {
  const name = first.layer && textOf(settingOf(first.layer, 'name'));
  if (purpose.test(name ?? '') || purpose.test(flow.nameOf(first) ?? '')) return true;
  if (flow.usesOf(first) > 1 || /\.layers\s*\[[^\]]*\]\s*\.\s*output/.test(text.text)) return true;
  return isNarrow(lastSizeOf(first.inputs[0] ?? unknown), lastSizeOf(first), lastSizeOf(next));
}

/** Whether the middle is, or may be, narrower than both ends: then the two are a map of lower rank. */
function isNarrow(before: number | undefined, middle: number | undefined, behind: number | undefined): boolean {
  if (middle === undefined) return true;
  if (behind !== undefined && middle >= behind) return false;
  return before === undefined || middle < before;
}
