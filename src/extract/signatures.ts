/** What PyTorch's layers and functions call what they are given, in order. */

/** Layers of one, two and three dimensions, by their names without those. */
const OF_SPACE: Readonly<Record<string, string>> = {
  AdaptiveAvgPool: 'output_size',
  AdaptiveMaxPool: 'output_size',
  AvgPool: 'kernel_size stride padding',
  BatchNorm: 'num_features eps momentum affine',
  ConstantPad: 'padding slope',
  Conv: 'in_channels out_channels kernel_size stride padding dilation groups bias',
  ConvTranspose: 'in_channels out_channels kernel_size stride padding padding groups bias dilation',
  Dropout: 'dropout',
  InstanceNorm: 'num_features eps momentum affine',
  MaxPool: 'kernel_size stride padding dilation',
  MaxUnpool: 'kernel_size stride padding',
  ReflectionPad: 'padding',
  ReplicationPad: 'padding',
  ZeroPad: 'padding',
};

const LAYERS: Readonly<Record<string, string>> = {
  AlphaDropout: 'dropout',
  Bilinear: 'in_features in_features out_features bias',
  Dropout: 'dropout',
  ELU: 'slope',
  Embedding: 'vocab_size embed_dim padding_idx',
  EmbeddingBag: 'vocab_size embed_dim',
  Flatten: 'axis axis',
  Fold: 'output_size kernel_size dilation padding stride',
  GRU: 'input_dim hidden_dim num_layers bias',
  GRUCell: 'input_dim hidden_dim bias',
  GroupNorm: 'num_groups num_channels eps affine',
  LSTM: 'input_dim hidden_dim num_layers bias',
  LSTMCell: 'input_dim hidden_dim bias',
  LayerNorm: 'dim eps',
  LeakyReLU: 'slope',
  Linear: 'in_features out_features bias',
  LogSoftmax: 'axis',
  MultiheadAttention: 'embed_dim num_heads dropout bias',
  PixelShuffle: 'upscale',
  PixelUnshuffle: 'upscale',
  RMSNorm: 'dim eps',
  RNN: 'input_dim hidden_dim num_layers',
  RNNCell: 'input_dim hidden_dim bias',
  Softmax: 'axis',
  SyncBatchNorm: 'num_features eps momentum affine',
  Threshold: 'slope slope',
  Transformer: 'embed_dim num_heads num_layers num_layers hidden_dim dropout',
  TransformerDecoder: '_ num_layers',
  TransformerDecoderLayer: 'embed_dim num_heads hidden_dim dropout',
  TransformerEncoder: '_ num_layers',
  TransformerEncoderLayer: 'embed_dim num_heads hidden_dim dropout',
  Unfold: 'kernel_size dilation padding stride',
  Upsample: 'image_size scale_factor mode',
};

/** Functions, what they are given after the tensor. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  adaptive_avg_pool2d: 'output_size',
  alpha_dropout: 'dropout',
  avg_pool1d: 'kernel_size stride padding',
  avg_pool2d: 'kernel_size stride padding',
  avg_pool3d: 'kernel_size stride padding',
  conv1d: '_ _ stride padding dilation groups',
  conv2d: '_ _ stride padding dilation groups',
  conv3d: '_ _ stride padding dilation groups',
  dropout: 'dropout',
  dropout2d: 'dropout',
  elu: 'slope',
  group_norm: 'num_groups',
  interpolate: 'image_size scale_factor mode',
  leaky_relu: 'slope',
  max_pool1d: 'kernel_size stride padding dilation',
  max_pool2d: 'kernel_size stride padding dilation',
  max_pool3d: 'kernel_size stride padding dilation',
  one_hot: 'num_classes',
  pixel_shuffle: 'upscale',
  softmax: 'axis',
  unfold: 'kernel_size dilation padding stride',
};

/** Words of arguments by name that PyTorch has another word for than layers are written with. */
const RENAMED: Readonly<Record<string, string>> = {
  dim: 'axis',
  dims: 'axes',
  embedding_dim: 'embed_dim',
  hidden_size: 'hidden_dim',
  input_size: 'input_dim',
  negative_slope: 'slope',
  num_embeddings: 'vocab_size',
  normalized_shape: 'dim',
  p: 'dropout',
  size: 'image_size',
  start_dim: 'axis',
  end_dim: 'axis',
  upscale_factor: 'upscale',
};

/** What a layer or a function of PyTorch takes: by position, and what it says of its dimensions. */
export interface Signature {
  readonly names: readonly string[];
  readonly spatial: number | undefined;
}

/** The signature of a layer, or of a function of tensors, by its last name. */
export function signatureOf(name: string): Signature | undefined {
  const [, stem = '', digit] = /^(?:Lazy)?(\w+?)([123])d$/.exec(name) ?? [];
  const ofSpace = Object.hasOwn(OF_SPACE, stem) ? OF_SPACE[stem] : undefined;
  if (ofSpace !== undefined) return { names: ofSpace.split(' '), spatial: Number(digit) };
  const layer = Object.hasOwn(LAYERS, name) ? LAYERS[name] : undefined;
  if (layer !== undefined) return { names: layer.split(' '), spatial: undefined };
  const called = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  return called === undefined ? undefined : { names: ['_', ...called.split(' ')], spatial: undefined };
}

/** What an argument by name means to PyTorch: `dim` is an axis there. */
export const meaningOf = (keyword: string): string =>
  Object.hasOwn(RENAMED, keyword) ? (RENAMED[keyword] ?? keyword) : keyword;
