import type { Advice } from '../../advice';
import { adviceFrom } from '../../report';
import type { Messages } from '../../rule';
import { placeOf, rangeOfCode } from '../../tfjs/report';
import type { TfjsContext, TfjsRule } from '../../tfjs/rule';
import type { TfjsResult } from '../../tfjs/values';

const messages: Messages<'layer' | 'op' | 'hard' | 'hint' | 'hardHint'> = {
  en: {
    layer:
      "tf.layers.leakyReLU has a negative slope of 0.3 unless it is told another; PyTorch's LeakyReLU has 0.01. Code that comes from PyTorch wants alpha: 0.01.",
    op: "tf.leakyRelu has a negative slope of 0.2 unless it is told another; PyTorch's LeakyReLU has 0.01. Code that comes from PyTorch wants 0.01.",
    hard: "TensorFlow.js's hardSigmoid is 0.2·x + 0.5 between -2.5 and 2.5; PyTorch's Hardsigmoid is x/6 + 0.5 between -3 and 3. Weights that come from PyTorch give other values here.",
    hint: "the slope is {0}, PyTorch's is 0.01",
    hardHint: "the slope is 0.2, PyTorch's is 1/6",
  },
  'zh-cn': {
    layer:
      'tf.layers.leakyReLU 的负斜率默认为 0.3，而 PyTorch 的 LeakyReLU 为 0.01。从 PyTorch 移植的代码需要 alpha: 0.01。',
    op: 'tf.leakyRelu 的负斜率默认为 0.2，而 PyTorch 的 LeakyReLU 为 0.01。从 PyTorch 移植的代码需要 0.01。',
    hard: 'TensorFlow.js 的 hardSigmoid 在 -2.5 到 2.5 之间为 0.2·x + 0.5，而 PyTorch 的 Hardsigmoid 在 -3 到 3 之间为 x/6 + 0.5。来自 PyTorch 的权重在这里会得到不同的值。',
    hint: '斜率为 {0}，PyTorch 为 0.01',
    hardHint: '斜率为 0.2，PyTorch 为 1/6',
  },
};

/** Activations whose usual slope is another one in PyTorch, in code that comes from there. */
export const tfjsLeakyPort: TfjsRule = {
  code: 'tfjs-leaky-port',
  severity: 'information',
  framework: 'tfjs',
  about: {
    en: 'TensorFlow.js: a LeakyReLU without a slope, or a hardSigmoid, in a file that speaks of PyTorch, whose slopes are others.',
    'zh-cn': 'TensorFlow.js：在提到 PyTorch 的文件中使用了未设斜率的 LeakyReLU 或 hardSigmoid，而 PyTorch 的斜率不同。',
  },
  *check(context) {
    const found: Advice[] = [];
    if (!speaksOfPyTorch(context)) return found;
    for (const result of context.flow.results) {
      const message = messageFor(result);
      if (!message) continue;
      yield;
      const at = rangeOfCode(context, placeOf(result));
      const hint = message === 'hard' ? 'hardHint' : 'hint';
      found.push(adviceFrom(context, this, messages, { at, message, hint, values: [message === 'layer' ? 0.3 : 0.2] }));
    }
    return found;
  },
};

/** Whether a comment or a text of the file says that something comes from PyTorch, and none that the slopes differ. */
function speaksOfPyTorch({ text: { text } }: TfjsContext): boolean {
  return /\b(pytorch|torch\.nn|nn\.(LeakyReLU|Hardsigmoid))\b|\bfrom torch\b/i.test(text) && !/slope/i.test(text);
}

function messageFor({ op, form, second }: TfjsResult): 'layer' | 'op' | 'hard' | undefined {
  if (op === 'hardsigmoid') return 'hard';
  if (op !== 'leaky_relu' || second) return undefined;
  return form === 'layer' ? 'layer' : 'op';
}
