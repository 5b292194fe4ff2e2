import { catalogue } from '../../../activations/catalogue';
import { rangeOf } from '../../../detect/range';
import type { SourceRange } from '../../../graph/types';
import { Findings } from '../../parts';
import { operationsOf } from '../../results';
import type { Messages, Rule, RuleContext } from '../../rule';
import { callOfWord, wordNodes } from '../../wordNodes';

const messages: Messages<'message' | 'hint' | 'related'> = {
  en: {
    message:
      'This model is quantised to int8 (line {1}), and {0} has no int8 kernel in the common runtimes: it is computed in floats between two conversions, or costs accuracy. ReLU, ReLU6 and Hardswish have one.',
    hint: '{0} has no int8 kernel',
    related: 'Where the model is quantised',
  },
  'zh-cn': {
    message:
      '该模型会被量化为 int8（第 {1} 行），而常见运行时没有 {0} 的 int8 算子：它会在两次转换之间以浮点计算，或损失精度。ReLU、ReLU6 和 Hardswish 则有。',
    hint: '{0} 没有 int8 算子',
    related: '模型在此量化',
  },
};

/** SiLU, Mish and GELU in a model that is quantised in the same file. */
export const int8Unfriendly: Rule = {
  code: 'int8-unfriendly',
  severity: 'information',
  about: {
    en: 'SiLU, Mish or GELU in a model that the same file quantises statically to int8.',
    'zh-cn': '同一文件静态量化为 int8 的模型中使用 SiLU、Mish 或 GELU。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    const intent = yield* findIntent(context);
    if (!intent) return [];
    for (const result of operationsOf(context.flow, (op) => /^(silu|mish|gelu)$/.test(op))) {
      yield;
      if (result.isMaybe || !/^(layer|function)$/.test(result.form)) continue;
      findings.add(result.layer?.at ?? result.at, () => ({
        values: [catalogue.get(result.op)?.title ?? result.op, context.lineOf(intent)],
        related: [{ at: intent, message: 'related' }],
      }));
    }
    return findings.list;
  },
};

/** Where the file prepares a model for static quantisation; training for it is another matter. */
function* findIntent(context: RuleContext): Generator<void, SourceRange | undefined> {
  const { names, text } = context;
  if (!text.text.includes('quantization') || /prepare_qat|get_default_qat/.test(text.text)) return undefined;
  const preparing = /\b(prepare|convert|quantize|quantize_static|prepare_fx|convert_fx)(?=\s*\()/g;
  for (const word of yield* wordNodes(context, preparing)) {
    const call = callOfWord(word);
    const callee = call?.childForFieldName('function');
    const full = (callee && names.qualifiedName(callee)) ?? '';
    if (call && /^torch\.(ao\.)?quantization\.(quantize_fx\.)?\w+$/.test(full)) return rangeOf(call, text.file);
  }
  return undefined;
}
