/** Searches of a file's text: where it may name an activation, before any tree is asked. */
import { isAscii, python, pythonName, WordSearch } from '../../syntax/identifiers';
import { implicitActivations, lastWord, pytorchSpellings } from '../spellings';
import { formulaHints } from './formulas';
import { namePattern } from './stringNames';

let patterns: { readonly words: ReadonlySet<string>; readonly names: WordSearch; readonly strings: RegExp } | undefined;

/** Words and strings that may name an activation. */
export function textPatterns() {
  if (patterns) return patterns;
  const words = new Set([...pytorchSpellings().words, ...[...implicitActivations.keys()].map(lastWord)]);
  patterns = {
    words,
    names: new WordSearch(python, words),
    // `"nn.ReLU"` and `"lib.layers.swish"` too.
    strings: new RegExp(`(['"])(?:[\\w.]+\\.)?(?:${namePattern()})(?:\\(\\))?\\1`, 'gi'),
  };
  return patterns;
}

/** Whether a text may define an activation, before it is parsed. */
export function mayDefine(text: string): boolean {
  return text.includes('torch') && (!textPatterns().names.in(text).next().done || !formulaHints(text).next().done);
}

/** Whether a text without PyTorch may choose activations by strings, for no other framework. */
export function mayConfigure(text: string): boolean {
  return !text.matchAll(textPatterns().strings).next().done && !otherFramework.test(text.replace(remarks, ''));
}

/** Docstrings and comments: a configuration of PyTorch's may tell how TensorFlow pads. */
const remarks = /("""|''')[\s\S]*?\1|#.*/g;

// What derives from some library's module is a model, of a framework that nobody knows here.
const otherFramework =
  /(?<!\w)(?:tensorflow|keras|jax|flax|haiku|equinox|sklearn|mxnet|paddle|chainer|theano|lasagne|mindspore|tflearn|mlx|onnx|tinygrad|megengine|oneflow|jittor|cntk|gluon)(?!\w)|(?<!\w)tf\.|(?<!\w)class\s+\w+\(\w+\.(?:Module|Cell|Block|Layer)\)/i;

/** Other names that a text's imports give to spellings: `from torch.nn import ReLU as R`. */
export function aliasesIn(text: string): string[] {
  if (!/^[ \t]*from[ \t]/m.test(text) || !/[ \t]as[ \t]/.test(text)) return [];
  return [...textPatterns().names.in(text)].flatMap(({ 0: word, index }) => {
    const alias = aliasBehind(text, index + word.length);
    return alias ? [alias] : [];
  });
}

/** The name that `as` gives to what ends at an index; empty where it gives none. */
export function aliasBehind(text: string, index: number): string {
  const as = /^[ \t]+as[ \t]+/.exec(text.slice(index, index + 80))?.[0];
  return as ? python.at(text, index + as.length) : '';
}

/** Spellings that a text writes in other characters, which Python reads as the same name. */
export function disguisedSpellings(text: string): string[] {
  if (isAscii(text)) return [];
  const { words } = textPatterns();
  return Array.from(python.in(text), ([name]) => name).filter((name) => !isAscii(name) && words.has(pythonName(name)));
}
