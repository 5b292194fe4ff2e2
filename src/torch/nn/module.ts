/** `nn.Module`: registration, traversal and calling. What a module keeps: moduleFields.ts. */
import type { SourceRange, StateEntry, StorageUpdate } from '../../graph/types';
import { say } from '../../language/say';
import type { NativeArguments } from '../../python/natives/arguments';
import type { Context, Eval } from '../../python/natives/context';
import { NativeFunction, native, nativeClass } from '../../python/natives/native';
import { definer } from '../../python/natives/table';
import {
  type PyClass,
  PyComplex,
  PyDict,
  PyInstance,
  PyList,
  PyParameter,
  PyTensor,
  PyTuple,
  type PyValue,
  typeName,
  Unknown,
} from '../../python/values/values';
import { keepInPairs, shownBuffer } from '../complex/creation';
import { settle } from '../tensor/initialiser';
import { full, operand, torchState } from '../tensor/tensor';
import { alias } from '../tensor/views';
import { defineCasts } from './casts';
import { addHook, runForwardHooks, runForwardPreHooks } from './hooks';
import { LONGEST, loadState, namedState } from './loading';
import {
  children,
  fieldsOf,
  joinPath,
  ModuleFields,
  namedModules,
  ownBuffers,
  ownParameters,
  selfOf,
} from './moduleFields';

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

/** A module that a function is given. @throws TypeError where it is something else, or where it could not be read */
export function moduleArgument(ctx: Context, args: NativeArguments, name = 'module'): PyInstance {
  const value = args.get(name);
  if (value instanceof Unknown) return ctx.refuseUnknown(value, name);
  return value instanceof PyInstance
    ? value
    : ctx.raise('TypeError', `${typeText(ctx, value)} is not a Module subclass`);
}

/** `torch.typename`: a function or a class by its full name, anything else by that of its type. */
function typeText(ctx: Context, value: PyValue): string {
  const functional = ctx.nativeModule('torch.nn.functional')?.members;
  if (value instanceof NativeFunction && functional?.get(value.name) === value)
    return `torch.nn.functional.${value.name}`;
  const [module, name] = [ctx.lookup(value, '__module__'), ctx.lookup(value, '__qualname__')];
  const own = typeof name === 'string' ? name : typeName(value);
  return typeof module === 'string' && module !== 'builtins' ? `${module}.${own}` : own;
}

/** Registers a name without a value: it keeps its place among the others. */
export function setAbsent(module: PyInstance, name: string, kind: 'modules' | 'parameters'): void {
  fieldsOf(module).register(kind, name, null);
}

/** Each child once, under its first name. */
function distinctChildren(module: PyInstance): [string, PyInstance][] {
  const seen = new Set<PyInstance>();
  return children(module).filter(([, child]) => !seen.has(child) && seen.add(child));
}

/** Parameters with their names, shared ones once. */
export function namedParameters(ctx: Context, root: PyInstance): [string, PyParameter][] {
  return namedMembers(namedModules(ctx, root), ownParameters, true);
}

/** What modules hold, with the modules' paths before the names; what is shared once. */
function namedMembers<T extends PyTensor>(
  modules: readonly (readonly [string, PyInstance])[],
  members: (module: PyInstance) => readonly (readonly [string, T, ...unknown[]])[],
  once: boolean,
): [string, T][] {
  const seen = new Set<T>();
  const found: [string, T][] = [];
  for (const [path, module] of modules) {
    for (const [name, member] of members(module)) {
      if (once && seen.has(member)) continue;
      seen.add(member);
      found.push([joinPath(path, name), member]);
    }
  }
  return found;
}

/** `named_parameters` and `named_buffers`, by their arguments. */
function membersBy<T extends PyTensor>(
  ctx: Context,
  args: NativeArguments,
  members: (module: PyInstance) => readonly (readonly [string, T, ...unknown[]])[],
): [string, T][] {
  const module = selfOf(args.get('self'));
  const [prefix, once] = [
    args.has('prefix') ? args.string('prefix') : '',
    !args.has('remove_duplicate') || args.bool('remove_duplicate'),
  ];
  const modules = args.bool('recurse') ? namedModules(ctx, module, prefix, once) : [[prefix, module] as const];
  return namedMembers(modules, members, once);
}

/**
 * The model's state before it runs: its buffers get storages of their own. `state_dict()` in PyTorch's order: own parameters, own
 * buffers, then children; shared modules under each name.
 */
export function stateEntries(ctx: Context, root: PyInstance): StateEntry[] {
  const found: StateEntry[] = [];
  const visit = (module: PyInstance, path: string): void => {
    ctx.spend(1);
    if (path.length > LONGEST) ctx.raise('RecursionError', 'maximum recursion depth exceeded');
    for (const [own, parameter] of ownParameters(module)) {
      const name = joinPath(path, own);
      const storage = parameter.memory.home;
      if (storage === undefined) ctx.error('unsupported', say('The parameter {0} has no values of its own', name));
      else found.push({ name, storage, kind: 'parameter', persistent: true });
    }
    for (const [own, buffer, persistent] of ownBuffers(module)) {
      const storage = buffer.memory.home ?? settle(ctx, buffer, persistent);
      if (shownBuffer(buffer) !== buffer) ctx.graph.pair(storage);
      found.push({ name: joinPath(path, own), storage, kind: 'buffer', persistent });
    }
    for (const [name, child] of children(module)) visit(child, joinPath(path, name));
  };
  visit(root, '');
  return found;
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
  for (const cls of new Set(namedModules(ctx, model).map(([, module]) => module.cls))) noteOwnNames(ctx, cls);
  torchState(ctx).running = true;
  // Where a script switches gradients off for itself, the model still trains.
  ctx.graph.stops = false;
}

/** Weights are shown under their modules' names; a class may name them otherwise in what it saves. */
function noteOwnNames(ctx: Context, cls: PyClass): void {
  for (const name of ['state_dict', '_save_to_state_dict']) {
    const owner = cls.mro.find(({ members }) => members.has(name));
    if (owner && !owner.native)
      ctx.note(
        say(
          '{0} has a {1} of its own: its checkpoints may name weights otherwise than they are shown here',
          owner.name,
          name,
        ),
      );
  }
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
  const found = new Map<string, { readonly place: SourceRange; readonly name: string }>();
  for (const [path, module] of namedModules(ctx, model))
    if (module.site) found.set(paths.get(module) ?? path, { place: module.site, name: module.cls.name });
  return found;
}

/** What running the model wrote into its buffers. */
export function bufferUpdates(ctx: Context, model: PyInstance): StorageUpdate[] {
  const { buffers } = moduleState(ctx);
  return namedBuffers(ctx, model).flatMap(([name, buffer]): StorageUpdate[] => {
    const before = buffers.get(name);
    const { value } = buffer;
    // Known values are looked at last: that says that they matter.
    return !before || before.value === value || buffer.data ? [] : [{ storage: before.storage, value }];
  });
}

export function namedBuffers(ctx: Context, model: PyInstance): [string, PyTensor][] {
  return namedMembers(namedModules(ctx, model), ownBuffers, false);
}

/** `add_module`. @throws what PyTorch refuses as a name, and as `setChild` does */
export function addModule(ctx: Context, module: PyInstance, name: string, value: PyValue): void {
  checkName(ctx, module, name, fieldsOf(module).modules, 'module');
  setChild(ctx, module, name, value);
}

/** Registers a module. @throws where it is no module, or one that could not be read: the model would lack it silently. */
export function setChild(ctx: Context, module: PyInstance, name: string, value: PyValue): void {
  if (value instanceof Unknown) {
    const { obstacles } = ctx;
    try {
      ctx.refuseUnknown(value, say('the module "{0}"', name));
    } catch (error) {
      if (!obstacles) throw error;
      fieldsOf(module).register('modules', name, unreadModule(ctx, obstacles.pass(error)));
    }
    return;
  }
  if (value === null || isModule(ctx, value)) fieldsOf(module).register('modules', name, value);
  else ctx.raise('TypeError', `${typeText(ctx, value)} is not a Module subclass`);
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
  const fields = fieldsOf(module);
  checkName(ctx, module, name, fields.buffers, 'buffer');
  if (tensor instanceof Unknown) {
    ctx.setattrDefault(module, name, tensor);
    return;
  }
  const kept = tensor instanceof PyComplex ? keepInPairs(ctx, tensor) : tensor;
  if (kept !== null && !(kept instanceof PyTensor))
    ctx.raise(
      'TypeError',
      `cannot assign '${typeName(kept)}' object to buffer '${name}' (torch Tensor or None required)`,
    );
  fields.setBuffer(name, kept, persistent);
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

/** What PyTorch refuses as the name of something that is registered. */
function checkName(ctx: Context, module: PyInstance, name: string, registered: PyDict, what: string): void {
  if (name.includes('.')) ctx.raise('KeyError', `${what} name can't contain "."`);
  if (name === '') ctx.raise('KeyError', `${what} name can't be empty string ""`);
  if (!registered.has(name) && ctx.lookup(module, name) !== undefined)
    ctx.raise('KeyError', `attribute '${name}' already exists`);
}

/** `Module.__setattr__`: parameters and modules are registered; what is registered takes nothing else. */
function setAttribute(ctx: Context, module: PyInstance, name: string, value: PyValue): void {
  const fields = fieldsOf(module);
  const refuse = (what: string, allowed: string): never =>
    ctx.raise('TypeError', `cannot assign '${typeName(value)}' as ${what} '${name}' (${allowed} or None expected)`);
  if (fields.isFresh && (value instanceof PyParameter || isModule(ctx, value))) refuseFresh(ctx, module, value);
  const parametrisations = fields.parametrisationsOf(name);
  if (parametrisations) ctx.call(ctx.getattr(parametrisations, 'right_inverse'), [value]);
  else if (value instanceof PyParameter) {
    // What was registered as None is made of the first input.
    if (torchState(ctx).running && fields.parameters.get(name) === null) moduleState(ctx).grew = true;
    fields.register('parameters', name, value);
  } else if (value instanceof Unknown) ctx.setattrDefault(module, name, value);
  else if (fields.parameters.has(name)) {
    if (value !== null) refuse('parameter', 'torch.nn.Parameter');
    fields.parameters.set(name, null);
  } else if (isModule(ctx, value)) fields.register('modules', name, value);
  else if (fields.modules.has(name)) {
    if (value !== null) refuse('child module', 'torch.nn.Module');
    fields.modules.set(name, null);
  } else if (value instanceof PyTensor && declaredBuffers.has(value) && !fields.buffers.has(name)) {
    fields.own.delete(name);
    fields.setBuffer(name, value, declaredBuffers.get(value) ?? true);
  } else if (fields.buffers.has(name)) {
    const kept = value instanceof PyComplex ? keepInPairs(ctx, value) : value;
    if (kept !== null && !(kept instanceof PyTensor)) refuse('buffer', 'torch.nn.Buffer, torch.Tensor');
    fields.buffers.set(name, kept);
  } else ctx.setattrDefault(module, name, value);
}

/** A class of the user's whose `__init__` has not called that of `nn.Module` has nowhere to register anything. */
function refuseFresh(ctx: Context, module: PyInstance, value: PyValue): void {
  const native = module.cls.mro.find((each) => each.native);
  if (native?.canonical !== moduleState(ctx).cls.canonical) return;
  const what = value instanceof PyParameter ? 'parameters' : 'module';
  ctx.raise('AttributeError', `cannot assign ${what} before Module.__init__() call`);
}

function moduleClass(ctx: Context): PyClass {
  const members: Record<string, PyValue> = {};
  const define = definer((name, fn) => {
    fn.findsNothing = name === '__getattr__';
    fn.takesWeights = name === 'load_state_dict';
    members[name] = fn;
  });
  define('__new__', 'cls, /, *args, **kwargs', (_, args) => {
    const made = new PyInstance((args.get('cls') as PyClass).canonical);
    fieldsOf(made).isFresh = true;
    return made;
  });
  define('__init__', 'self, *args, **kwargs', (_, args) => {
    fieldsOf(selfOf(args.get('self'))).begin();
    return null;
  });
  define('__setattr__', 'self, name, value', (inner, args) => {
    setAttribute(inner, selfOf(args.get('self')), args.string('name'), args.get('value'));
    return null;
  });
  // Fields are found before it is asked; a class of the user's may call it.
  define('__getattr__', 'self, name', (inner, args) => {
    const module = selfOf(args.get('self'));
    const name = args.string('name');
    const found = module.fields.get(name);
    if (found !== undefined) return found;
    throw inner.attributeError(module, name);
  });
  define('__call__', 'self, *args, **kwargs', function* (inner, args): Eval<PyValue> {
    const module = selfOf(args.get('self'));
    const path = moduleState(inner).paths.get(module);
    const { obstacles, observer, tracer } = inner;
    const given = { args: args.rest('args'), keywords: args.keywords('kwargs') };
    observer?.onCall(module, given.args, given.keywords);
    const run = function* (): Eval<PyValue> {
      const call = yield* runForwardPreHooks(inner, module, given);
      const result = yield* inner.run(inner.getattr(module, 'forward'), call.args, call.keywords);
      return yield* runForwardHooks(inner, module, call, result);
    };
    const returned =
      path === undefined
        ? undefined
        : tracer?.onCall(path, module.cls.name, [...given.args, ...(given.keywords?.values() ?? [])]);
    const result = yield* inner.runInModule(path, () =>
      obstacles && path ? obstacles.watch(inner.graph, { path, name: module.cls.name, ...given }, run) : run(),
    );
    returned?.(result);
    return result;
  });
  define('forward', 'self, *args, **kwargs', (inner, args) =>
    inner.raise(
      'NotImplementedError',
      `Module [${selfOf(args.get('self')).cls.name}] is missing the required "forward" function`,
    ),
  );
  define('register_buffer', 'self, name, tensor, persistent=True', (inner, args) => {
    registerBuffer(inner, selfOf(args.get('self')), args.string('name'), args.get('tensor'), args.bool('persistent'));
    return null;
  });
  define('register_parameter', 'self, name, param', (inner, args) => {
    const [module, name] = [selfOf(args.get('self')), args.string('name')];
    const value = args.get('param');
    checkName(inner, module, name, fieldsOf(module).parameters, 'parameter');
    if (value instanceof Unknown) {
      inner.setattrDefault(module, name, value);
      return null;
    }
    if (value !== null && !(value instanceof PyParameter))
      inner.raise(
        'TypeError',
        `cannot assign '${typeName(value)}' object to parameter '${name}' (torch.nn.Parameter or None required)`,
      );
    fieldsOf(module).register('parameters', name, value);
    return null;
  });
  define('add_module register_module', 'self, name, module', (inner, args) => {
    addModule(inner, selfOf(args.get('self')), args.string('name'), args.get('module'));
    return null;
  });
  define('parameters', 'self, recurse=True', (inner, args) =>
    iterate(
      inner,
      membersBy(inner, args, ownParameters).map(([, parameter]) => parameter),
    ),
  );
  define('named_parameters', "self, prefix='', recurse=True, remove_duplicate=True", (inner, args) =>
    iterate(inner, entries(membersBy(inner, args, ownParameters)).items),
  );
  define('buffers', 'self, recurse=True', (inner, args) =>
    iterate(
      inner,
      membersBy(inner, args, ownBuffers).map(([, buffer]) => shownBuffer(buffer)),
    ),
  );
  define('named_buffers', "self, prefix='', recurse=True, remove_duplicate=True", (inner, args) =>
    iterate(
      inner,
      entries(membersBy(inner, args, ownBuffers).map(([name, buffer]) => [name, shownBuffer(buffer)])).items,
    ),
  );
  define('modules', 'self', (inner, args) =>
    iterate(
      inner,
      namedModules(inner, selfOf(args.get('self'))).map(([, module]) => module),
    ),
  );
  define('named_modules', "self, memo=None, prefix='', remove_duplicate=True", (inner, args) =>
    iterate(
      inner,
      entries(namedModules(inner, selfOf(args.get('self')), args.string('prefix'), args.bool('remove_duplicate')))
        .items,
    ),
  );
  define('children', 'self', (inner, args) =>
    iterate(
      inner,
      distinctChildren(selfOf(args.get('self'))).map(([, child]) => child),
    ),
  );
  define('named_children', 'self', (inner, args) =>
    iterate(inner, entries(distinctChildren(selfOf(args.get('self')))).items),
  );
  define('state_dict', "self, *args, destination=None, prefix='', keep_vars=False", (inner, args) => {
    const [into = args.get('destination'), start = args.string('prefix')] = args.rest('args');
    const found = into instanceof PyDict ? into : new PyDict();
    const isKept = args.bool('keep_vars');
    for (const [name, value] of namedState(inner, selfOf(args.get('self')), String(start)))
      found.set(name, shownBuffer(value) !== value ? shownBuffer(value) : isKept ? value : alias(inner, value));
    return found;
  });
  define('apply', 'self, fn', function* (inner, args): Eval<PyValue> {
    const module = selfOf(args.get('self'));
    inner.meter.enter('apply');
    try {
      for (const [, child] of children(module)) yield* inner.run(inner.getattr(child, 'apply'), [args.get('fn')]);
    } finally {
      inner.meter.leave();
    }
    yield* inner.run(args.get('fn'), [module]);
    return module;
  });
  defineCasts(define);
  define('cuda cpu xpu mps ipu zero_grad share_memory', 'self, *args, **kwargs', (_, args) => args.get('self'));
  define('train', 'self, mode=True', function* (inner, args): Eval<PyValue> {
    const module = selfOf(args.get('self'));
    inner.setattr(module, 'training', args.bool('mode'));
    inner.meter.enter('train');
    try {
      for (const [, child] of children(module)) yield* inner.run(inner.getattr(child, 'train'), [args.get('mode')]);
    } finally {
      inner.meter.leave();
    }
    return module;
  });
  define('eval', 'self', function* (inner, args): Eval<PyValue> {
    return yield* inner.run(inner.getattr(args.get('self'), 'train'), [false]);
  });
  define('requires_grad_', 'self, requires_grad=True', (inner, args) => {
    const module = selfOf(args.get('self'));
    for (const [, parameter] of namedParameters(inner, module)) parameter.requiresGrad = args.bool('requires_grad');
    return module;
  });
  define('load_state_dict', 'self, state_dict, strict=True, assign=False', (inner, args) =>
    loadState(inner, selfOf(args.get('self')), args.get('state_dict'), args.get('strict')),
  );
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
  const cls = nativeClass('Module', [ctx.classes.object], members, 'torch.nn.modules.module');
  cls.makeFields = () => new ModuleFields((parametrisations) => ctx.call(parametrisations));
  return cls;
}
