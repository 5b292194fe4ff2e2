import { builtinCall } from './builtins';
import { makeSequence } from './collections';
import { makeContainer, mappingMethod, ownMethod, placeOf, runSequential, sequenceMethod } from './containers';
import { handOver, isLoss, returnPrepared } from './handing';
import {
  containerForms,
  functionOperation,
  isModelZoo,
  isZooByName,
  layerOperation,
  moduleMethods,
  wrappers,
} from './libraries';
import { initialiseBase, runInstance, setAttribute } from './objects';
import { argumentOf, elementsOf, turnsOf } from './queries';
import { isOpenRecord, namedTupleClass } from './records';
import { type FlowRun, goesAway, runEach } from './run';
import { ownAttribute } from './scopes';
import { isJoining } from './trace';
import {
  type BuiltLayer,
  chooseOf,
  type FlowArgument,
  type FlowPlace,
  type FlowValue,
  type LibraryName,
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
      return chooseOf(runEach(run, callee.of, (each) => run.call(each, args, at, isMaybe || !isSure)));
    }
    case 'library':
      return libraryCall(run, callee, args, at, isMaybe);
    case 'function':
      return run.inline(callee, args);
    case 'class':
      for (const { value } of args) run.use(value);
      return run.keepInstance({ kind: 'instance', id: run.newId(), cls: callee, args, isAny: false });
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
  const started = startedCall(run, name, args);
  if (started) return run.call(started.callee, started.args, at, isMaybe);
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
  if (isModelZoo(name) || isZooByName(name) || name === 'einops.layers.torch.Rearrange')
    return { kind: 'layer', id: run.newId(), type: name, args, at, isAssumed };
  const prepared = name.startsWith('torch.') ? undefined : preparedCall(run, args, at);
  if (prepared) return prepared;
  if (!name.startsWith('torch.')) handOver(run, args, at);
  const short = name.slice(name.lastIndexOf('.') + 1);
  const isOfPytorch = /^torch\.(?:nn\.functional\.|special\.)?[a-z]\w*$/.test(name);
  const inputs = args.filter(
    ({ name: keyword }) => keyword === undefined || /^(input|x|tensor|other|target)$/.test(keyword),
  );
  // Who gets a whole model may look into it.
  for (const { value } of inputs) if (value.kind === 'instance') run.initialise(value);
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

/** Calls that another process, thread or device makes: `mp.spawn(train, args=(…))`, `data_parallel(net, x)`. */
function startedCall(
  run: FlowRun,
  name: string,
  args: readonly FlowArgument[],
): { readonly callee: FlowValue; readonly args: readonly FlowArgument[] } | undefined {
  if (/^torch\.nn\.parallel\.(?:\w+\.)?data_parallel$/.test(name)) {
    const [module, input] = args;
    return module && input ? { callee: module.value, args: [input] } : undefined;
  }
  const isSpawn = /^torch\.multiprocessing\.(?:spawn\.)?spawn$/.test(name);
  if (!isSpawn && !/^(?:torch\.)?multiprocessing\.Process$|^threading\.Thread$/.test(name)) return undefined;
  const callee = argumentOf(args, isSpawn ? 0 : 1, isSpawn ? 'fn' : 'target')?.value;
  const handed = argumentOf(args, isSpawn ? 1 : 3, 'args');
  const given = handed ? elementsOf(handed.value, run.store) : [];
  if (callee?.kind !== 'function' || !given) return undefined;
  // What is spawned gets its number first.
  const values = isSpawn ? [unknown, ...given] : given;
  const at = handed?.at ?? callee.at;
  return { callee, args: values.map((value) => ({ value, at, name: undefined, isSpread: false })) };
}

function runLayer(
  run: FlowRun,
  layer: BuiltLayer,
  args: readonly FlowArgument[],
  at: FlowPlace,
  isMaybe: boolean,
): FlowValue {
  const isOfZoo = isModelZoo(layer.type) || isZooByName(layer.type);
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
