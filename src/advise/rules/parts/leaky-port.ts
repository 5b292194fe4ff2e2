import { argumentOf } from '../../../flow/queries';
import type { Fix } from '../../advice';
import { constantAt, Findings, isOpenCall, shortName, textAt } from '../../parts';
import { rangeAt, wordsOf } from '../../report';
import type { Messages, Rule, RuleContext } from '../../rule';

const messages: Messages<'message' | 'alpha' | 'hint' | 'alphaHint' | 'fix' | 'rename'> = {
  en: {
    message:
      "LeakyReLU has slope 0.01 here where nothing is said; Keras's LeakyReLU has {0}, TensorFlow's tf.nn.leaky_relu 0.2. A port should write the slope.",
    alpha: 'LeakyReLU has no `alpha`: this raises a TypeError. In PyTorch it is called negative_slope.',
    hint: 'slope 0.01; Keras has 0.3',
    alphaHint: 'negative_slope',
    fix: 'Write the slope of Keras, {0}',
    rename: 'Use negative_slope',
  },
  'zh-cn': {
    message:
      '此处 LeakyReLU 未写斜率，默认为 0.01；Keras 的 LeakyReLU 为 {0}，TensorFlow 的 tf.nn.leaky_relu 为 0.2。移植代码应写明斜率。',
    alpha: 'LeakyReLU 没有 `alpha` 参数：会抛出 TypeError。PyTorch 中称为 negative_slope。',
    hint: '斜率 0.01；Keras 为 0.3',
    alphaHint: 'negative_slope',
    fix: '写明 Keras 的斜率 {0}',
    rename: '改用 negative_slope',
  },
};
const KERAS_SLOPE = 0.3;

/** A LeakyReLU of a port that leaves its slope to another default. */
export const leakyPort: Rule = {
  code: 'leaky-port',
  severity: 'information',
  about: {
    en: 'A LeakyReLU without a slope in code that is ported from Keras or TensorFlow, whose defaults differ.',
    'zh-cn': '从 Keras 或 TensorFlow 移植的代码中未写斜率的 LeakyReLU，两者默认值不同。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    const isPort = isPorted(context);
    for (const { layer } of context.flow.built) {
      yield;
      if (shortName(layer.type) !== 'LeakyReLU' || isOpenCall(layer.args)) continue;
      const alpha = layer.args.find(({ name }) => name === 'alpha');
      if (alpha) {
        const text = textAt(context, layer.at).replace(/\balpha(\s*=)/, 'negative_slope$1');
        findings.add(layer.at, () => ({
          message: 'alpha',
          hint: 'alphaHint',
          severity: 'error',
          fixes: [fixOf(wordsOf(messages, context.language, 'rename'), text)],
        }));
      } else if (isPort && !argumentOf(layer.args, 0, 'negative_slope')) {
        const inner = constantAt(layer.args, 1, 'inplace') === undefined ? '' : ', inplace=True';
        const callee = textAt(context, layer.at).replace(/\([\s\S]*$/, '');
        findings.add(layer.at, () => ({
          values: [KERAS_SLOPE],
          fixes: [
            fixOf(
              wordsOf(messages, context.language, 'fix', [KERAS_SLOPE]),
              `${callee}(${KERAS_SLOPE}${inner})`,
              false,
            ),
          ],
        }));
      }
      function fixOf(title: string, text: string, preferred = true): Fix {
        return { title, preferred, edits: [{ range: rangeAt(layer.at), text }] };
      }
    }
    return findings.list;
  },
};

/** Whether the file says that it is a port, or has both frameworks. */
function isPorted({ text: { text } }: RuleContext): boolean {
  if (/^\s*(import|from)\s+(tensorflow|keras)\b/m.test(text)) return true;
  return /\b(port(ed)?|convert(ed)?|translat(ed|ion)|re-?implement(ed|ation)?|adapted)\b[^.\n]{0,40}\b(from|of)\b[^.\n]{0,60}\b(keras|tensorflow|TF)\b/i.test(
    text,
  );
}
