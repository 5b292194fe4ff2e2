import { makeSequence } from './collections';
import { anyOfZoo } from './libraries';
import { elementsOf, turnsOf } from './queries';
import type { FlowRun } from './run';
import { writeAttribute } from './scopes';
import { constantOf, type FlowArgument, type FlowPlace, type FlowValue, unknown } from './values';

const MAX_COUNT = 24;

/** Python's own functions, as far as they hand values on. */
export function builtinCall(run: FlowRun, full: string, args: readonly FlowArgument[], at: FlowPlace): FlowValue {
  const name = full.slice(full.lastIndexOf('.') + 1);
  const values = args.map(({ value }) => value);
  const [first = unknown, second, third] = values;
  const list = (items: readonly FlowValue[], isUniform = false) =>
    makeSequence(run, 'list', { items, isOpen: isUniform, isUniform }, at);
  const isAlike = (value: FlowValue) => turnsOf(value, run.store) !== undefined && !elementsOf(value, run.store);
  switch (name) {
    case 'super': {
      const receiver = run.trail.at(-1)?.callee.receiver;
      return receiver ? { kind: 'method', receiver, name: 'super' } : unknown;
    }
    case 'list':
    case 'tuple':
    case 'sorted': {
      if (values.length === 0) return list([]);
      const items = turnsOf(first, run.store);
      return items ? list(items, isAlike(first)) : unknown;
    }
    case 'reversed': {
      const items = turnsOf(first, run.store);
      return items ? list(items.toReversed(), isAlike(first)) : unknown;
    }
    case 'OrderedDict':
    case 'dict':
      return mappingOf(run, args, at);
    case 'range': {
      const numbers = values.map((each) =>
        each.kind === 'constant' && typeof each.value === 'number' ? each.value : undefined,
      );
      if (numbers.includes(undefined) || numbers.length === 0) return unknown;
      const [start = 0, stop = 0] = numbers.length === 1 ? [0, numbers[0]] : numbers;
      const step = numbers[2] ?? 1;
      const count = Math.ceil((stop - start) / step);
      if (!(count >= 0 && count <= MAX_COUNT)) return unknown;
      return list(Array.from({ length: count }, (_, index) => constantOf(start + index * step)));
    }
    case 'enumerate': {
      const items = turnsOf(first, run.store);
      const pair = (each: FlowValue, index: number) =>
        makeSequence(run, 'tuple', { items: [constantOf(index), each], isOpen: false }, at);
      return items ? list(items.map(pair), isAlike(first)) : unknown;
    }
    case 'zip': {
      const columns = values.map((each) => turnsOf(each, run.store));
      const lengths = values.map((each) => elementsOf(each, run.store)?.length).filter((each) => each !== undefined);
      const alike = columns.map((column) => column?.length).filter((each) => each !== undefined);
      if (alike.length === 0) return unknown;
      const row = (index: number) => columns.map((column) => column?.[index % column.length] ?? unknown);
      const rows = Array.from({ length: Math.min(...(lengths.length > 0 ? lengths : alike)) }, (_, index) =>
        makeSequence(run, 'tuple', { items: row(index), isOpen: false }, at),
      );
      return list(rows, lengths.length === 0);
    }
    case 'map': {
      const items = turnsOf(second ?? unknown, run.store) ?? [unknown, unknown];
      const mapped = items.map((value) => run.call(first, [{ value, at, name: undefined, isSpread: false }], at));
      return values.length === 2 ? list(mapped, !second || !elementsOf(second, run.store)) : unknown;
    }
    case 'len': {
      const items = elementsOf(first, run.store);
      return items ? constantOf(items.length) : unknown;
    }
    case 'getattr':
      if (first.kind === 'library' && first.name === 'torchvision.models' && second?.kind !== 'constant')
        return { ...first, name: anyOfZoo };
      return second?.kind === 'constant' && typeof second.value === 'string'
        ? run.attribute(first, second.value, at)
        : unknown;
    case 'setattr':
      if (second?.kind === 'constant' && third) writeAttribute(run.store, first, String(second.value), third);
      return unknown;
    case 'int':
    case 'float':
      return first.kind === 'constant' && typeof first.value === 'number'
        ? constantOf(name === 'int' ? Math.trunc(first.value) : first.value)
        : unknown;
    default:
      for (const each of values) run.use(each);
      return unknown;
  }
}

/** `dict(a=…)`, `OrderedDict([('a', …)])`. */
function mappingOf(run: FlowRun, args: readonly FlowArgument[], at: FlowPlace): FlowValue {
  const id = run.newId();
  const keys: string[] = [];
  const items: FlowValue[] = [];
  let isOpen = false;
  for (const { value, name, isSpread } of args) {
    if (isSpread) isOpen = true;
    else if (name !== undefined) {
      keys.push(name);
      items.push(value);
    } else if (value.kind === 'mapping') {
      const inner = run.store.contents(value.id);
      keys.push(...inner.keys);
      items.push(...inner.items);
      isOpen ||= inner.isOpen;
    } else {
      const pairs = elementsOf(value, run.store);
      isOpen ||= !pairs;
      for (const pair of pairs ?? []) {
        const [key, held] = elementsOf(pair, run.store) ?? [];
        keys.push(key?.kind === 'constant' ? String(key.value) : `#${keys.length}`);
        items.push(held ?? unknown);
      }
    }
  }
  for (const each of items) run.use(each);
  run.store.fill(id, { items, keys, isOpen });
  return { kind: 'mapping', id, at };
}
