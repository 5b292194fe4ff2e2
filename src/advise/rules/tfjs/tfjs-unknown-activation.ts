import { tfjsTable } from '../../../detect/typescript/tfjsTable';
import type { Advice } from '../../advice';
import { adviceFrom, wordsOf } from '../../report';
import type { Messages } from '../../rule';
import { replaceWord } from '../../tfjs/edits';
import { rangeOfCode } from '../../tfjs/report';
import type { TfjsRule } from '../../tfjs/rule';
import { isElsewhere, layerFor, nearestWord, runsAsLayer, writtenWord } from '../../tfjs/spelling';
import { possibilities } from '../../tfjs/values';

const messages: Messages<'near' | 'layer' | 'none' | 'hint' | 'layerHint' | 'noneHint' | 'fix'> = {
  en: {
    near: "TensorFlow.js has no activation '{0}': building the layer throws \"Unknown activation: {0}\". It is called '{1}'.",
    layer:
      'TensorFlow.js has no activation \'{0}\': building the layer throws "Unknown activation: {0}". Leave it out and put tf.layers.{1}() behind the layer.',
    none: 'TensorFlow.js has no activation \'{0}\': building the layer throws "Unknown activation: {0}".',
    hint: "unknown: '{1}' is meant",
    layerHint: 'unknown: tf.layers.{1}() is a layer of its own',
    noneHint: 'TensorFlow.js has no such activation',
    fix: "Write '{1}'",
  },
  'zh-cn': {
    near: "TensorFlow.js 没有名为 '{0}' 的激活函数：创建该层时会抛出 \"Unknown activation: {0}\"。正确的名称是 '{1}'。",
    layer:
      'TensorFlow.js 没有名为 \'{0}\' 的激活函数：创建该层时会抛出 "Unknown activation: {0}"。请去掉它，并在该层之后加上 tf.layers.{1}()。',
    none: 'TensorFlow.js 没有名为 \'{0}\' 的激活函数：创建该层时会抛出 "Unknown activation: {0}"。',
    hint: "未知：应为 '{1}'",
    layerHint: '未知：tf.layers.{1}() 是单独的层',
    noneHint: 'TensorFlow.js 没有这种激活函数',
    fix: "写作 '{1}'",
  },
};

/** A name that TensorFlow.js's layers don't know. */
export const tfjsUnknownActivation: TfjsRule = {
  code: 'tfjs-unknown-activation',
  severity: 'error',
  framework: 'tfjs',
  about: {
    en: "TensorFlow.js: a layer's `activation` that names none of TensorFlow.js's, so that building the layer throws.",
    'zh-cn': 'TensorFlow.js：层的 `activation` 不是 TensorFlow.js 的激活函数名，创建该层时会抛出错误。',
  },
  *check(context) {
    const found: Advice[] = [];
    // The file may make its own known.
    if (/\bregisterClass\b|\bclassName\b/.test(context.text.text)) return found;
    for (const layer of context.flow.layers)
      for (const slot of ['activation', 'recurrentActivation']) {
        const property = layer.settings.get(slot);
        for (const value of property ? possibilities(property.value) : []) {
          if (value.kind !== 'constant' || typeof value.value !== 'string' || !property) continue;
          yield;
          const word = value.value;
          if (tfjsTable().identifiers.has(word) || runsAsLayer(word)) continue;
          const near = nearestWord(word);
          const other = layerFor(word);
          if (mayBeOwn(context.text.text, word, near ?? other)) continue;
          const code = value.at ?? property.at;
          const values = [word, near ?? other ?? ''];
          const at = rangeOfCode(context, code);
          const title = wordsOf(messages, context.language, 'fix', values);
          const isBadlyWritten = writtenWord(word) !== undefined;
          const fixes = near ? replaceWord(context, code, near, title, isBadlyWritten) : [];
          const [message, hint] = near
            ? (['near', 'hint'] as const)
            : other
              ? (['layer', 'layerHint'] as const)
              : (['none', 'noneHint'] as const);
          found.push(adviceFrom(context, this, messages, { at, message, hint, values, fixes }));
        }
      }
    return found;
  },
};

/** Modules that may make other activations known. */
const registering = /(?:from|require\()\s*['"]\.[^'"]*(?:activ|layer|custom|regist|ops|nn|silu|gelu)[^'"]*['"]/i;
const importing = /(?:from|import|require\()\s*['"]\.{1,2}\//;

/** Whether another file of the user's may have made a name known: unless it is one of TensorFlow.js's, badly written. */
function mayBeOwn(text: string, word: string, meant: string | undefined): boolean {
  if (writtenWord(word) !== undefined) return false;
  return meant !== undefined || isElsewhere(word) ? registering.test(text) : importing.test(text);
}
