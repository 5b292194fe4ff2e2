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

/** `x, y, w, h = boxes.unbind(-1)`: as many as there are names. */
export function learnParts(
  value: Tracked,
  items: readonly Expr[],
  args: readonly CallArgument[],
  settings: ModelSettings,
  names: PassingNames,
): void {
  const [axis] = settings.integers(args, names) ?? [];
  if (axis === undefined || axis === 0 || items.some(({ kind }) => kind === 'starred')) return;
  noteDemand(value, { sizes: new Map([[axis, items.length]]), passes: true });
}

/** `assert x.shape[1] == 2`; counted from the back it may be the side of an image, which is told better. */
export function learnAsserted({ use, changes }: Tracked, axis: number, size: number): void {
  if (changes?.length === 0 && axis > 0 && size > 0 && !use.sizes.has(axis)) use.sizes.set(axis, size);
}

const namesOf = (items: readonly Expr[]) => items.map((item) => (item.kind === 'name' ? item.name : ''));
