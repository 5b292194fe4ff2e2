/** What calls of functions, methods and classes give. */
import type { Code } from './code';
import { applyLayer } from './layers';
import { callLibrary } from './library';
import { callModel } from './models';
import type { Completion, ScriptRun } from './run';
import { callTensor } from './tensors';
import {
  chooseOf,
  constantOf,
  many,
  nothing,
  possibilities,
  type ScriptArgument,
  type ScriptArray,
  type ScriptMethod,
  type ScriptValue,
  unknown,
} from './values';

export function callValue(run: ScriptRun, callee: ScriptValue, args: readonly ScriptArgument[], at: Code): ScriptValue {
  switch (callee.kind) {
    case 'choice':
      return callEither(run, callee.of, args, at);
    case 'library':
      return callLibrary(run, callee.name, args, at);
    case 'function':
      return run.inline(callee, args);
    case 'method':
      return callMethod(run, callee, args, at);
    default:
      return loseArguments(run, args, at);
  }
}

function callEither(
  run: ScriptRun,
  callees: readonly ScriptValue[],
  args: readonly ScriptArgument[],
  at: Code,
): ScriptValue {
  const found: ScriptValue[] = [];
  // What is missing can't be called.
  const there = callees.filter((each) => each.kind !== 'constant');
  const ways = there.map((each) => (): Completion => {
    found.push(callValue(run, each, args, at));
    return 'normal';
  });
  run.choosing(there, () => run.branch(ways));
  return chooseOf(found);
}

/** Names of functions that look at a model, train it or keep it, and leave its layers alone. */
const leaving =
  /(^|\.)(log|info|debug|warn|error|print|show|display|render|plot|draw|visuali[sz]e|summary|modelSummary|train|fit|test|evaluate|predict|infer|run|watch|save|store|download|dispose|register\w*|set[A-Z]\w*|resolve|update\w*|notify|emit|assert\w*|expect)(?=$|[A-Z])[A-Za-z]*$|^(console|tfvis|JSON|expect)\./;

/** Arguments of a call that is not followed: it may change what it is given. */
export function loseArguments(run: ScriptRun, args: readonly ScriptArgument[], at: Code): ScriptValue {
  const isHarmless = leaving.test(at.field('function')?.text.slice(-80) ?? '');
  for (const { value } of args) {
    run.use(value);
    if (!isHarmless) lose(run, value);
  }
  return unknown;
}

const MAX_DEPTH = 3;

function lose(run: ScriptRun, value: ScriptValue, depth = 0): void {
  if (depth > MAX_DEPTH) return;
  for (const each of possibilities(value)) {
    if (each.kind === 'model') run.memory.fill(each.id, { items: [unknown] });
    else if (each.kind === 'array' || each.kind === 'object') {
      const { items, properties } = run.memory.contents(each.id);
      for (const item of items) lose(run, item, depth + 1);
      for (const property of properties.values()) lose(run, property.value, depth + 1);
      if (each.kind === 'array' && depth === 0) run.memory.fill(each.id, { items: [...items, many] });
    }
  }
}

export function callMethod(
  run: ScriptRun,
  { receiver, name }: ScriptMethod,
  args: readonly ScriptArgument[],
  at: Code,
): ScriptValue {
  switch (receiver.kind) {
    case 'layer':
      return name === 'apply' ? applyLayer(run, receiver, args[0]?.value ?? unknown, at) : unknown;
    case 'model':
      return callModel(run, receiver, name, args, at);
    case 'result':
      return callTensor(run, receiver, name, args, at);
    case 'array':
      return callArray(run, receiver, name, args) ?? unknown;
    case 'function':
      return callBound(run, receiver, name, args);
    case 'unknown':
    case 'method':
    case 'choice':
      return callUnknown(run, receiver, name, args, at);
    default:
      return loseArguments(run, args, at);
  }
}

function callUnknown(
  run: ScriptRun,
  receiver: ScriptValue,
  name: string,
  args: readonly ScriptArgument[],
  at: Code,
): ScriptValue {
  // `optimizer.minimize(() => …)`, `data.map(x => …)`
  const callback = /^(minimize|map|flatMap|forEach|filter|reduce)$/.test(name) ? args[0]?.value : undefined;
  if (callback?.kind === 'function') {
    run.branch([
      () => {
        run.inline(callback, undefined);
        return 'normal';
      },
      () => 'normal',
    ]);
    return unknown;
  }
  const tensor = callTensor(run, receiver, name, args, at);
  return tensor.kind === 'result' ? tensor : loseArguments(run, args, at);
}

/** `f.call(self, …)`, `f.bind(self)`. */
function callBound(run: ScriptRun, callee: ScriptValue, name: string, args: readonly ScriptArgument[]): ScriptValue {
  if (callee.kind !== 'function') return unknown;
  const bound = { ...callee, receiver: args[0]?.value ?? callee.receiver };
  if (name === 'call') return run.inline(bound, args.slice(1));
  return name === 'bind' && args.length < 2 ? bound : unknown;
}

function callArray(
  run: ScriptRun,
  array: ScriptArray,
  name: string,
  args: readonly ScriptArgument[],
): ScriptValue | undefined {
  const { items } = run.memory.contents(array.id);
  const values = args.map(({ value }) => value);
  const isKnown = items.every((each) => each.kind !== 'unknown' || !each.isMany);
  const fill = (next: readonly ScriptValue[]) => run.memory.fill(array.id, { items: next });
  const make = (next: readonly ScriptValue[]) => run.newArray(next);
  switch (name) {
    case 'push':
      fill([...items, ...values]);
      return unknown;
    case 'unshift':
      fill([...values, ...items]);
      return unknown;
    case 'pop':
      fill(isKnown ? items.slice(0, -1) : [many]);
      return isKnown ? (items.at(-1) ?? nothing) : unknown;
    case 'shift':
      fill(isKnown ? items.slice(1) : [many]);
      return isKnown ? (items[0] ?? nothing) : unknown;
    case 'concat':
      return make([
        ...items,
        ...values.flatMap((each) => (each.kind === 'array' ? run.memory.contents(each.id).items : [many])),
      ]);
    case 'at': {
      const index = values[0]?.kind === 'constant' ? Number(values[0].value) : Number.NaN;
      return isKnown ? items.at(index) : unknown;
    }
    case 'slice':
      return sliceArray(values, items, isKnown, make);
    case 'splice':
    case 'reverse':
    case 'sort':
    case 'fill':
      fill([many]);
      return unknown;
    case 'forEach':
    case 'map':
    case 'flatMap':
    case 'reduce':
      return iterate(run, items, name, args, make);
    default:
      return unknown;
  }
}

function sliceArray(
  values: readonly ScriptValue[],
  items: readonly ScriptValue[],
  isKnown: boolean,
  make: (items: readonly ScriptValue[]) => ScriptArray,
): ScriptValue {
  const bounds = values.map((each) => (each.kind === 'constant' ? Number(each.value) : Number.NaN));
  return make(isKnown && !bounds.some(Number.isNaN) ? items.slice(bounds[0], bounds[1]) : [many]);
}

/** More elements than these are not looked at one by one. */
const MAX_ELEMENTS = 24;

function iterate(
  run: ScriptRun,
  items: readonly ScriptValue[],
  name: string,
  args: readonly ScriptArgument[],
  make: (items: readonly ScriptValue[]) => ScriptArray,
): ScriptValue {
  const callback = args[0];
  if (callback?.value.kind !== 'function') return unknown;
  const own = callback.value;
  const hand = (value: ScriptValue): ScriptArgument => ({ value, at: callback.at });
  let sum: ScriptValue = args[1]?.value ?? unknown;
  const given: ScriptValue[] = [];
  const turn = (item: ScriptValue, index: ScriptValue) => {
    if (name === 'reduce') sum = run.inline(own, [hand(sum), hand(item), hand(index)]);
    else given.push(run.inline(own, [hand(item), hand(index)]));
  };
  const first = items.length > MAX_ELEMENTS ? [...items.slice(0, MAX_ELEMENTS), many] : items;
  for (const [index, item] of first.entries()) {
    if (item.kind !== 'unknown' || !item.isMany) turn(item, constantOf(index));
    else {
      // Any number of them.
      run.branch([
        () => {
          turn(unknown, unknown);
          return 'normal';
        },
        () => 'normal',
      ]);
      given.splice(-1, 1, many);
      sum = unknown;
    }
  }
  return name === 'reduce' ? sum : name === 'map' ? make(given) : unknown;
}
