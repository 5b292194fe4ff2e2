/** What a parameter of a layer sets, by the words of its name. */

/** What is set: a width, the length of a kernel, what is divided by. */
export type LayerSetting =
  | 'activation'
  | 'classes'
  | 'depth'
  | 'dilation'
  | 'dropout'
  | 'epsilon'
  | 'expansion'
  | 'flag'
  | 'groups'
  | 'growth'
  | 'head-width'
  | 'heads'
  | 'image'
  | 'kernel'
  | 'length'
  | 'momentum'
  | 'multiple'
  | 'norm'
  | 'norm-groups'
  | 'padding'
  | 'patch'
  | 'scale'
  | 'size'
  | 'slope'
  | 'spatial'
  | 'stride'
  | 'style'
  | 'width'
  | 'window';

const wordsIn = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const WIDTHS = wordsIn(
  'c ch chan channel channels chans chs dim dimension dims emb embd embed embedding feat feats feature features filter filters hid hidden mels ndf nf ngf plane planes unit units width widths',
);
const COUNTS = wordsIn('n nb num number');
const SIDES = wordsIn('in inp input inputs out oup output outputs');
const SIZES = wordsIn('h height resolution resolutions size sizes w width');

/** Words that say which of several is meant, and set nothing by themselves. */
const WHICH = wordsIn(
  'attention attn base block bottleneck concat cond conditioning context cross ctx cur current d decoder encoder fc feedforward ff ffn final first fn image img init initial inner inter intermediate key kv last latent layer linear map max mid min mlp model non of outer patch pos position pre prev previous prob proj projection q qk query r res residual se skip source squeeze src state stem t target temb temporal time token tokens total transformer v value vision with z',
);

/** A setting, the words of which one is in its name, and what has to be there besides or must not. */
interface WordRule {
  readonly setting: LayerSetting;
  readonly words: ReadonlySet<string>;
  readonly besides?: ReadonlySet<string>;
  readonly no?: ReadonlySet<string>;
  /** The name is such a word, and no more. */
  readonly alone?: true;
}

/** The first that fits. */
const RULES: readonly WordRule[] = [
  { setting: 'flag', words: wordsIn('bias affine') },
  { setting: 'epsilon', words: wordsIn('eps epsilon') },
  { setting: 'momentum', words: wordsIn('momentum') },
  { setting: 'slope', words: wordsIn('slope') },
  { setting: 'dropout', words: wordsIn('drop dropblock dropconnect dropout droppath') },
  { setting: 'style', words: wordsIn('interpolation mode style type'), no: wordsIn('act activation norm model') },
  { setting: 'kernel', words: wordsIn('kernel kernels ks ksize') },
  { setting: 'kernel', words: wordsIn('k'), alone: true },
  { setting: 'stride', words: wordsIn('stride strides') },
  { setting: 'stride', words: wordsIn('s'), alone: true },
  { setting: 'padding', words: wordsIn('pad padding') },
  { setting: 'dilation', words: wordsIn('atrous dilate dilation dilations') },
  { setting: 'norm-groups', words: wordsIn('group groups'), besides: wordsIn('n norm num') },
  { setting: 'groups', words: wordsIn('group groups') },
  { setting: 'norm', words: wordsIn('norm normalisation normalization'), no: WIDTHS },
  { setting: 'activation', words: wordsIn('act activ activation linearity nonlinearity') },
  { setting: 'head-width', words: wordsIn('head heads'), besides: new Set([...WIDTHS, 'd', 'size']) },
  { setting: 'heads', words: wordsIn('head heads') },
  { setting: 'spatial', words: wordsIn('ndim ndims') },
  { setting: 'spatial', words: wordsIn('spatial'), besides: wordsIn('dim dimension dimensions dims') },
  { setting: 'window', words: wordsIn('window') },
  { setting: 'patch', words: wordsIn('patch'), besides: SIZES },
  { setting: 'image', words: wordsIn('image img spatial'), besides: SIZES },
  { setting: 'image', words: wordsIn('resolution resolutions') },
  { setting: 'classes', words: wordsIn('class classes cls label labels'), besides: new Set([...COUNTS, 'out']) },
  { setting: 'multiple', words: wordsIn('divisible divisor multiple') },
  { setting: 'scale', words: wordsIn('down downsample downscale scale scales up upsample upscale') },
  { setting: 'growth', words: wordsIn('growth') },
  { setting: 'expansion', words: wordsIn('expand expansion factor mult multiplier ratio ratios reduction') },
  { setting: 'depth', words: wordsIn('blocks convs depth depths layers levels repeats stages') },
  { setting: 'depth', words: wordsIn('block layer level repeat stage'), besides: COUNTS, no: WIDTHS },
  { setting: 'width', words: WIDTHS },
  { setting: 'width', words: wordsIn('model state'), besides: wordsIn('d n') },
  { setting: 'width', words: SIDES, besides: new Set([...COUNTS, 'd', 'c']) },
  { setting: 'width', words: wordsIn('inp oup'), alone: true },
  { setting: 'length', words: wordsIn('frames len length patches positions seq sequence') },
  { setting: 'length', words: wordsIn('context ctx position token tokens'), besides: new Set([...COUNTS, 'max']) },
  { setting: 'size', words: wordsIn('size sizes') },
];

const KNOWN: ReadonlySet<string> = new Set([
  ...RULES.flatMap(({ words, besides = [] }) => [...words, ...besides]),
  ...COUNTS,
  ...SIDES,
  ...SIZES,
  ...WHICH,
  'rate',
  'rates',
]);

/** What is written in one with the word after it: `inplanes`, `nhead`. */
const PREFIX = /^(num|in|out|mid|n|d|h|c|k)(?=\w{2})/;

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
  const has = (wanted: ReadonlySet<string>, but?: string) => words.some((word) => word !== but && wanted.has(word));
  return RULES.find(({ words: own, besides, no, alone }) => {
    const word = words.find((each) => own.has(each));
    if (word === undefined || (alone && words.length > 1) || (no && has(no))) return false;
    return !besides || has(besides, word);
  })?.setting;
}

/** Whether a width is of what goes in. */
export const isInward = (name: string): boolean =>
  wordsOf(name).some((word) => /^(in|inp|inputs?|image|img)$/.test(word));

/** Whether a width is of what comes out. */
export const isOutward = (name: string): boolean => wordsOf(name).some((word) => /^(out|oup|outputs?)$/.test(word));

/** Whether a name is of several, and not of how many: `attn_resolutions`, `kernel_sizes`. */
export const isPlural = (name: string): boolean =>
  /[^s]s[\d_]*$/i.test(name) && !wordsOf(name).some((word) => COUNTS.has(word));
