import { builtinCall } from './builtins';
import { makeSequence, tensorAttribute } from './expressions';
import { handOver, isLoss, returnPrepared } from './handing';
import {
  canonicalLibraryName,
  containerForms,
  functionOperation,
  isModelZoo,
  layerOperation,
  moduleMethods,
  wrappers,
} from './libraries';
import { argumentOf, elementsOf, turnsOf } from './queries';
import { fillFields, isOpenRecord, namedTupleClass } from './records';
import { type FlowRun, runBranch } from './run';
import {
  classAttribute,
  libraryBases,
  lineOf,
  offeredName,
  ownAttribute,
  registerModule,
  runsAsSequential,
} from './scopes';
import { isJoining } from './trace';
import {
  type BuiltLayer,
  chooseOf,
  constantOf,
  type FlowArgument,
  type FlowMapping,
  type FlowPlace,
  type FlowSequence,
  type FlowValue,
  type LibraryName,
  possibilities,
  type UserInstance,
  unknown,
} from './values';

/** What a call gives, as far as the code tells. */
export function callValue(
  run: FlowRun,
  callee: FlowValue,
  args: readonly FlowArgument[],
  at: FlowPlace,
  isMaybe: boolean,
): FlowValue {
  switch (callee.kind) {
    case 'choice': {
      const isSure = sameOperation(usualCallees(callee.of));
      return chooseOf(oneOf(run, callee.of, (each) => run.call(each, args, at, isMaybe || !isSure)));
    }
    case 'library':
      return libraryCall(run, callee, args, at, isMaybe);
    case 'function':
      return run.inline(callee, args);
    case 'class':
      for (const { value } of args) run.use(value);
      return { kind: 'instance', id: run.newId(), cls: callee, args, isAny: false };
    case 'instance':
      return runInstance(run, callee, args, isMaybe);
    case 'layer':
      return runLayer(run, callee, args, at, isMaybe);
    case 'sequence':
      return callee.form === 'sequential' ? runSequential(run, callee, args, isMaybe) : goesAway(run, args);
    case 'partial':
      return run.call(callee.callee, [...callee.args, ...args], at, isMaybe);
    case 'method':
      return preparedCall(run, args, at) ?? methodCall(run, callee.receiver, callee.name, args, at, isMaybe);
    case 'parameter':
      // What is usually handed in, if that is a class or function of somebody's.
      if (callee.default && (isLoss(callee.default) || /^(library|class|function)$/.test(callee.default.kind)))
        return run.call(callee.default, args, at, isMaybe || !isLoss(callee.default));
      return goesAway(run, args);
    default:
      handOver(run, args, at);
      return preparedCall(run, args, at) ?? goesAway(run, args);
  }
}

/** Runs each of several things of which one runs, in branches of their own. */
function oneOf<T>(run: FlowRun, values: readonly T[], each: (value: T) => FlowValue): FlowValue[] {
  if (values.length < 2) return values.map(each);
  const branch = run.newId();
  return values.map((value) => runBranch(run, { branch, isSure: false, isEnded: false }, () => each(value)));
}

/** What a call gives that hands its arguments on. */
function preparedCall(run: FlowRun, args: readonly FlowArgument[], at: FlowPlace): FlowValue | undefined {
  const prepared = returnPrepared(args, at);
  if (!prepared) return undefined;
  return prepared.length === 1 ? prepared[0] : makeSequence(run, 'tuple', { items: prepared, isOpen: false }, at);
}

/** What is called where nobody hands in a loss of another kind: `loss or nn.CrossEntropyLoss()`. */
function usualCallees(values: readonly FlowValue[]): readonly FlowValue[] {
  const isOptional = (value: FlowValue) =>
    value.kind === 'parameter' && value.default?.kind === 'constant' && value.default.value === null;
  const usual = values.filter((each) => !isOptional(each));
  return usual.every(isLoss) ? usual : values;
}

/** Whether all that may be called does the same: losses with and without weights. */
function sameOperation(values: readonly FlowValue[]): boolean {
  const operations = values.map((each) =>
    each.kind === 'layer'
      ? each.type
      : each.kind === 'library'
        ? each.name
        : each.kind === 'partial' && each.callee.kind === 'library'
          ? each.callee.name
          : undefined,
  );
  return operations[0] !== undefined && operations.every((each) => each === operations[0]);
}

/** A call of what is not followed. */
export function goesAway(run: FlowRun, args: readonly FlowArgument[]): FlowValue {
  for (const { value } of args) run.use(value);
  return unknown;
}

function libraryCall(
  run: FlowRun,
  callee: LibraryName,
  args: readonly FlowArgument[],
  at: FlowPlace,
  isMaybe: boolean,
): FlowValue {
  const { name, isAssumed } = callee;
  if (/^(?:collections\.namedtuple|typing\.NamedTuple)$/.test(name)) return namedTupleClass(run, args, at);
  if (isOpenRecord(name)) return builtinCall(run, 'builtins.dict', args, at);
  if (name.startsWith('builtins.') || name.startsWith('collections.')) return builtinCall(run, name, args, at);
  if (wrappers.has(name)) return args[0]?.value ?? unknown;
  if (name === 'functools.partial') {
    const [first, ...rest] = args;
    return first ? { kind: 'partial', callee: first.value, args: rest } : unknown;
  }
  const form = containerForms[name];
  if (form) {
    const container = makeContainer(run, form, args, at);
    if (form === 'sequential') run.keepContainer(container);
    return container;
  }
  if (name === 'torch.nn.ModuleDict') return args[0]?.value ?? unknown;
  if (/^torch\.nn\.(?:\w+\.)*[A-Z]\w*$/.test(name) && name !== 'torch.nn.Module' && name !== 'torch.nn.Parameter') {
    for (const { value } of args) run.use(value);
    return run.build({ kind: 'layer', id: run.newId(), type: name, args, at, isAssumed });
  }
  if (isModelZoo(name) || name === 'einops.layers.torch.Rearrange')
    return { kind: 'layer', id: run.newId(), type: name, args, at, isAssumed };
  const prepared = name.startsWith('torch.') ? undefined : preparedCall(run, args, at);
  if (prepared) return prepared;
  if (!name.startsWith('torch.')) handOver(run, args, at);
  const short = name.slice(name.lastIndexOf('.') + 1);
  const isOfPytorch = /^torch\.(?:nn\.functional\.|special\.)?[a-z]\w*$/.test(name);
  const inputs = args.filter(
    ({ name: keyword }) => keyword === undefined || /^(input|x|tensor|other|target)$/.test(keyword),
  );
  const joined = isOfPytorch && isJoining(short) && inputs[0] ? turnsOf(inputs[0].value, run.store) : undefined;
  return run.record({
    op: isOfPytorch ? functionOperation(short) : name,
    inputs: joined ?? inputs.map(({ value }) => value),
    args,
    layer: undefined,
    form: 'function',
    at,
    isMaybe,
    isAssumed,
  });
}

/** `nn.Sequential(a, b)`, `nn.Sequential(OrderedDict(…))`, `nn.ModuleList([…])`. */
export function makeContainer(
  run: FlowRun,
  form: 'modules' | 'sequential',
  args: readonly FlowArgument[],
  at: FlowPlace,
): FlowSequence {
  const [first] = args;
  const isOne = args.length === 1 && first && /^(mapping|sequence)$/.test(first.value.kind);
  if (
    isOne &&
    (first.value.kind === 'mapping' || (first.value.kind === 'sequence' && first.value.form !== 'sequential'))
  ) {
    const { items, isOpen } = run.store.contents(first.value.id);
    return makeSequence(run, form, { items, isOpen }, at);
  }
  const isOpen = args.some(({ isSpread }) => isSpread) || (form === 'modules' && args.length > 0);
  return makeSequence(run, form, { items: args.map(({ value }) => value), isOpen }, at);
}

function runLayer(
  run: FlowRun,
  layer: BuiltLayer,
  args: readonly FlowArgument[],
  at: FlowPlace,
  isMaybe: boolean,
): FlowValue {
  const isOfZoo = isModelZoo(layer.type);
  const short = layer.type.slice(layer.type.lastIndexOf('.') + 1);
  const result = run.record({
    op: isOfZoo ? 'logits' : layerOperation(short),
    inputs: args.map(({ value }) => value),
    args,
    layer,
    form: 'layer',
    at,
    isMaybe,
    isAssumed: layer.isAssumed,
  });
  // A head that has been put in place of the model's own runs last.
  const head = isOfZoo ? zooHeads.map((name) => ownAttribute(run.store, layer, name)).find(Boolean) : undefined;
  return head
    ? run.call(head, [{ value: result, at, name: undefined, isSpread: false }], placeOf(head) ?? at, isMaybe)
    : result;
}

/** Where classifiers of model zoos keep their last layers. */
const zooHeads = ['fc', 'classifier', 'head', 'heads'];

/** One layer after the other, each where it is built. */
function runSequential(run: FlowRun, layers: FlowSequence, args: readonly FlowArgument[], isMaybe: boolean): FlowValue {
  run.noteRun(layers);
  const { items, isOpen } = run.store.contents(layers.id);
  if (isOpen && items.length === 0) return goesAway(run, args);
  let value = args[0]?.value ?? unknown;
  for (const item of items) {
    const input = { value, at: placeOf(item) ?? layers.at, name: undefined, isSpread: false };
    // A layer that may be missing hands on what it gets.
    value = chooseOf(
      oneOf(run, possibilities(item), (each) =>
        each.kind === 'constant' ? value : run.call(each, [input], placeOf(each) ?? layers.at, isMaybe),
      ),
    );
  }
  return isOpen ? unknown : value;
}

function placeOf(value: FlowValue): FlowPlace | undefined {
  return 'at' in value ? value.at : undefined;
}

/** Runs the constructor of an object. That waits until something of the object is asked for: most are only handed on. */
export function initialise(run: FlowRun, instance: UserInstance): void {
  const key = `ready ${instance.id}`;
  if (run.store.read(key)) return;
  run.store.write(key, constantOf(true));
  const initialiser = classAttribute(run.store, lineOf(instance.cls), '__init__');
  if (initialiser?.kind === 'function') run.inline({ ...initialiser, receiver: instance }, instance.args);
  else {
    initialiseBase(run, instance, instance.args, instance.cls.at);
    fillFields(run.store, instance, instance.args);
  }
}

/** What `super().__init__` of a library's class does with its arguments. */
function initialiseBase(run: FlowRun, instance: UserInstance, args: readonly FlowArgument[], at: FlowPlace): void {
  const form = libraryBases(instance.cls)
    .map((name) => containerForms[name])
    .find(Boolean);
  if (!form) return;
  const layers = makeContainer(run, form, args, at);
  run.store.fill(instance.id, run.store.contents(layers.id));
}

function runInstance(run: FlowRun, instance: UserInstance, args: readonly FlowArgument[], isMaybe: boolean): FlowValue {
  initialise(run, instance);
  const line = lineOf(instance.cls);
  for (const name of ['__call__', 'forward']) {
    const method = classAttribute(run.store, line, name);
    if (method?.kind === 'function') return run.inline({ ...method, receiver: instance }, args);
  }
  if (runsAsSequential(run.store, instance)) {
    const layers: FlowSequence = { kind: 'sequence', id: instance.id, form: 'sequential', at: instance.cls.at };
    return runSequential(run, layers, args, isMaybe);
  }
  return goesAway(run, args);
}

/** What `object.name` is. */
export function attributeValue(run: FlowRun, object: FlowValue, name: string, at: FlowPlace): FlowValue {
  switch (object.kind) {
    case 'choice':
      return chooseOf(object.of.map((each) => run.attribute(each, name, at)));
    case 'library':
      return libraryAttribute(object, name);
    case 'namespace':
      return offeredName(run.store, object.frame, name) ?? unknown;
    case 'instance':
      return instanceAttribute(run, object, name);
    case 'class': {
      const found = classAttribute(run.store, lineOf(object), name);
      return found ?? { kind: 'method', receiver: object, name };
    }
    case 'layer': {
      const own = ownAttribute(run.store, object, name);
      // The model that a wrapper holds, and wrappers stand for what they hold.
      if (name === 'module' || name === '_orig_mod') return own ?? object;
      return own ?? tensorAttribute(run, object, name, at);
    }
    case 'mapping':
      return entryOf(run.store, object, name) ?? { kind: 'method', receiver: object, name };
    case 'method':
      return object.name === 'super' && object.receiver.kind === 'instance'
        ? superAttribute(run, object.receiver, name)
        : { kind: 'method', receiver: object, name };
    case 'result':
    case 'parameter':
    case 'unknown':
      return tensorAttribute(run, object, name, at);
    default:
      return { kind: 'method', receiver: object, name };
  }
}

function libraryAttribute({ name: owner, isAssumed }: LibraryName, name: string): FlowValue {
  return { kind: 'library', name: canonicalLibraryName(`${owner}.${name}`), isAssumed };
}

function instanceAttribute(run: FlowRun, instance: UserInstance, name: string): FlowValue {
  initialise(run, instance);
  const own = ownAttribute(run.store, instance, name);
  if (own) return own;
  const found = classAttribute(run.store, lineOf(instance.cls), name);
  if (!found && (name === 'module' || name === '_orig_mod')) return instance;
  if (found?.kind !== 'function') return found ?? { kind: 'method', receiver: instance, name };
  if (found.decorators.includes('staticmethod')) return found;
  const method = { ...found, receiver: instance };
  return found.decorators.some((each) => /^(cached_)?property$/.test(each)) ? run.inline(method, []) : method;
}

/** `super().forward`: what the classes behind the one that is running define. */
function superAttribute(run: FlowRun, instance: UserInstance, name: string): FlowValue {
  const owner = run.trail.at(-1)?.callee.owner;
  const line = lineOf(instance.cls);
  const behind = line.slice(line.findIndex((each) => each.id === owner?.id) + 1);
  const found = classAttribute(run.store, behind, name);
  if (found?.kind === 'function') return { ...found, receiver: instance };
  return { kind: 'method', receiver: instance, name: `super().${name}` };
}

function methodCall(
  run: FlowRun,
  receiver: FlowValue,
  name: string,
  args: readonly FlowArgument[],
  at: FlowPlace,
  isMaybe: boolean,
): FlowValue {
  switch (receiver.kind) {
    case 'instance':
      if (name === 'super().__init__') initialiseBase(run, receiver, args, at);
      if (name === 'super().forward' || name === 'super().__call__') return goesAway(run, args);
      if (name === 'add_module' || name === 'register_module' || name === 'setattr')
        return setAttribute(run, receiver, args);
      return moduleMethods.has(name) ? receiver : ownMethod(run, receiver, name, args, at, isMaybe);
    case 'layer':
      if (name === 'forward' || name === '__call__') return runLayer(run, receiver, args, at, isMaybe);
      return moduleMethods.has(name) ? receiver : ownMethod(run, receiver, name, args, at, isMaybe);
    case 'sequence':
      return sequenceMethod(run, receiver, name, args, at, isMaybe);
    case 'mapping':
      return mappingMethod(run, receiver.id, name, args, at);
    case 'constant':
    case 'function':
    case 'class':
    case 'library':
      return goesAway(run, args);
    default: {
      handOver(run, args, at);
      const inputs = [receiver, ...args.filter((each) => each.name === undefined).map(({ value }) => value)];
      return run.record({
        op: functionOperation(name),
        inputs,
        args,
        layer: undefined,
        form: 'method',
        at,
        isMaybe,
        isAssumed: false,
      });
    }
  }
}

/** What a module is asked that no code here defines: kept as it was called; only lists of its parts are values. */
function ownMethod(
  run: FlowRun,
  receiver: FlowValue,
  name: string,
  args: readonly FlowArgument[],
  at: FlowPlace,
  isMaybe: boolean,
): FlowValue {
  const inputs = [receiver, ...args.map(({ value }) => value)];
  const asked = run.record({
    op: `.${name}`,
    inputs,
    args,
    layer: undefined,
    form: 'method',
    at,
    isMaybe,
    isAssumed: false,
  });
  return /^(?:named_)?(?:parameters|modules|children)$/.test(name) ? asked : unknown;
}

/** An entry that is read as an attribute: `outputs.logits`. */
function entryOf(store: FlowRun['store'], { id }: FlowMapping, name: string): FlowValue | undefined {
  const { items, keys } = store.contents(id);
  return /^(?:items|keys|values|get|update|pop|setdefault)$/.test(name) ? undefined : items[keys.indexOf(name)];
}

function setAttribute(run: FlowRun, instance: UserInstance, args: readonly FlowArgument[]): FlowValue {
  const name = argumentOf(args, 0, 'name')?.value;
  const value = argumentOf(args, 1, 'module')?.value;
  if (name?.kind === 'constant' && value) {
    run.store.write(`${instance.id}.${name.value}`, value);
    if (value.kind === 'layer') run.nameLayer(value.id, String(name.value));
    registerModule(run.store, instance, value);
  }
  return unknown;
}

function sequenceMethod(
  run: FlowRun,
  sequence: FlowSequence,
  name: string,
  args: readonly FlowArgument[],
  at: FlowPlace,
  isMaybe: boolean,
): FlowValue {
  const { items, isOpen } = run.store.contents(sequence.id);
  const fill = (next: readonly FlowValue[], open = isOpen) => {
    run.store.fill(sequence.id, { items: next, keys: [], isOpen: open });
    return sequence;
  };
  const value = args.at(-1)?.value ?? unknown;
  switch (name) {
    case 'append':
    case 'add_module':
      run.use(value);
      return fill([...items, value]);
    case 'extend': {
      const more = elementsOf(value, run.store);
      return fill([...items, ...(more ?? [])], isOpen || !more);
    }
    case 'insert': {
      const index = args[0]?.value;
      return index?.kind === 'constant' ? fill(items.toSpliced(Number(index.value), 0, value)) : fill([], true);
    }
    case 'pop': {
      const last = items.at(-1) ?? unknown;
      if (args.length === 0) fill(items.slice(0, -1));
      else fill([], true);
      return args.length === 0 && !isOpen ? last : unknown;
    }
    case 'forward':
      return run.call(sequence, args, at, isMaybe);
    case 'children':
      return makeSequence(run, 'list', { items, isOpen }, at);
    case 'named_children':
    case 'named_modules':
    case 'modules':
      // Who goes through the parts by name runs them in a way of their own.
      run.noteRun(sequence);
      return goesAway(run, args);
    default:
      if (moduleMethods.has(name)) return sequence;
      if (/^(reverse|sort|clear|remove|__setitem__)$/.test(name)) fill([], true);
      return /^(modules|sequential)$/.test(sequence.form)
        ? ownMethod(run, sequence, name, args, at, isMaybe)
        : goesAway(run, args);
  }
}

function mappingMethod(
  run: FlowRun,
  id: number,
  name: string,
  args: readonly FlowArgument[],
  at: FlowPlace,
): FlowValue {
  const { items, keys, isOpen, isUniform } = run.store.contents(id);
  const [first] = args;
  const listOf = (elements: readonly FlowValue[]) =>
    makeSequence(run, 'list', { items: elements, isOpen, isUniform }, at);
  if (name === 'get' && first?.value.kind === 'constant' && (!isOpen || isUniform)) {
    const index = keys.indexOf(String(first.value.value));
    if (index < 0 && isUniform) return chooseOf(items);
    return (index >= 0 ? items[index] : undefined) ?? args[1]?.value ?? unknown;
  }
  if (name === 'keys' && !isOpen) return listOf(keys.map((key) => (key.startsWith('#') ? unknown : constantOf(key))));
  if (name === 'values') return listOf(items);
  if (name === 'items')
    return listOf(
      items.map((each, index) => {
        const key = isOpen || keys[index]?.startsWith('#') ? undefined : keys[index];
        const pair = [key === undefined ? unknown : constantOf(key), each];
        return makeSequence(run, 'tuple', { items: pair, isOpen: false }, at);
      }),
    );
  if (name === 'update' || name === 'setdefault' || name === 'pop') run.store.fill(id, { items, keys, isOpen: true });
  return goesAway(run, args);
}
