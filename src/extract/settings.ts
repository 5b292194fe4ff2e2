/** What a model says of its own input: sizes of images among its attributes, its settings and its arguments. */

import type { TensorType } from '../graph/types';
import type { Interpreter } from '../python/run/interpreter';
import type { Program } from '../python/syntax/ast';
import { walk } from '../python/syntax/survey';
import { PyFunction } from '../python/values/scope';
import { PyDict, PyInstance, PyList, PyTuple, type PyValue } from '../python/values/values';
import { framework } from '../torch/framework';

/** Samples that a guessed input has. */
export const BATCH = 1;

/** Image sizes that models are written for, likeliest first. */
const SIZES = [32, 224, 28, 64, 128, 96, 256, 48, 299, 227, 84, 16, 112, 160, 192, 384, 512];

/** Under what names a model says the size of its images, and under what it keeps its settings. */
const SIZE_NAMES = ['image_size', 'img_size', 'input_size', 'input_resolution', 'resolution', 'size'];
const SETTINGS = ['config', 'cfg', 'default_cfg', 'pretrained_cfg', 'hparams', 'args'];

/** Under what names it says how long its sequences are, and how long they may be. */
const LENGTH_NAMES = [
  'seq_len',
  'seq_length',
  'sequence_length',
  'input_len',
  'input_length',
  'num_tokens',
  'window_size',
];
const LONGEST_NAMES = [
  'max_seq_len',
  'max_len',
  'max_length',
  'block_size',
  'context_length',
  'n_ctx',
  'max_position_embeddings',
];
/** Under what names it says how many channels or features it takes. */
const WIDTH_NAMES = [
  'in_channels',
  'in_chans',
  'in_features',
  'input_dim',
  'in_dim',
  'input_size',
  'dim',
  'embed_dim',
  'd_model',
  'hidden_size',
  'hidden_dim',
  'channels',
];

/** Under what names it says among how many classes it chooses. */
const CLASS_NAMES = [
  'num_classes',
  'n_classes',
  'nclass',
  'nclasses',
  'n_class',
  'num_class',
  'class_num',
  'classes',
  'cls',
];

/** Length of a sequence where nothing tells it. */
const LENGTH = 16;

/** What may say the size of the stem's input: the model, its settings, and the modules that hold the stem. */
function holdersOf(ctx: Interpreter, model: PyInstance, stem: PyInstance | undefined): PyValue[] {
  const modules = ctx.lookup(model, 'modules');
  const all = modules === undefined ? [] : ctx.list(ctx.call(modules));
  const around = all.filter((each) => stem !== undefined && each instanceof PyInstance && framework.holds(each, stem));
  return [model, ...around].flatMap((each) => [each, ...SETTINGS.flatMap((name) => ctx.lookup(each, name) ?? [])]);
}

/** The image that `input_size = (3, 224, 224)` among a model's settings means. */
export function imageInSettings(ctx: Interpreter, model: PyInstance): TensorType | undefined {
  for (const holder of SETTINGS.flatMap((name) => ctx.lookup(model, name) ?? [])) {
    const size = holder instanceof PyDict ? holder.get('input_size') : ctx.lookup(holder, 'input_size');
    const sizes = size instanceof PyTuple || size instanceof PyList ? size.items : [];
    if (sizes.length === 3 && sizes.every((each) => typeof each === 'bigint' && each > 0n && each <= 4096n)) {
      return { dtype: 'float32', shape: [1, ...sizes.map(Number)] };
    }
  }
  return undefined;
}

function settingOf(ctx: Interpreter, model: PyInstance, names: readonly string[]): number | undefined {
  const holders = [model, ...SETTINGS.flatMap((name) => ctx.lookup(model, name) ?? [])];
  for (const name of names) {
    for (const holder of holders) {
      const value = holder instanceof PyDict ? holder.get(name) : ctx.lookup(holder, name);
      if (typeof value === 'bigint' && value > 0n && value <= 100_000n) return Number(value);
    }
  }
  return undefined;
}

/** How many channels or features a model says that it takes. */
export const widthOf = (ctx: Interpreter, model: PyInstance) => settingOf(ctx, model, WIDTH_NAMES);

/** How many classes a model says that there are. */
export const classCountOf = (ctx: Interpreter, model: PyInstance) => settingOf(ctx, model, CLASS_NAMES);

/** Lengths of a sequence to try, likeliest first. */
export function lengthsFor(ctx: Interpreter, model: PyInstance): number[] {
  const own = settingOf(ctx, model, LENGTH_NAMES);
  const most = settingOf(ctx, model, LONGEST_NAMES);
  const usual = most === undefined ? LENGTH : Math.min(LENGTH, most);
  return [
    ...new Set([
      ...(own !== undefined && own <= 4096 ? [own] : []),
      usual,
      ...(most !== undefined && most <= 4096 ? [most] : []),
    ]),
  ];
}

const DATA_SIZES: ReadonlyMap<string, number> = new Map([
  ['MNIST', 28],
  ['FashionMNIST', 28],
  ['KMNIST', 28],
  ['EMNIST', 28],
  ['CIFAR10', 32],
  ['CIFAR100', 32],
  ['SVHN', 32],
  ['STL10', 96],
]);

/** Sizes of images that the file's own transforms and data sets make, the last crop first. */
export function sizesInData(program: Program): number[] {
  const crops: number[] = [];
  const others: number[] = [];
  for (const node of walk(program.body)) {
    if (node.kind !== 'call') continue;
    const { callee, args } = node;
    const name = callee.kind === 'name' || callee.kind === 'attribute' ? callee.name : '';
    const data = DATA_SIZES.get(name);
    if (data !== undefined) others.push(data);
    if (!/^(Resize|RandomCrop|CenterCrop|RandomResizedCrop)$/.test(name)) continue;
    const given = args.find((each) => each.name === 'size')?.value ?? args[0]?.value;
    const side = given?.kind === 'tuple' || given?.kind === 'list' ? given.items[0] : given;
    if (side?.kind !== 'constant' || typeof side.value !== 'bigint' || side.value < 1n || side.value > 4096n) continue;
    if (name === 'Resize') others.unshift(Number(side.value));
    else crops.unshift(Number(side.value));
  }
  return [...new Set([...crops, ...others])];
}

/** Sizes to try, likeliest first: what the model says of itself, then what its stem is made for. */
export function sizesFor(
  ctx: Interpreter,
  model: PyInstance,
  stem: PyInstance | undefined,
  channels: number | undefined,
  spatial: number,
  inData: readonly number[],
): number[] {
  const result: number[] = [];
  const add = (value: PyValue | undefined): void => {
    const items = value instanceof PyTuple || value instanceof PyList ? value.items : [value];
    // Channels may come first.
    const item = items[items.length === spatial + 1 && spatial > 0 ? 1 : 0];
    if (typeof item === 'bigint' && item > 0n && item <= 4096n) result.push(Number(item));
  };
  const initialise = model.cls.lookup('__init__');
  const holders = holdersOf(ctx, model, stem);
  for (const name of SIZE_NAMES) {
    for (const holder of holders) add(holder instanceof PyDict ? holder.get(name) : ctx.lookup(holder, name));
    if (initialise instanceof PyFunction) add(initialise.parameters.find((p) => p.name === name)?.default);
  }
  const first = (name: string): number => {
    const value = stem && ctx.lookup(stem, name);
    const item = value instanceof PyTuple ? value.items[0] : value;
    return typeof item === 'bigint' ? Number(item) : 1;
  };
  if (spatial === 2) for (const size of inData) result.push(size);
  if (channels === 1 && spatial === 2) result.push(28);
  if (first('stride') >= 4 || first('kernel_size') >= 7) result.push(224);
  return [...new Set([...result, ...(spatial === 3 ? [16, 32, 64] : SIZES)])];
}
