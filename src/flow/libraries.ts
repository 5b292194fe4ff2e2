/** What names of libraries mean, those that a file leaves out included. */
import { catalogue } from '../activations/catalogue';

/** Names that everybody gives to a module of PyTorch's, where a file imports nothing under them. */
const usualNames: ReadonlyMap<string, string> = new Map([
  ['torch', 'torch'],
  ['nn', 'torch.nn'],
  ['F', 'torch.nn.functional'],
  ['optim', 'torch.optim'],
  ['torchvision', 'torchvision'],
  ['models', 'torchvision.models'],
  ['timm', 'timm'],
  ['Variable', 'torch.autograd.Variable'],
  ['OrderedDict', 'collections.OrderedDict'],
  ['namedtuple', 'collections.namedtuple'],
  ['NamedTuple', 'typing.NamedTuple'],
  ['partial', 'functools.partial'],
  ['functools', 'functools'],
  ['np', 'numpy'],
  ['math', 'math'],
]);

/** Losses and layers that a snippet without imports may name alone. */
const layersAlone =
  /^(Linear|LazyLinear|Bilinear|Conv[123]d|ConvTranspose[123]d|BatchNorm[123]d|LayerNorm|GroupNorm|InstanceNorm[123]d|Dropout[123]?d?|MaxPool[123]d|AvgPool[123]d|AdaptiveAvgPool[123]d|Flatten|Embedding|Sequential|ModuleList|ModuleDict|CrossEntropyLoss|NLLLoss|BCELoss|BCEWithLogitsLoss|MSELoss|L1Loss|SmoothL1Loss|HuberLoss|KLDivLoss|LogSoftmax|Softmax|Sigmoid|Tanh|ReLU6?|LeakyReLU|PReLU|ELU|SELU|GELU|SiLU|Mish|Softplus|Hardswish|Hardsigmoid)$/;

/** What an unbound name means by convention. */
export function assumedMeaning(name: string): string | undefined {
  return usualNames.get(name) ?? (layersAlone.test(name) ? `torch.nn.${name}` : undefined);
}

/** One name for each thing: `torch.nn.modules.activation.ReLU` is `torch.nn.ReLU`. */
export function canonicalLibraryName(name: string): string {
  if (!name.startsWith('torch'))
    return name.replace(/^(?:pytorch_lightning|lightning(?:\.pytorch)?)(?=\.|$)/, 'lightning');
  return name
    .replace(/^torch\.nn\.modules\.(?:\w+\.)?(?=[A-Z])/, 'torch.nn.')
    .replace(/^torch\.(?:\w+\.)*F(?=\.|$)/, 'torch.nn.functional')
    .replace(/^torch\._C\._nn\./, 'torch.nn.functional.')
    .replace(/^torch\.special\.(?=(?:log_)?softmax$)/, 'torch.')
    .replace(/^torch\.special\.expit$/, 'torch.sigmoid');
}

/** Modules and losses whose operation has another name than their class in small letters. */
const layerOperations: ReadonlyMap<string, string> = new Map([
  ['CrossEntropyLoss', 'cross_entropy'],
  ['NLLLoss', 'nll_loss'],
  ['NLLLoss2d', 'nll_loss'],
  ['BCELoss', 'binary_cross_entropy'],
  ['BCEWithLogitsLoss', 'binary_cross_entropy_with_logits'],
  ['MultiLabelSoftMarginLoss', 'multilabel_soft_margin_loss'],
  ['MultiMarginLoss', 'multi_margin_loss'],
  ['SoftMarginLoss', 'soft_margin_loss'],
  ['KLDivLoss', 'kl_div'],
  ['MSELoss', 'mse_loss'],
  ['L1Loss', 'l1_loss'],
  ['SmoothL1Loss', 'smooth_l1_loss'],
  ['HuberLoss', 'huber_loss'],
  ['PoissonNLLLoss', 'poisson_nll_loss'],
  ['GaussianNLLLoss', 'gaussian_nll_loss'],
  ['CTCLoss', 'ctc_loss'],
  ['LazyLinear', 'linear'],
  ['Softmax2d', 'softmax2d'],
  ['AdaptiveAvgPool1d', 'adaptive_avg_pool'],
  ['AdaptiveAvgPool2d', 'adaptive_avg_pool'],
  ['AdaptiveAvgPool3d', 'adaptive_avg_pool'],
]);
const families: readonly (readonly [RegExp, string])[] = [
  [/^(?:Lazy)?Conv[123]d$|^conv[123]d$/, 'conv'],
  [/^(?:Lazy)?ConvTranspose[123]d$|^conv_transpose[123]d$/, 'conv_transpose'],
  [/^(?:Lazy)?(?:Sync)?BatchNorm(?:[123]d)?$|^batch_norm$/, 'batch_norm'],
  [/^(?:Lazy)?InstanceNorm[123]d$|^instance_norm$/, 'instance_norm'],
  [/^LayerNorm$/, 'layer_norm'],
  [/^GroupNorm$/, 'group_norm'],
  [/^RMSNorm$/, 'rms_norm'],
  [/^(?:Feature)?Dropout[123]?d?$|^dropout[123]?d?$/, 'dropout'],
  [/^(?:Feature)?AlphaDropout$|^(?:feature_)?alpha_dropout$/, 'alpha_dropout'],
  [/^MaxPool[123]d$|^max_pool[123]d$/, 'max_pool'],
  [/^AvgPool[123]d$|^avg_pool[123]d$/, 'avg_pool'],
  [/^AdaptiveMaxPool[123]d$/, 'adaptive_max_pool'],
];
/** Names of `torch.nn` and `torch.nn.functional`, and what the catalogue calls the activation. */
const activationIds: ReadonlyMap<string, string> = new Map(
  [...catalogue.values()].flatMap(({ id, spellings: { modules = [], functional = [], torch = [], methods = [] } }) =>
    [...modules, ...functional, ...torch, ...methods].map((name) => [name, id] as const),
  ),
);

/** The operation that a module of `torch.nn` runs, by its class's name. */
export function layerOperation(name: string): string {
  return layerOperations.get(name) ?? activationIds.get(name) ?? familyOf(name) ?? name.toLowerCase();
}

/** The operation that a function of PyTorch or a tensor's method runs; those in place are the same operation. */
export function functionOperation(name: string): string {
  return activationIds.get(name) ?? familyOf(name) ?? (/[a-z]_$/.test(name) ? name.slice(0, -1) : name);
}

function familyOf(name: string): string | undefined {
  return families.find(([pattern]) => pattern.test(name))?.[1];
}

/** Classes of `torch.nn` that are no layer to run but hold others, or wrap one. */
export const containerForms: Readonly<Record<string, 'modules' | 'sequential'>> = {
  'torch.nn.ModuleList': 'modules',
  'torch.nn.Sequential': 'sequential',
  'torch.nn.ParameterList': 'modules',
};

/** Functions and classes that give back, for what concerns values, the model or tensor that goes in first. */
export const wrappers: ReadonlySet<string> = new Set([
  'torch.nn.DataParallel',
  'torch.nn.parallel.DataParallel',
  'torch.nn.parallel.DistributedDataParallel',
  'torch.nn.SyncBatchNorm.convert_sync_batchnorm',
  'torch.compile',
  'torch.jit.script',
  'torch.jit.trace',
  'torch.fx.symbolic_trace',
  'torch.nn.utils.weight_norm',
  'torch.nn.utils.spectral_norm',
  'torch.nn.utils.parametrizations.weight_norm',
  'torch.nn.utils.parametrizations.spectral_norm',
  'torch.nn.utils.parametrizations.orthogonal',
  'torch.autograd.Variable',
  'copy.deepcopy',
  'copy.copy',
  'apex.parallel.DistributedDataParallel',
]);

/** Methods of modules that give the module back. */
export const moduleMethods: ReadonlySet<string> = new Set([
  'to',
  'cuda',
  'cpu',
  'train',
  'eval',
  'half',
  'float',
  'double',
  'bfloat16',
  'type',
  'apply',
  'requires_grad_',
  'to_empty',
  'share_memory',
  'compile',
  'ipu',
  'xpu',
]);

/** Methods of modules that ask for nothing that a constructor makes: whoever only calls these needs none of it. */
export const outerMethods: ReadonlySet<string> = new Set([
  ...moduleMethods,
  'load_state_dict',
  'state_dict',
  'zero_grad',
]);

/** Where the last layer of a classifier of torchvision's stands in its `classifier`. */
export function lastOfClassifier(builder: string): number | undefined {
  const short = builder.slice(builder.lastIndexOf('.') + 1);
  if (/^(?:vgg|alexnet)/.test(short)) return 6;
  if (/^(?:mobilenet_v2|efficientnet|mnasnet)/.test(short)) return 1;
  if (/^mobilenet_v3/.test(short)) return 3;
  return /^convnext/.test(short) ? 2 : undefined;
}

/** `models.__dict__[arch]`, `getattr(models, arch)`, `models.get_model(arch)`: some builder of torchvision's. */
export const anyOfZoo = 'torchvision.models.*';

export function isZooByName(name: string): boolean {
  return name === anyOfZoo || /^torchvision\.(?:models\.)?get_model$/.test(name);
}

/** Builders of whole classifiers, which give raw scores. Those that give several outputs in training are none. */
export function isModelZoo(name: string): boolean {
  return (
    name === 'timm.create_model' ||
    /^torchvision\.models\.(?:(?!detection|segmentation|optical_flow|video|quantization|feature_extraction|_)\w+\.)?(?!inception|googlenet|get_)[a-z]\w*$/.test(
      name,
    )
  );
}
