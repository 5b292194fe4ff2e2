/** What statements claim of the dimensions of an input: by unpacking them, by taking them apart, by an `assert`. */

import { itemOr } from '../graph/access';
import type { CallArgument, Expr } from '../python/syntax/ast';
import { noteDemand } from './changes';
import { demandBefore } from './demands';
import type { ModelSettings } from './modelSettings';
import { isSide } from './shapes';
import type { PassingNames, Tracked } from './use';

/** `b, c, h, w = x.shape` */
export function learnUnpacked({ use, changes }: Tracked, items: readonly Expr[]): void {
  if (changes === undefined || items.some(({ kind }) => kind === 'starred')) return;
  const told = namesOf(items);
  const demand = demandBefore({ rank: items.length, sizes: new Map() }, changes);
  if (demand?.rank === undefined || use.rank !== undefined) return;
  use.rank = demand.rank;
  if (changes.length === 0) use.names = told;
  else if (changes.length === 1 && changes[0]?.kind === 'permute') {
    const names: string[] = [];
    for (const [to, dim] of changes[0].dims.entries()) names[dim] = itemOr(told, to, '');
    use.names = names;
  }
}

/** `h, w = x.shape[-2:]` */
export function learnSides({ use, changes }: Tracked, items: readonly Expr[], index: Expr): void {
  const start = index.kind === 'slice' && index.stop === undefined ? index.start : undefined;
  const isLastTwo = start?.kind === 'unary' && start.operand.kind === 'constant' && start.operand.value === 2n;
  if (isLastTwo && items.length === 2 && changes?.length === 0 && namesOf(items).every(isSide)) use.sides = true;
}

/** A tensor taken apart, and how. */
interface Parting {
  readonly object: Expr;
  readonly name: string;
  readonly args: readonly CallArgument[];
}

/** `boxes.unbind(-1)`, `x.split([3, 3], dim=-1)`, `torch.split(x, (self.a, self.b), -1)` */
export function partsTaken(from: Expr): Parting | undefined {
  if (from.kind !== 'call' || from.callee.kind !== 'attribute') return undefined;
  const { name, object } = from.callee;
  if (!/^(?:unbind|split|split_with_sizes)$/.test(name)) return undefined;
  const [first, ...rest] = from.args;
  if (object.kind !== 'name' || object.name !== 'torch') return { object, name, args: from.args };
  return first?.form === 'plain' ? { object: first.value, name, args: rest } : undefined;
}

/** `x, y, w, h = boxes.unbind(-1)`: as many as there are names; `split([a, b], -1)`: as many as the parts have together. */
export function learnParts(
  value: Tracked,
  items: readonly Expr[],
  { name, args }: Parting,
  settings: ModelSettings,
  names: PassingNames,
): void {
  if (items.some(({ kind }) => kind === 'starred')) return;
  const [sizes, along] = name === 'unbind' ? [undefined, args[0]] : args;
  const dim = args.find((each) => each.name === 'dim') ?? along;
  const axis = dim && settings.integer(dim.value, names);
  if (axis === undefined || axis === 0) return;
  const size = sizes ? sum(settings.integers([sizes], names)) : items.length;
  if (size !== undefined) noteDemand(value, { sizes: new Map([[axis, size]]), passes: true });
}

/** Of several sizes; one alone may be taken as often as there is something left. */
const sum = (sizes: readonly number[] | undefined): number | undefined =>
  sizes && sizes.length > 1 ? sizes.reduce((all, each) => all + each, 0) : undefined;

/** `assert x.shape[1] == 2`; counted from the back it may be the side of an image, which is told better. */
export function learnAsserted({ use, changes }: Tracked, axis: number, size: number): void {
  if (changes?.length === 0 && axis > 0 && size > 0 && !use.sizes.has(axis)) use.sizes.set(axis, size);
}

/** `if real:`, `if steps > 1:`, `if mode == 'train':`: what is asked so is no tensor of several elements, but a plain value. */
export function learnCondition(condition: Expr, names: PassingNames): void {
  const parts =
    condition.kind === 'boolean'
      ? [condition.left, condition.right]
      : condition.kind === 'not'
        ? [condition.operand]
        : [];
  for (const each of parts) learnCondition(each, names);
  const asked = condition.kind === 'compare' ? condition.left : condition;
  const value = asked.kind === 'name' ? names.get(asked.name) : undefined;
  if (!value || !('use' in value) || value.changes?.length !== 0) return;
  if (condition.kind !== 'compare') {
    value.use.flag = true;
    return;
  }
  const [only, ...further] = condition.rest;
  if (!only || further.length > 0) return;
  const { right } = only;
  const [first] = right.kind === 'tuple' || right.kind === 'list' || right.kind === 'set' ? right.items : [right];
  if (first?.kind !== 'constant') return;
  if (typeof first.value === 'string') value.use.word ??= first.value;
  else if (typeof first.value === 'bigint' || typeof first.value === 'number') value.use.number = true;
}

const namesOf = (items: readonly Expr[]) => items.map((item) => (item.kind === 'name' ? item.name : ''));
