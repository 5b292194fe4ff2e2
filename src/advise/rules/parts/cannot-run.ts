import type { Messages, Rule } from '../../rule';

export const messages: Messages<
  | 'message'
  | 'hint'
  | 'hintTfjs'
  | 'numbers'
  | 'input'
  | 'parameter'
  | 'value'
  | 'meet'
  | 'come'
  | 'meant'
  | 'always'
  | 'multiple'
  | 'made'
  | 'built'
  | 'run'
  | 'useNumber'
  | 'useName'
  | 'flatten'
> = {
  en: {
    message: '{0}',
    hint: 'PyTorch refuses this',
    hintTfjs: 'TensorFlow.js refuses this',
    numbers: '{0} come, {1} are taken',
    input: 'the input `{0}` of {1}',
    parameter: '`{0}` of {1}',
    value: 'a tensor of {1}',
    meet: 'Here {0} meets {1}.',
    come: 'Here {0} comes to `{1}`.',
    meant: 'Did you mean `{0}`?',
    always: 'It fails so with every input.',
    multiple: 'What comes is a multiple of {0}, whatever the size of the image.',
    made: '{0} is made here',
    built: '`{0}` is built here',
    run: '{0} runs it with {1}',
    useNumber: 'Change {0} to {1} in {2}',
    useName: 'Change {0} to {1}',
    flatten: 'Flatten what comes: {0}',
  },
  'zh-cn': {
    message: '{0}',
    hint: 'PyTorch 会拒绝',
    hintTfjs: 'TensorFlow.js 会拒绝',
    numbers: '传入 {0}，只接受 {1}',
    input: '形状为 {1} 的输入 `{0}`',
    parameter: '形状为 {1} 的 `{0}`',
    value: '形状为 {1} 的张量',
    meet: '此处{0}遇上{1}。',
    come: '此处{0}进入 `{1}`。',
    meant: '是否想写 `{0}`？',
    always: '无论什么输入都会这样失败。',
    multiple: '无论图像多大，传入的数目总是 {0} 的倍数。',
    made: '{0} 在此产生',
    built: '`{0}` 在此构造',
    run: '{0} 以 {1} 运行它',
    useNumber: '在 {2} 中将 {0} 改为 {1}',
    useName: '将 {0} 改为 {1}',
    flatten: '先展平：{0}',
  },
};

/** Models that PyTorch or TensorFlow.js itself refuses to build or to run: found where they are read, nowhere in the syntax. */
export const cannotRun: Rule = {
  code: 'cannot-run',
  severity: 'error',
  about: {
    en: 'A model that cannot be built or run: shapes that do not fit, names that do not exist, in the words of PyTorch or TensorFlow.js. Looked for in models that are read.',
    'zh-cn':
      '无法构造或运行的模型：形状不匹配、名称不存在等，以 PyTorch 或 TensorFlow.js 自己的措辞报告。只在读取过的模型中查找。',
  },
  // biome-ignore lint/correctness/useYield: what the syntax shows of it other rules tell
  *check() {
    return [];
  },
};
