import { say } from '../language/say';
import { type Callable, Inert, type PickleGlobal, type PickleWorld, Tuple } from './pickle';
import type { StridedLayout } from './strided';
import { WeightsError } from './tensor';

/** A storage by its place in the archive. */
export class StorageReference {
  constructor(
    /** PyTorch's name of the element type: `float32`, `complex64`; `uint8` for storages without one. */
    readonly dtype: string,
    readonly key: string,
    /** The device it was on: `cpu`, `cuda:0`, `meta`. */
    readonly location: string,
  ) {}
}

/** A tensor whose elements were not read yet. */
export class StoredTensor {
  constructor(
    readonly storage: StorageReference,
    readonly layout: StridedLayout,
    /** Where it is another than the storage's. */
    readonly dtype?: string,
  ) {}
}

/** An element type as a value: `torch.float16`. */
class TorchDType {
  constructor(readonly name: string) {}
}

/** A storage class: `torch.FloatStorage`. */
class StorageType {
  constructor(readonly dtype: string) {}
}

const storageTypes: Readonly<Record<string, string>> = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
  UntypedStorage: 'uint8',
  ComplexFloatStorage: 'complex64',
  ComplexDoubleStorage: 'complex128',
  QInt8Storage: 'qint8',
  QUInt8Storage: 'quint8',
  QInt32Storage: 'qint32',
};

const dtypes = /^(float(8_\w+|16|32|64)|bfloat16|u?int(8|16|32|64)|bool|complex(32|64|128)|q(u?int8|int32))$/;

/** Modules whose classes hold settings and dates beside the weights; their instances stay inert. */
const inertModules =
  /^(argparse|datetime|pathlib|uuid|enum|fractions|decimal|numpy(\..*)?|omegaconf(\..*)?|(pytorch_)?lightning(\..*)?|easydict|addict(\..*)?|yacs(\..*)?|torch\.optim(\..*)?)$/;

const isNumbers = (value: unknown): value is Tuple =>
  value instanceof Tuple && value.items.every((item) => typeof item === 'number');

function rebuildTensor(args: readonly unknown[], dtype?: string): StoredTensor {
  const [storage, offset, shape, strides] = args;
  if (!(storage instanceof StorageReference) || typeof offset !== 'number' || !isNumbers(shape) || !isNumbers(strides))
    throw new WeightsError(say('a tensor in the pickle has no storage, shape or strides: damaged'));
  const layout = { offset, shape: shape.items as number[], strides: strides.items as number[] };
  return new StoredTensor(storage, layout, dtype);
}

function tensorOf(args: readonly unknown[]): unknown {
  const [tensor] = args;
  if (!(tensor instanceof StoredTensor))
    throw new WeightsError(say('a parameter in the pickle holds no tensor: damaged'));
  return tensor;
}

/** `OrderedDict()`, of nothing or of pairs, as older Pythons wrote it. */
function orderedDict([pairs]: readonly unknown[]): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>();
  if (pairs instanceof Map) for (const [key, value] of pairs) map.set(key, value);
  if (!Array.isArray(pairs)) return map;
  for (const pair of pairs) {
    const items = pair instanceof Tuple ? pair.items : Array.isArray(pair) ? pair : [];
    if (items.length !== 2)
      throw new WeightsError(say('an OrderedDict in the pickle has a pair that is none: damaged'));
    map.set(items[0], items[1]);
  }
  return map;
}

/** `_rebuild_tensor_v3(storage, offset, shape, strides, requires_grad, hooks, dtype)`. */
function rebuildWithType(args: readonly unknown[]): StoredTensor {
  const dtype = args[6];
  if (!(dtype instanceof TorchDType))
    throw new WeightsError(say('a tensor in the pickle has no element type: damaged'));
  return rebuildTensor(args, dtype.name);
}

/** `_rebuild_from_type_v2(function, type, args, state)`: a tensor of a subclass, such as Parameter. */
function rebuildFromType([rebuild, , args]: readonly unknown[]): unknown {
  if (!(rebuild instanceof Rebuild) || !(args instanceof Tuple))
    throw new WeightsError(say('a tensor in the pickle is made by what is no function of PyTorch: damaged'));
  return rebuild.call(args.items);
}

/** A function of PyTorch as a value. */
class Rebuild {
  constructor(readonly call: Callable) {}
}

const first: Callable = (args) => args[0] ?? null;

const rebuilds: Readonly<Record<string, Callable>> = {
  _rebuild_tensor: (args) => rebuildTensor(args),
  _rebuild_tensor_v2: (args) => rebuildTensor(args),
  _rebuild_tensor_v3: rebuildWithType,
  _rebuild_parameter: tensorOf,
  _rebuild_parameter_with_state: tensorOf,
};

/** Containers, numbers and PyTorch's own functions, by module and name. */
const known: Readonly<Record<string, PickleGlobal>> = {
  'collections.OrderedDict': { call: orderedDict },
  'collections.defaultdict': { call: () => new Map() },
  'collections.Counter': { call: orderedDict },
  'builtins.dict': { call: orderedDict },
  'builtins.list': { call: ([items]) => (Array.isArray(items) ? [...items] : []) },
  'builtins.set': { call: ([items]) => new Set(Array.isArray(items) ? items : []) },
  'builtins.frozenset': { call: ([items]) => new Set(Array.isArray(items) ? items : []) },
  'builtins.tuple': { call: ([items]) => (items instanceof Tuple ? items : new Tuple([])) },
  'builtins.int': { call: first },
  'builtins.float': { call: first },
  'builtins.bool': { call: first },
  'builtins.str': { call: first },
  'builtins.complex': { call: () => new Inert('complex') },
  'builtins.bytearray': { call: () => new Inert('bytearray') },
  'builtins.slice': { call: () => new Inert('slice') },
  '_codecs.encode': { call: () => new Inert('bytes') },
  'torch.Size': { call: ([sizes]) => (sizes instanceof Tuple ? sizes : new Tuple([])) },
  'torch.device': { call: () => new Inert('torch.device') },
  'torch.nn.parameter.Parameter': { call: tensorOf },
  'torch.nn.parameter.Buffer': { call: tensorOf },
  'torch.Tensor': {},
  'torch._tensor.Tensor': {},
  'torch._tensor._rebuild_from_type_v2': { call: rebuildFromType },
};

/** The names that PyTorch's checkpoints use. */
export class TorchNames {
  /** @throws WeightsError for every other name, saying what to save instead. */
  find(module: string, name: string): PickleGlobal {
    const owner = module === '__builtin__' ? 'builtins' : module;
    const full = `${owner}.${name}`;
    if (Object.hasOwn(known, full)) return known[full] as PickleGlobal;
    if (owner === 'torch._utils' && Object.hasOwn(rebuilds, name)) {
      const call = rebuilds[name] as Callable;
      return { call, value: new Rebuild(call) };
    }
    if ((owner === 'torch' || owner === 'torch.storage') && Object.hasOwn(storageTypes, name))
      return { value: new StorageType(storageTypes[name] as string) };
    if (owner === 'torch' && dtypes.test(name)) return { value: new TorchDType(name) };
    // Optimisers and settings are not needed; their classes are only remembered by name.
    if (inertModules.test(owner)) return { call: () => new Inert(full) };
    throw new WeightsError(refusal(owner, name));
  }

  /** `('storage', type, key, location, elements)`. */
  persistentLoad(id: unknown): StorageReference {
    const [kind, type, key, location] = id instanceof Tuple ? id.items : [];
    if (kind !== 'storage' || !(type instanceof StorageType) || typeof key !== 'string')
      throw new WeightsError(say('the pickle refers to something outside itself that is no storage: damaged'));
    return new StorageReference(type.dtype, key, typeof location === 'string' ? location : 'cpu');
  }
}

const wayOut = "torch.save(model.state_dict(), 'weights.pt')";

function refusal(module: string, name: string): string {
  const full = `${module}.${name}`;
  if (module === 'torch._utils' && name.startsWith('_rebuild_'))
    return say(
      "it holds a tensor of a kind that can't be read ({0}); save plain tensors: {name: tensor.to_dense().dequantize()} as it applies",
      full,
    );
  if (module === 'torch' || module.startsWith('torch.nn.') || /^[A-Z]/.test(name))
    return say(
      'it holds an object of the class {0}, not only tensors and containers; nothing was run. Save the weights alone: {1}',
      full,
      wayOut,
    );
  return say(
    "its pickle wants to call {0}, which is neither a tensor nor a container; nothing was run. Don't load this file with Python if you don't trust it; save weights as {1} or as .safetensors",
    full,
    wayOut,
  );
}

TorchNames satisfies new () => PickleWorld;
