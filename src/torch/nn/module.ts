/** `nn.Module`: registration, traversal and calling. A module's parameters, buffers and children are its fields. */
import type { SourceRange, StateEntry, StorageUpdate } from '../../graph/types';
import { say } from '../../language/say';
import type { Context, Eval } from '../../python/natives/context';
import { native, nativeClass, property } from '../../python/natives/native';
import { definer } from '../../python/natives/table';
import {
  type PyClass,
  PyDict,
  PyInstance,
  PyList,
  PyParameter,
  PyTensor,
  PyTuple,
  type PyValue,
  Unknown,
} from '../../python/values/values';
import { settle } from '../tensor/initialiser';
import { full, operand, torchState } from '../tensor/tensor';
import { FieldsView } from './fieldsView';
import { addHook, runForwardHooks, runForwardPreHooks } from './hooks';

interface ModuleState {
  readonly cls: PyClass;
  /** Where each module of the model sits: `layer1.0.relu`. */
  readonly paths: WeakMap<PyInstance, string>;
  /** The model's state as it was before the model ran, and what its buffers held then. */
  entries: readonly StateEntry[];
  readonly buffers: Map<string, StorageUpdate>;
  /** Whether lazy layers have been built since. */
  grew: boolean;
}

const key = Symbol('nn.Module');

export function moduleState(ctx: Context): ModuleState {
  return ctx.slot(key, () => ({
    cls: moduleClass(ctx),
    paths: new WeakMap(),
    entries: [],
    buffers: new Map(),
    grew: false,
  }));
}

export function isModule(ctx: Context, value: PyValue): value is PyInstance {
  return value instanceof PyInstance && value.cls.isSubclassOf(moduleState(ctx).cls);
}

export function isModuleClass(ctx: Context, cls: PyClass): boolean {
  return cls.isSubclassOf(moduleState(ctx).cls);
}

export function selfOf(value: PyValue): PyInstance {
  if (value instanceof PyInstance) return value;
  throw new TypeError('a module method without its module');
}

/**
 * The field that says as what a name is registered whose value is None: no name that Python code can write. The name
 * keeps its place among the others, and a container counts it.
 */
const ABSENT = ' absent';
type Registered = 'module' | 'parameter';

function absentKind(module: PyInstance, name: string): PyValue | undefined {
  const kinds = module.fields.get(ABSENT);
  return kinds instanceof PyDict ? kinds.get(name) : undefined;
}

/** Registers a name without a value. */
export function setAbsent(module: PyInstance, name: string, kind: Registered): void {
  const before = module.fields.get(name);
  // What it was as a plain attribute has no place among what is registered.
  if (!(before instanceof PyParameter || before instanceof PyInstance)) module.fields.delete(name);
  const kinds = module.fields.get(ABSENT);
  if (kinds instanceof PyDict) kinds.set(name, kind);
  else module.fields.set(ABSENT, PyDict.from([[name, kind] as const]));
  module.fields.set(name, null);
}

/** `_modules`: all that is registered as a module, None included. */
export function registeredModules(ctx: Context, module: PyInstance): [string, PyInstance | null][] {
  return [...module.fields].flatMap(([name, value]): [string, PyInstance | null][] => {
    if (isModule(ctx, value)) return [[name, value]];
    return value === null && absentKind(module, name) === 'module' ? [[name, null]] : [];
  });
}

export function children(ctx: Context, module: PyInstance): [string, PyInstance][] {
  const { cls } = moduleState(ctx);
  return [...module.fields].filter(
    (entry): entry is [string, PyInstance] => entry[1] instanceof PyInstance && entry[1].cls.isSubclassOf(cls),
  );
}

/** Each child once, under its first name. */
function distinctChildren(ctx: Context, module: PyInstance): [string, PyInstance][] {
  const seen = new Set<PyInstance>();
  return children(ctx, module).filter(([, child]) => !seen.has(child) && seen.add(child));
}

export function ownParameters(module: PyInstance): [string, PyParameter][] {
  return [...module.fields].filter((entry): entry is [string, PyParameter] => entry[1] instanceof PyParameter);
}

/** The field that says which others are buffers, and whether each is persistent: no name that Python code can write. */
const REGISTERED = ' buffers';

/** Registered buffers with whether `state_dict()` has them. */
export function ownBuffers(module: PyInstance): [string, PyTensor, boolean][] {
  const registered = module.fields.get(REGISTERED);
  if (!(registered instanceof PyDict)) return [];
  return registered.entries().flatMap(([name, persistent]): [string, PyTensor, boolean][] => {
    const value = module.fields.get(String(name));
    return value instanceof PyTensor ? [[String(name), value, persistent === true]] : [];
  });
}

/** The module and everything below it with their paths, each module once, in PyTorch's order. */
export function namedModules(ctx: Context, root: PyInstance, prefix = ''): [string, PyInstance][] {
  const seen = new Set<PyInstance>();
  const result: [string, PyInstance][] = [];
  const visit = (module: PyInstance, path: string): void => {
    if (seen.has(module)) return;
    seen.add(module);
    result.push([path, module]);
    ctx.spend(1);
    for (const [name, child] of children(ctx, module)) visit(child, join(path, name));
  };
  visit(root, prefix);
  return result;
}

function join(path: string, name: string): string {
  return path ? `${path}.${name}` : name;
}

/** Parameters with their names, shared ones once. */
export function namedParameters(ctx: Context, root: PyInstance, prefix = ''): [string, PyParameter][] {
  const seen = new Set<PyParameter>();
  return namedModules(ctx, root, prefix).flatMap(([path, module]) =>
    ownParameters(module).flatMap(([name, parameter]): [string, PyParameter][] => {
      if (seen.has(parameter)) return [];
      seen.add(parameter);
      return [[join(path, name), parameter]];
    }),
  );
}

/**
 * The model's state before it runs: its buffers get storages of their own. `state_dict()` in PyTorch's order: own parameters, own
 * buffers, then children; shared modules under each name.
 */
export function stateEntries(ctx: Context, module: PyInstance, path = ''): StateEntry[] {
  ctx.spend(1);
  const parameters = ownParameters(module).map(([name, parameter]): StateEntry => {
    const storage = parameter.memory.home;
    if (storage === undefined) {
      return ctx.error('unsupported', say('The parameter {0} has no values of its own', join(path, name)));
    }
    return { name: join(path, name), storage, kind: 'parameter', persistent: true };
  });
  const buffers = ownBuffers(module).map(([name, buffer, persistent]): StateEntry => {
    const storage = buffer.memory.home ?? settle(ctx, buffer, persistent);
    return { name: join(path, name), storage, kind: 'buffer', persistent };
  });
  const below = children(ctx, module).flatMap(([name, child]) => stateEntries(ctx, child, join(path, name)));
  return [...parameters, ...buffers, ...below];
}

/** The model is built and about to run: its state is what it is now. */
export function adoptState(ctx: Context, model: PyInstance): void {
  const state = moduleState(ctx);
  for (const [path, module] of namedModules(ctx, model)) state.paths.set(module, path);
  state.entries = stateEntries(ctx, model);
  for (const [, { memory, requiresGrad }] of namedParameters(ctx, model))
    if (memory.home !== undefined) ctx.graph.setTrainable(memory.home, requiresGrad);
  const storages = new Map(state.entries.map(({ name, storage }) => [name, storage]));
  for (const [name, buffer] of namedBuffers(ctx, model)) {
    const storage = storages.get(name);
    if (storage !== undefined) state.buffers.set(name, { storage, value: buffer.value });
  }
  torchState(ctx).running = true;
}

/** The model's state: what it was before the model ran, and what lazy layers have added. */
export function finalState(ctx: Context, model: PyInstance): StateEntry[] {
  const { entries, grew } = moduleState(ctx);
  if (!grew) return [...entries];
  const before = new Map(entries.map((entry) => [entry.name, entry]));
  return stateEntries(ctx, model).map((entry) => before.get(entry.name) ?? entry);
}

/** Where each submodule was constructed, by the path that its nodes have, and its class. */
export function modulePlaces(
  ctx: Context,
  model: PyInstance,
): ReadonlyMap<string, { readonly place: SourceRange; readonly name: string }> {
  const { paths } = moduleState(ctx);
  return new Map(
    namedModules(ctx, model).flatMap(([path, module]) =>
      module.site ? [[paths.get(module) ?? path, { place: module.site, name: module.cls.name }] as const] : [],
    ),
  );
}

/** What running the model wrote into its buffers. */
export function bufferUpdates(ctx: Context, model: PyInstance): StorageUpdate[] {
  const { buffers } = moduleState(ctx);
  return namedBuffers(ctx, model).flatMap(([name, { value, data }]): StorageUpdate[] => {
    const before = buffers.get(name);
    return !before || data || before.value === value ? [] : [{ storage: before.storage, value }];
  });
}

function namedBuffers(ctx: Context, model: PyInstance): [string, PyTensor][] {
  return namedModules(ctx, model).flatMap(([path, module]) =>
    ownBuffers(module).map(([name, buffer]): [string, PyTensor] => [join(path, name), buffer]),
  );
}

/** Sets a field so that it comes last among those of its kind, as PyTorch's own dictionaries have it. */
export function setField(ctx: Context, module: PyInstance, name: string, value: PyValue): void {
  const before = module.fields.get(name);
  if (absentKind(module, name) !== undefined) {
    module.fields.set(name, value);
    return;
  }
  const registers = isModule(ctx, value) || value instanceof PyParameter;
  const same =
    before instanceof PyParameter === value instanceof PyParameter &&
    isModule(ctx, before ?? null) === isModule(ctx, value);
  if (registers && !same) module.fields.delete(name);
  module.fields.set(name, value);
}

/** `add_module`. @throws where it is no module, or one that could not be read: the model would lack it silently. */
export function setChild(ctx: Context, module: PyInstance, name: string, value: PyValue): void {
  if (value instanceof Unknown) {
    const { obstacles } = ctx;
    try {
      ctx.refuseUnknown(value, say('the module "{0}"', name));
    } catch (error) {
      if (!obstacles) throw error;
      setField(ctx, module, name, unreadModule(ctx, obstacles.pass(error)));
    }
    return;
  }
  if (value === null) setAbsent(module, name, 'module');
  else if (isModule(ctx, value)) setField(ctx, module, name, value);
  else ctx.raise('TypeError', `${ctx.repr(value)} is not a Module subclass`);
}

/** Tensors that `nn.Buffer` made, and whether each is kept in the state: set as an attribute, each becomes a buffer. */
const declaredBuffers = new WeakMap<PyTensor, boolean>();

/** `nn.Buffer`. */
export const bufferMaker = native('data=None, *, persistent=True', (ctx, args) => {
  const given = args.isNone('data') ? full(ctx, { dtype: 'float32', shape: [0] }, 0) : operand(ctx, args.get('data'));
  declaredBuffers.set(given, args.bool('persistent'));
  return given;
});

function registerBuffer(ctx: Context, module: PyInstance, name: string, tensor: PyValue, persistent: boolean): void {
  const known = module.fields.get(REGISTERED);
  const registered = known instanceof PyDict ? known : new PyDict();
  module.fields.set(REGISTERED, registered);
  registered.set(name, persistent);
  ctx.setattrDefault(module, name, tensor);
}

/** Stands for a module that could not be read, where reading goes on to see what else can't be. */
function unreadModule(ctx: Context, value: Unknown): PyInstance {
  const forward = native('self, *args, **kwargs', () => value);
  return new PyInstance(nativeClass('Unread', [moduleState(ctx).cls], { forward }, 'torch.nn'));
}

function entries(pairs: readonly (readonly [string, PyValue])[]): PyList {
  return new PyList(pairs.map(([name, value]) => new PyTuple([name, value])));
}

export function iterate(ctx: Context, values: readonly PyValue[]): PyValue {
  return ctx.call(ctx.builtins.get('iter') ?? null, [new PyList([...values])]);
}

function moduleClass(ctx: Context): PyClass {
  const members: Record<string, PyValue> = { training: ctx.training };
  const define = definer((name, fn) => {
    members[name] = fn;
  });
  define('__init__', 'self, *args, **kwargs', () => null);
  define('__setattr__', 'self, name, value', (inner, args) => {
    const module = selfOf(args.get('self'));
    const value = args.get('value');
    const name = args.string('name');
    const before = module.fields.get(name) ?? null;
    if (isModule(inner, value) || value instanceof PyParameter) setField(inner, module, name, value);
    else if (value instanceof PyTensor && declaredBuffers.has(value)) {
      registerBuffer(inner, module, name, value, declaredBuffers.get(value) ?? true);
    } else if (value === null && isModule(inner, before)) setAbsent(module, name, 'module');
    else if (value === null && before instanceof PyParameter) setAbsent(module, name, 'parameter');
    else inner.setattrDefault(module, args.string('name'), value);
    return null;
  });
  define('__call__', 'self, *args, **kwargs', function* (inner, args): Eval<PyValue> {
    const module = selfOf(args.get('self'));
    const path = moduleState(inner).paths.get(module);
    const { obstacles } = inner;
    const given = { args: args.rest('args'), keywords: args.keywords('kwargs') };
    const run = function* (): Eval<PyValue> {
      const call = yield* runForwardPreHooks(inner, module, given);
      const result = yield* inner.run(inner.getattr(module, 'forward'), call.args, call.keywords);
      return yield* runForwardHooks(inner, module, call, result);
    };
    return yield* inner.runInModule(path, () =>
      obstacles && path ? obstacles.watch(inner.graph, { path, name: module.cls.name, ...given }, run) : run(),
    );
  });
  define('forward', 'self, *args, **kwargs', (inner, args) =>
    inner.error('unsupported', say('{0} has no forward()', selfOf(args.get('self')).cls.name)),
  );
  define('register_buffer', 'self, name, tensor, persistent=True', (inner, args) => {
    registerBuffer(inner, selfOf(args.get('self')), args.string('name'), args.get('tensor'), args.bool('persistent'));
    return null;
  });
  const shows = (name: string, entries: (module: PyInstance) => readonly (readonly [string, PyValue])[]): void => {
    members[name] = property((inner, self) => {
      const module = selfOf(self);
      return new FieldsView({
        entries: () => entries(module),
        set: (field, value) => inner.setattr(module, field, value),
        delete: (field) => module.fields.delete(field),
      });
    });
  };
  shows('_modules', (module) => registeredModules(ctx, module));
  shows('_parameters', (module) =>
    [...module.fields].filter(
      ([name, value]) => value instanceof PyParameter || (value === null && absentKind(module, name) === 'parameter'),
    ),
  );
  shows('_buffers', (module) => ownBuffers(module).map(([name, buffer]) => [name, buffer] as const));
  define('register_parameter', 'self, name, param', (inner, args) => {
    const [module, name] = [selfOf(args.get('self')), args.string('name')];
    if (args.isNone('param')) setAbsent(module, name, 'parameter');
    else setField(inner, module, name, args.get('param'));
    return null;
  });
  define('add_module register_module', 'self, name, module', (inner, args) => {
    setChild(inner, selfOf(args.get('self')), args.string('name'), args.get('module'));
    return null;
  });
  define('parameters', 'self, recurse=True', (inner, args) => {
    const module = selfOf(args.get('self'));
    const all = args.bool('recurse') ? namedParameters(inner, module) : ownParameters(module);
    return iterate(
      inner,
      all.map(([, parameter]) => parameter),
    );
  });
  define('named_parameters', "self, prefix='', recurse=True, remove_duplicate=True", (inner, args) => {
    const module = selfOf(args.get('self'));
    return iterate(
      inner,
      entries(args.bool('recurse') ? namedParameters(inner, module, args.string('prefix')) : ownParameters(module))
        .items,
    );
  });
  define('buffers', 'self, recurse=True', (inner, args) =>
    iterate(
      inner,
      namedModules(inner, selfOf(args.get('self'))).flatMap(([, module]) =>
        ownBuffers(module).map(([, buffer]) => buffer),
      ),
    ),
  );
  define('named_buffers', "self, prefix='', recurse=True", (inner, args) =>
    iterate(
      inner,
      namedModules(inner, selfOf(args.get('self')), args.string('prefix')).flatMap(([path, module]) =>
        ownBuffers(module).map(([name, buffer]) => new PyTuple([join(path, name), buffer])),
      ),
    ),
  );
  define('modules', 'self', (inner, args) =>
    iterate(
      inner,
      namedModules(inner, selfOf(args.get('self'))).map(([, module]) => module),
    ),
  );
  define('named_modules', "self, memo=None, prefix='', remove_duplicate=True", (inner, args) =>
    iterate(inner, entries(namedModules(inner, selfOf(args.get('self')), args.string('prefix'))).items),
  );
  define('children', 'self', (inner, args) =>
    iterate(
      inner,
      distinctChildren(inner, selfOf(args.get('self'))).map(([, child]) => child),
    ),
  );
  define('named_children', 'self', (inner, args) =>
    iterate(inner, entries(distinctChildren(inner, selfOf(args.get('self')))).items),
  );
  define('state_dict', 'self, *args, **kwargs', (inner, args) => {
    // A shared module's tensors stand under each of its names.
    const tensorsIn = (module: PyInstance, path: string): (readonly [string, PyValue])[] => [
      ...ownParameters(module).map(([name, value]) => [join(path, name), value] as const),
      ...ownBuffers(module).flatMap(([name, value, persistent]) =>
        persistent ? [[join(path, name), value] as const] : [],
      ),
      ...children(inner, module).flatMap(([name, child]) => tensorsIn(child, join(path, name))),
    ];
    return PyDict.from(tensorsIn(selfOf(args.get('self')), ''));
  });
  define('apply', 'self, fn', function* (inner, args): Eval<PyValue> {
    const module = selfOf(args.get('self'));
    for (const [, child] of children(inner, module)) yield* inner.run(inner.getattr(child, 'apply'), [args.get('fn')]);
    yield* inner.run(args.get('fn'), [module]);
    return module;
  });
  define(
    'train eval to cuda cpu float half double bfloat16 zero_grad share_memory',
    'self, *args, **kwargs',
    (_, args) => args.get('self'),
  );
  define('requires_grad_', 'self, requires_grad=True', (inner, args) => {
    const module = selfOf(args.get('self'));
    for (const [, parameter] of namedParameters(inner, module)) parameter.requiresGrad = args.bool('requires_grad');
    return module;
  });
  define('load_state_dict', 'self, *args, **kwargs', (inner) => {
    inner.note(say('load_state_dict is passed over: weights are given to the comparison as a checkpoint'));
    return null;
  });
  for (const [name, kind] of [
    ['register_forward_pre_hook', '_forward_pre_hooks'],
    ['register_forward_hook', '_forward_hooks'],
  ] as const) {
    define(name, 'self, hook, *, prepend=False, with_kwargs=False, always_call=False', (inner, args) =>
      addHook(inner, selfOf(args.get('self')), kind, args.get('hook'), args.bool('with_kwargs'), args.bool('prepend')),
    );
  }
  define(
    'register_full_backward_hook register_backward_hook register_full_backward_pre_hook register_state_dict_pre_hook register_load_state_dict_post_hook _register_load_state_dict_pre_hook _register_state_dict_hook',
    'self, *args, **kwargs',
    // They run with gradients and checkpoints only.
    () => null,
  );
  define('get_submodule', 'self, target', (inner, args) =>
    args
      .string('target')
      .split('.')
      .filter(Boolean)
      .reduce<PyValue>((module, name) => inner.getattr(module, name), args.get('self')),
  );
  define('get_parameter get_buffer', 'self, target', (inner, args) =>
    args
      .string('target')
      .split('.')
      .reduce<PyValue>((module, name) => inner.getattr(module, name), args.get('self')),
  );
  define('extra_repr', 'self', () => '');
  return nativeClass('Module', [ctx.classes.object], members, 'torch.nn.modules.module');
}
