import { rangeOf } from '../../../detect/range';
import type { Advice } from '../../advice';
import { moduleAt } from '../../imports';
import { adviceFrom, wordsOf } from '../../report';
import type { Messages, Rule } from '../../rule';
import { callOfWord, wordNodes } from '../../wordNodes';

const messages: Messages<'message' | 'hint' | 'fix'> = {
  en: {
    message:
      'Older versions of PyTorch warn that F.{0} is deprecated in favour of torch.{0}, which is the same function.',
    hint: 'torch.{0} is the same',
    fix: 'Use torch.{0}',
  },
  'zh-cn': {
    message: '旧版 PyTorch 会警告 F.{0} 已弃用，建议改用相同的函数 torch.{0}。',
    hint: '与 torch.{0} 相同',
    fix: '改用 torch.{0}',
  },
};

/** `F.sigmoid`, `F.tanh` */
export const deprecatedFunctional: Rule = {
  code: 'deprecated-functional',
  severity: 'information',
  isOptional: true,
  about: {
    en: '`F.sigmoid` and `F.tanh`, of which older versions of PyTorch warn.',
    'zh-cn': '`F.sigmoid` 与 `F.tanh`：旧版 PyTorch 会给出弃用警告。',
  },
  *check(context) {
    const found: Advice[] = [];
    const { names, text, language } = context;
    for (const word of yield* wordNodes(context, /\b(sigmoid|tanh)(?=\s*\()/g)) {
      const callee = callOfWord(word)?.childForFieldName('function');
      const name = /^torch\.nn\.functional\.(sigmoid|tanh)$/.exec((callee && names.qualifiedName(callee)) || '')?.[1];
      if (!callee || name === undefined) continue;
      const at = rangeOf(callee, text.file);
      const { prefix, edits } = moduleAt('torch', callee, names, text.file);
      const title = wordsOf(messages, language, 'fix', [name]);
      const fixes = [{ title, preferred: true, edits: [{ range: at, text: `${prefix}.${name}` }, ...edits] }];
      found.push(adviceFrom(context, this, messages, { at, values: [name], fixes }));
    }
    return found;
  },
};
