/**
 * How `forward` uses its inputs, by its text and the layers that the model holds: which layer each goes through first, how
 * many dimensions are unpacked and how they are named, which keys are asked for. Nothing is run.
 */

import type { Interpreter } from '../python/run/interpreter';
import type { Expr, Stmt } from '../python/syntax/ast';
import { boundNames } from '../python/syntax/survey';
import type { PyFunction } from '../python/values/scope';
import { type PyInstance, PyList, PyTuple, type PyValue } from '../python/values/values';
import { learnAsserted, learnCondition, learnParts, learnSides, learnUnpacked, partsTaken } from './claims';
import { DEEPEST, ExpressionSearch, isCopy } from './expressions';
import { methodOf } from './modelSettings';
import { type InputUse, newUse, type Passing, type PassingNames } from './use';

/** Under which the use of `*args` stands, and that of `**kwargs`. */
export const ANY = 'input';
export const KEYWORDS = '**';

/** The uses of the parameters of a module's `forward`, by name. */
export function usesOf(ctx: Interpreter, model: PyInstance): ReadonlyMap<string, InputUse> {
  const found = new Map<string, InputUse>();
  const forward = methodOf(ctx, model, 'forward');
  if (!forward) return found;
  const names: PassingNames = new Map();
  for (const { name, kind } of forward.code.parameters.slice(1)) {
    const use = newUse();
    // What `*args` hands on is one input, where nothing else is asked for; `**kwargs` are told by what they are asked for.
    found.set(kind === 'varargs' ? ANY : kind === 'varkeywords' ? KEYWORDS : name, use);
    names.set(name, { use, changes: [] });
  }
  new UseSearch(ctx).enter(forward, model, names, 0);
  return found;
}

/** Classes of what holds tensors. */
const CONTAINERS = new Set('dict Dict Mapping OrderedDict list List tuple Tuple Sequence str'.split(' '));

/** Whether a setting is one that indices, keys and conditions go by. */
const isPlain = (value: PyValue | undefined): value is PyValue =>
  value === null ||
  value instanceof PyTuple ||
  value instanceof PyList ||
  /^(bigint|string|boolean)$/.test(typeof value);

/** What a statement changes, or a loop in one of its rounds, is no longer what it was. */
function forgetSettings(statement: Stmt, names: PassingNames): void {
  for (const name of boundNames(statement)) if ('setting' in (names.get(name) ?? {})) names.delete(name);
}

/** Whether statements do nothing but refuse. */
const raises = (body: readonly Stmt[]) => body.some(({ kind }) => kind === 'raise');

class UseSearch extends ExpressionSearch {
  /** Names that hold whether an input is a container. */
  private readonly answers = new Set<string>();

  enter(fn: PyFunction, self: PyInstance, names: PassingNames, depth: number): Passing | undefined {
    const [first] = fn.code.parameters;
    if (first) names.set(first.name, { module: self });
    return this.inside(fn, names, depth);
  }

  /** @returns what is returned, where that is an input as it came */
  protected block(body: readonly Stmt[], names: PassingNames, depth: number): Passing | undefined {
    for (const statement of body) {
      if (this.left-- <= 0) return undefined;
      switch (statement.kind) {
        case 'return':
          return statement.value && this.value(statement.value, names, depth);
        case 'assign': {
          const value = this.value(statement.value, names, depth);
          const [only] = statement.targets;
          if (only?.kind === 'name' && this.asksForContainer(statement.value, names)) this.answers.add(only.name);
          for (const target of statement.targets) this.assign(target, value, statement.value, names);
          break;
        }
        case 'annotation':
          if (statement.value) {
            this.assign(statement.target, this.value(statement.value, names, depth), statement.value, names);
          }
          break;
        case 'augmented':
          this.value(statement.value, names, depth);
          forgetSettings(statement, names);
          break;
        case 'expression':
          this.value(statement.value, names, depth);
          break;
        case 'assert':
          this.value(statement.condition, names, depth);
          learnCondition(statement.condition, names);
          this.learnAsserted(statement.condition, names);
          break;
        case 'if': {
          const known = this.settings.truth(statement.condition, names);
          if (this.takesSetting(statement, names)) break;
          this.value(statement.condition, names, depth);
          learnCondition(statement.condition, names);
          // Where code takes a tensor or a container of some, a tensor is what is easiest to give.
          const isFed = this.asksForContainer(statement.condition, names) && !raises(statement.otherwise);
          const ways = isFed ? [false] : known === undefined ? [true, false] : [known];
          const copies = ways.map((way) => {
            const copy: PassingNames = new Map(names);
            const holder = way ? this.holderAsked(statement.condition, names, depth) : undefined;
            const before = new Set(holder?.keys.keys());
            this.block(way ? statement.consequence : statement.otherwise, copy, depth);
            // What is taken where another key is there comes with it.
            for (const [key, each] of holder?.keys ?? []) if (!before.has(key)) each.spare = true;
            return copy;
          });
          // What a branch put in its place is no longer the input.
          for (const copy of copies)
            for (const [name, value] of copy) if (names.get(name) !== value) this.keep(names, name, value, copies);
          for (const copy of copies) for (const name of [...names.keys()]) if (!copy.has(name)) names.delete(name);
          break;
        }
        case 'for': {
          const rounds = this.rounds(statement, statement.body, names, depth);
          if (!rounds) {
            forgetSettings(statement, names);
            this.bindEach(statement.target, statement.iterable, names, depth);
          }
          for (const bound of rounds ?? [new Map()]) {
            for (const [name, value] of bound) names.set(name, value);
            this.block(statement.body, names, depth);
          }
          break;
        }
        case 'while':
          forgetSettings(statement, names);
          this.block(statement.body, names, depth);
          break;
        case 'with':
          this.block(statement.body, names, depth);
          break;
        case 'try':
          this.block(statement.body, names, depth);
          break;
        default:
          break;
      }
    }
    return undefined;
  }

  /** `if key is None: key = self.key`: what is not given is what the model has. */
  private takesSetting({ condition, consequence }: Extract<Stmt, { kind: 'if' }>, names: PassingNames): boolean {
    const [only, ...further] = consequence;
    if (condition.kind !== 'compare' || condition.left.kind !== 'name' || only?.kind !== 'assign') return false;
    const [asked] = condition.rest;
    const [target] = only.targets;
    const isAsked = asked?.operator === 'is' && asked.right.kind === 'constant' && asked.right.value === null;
    const isOwn = target?.kind === 'name' && target.name === condition.left.name;
    const setting = isAsked && isOwn && further.length === 0 ? this.settings.settingOf(only.value, names) : undefined;
    if (!isPlain(setting) || setting === null) return false;
    names.set(condition.left.name, { setting });
    return true;
  }

  /** What `'key' in x` asks. */
  private holderAsked(condition: Expr, names: PassingNames, depth: number): InputUse | undefined {
    if (condition.kind !== 'compare') return undefined;
    const [only] = condition.rest;
    const held = only?.operator === 'in' ? this.value(only.right, names, depth) : undefined;
    return held && 'use' in held ? held.use : undefined;
  }

  /** `isinstance(x, dict)` of an input, in its many spellings. */
  private asksForContainer(condition: Expr, names: PassingNames): boolean {
    if (condition.kind === 'name') return this.answers.has(condition.name);
    if (condition.kind === 'boolean')
      return [condition.left, condition.right].every((each) => this.asksForContainer(each, names));
    if (condition.kind !== 'call' || condition.callee.kind !== 'name' || condition.callee.name !== 'isinstance')
      return false;
    const [what, cls] = condition.args.map(({ value }) => value);
    const passing = what?.kind === 'name' ? names.get(what.name) : undefined;
    if (!cls || !passing || !('use' in passing)) return false;
    const classes = cls.kind === 'tuple' ? cls.items : [cls];
    return classes.every((each) => each.kind === 'name' && CONTAINERS.has(each.name));
  }

  private keep(names: PassingNames, name: string, value: Passing, copies: readonly PassingNames[]): void {
    const others = copies.map((copy) => copy.get(name));
    if (others.every((other) => other === value)) names.set(name, value);
    else if ('use' in value && others.every((other) => other && 'use' in other && other.use === value.use)) {
      // Changed by one branch only: what comes after is a hint.
      names.set(name, { use: value.use, changes: undefined });
    } else names.delete(name);
  }

  /** Binds what a loop goes through: the first of a list of modules, or any element of an input. */
  protected bindEach(target: Expr, iterable: Expr, names: PassingNames, depth: number): void {
    const bind = (to: Expr, from: Expr): void => {
      const held = loopSource(from);
      const value = this.value(held, names, depth);
      // `for name, module in self.items()`
      const last = to.kind === 'tuple' && held !== from ? to.items.at(-1) : to;
      if (last?.kind !== 'name') return;
      const { name } = last;
      if (value && 'module' in value) {
        const item = this.settings.itemOf(value.module, 0);
        if (item) names.set(name, { module: item });
        else names.delete(name);
      } else if (value && 'use' in value && value.changes?.length === 0) {
        value.use.each ??= newUse();
        names.set(name, { use: value.use.each, changes: [] });
      } else names.delete(name);
    };
    const called = iterable.kind === 'call' && iterable.callee.kind === 'name' ? iterable.callee.name : '';
    if (iterable.kind === 'call' && called === 'enumerate' && target.kind === 'tuple') {
      const [, item] = target.items;
      const [list] = iterable.args;
      if (item && list) bind(item, list.value);
    } else if (iterable.kind === 'call' && called === 'zip' && target.kind === 'tuple') {
      for (const [index, item] of target.items.entries()) {
        const list = iterable.args[index];
        if (list) bind(item, list.value);
      }
    } else if (iterable.kind === 'call' && called === 'range') {
      for (const { value } of iterable.args) this.count(value, names);
    } else bind(target, iterable);
  }

  /** An input that says how often, or how long something is. */
  protected override count(expr: Expr, names: PassingNames): void {
    const value = expr.kind === 'name' ? names.get(expr.name) : undefined;
    if (value && 'use' in value && value.changes?.length === 0 && !value.use.demand) value.use.number = true;
  }

  private assign(target: Expr, value: Passing | undefined, from: Expr, names: PassingNames): void {
    if (target.kind === 'name') {
      const setting = value ? undefined : this.settings.settingOf(from, names);
      if (isPlain(setting)) names.set(target.name, { setting });
      else if (value) names.set(target.name, value);
      else names.delete(target.name);
      return;
    }
    if (target.kind !== 'tuple' && target.kind !== 'list') return;
    this.unpack(target.items, from, names);
    const settings = value ? undefined : this.settings.settingOf(from, names);
    const isOpen = target.items.some(({ kind }) => kind === 'starred');
    const known = !isOpen && (settings instanceof PyTuple || settings instanceof PyList) ? settings.items : [];
    const whole = isOpen ? undefined : this.shapeOwner(from, names);
    const isUnpacked = from.kind === 'name' || isCopy(from);
    for (const [index, each] of target.items.entries()) {
      const item = each.kind === 'starred' ? each.value : each;
      if (item.kind !== 'name') continue;
      const setting = known[index];
      if (isPlain(setting)) {
        names.set(item.name, { setting });
        continue;
      }
      if (whole?.changes?.length === 0) {
        names.set(item.name, { dimension: index, of: whole.use });
        continue;
      }
      const given = from.kind === 'tuple' && !isOpen ? from.items[index] : undefined;
      const isSimple = given?.kind === 'name' || given?.kind === 'subscript' || given?.kind === 'attribute';
      const single = isSimple ? this.value(given, names, DEEPEST) : undefined;
      if (single) names.set(item.name, single);
      else if (value && 'use' in value && value.changes?.length === 0 && isUnpacked) {
        // What has no name of its own is an element all the same.
        for (let before = 0; before < index; before++) value.use.items[before] ??= newUse();
        const part = value.use.items[index] ?? { ...newUse(), label: item.name };
        value.use.items[index] = part;
        // `*scores, classes = x`: the first of them.
        const use = each === item ? part : { ...newUse(), indexed: new Map([[0, part]]) };
        names.set(item.name, { use, changes: [] });
      } else names.delete(item.name);
    }
  }

  /** `b, c, h, w = x.shape`, `h, w = x.shape[-2:]`, `x, y = points.unbind(-1)` */
  private unpack(items: readonly Expr[], from: Expr, names: PassingNames): void {
    const whole = this.shapeOwner(from, names);
    if (whole) learnUnpacked(whole, items);
    const cut = from.kind === 'subscript' ? this.shapeOwner(from.object, names) : undefined;
    if (cut && from.kind === 'subscript') learnSides(cut, items, from.index);
    const apart = partsTaken(from);
    const isHeld = apart?.object.kind === 'name' || apart?.object.kind === 'subscript';
    const value = apart && isHeld ? this.value(apart.object, names, DEEPEST) : undefined;
    if (apart && value && 'use' in value) learnParts(value, items, apart, this.settings, names);
  }

  /** `assert x.shape[1] == 2`, `assert length == height * width` */
  private learnAsserted(condition: Expr, names: PassingNames): void {
    if (condition.kind !== 'compare' || condition.rest.length !== 1) return;
    const [only] = condition.rest;
    const { left } = condition;
    const size = only?.operator === '==' ? this.settings.integer(only.right, names) : undefined;
    if (size === undefined) return;
    const named = left.kind === 'name' ? names.get(left.name) : undefined;
    if (named && 'dimension' in named) learnAsserted({ use: named.of, changes: [] }, named.dimension, size);
    const owner = left.kind === 'subscript' ? this.shapeOwner(left.object, names) : undefined;
    const axis = left.kind === 'subscript' ? this.settings.integer(left.index, names) : undefined;
    if (owner && axis !== undefined) learnAsserted(owner, axis, size);
  }
}

/** What `x.items()` and its like go through. */
function loopSource(expr: Expr): Expr {
  const isView = expr.kind === 'call' && expr.callee.kind === 'attribute' && expr.args.length === 0;
  return isView && expr.callee.kind === 'attribute' && /^(items|values|children|named_children)$/.test(expr.callee.name)
    ? expr.callee.object
    : expr;
}
