import type { Store } from './store';
import { constantOf, type FlowArgument, type FlowValue } from './values';

/** Whether a condition holds, where the code tells. */
export function truthOf(value: FlowValue, store: Store): boolean | undefined {
  switch (value.kind) {
    case 'constant':
      return Boolean(value.value);
    case 'library':
    case 'namespace':
    case 'function':
    case 'class':
    case 'layer':
    case 'partial':
      return true;
    case 'instance':
      return value.isAny ? undefined : true;
    case 'sequence':
    case 'mapping': {
      const { items, isOpen } = store.contents(value.id);
      return items.length > 0 ? true : isOpen ? undefined : false;
    }
    default:
      return undefined;
  }
}

/** More elements than these are not looked at one by one. */
const MAX_ELEMENTS = 24;

/** The elements of a list, where all are known and few. */
export function elementsOf(value: FlowValue, store: Store): readonly FlowValue[] | undefined {
  if (value.kind !== 'sequence') return undefined;
  const { items, isOpen } = store.contents(value.id);
  return isOpen || items.length > MAX_ELEMENTS ? undefined : items;
}

/** The elements that a loop meets: all of them, some of a list whose elements are alike, the keys of a dict. */
export function turnsOf(value: FlowValue, store: Store): readonly FlowValue[] | undefined {
  if (value.kind === 'mapping') {
    const { keys, isOpen } = store.contents(value.id);
    const isKnown = !isOpen && keys.length <= MAX_ELEMENTS && keys.every((key) => !key.startsWith('#'));
    return isKnown ? keys.map(constantOf) : undefined;
  }
  if (value.kind === 'sequence') {
    const { items, isUniform } = store.contents(value.id);
    if (isUniform && items.length > 0) return items;
  }
  // `for layer in self` of a kind of `nn.Sequential`; other objects hold nothing that is known.
  if (value.kind === 'instance') {
    const { items, isOpen } = store.contents(value.id);
    return isOpen || items.length > MAX_ELEMENTS ? undefined : items;
  }
  return elementsOf(value, store);
}

/** An argument by its position and its name. */
export function argumentOf(args: readonly FlowArgument[], position: number, name: string): FlowArgument | undefined {
  const named = args.find((each) => each.name === name);
  if (named) return named;
  const positional = args.filter((each) => each.name === undefined);
  return positional.slice(0, position + 1).some(({ isSpread }) => isSpread) ? undefined : positional[position];
}
