/** What a parameter of a layer sets, by the words of its name. */
import { itemAt, lastOf } from '../graph/access';
import { type LayerSetting, RULES } from './settingRules';
import { COUNTS, FOREIGN, SIDES, SIZES, WHICH, wordsIn } from './settingWords';

export type { LayerSetting } from './settingRules';

const KNOWN: ReadonlySet<string> = new Set([
  ...RULES.flatMap(({ words, besides = [] }) => [...words, ...besides]),
  ...COUNTS,
  ...SIDES,
  ...SIZES,
  ...WHICH,
  'list',
  'rate',
  'rates',
]);

/** What is written in one with the word after it: `inplanes`, `nhead`. */
const PREFIX = /^(num|nb|in|out|mid|hid|dim|max|emb|n|d|h|c|k)(?=\w{2})/;

/** `in_channels`, `inChannels`, `inplanes` and `in1` as words. */
function wordsOf(name: string): string[] {
  const text = name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replace('drop_path', 'droppath');
  return text
    .split(/[_\d]+/)
    .filter(Boolean)
    .flatMap((part) => {
      const [prefix = ''] = PREFIX.exec(part) ?? [];
      const rest = part.slice(prefix.length);
      return !KNOWN.has(part) && KNOWN.has(prefix) && KNOWN.has(rest) ? [prefix, rest] : [part];
    });
}

/** What a parameter sets; undefined where a word of its name is none of layers', or is a letter that stands for anything. */
export function settingOf(name: string): LayerSetting | undefined {
  const words = wordsOf(name);
  // Capitals are constants of a method: the C of a regression, a temperature T.
  if (/^\p{Lu}$/u.test(name) || words.length === 0 || !words.every((word) => KNOWN.has(word))) return undefined;
  return settingOfWords(words);
}

function settingOfWords(words: readonly string[]): LayerSetting | undefined {
  const has = (wanted: ReadonlySet<string>, but?: string) => words.some((word) => word !== but && wanted.has(word));
  return RULES.find(({ words: own, besides, no, alone, begins }) => {
    const word = begins ? words.slice(0, 1).find((each) => own.has(each)) : words.find((each) => own.has(each));
    if (word === undefined || (alone && words.length > 1) || (no && has(no))) return false;
    return !besides || has(besides, word);
  })?.setting;
}

/** The words after which a name is a number, though another of it is not known: `num_experts`, `router_dim`, `adapter_size`. */
const HEADS: readonly (readonly [words: ReadonlySet<string>, setting: LayerSetting])[] = [
  [wordsIn('channel channels chans ch chs dim dims hidden planes filters units width'), 'width'],
  [wordsIn('kernel'), 'kernel'],
  [wordsIn('stride'), 'stride'],
  [wordsIn('len length'), 'length'],
  [wordsIn('layers depth depths blocks'), 'depth'],
  [wordsIn('ratio factor'), 'expansion'],
  [wordsIn('dropout drop'), 'dropout'],
  [wordsIn('size'), 'size'],
  [wordsIn('num count'), 'count'],
];

/** What a name sets by the word that it ends or begins with, where others of it are of anything that is no data's. */
export function likelySettingOf(name: string): LayerSetting | undefined {
  const words = wordsOf(name);
  if (words.length < 2 || words.some((word) => FOREIGN.has(word))) return undefined;
  const [first, last] = [itemAt(words, 0), lastOf(words)];
  const found = HEADS.find(([heads]) => heads.has(last))?.[1];
  if (found) return found;
  if (/^(?:num|n|nb|no|number)$/.test(first)) return 'count';
  return /^(?:use|is|has|with|do|enable|apply|if|no)$/.test(first) ? 'switch' : undefined;
}

/** Whether a width is of what goes in. */
export const isInward = (name: string): boolean =>
  wordsOf(name).some((word) => /^(in|inp|inputs?|inplanes?|image|img)$/.test(word));

/** Whether channels are colours of a picture: `img_channels`. */
export const isOfColours = (name: string): boolean =>
  /^(?:num_|n_|in_)?(?:img|image|rgb|colou?r)_?(?:ch|chans?|channels?|nc)$/i.test(name);

/** Whether a width is of what comes out. */
export const isOutward = (name: string): boolean =>
  wordsOf(name).some((word) => /^(out|oup|outp|outputs?|outplanes?)$/.test(word));

/** Whether a name is of several, and not of how many: `attn_resolutions`, `kernel_sizes`, `dim_list`. */
export const isPlural = (name: string): boolean =>
  /(?:[^s]s|_list)[\d_]*$/i.test(name) && !wordsOf(name).some((word) => COUNTS.has(word));
