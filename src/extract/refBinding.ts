/** What assignments and loops make of parameters. */
import type { Expr } from '../python/syntax/ast';
import { type CodePlace, partOf, type Ref, refOf } from './refs';
import { lastName, rootName } from './slice';
import type { UseNotes } from './useNotes';

type Listed = Extract<Expr, { kind: 'tuple' | 'list' | 'set' }>;

/** `x = parameter`, `self.x = parameter`, `a, b = parameter` */
export function bind(target: Expr, value: Expr, place: CodePlace, notes: UseNotes): void {
  if (target.kind === 'tuple' || target.kind === 'list') {
    const parts = value.kind === 'tuple' || value.kind === 'list' ? value.items : undefined;
    if (parts) {
      for (const [index, item] of target.items.entries()) {
        const part = parts[index];
        if (part) bind(item, part, place, notes);
      }
    } else unpack(target, refOf(value, place), place, notes);
    return;
  }
  const found = refOf(value, place);
  if (found) name(target, found, place);
}

function name(target: Expr, ref: Ref, { names, fields }: CodePlace): void {
  if (target.kind === 'name') names.set(target.name, ref);
  else if (target.kind === 'attribute' && rootName(target) === 'self' && target.object.kind === 'name')
    fields.set(target.name, ref);
}

function unpack(target: Listed, ref: Ref | undefined, place: CodePlace, notes: UseNotes): void {
  if (!ref) return;
  const isOpen = target.items.some(({ kind }) => kind === 'starred');
  notes.noteList(ref, isOpen ? undefined : target.items.length);
  for (const item of target.items) name(item, partOf(ref), place);
}

/** `for x in parameter`, `for i, x in enumerate(parameter)`, `for a, b in zip(p[:-1], p[1:])` */
export function iterate(target: Expr, iterable: Expr, place: CodePlace, notes: UseNotes): void {
  const called = iterable.kind === 'call' ? lastName(iterable.callee) : undefined;
  const args = iterable.kind === 'call' ? iterable.args.map(({ value }) => value) : [];
  const targets = target.kind === 'tuple' || target.kind === 'list' ? target.items : [];
  if (called === 'enumerate' && args[0] && targets[1]) iterate(targets[1], args[0], place, notes);
  else if (called === 'zip') {
    for (const [index, each] of args.entries()) {
      const to = targets[index];
      if (to) iterate(to, each, place, notes);
    }
  } else {
    const ref = refOf(iterable, place);
    if (!ref) return;
    notes.noteList(ref);
    if (targets.length > 0) unpack(target as Listed, partOf(ref), place, notes);
    else name(target, partOf(ref), place);
  }
}
