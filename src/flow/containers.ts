import { makeSequence } from './collections';
import { moduleMethods } from './libraries';
import { elementsOf } from './queries';
import { type FlowRun, goesAway, runEach } from './run';
import {
  chooseOf,
  constantOf,
  type FlowArgument,
  type FlowMapping,
  type FlowPlace,
  type FlowSequence,
  type FlowValue,
  possibilities,
  unknown,
} from './values';

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

/** One layer after the other, each where it is built. */
export function runSequential(
  run: FlowRun,
  layers: FlowSequence,
  args: readonly FlowArgument[],
  isMaybe: boolean,
): FlowValue {
  run.noteRun(layers);
  const { items, isOpen } = run.store.contents(layers.id);
  if (isOpen && items.length === 0) return goesAway(run, args);
  let value = args[0]?.value ?? unknown;
  for (const item of items) {
    const input = { value, at: placeOf(item) ?? layers.at, name: undefined, isSpread: false };
    // A layer that may be missing hands on what it gets.
    value = chooseOf(
      runEach(run, possibilities(item), (each) =>
        each.kind === 'constant' ? value : run.call(each, [input], placeOf(each) ?? layers.at, isMaybe),
      ),
    );
  }
  return isOpen ? unknown : value;
}

export function placeOf(value: FlowValue): FlowPlace | undefined {
  return 'at' in value ? value.at : undefined;
}

export function sequenceMethod(
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

export function mappingMethod(
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

/** An entry that is read as an attribute: `outputs.logits`. */
export function entryOf(store: FlowRun['store'], { id }: FlowMapping, name: string): FlowValue | undefined {
  const { items, keys } = store.contents(id);
  return /^(?:items|keys|values|get|update|pop|setdefault)$/.test(name) ? undefined : items[keys.indexOf(name)];
}

/** What a module is asked that no code here defines: kept as it was called; only lists of its parts are values. */
export function ownMethod(
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
