/** Which words of a parameter's name tell what it sets. */
import { COUNTS, SIDES, SIZES, WIDTHS, wordsIn } from './settingWords';

/** What is set: a width, the length of a kernel, what is divided by. */
export type LayerSetting =
  | 'activation'
  | 'axes'
  | 'axis'
  | 'batch'
  | 'classes'
  | 'coefficient'
  | 'convolution'
  | 'count'
  | 'depth'
  | 'device'
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
  | 'index'
  | 'kernel'
  | 'length'
  | 'linear'
  | 'momentum'
  | 'multiple'
  | 'norm'
  | 'norm-groups'
  | 'padding'
  | 'patch'
  | 'pooled'
  | 'scale'
  | 'size'
  | 'slope'
  | 'spatial'
  | 'stride'
  | 'style'
  | 'switch'
  | 'vocabulary'
  | 'width'
  | 'window';

/** A setting, the words of which one is in its name, and what has to be there besides or must not. */
interface WordRule {
  readonly setting: LayerSetting;
  readonly words: ReadonlySet<string>;
  readonly besides?: ReadonlySet<string>;
  readonly no?: ReadonlySet<string>;
  /** The name is such a word, and no more. */
  readonly alone?: true;
  /** The name begins with it. */
  readonly begins?: true;
}

const VOCABULARY = 'vocab vocabs vocabulary voc ntoken ntokens nvocab alphabet charset';

/** The first that fits. */
export const RULES: readonly WordRule[] = [
  { setting: 'axis', words: wordsIn('axis') },
  { setting: 'axes', words: wordsIn('axes permutation') },
  {
    setting: 'switch',
    words: wordsIn('use is has do does enable enabled disable apply if should add include need return no without'),
    besides: wordsIn(
      'act activation att attention attn batch batchnorm bn bias bottleneck cls conv conv1d conv2d deconv dropout gate global gn idx in input last layer ln mask mid nl norm normalize out pool pos proj ref relu relative rel res residual se shortcut skip sn spectral tanh token weights xyz',
    ),
    begins: true,
  },
  {
    setting: 'switch',
    words: wordsIn('bidirectional bidir causal shortcut batchnorm bn relu inplace residual deploy'),
    alone: true,
  },
  { setting: 'flag', words: wordsIn('bias affine') },
  { setting: 'index', words: wordsIn('idx index'), besides: wordsIn('pad padding ignore blank sos eos bos unk') },
  { setting: 'index', words: wordsIn('id token'), besides: wordsIn('pad padding ignore blank sos eos bos unk') },
  { setting: 'epsilon', words: wordsIn('eps epsilon') },
  { setting: 'momentum', words: wordsIn('mmt momentum') },
  { setting: 'slope', words: wordsIn('slope') },
  {
    setting: 'dropout',
    words: wordsIn('do dp drop droprate dropblock dropconnect dropout dropouts droppath dropprob'),
  },
  { setting: 'style', words: wordsIn('interpolation mode style type'), no: wordsIn('act activation norm model') },
  { setting: 'kernel', words: wordsIn('kernel kernels kernelsize kernal ker kersize kern ks ksize ksizes ksz kw kh') },
  { setting: 'kernel', words: wordsIn('k'), besides: wordsIn('size') },
  { setting: 'kernel', words: wordsIn('filter'), besides: wordsIn('size sizes length') },
  { setting: 'kernel', words: wordsIn('k'), alone: true },
  { setting: 'stride', words: wordsIn('stride strides strd') },
  { setting: 'stride', words: wordsIn('s'), alone: true },
  { setting: 'padding', words: wordsIn('pad padding paddings pads') },
  { setting: 'dilation', words: wordsIn('atrous dil dilate dilated dilation dilations') },
  { setting: 'dilation', words: wordsIn('d'), alone: true },
  { setting: 'norm-groups', words: wordsIn('group groups'), besides: wordsIn('n norm num gn') },
  { setting: 'groups', words: wordsIn('cardinality group groups grp') },
  { setting: 'groups', words: wordsIn('g'), alone: true },
  { setting: 'norm', words: wordsIn('norm normalisation normalization'), no: WIDTHS },
  { setting: 'norm', words: wordsIn('bn batchnorm'), besides: wordsIn('layer fn func class module op') },
  {
    setting: 'activation',
    words: wordsIn('act activ activate activation actv acti linearity nonlin nonlinear nonlinearity'),
    // In learning by reward it is an action: `act_dim`.
    no: new Set([...WIDTHS, ...SIZES]),
  },
  { setting: 'activation', words: wordsIn('nlin') },
  {
    setting: 'convolution',
    words: wordsIn('conv convolution'),
    besides: wordsIn('layer op fn func class module type'),
  },
  { setting: 'linear', words: wordsIn('linear'), besides: wordsIn('layer op fn func class module') },
  { setting: 'head-width', words: wordsIn('head heads'), besides: new Set([...WIDTHS, 'd', 'size']) },
  { setting: 'heads', words: wordsIn('head heads nheads nhead') },
  { setting: 'spatial', words: wordsIn('ndim ndims') },
  { setting: 'spatial', words: wordsIn('spatial'), besides: wordsIn('dim dimension dimensions dims') },
  { setting: 'vocabulary', words: wordsIn(VOCABULARY) },
  { setting: 'vocabulary', words: wordsIn('dict dictionary'), besides: new Set([...COUNTS, 'size']) },
  {
    setting: 'vocabulary',
    words: wordsIn('token tokens word words embedding embeddings char chars symbol symbols'),
    besides: COUNTS,
    no: wordsIn('max'),
  },
  { setting: 'window', words: wordsIn('window win ws') },
  { setting: 'patch', words: wordsIn('patch'), besides: SIZES },
  { setting: 'patch', words: wordsIn('patchsize') },
  { setting: 'image', words: wordsIn('crop fmap image img map spatial'), besides: SIZES },
  { setting: 'image', words: wordsIn('imgsize resolution resolutions') },
  {
    setting: 'classes',
    words: wordsIn('class classes cls label labels nclass categories category'),
    besides: new Set([...COUNTS, 'out', 'dim', 'size']),
  },
  { setting: 'classes', words: wordsIn('target targets tag tags'), besides: COUNTS },
  { setting: 'classes', words: wordsIn('nc nclass nclasses ncls classes categories numclass'), alone: true },
  { setting: 'batch', words: wordsIn('batch batchsize bsz bs'), no: wordsIn('norm first') },
  { setting: 'multiple', words: wordsIn('divisible divisor multiple') },
  {
    setting: 'scale',
    words: wordsIn('down downsample downscale scale scales up upsample upscale upsampling upscaling'),
    no: WIDTHS,
  },
  { setting: 'growth', words: wordsIn('growth') },
  {
    setting: 'expansion',
    words: wordsIn('exp expand expanse expansion factor mult multiplier ratio ratios reduce reduction red squeeze'),
    no: WIDTHS,
  },
  { setting: 'expansion', words: wordsIn('t e r'), alone: true },
  {
    setting: 'depth',
    words: wordsIn(
      'blocks convs depth depths iters iterations layers levels repeats repeat rounds scale stacks stages steps hops',
    ),
  },
  {
    setting: 'depth',
    words: wordsIn(
      'blk block cell convolution conv iter level layer module pool repeat res round stack stage step hop bottleneck resblock lstm rnn',
    ),
    besides: COUNTS,
    no: WIDTHS,
  },
  {
    setting: 'length',
    words: wordsIn(
      'frames len length lengths patches positions seq sequence seqlen maxlen timesteps timestep sample samples block',
    ),
    besides: new Set([...COUNTS, 'max', 'size', 'len', 'length', 't', 'seq']),
    no: WIDTHS,
  },
  { setting: 'width', words: WIDTHS },
  { setting: 'width', words: wordsIn('model state latent'), besides: wordsIn('d n') },
  { setting: 'width', words: wordsIn('ff ffn inner k key kv mid proj q qk query r v value'), besides: wordsIn('d') },
  { setting: 'width', words: wordsIn('nc'), besides: SIDES },
  { setting: 'width', words: SIDES, besides: new Set([...COUNTS, 'd', 'c']) },
  { setting: 'width', words: wordsIn('inp oup ic oc inc outc cin cout nin nout ninp nhid'), alone: true },
  { setting: 'length', words: wordsIn('frames len length patches positions seq sequence') },
  {
    setting: 'length',
    words: wordsIn('context ctx position point points node nodes queries query'),
    besides: new Set([...COUNTS, 'max']),
  },
  { setting: 'length', words: wordsIn('nodes points frames keypoints anchors queries') },
  { setting: 'image', words: wordsIn('height') },
  { setting: 'image', words: wordsIn('h w'), alone: true },
  { setting: 'size', words: wordsIn('size sizes sz') },
  {
    setting: 'coefficient',
    words: wordsIn(
      'alpha beta gamma lam lambda lamda lmbda sigma tau temperature theta radius coef coefficient coeff margin threshold thresh thr',
    ),
    no: new Set([...WIDTHS, 'fn']),
  },
  { setting: 'device', words: wordsIn('device dev'), alone: true },
];
