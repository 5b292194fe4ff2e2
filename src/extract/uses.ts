/**
 * How `forward` uses its inputs, by its text and the layers that the model holds: which layer each goes through first, how
 * many dimensions are unpacked and how they are named, which keys are asked for. Nothing is run.
 */

import { itemOr } from '../graph/access';
import type { Interpreter } from '../python/run/interpreter';
import type { Expr, Stmt } from '../python/syntax/ast';
import type { PyFunction } from '../python/values/scope';
import type { PyInstance } from '../python/values/values';
import { changeBy, learnPattern, leastRank, noteDemand } from './changes';
import { demandBefore, demandOf, layerKind } from './demands';
import { itemsOf, ModelSettings, methodOf } from './modelSettings';
import { type InputUse, newUse, type Passing, type PassingNames, type Tracked } from './use';

/** Calls inside one another, and statements looked at in all. */
const DEEPEST = 8;
const MOST_STATEMENTS = 4000;

/** The uses of the parameters of a module's `forward`, by name. */
export function usesOf(ctx: Interpreter, model: PyInstance): ReadonlyMap<string, InputUse> {
  const found = new Map<string, InputUse>();
  const forward = methodOf(ctx, model, 'forward');
  if (!forward) return found;
  const names: PassingNames = new Map();
  for (const { name, kind } of forward.code.parameters.slice(1)) {
    if (kind === 'varkeywords') continue;
    const use = newUse();
    // What `*args` hands on is one input, where nothing else is asked for.
    found.set(kind === 'varargs' ? 'input' : name, use);
    names.set(name, { use, changes: [] });
  }
  new UseSearch(ctx).enter(forward, model, names, 0);
  return found;
}

/** Classes of what holds tensors. */
const CONTAINERS = new Set('dict Dict Mapping OrderedDict list List tuple Tuple Sequence str'.split(' '));

/** Whether statements do nothing but refuse. */
const raises = (body: readonly Stmt[]) => body.some(({ kind }) => kind === 'raise');

class UseSearch {
  /** Names that hold whether an input is a container. */
  private readonly answers = new Set<string>();
  private left = MOST_STATEMENTS;

  private readonly settings: ModelSettings;

  constructor(private readonly ctx: Interpreter) {
    this.settings = new ModelSettings(ctx);
  }

  enter({ code }: PyFunction, self: PyInstance, names: PassingNames, depth: number): Passing | undefined {
    const [first] = code.parameters;
    if (first) names.set(first.name, { module: self });
    return this.block(code.body, names, depth);
  }

  /** @returns what is returned, where that is an input as it came */
  private block(body: readonly Stmt[], names: PassingNames, depth: number): Passing | undefined {
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
          break;
        case 'expression':
          this.value(statement.value, names, depth);
          break;
        case 'assert':
          this.value(statement.condition, names, depth);
          break;
        case 'if': {
          const known = this.settings.truth(statement.condition, names);
          this.value(statement.condition, names, depth);
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
        case 'for':
          this.bindEach(statement.target, statement.iterable, names, depth);
          this.block(statement.body, names, depth);
          break;
        case 'while':
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
  private bindEach(target: Expr, iterable: Expr, names: PassingNames, depth: number): void {
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

  /** An input that says how often. */
  private count(expr: Expr, names: PassingNames): void {
    const value = expr.kind === 'name' ? names.get(expr.name) : undefined;
    if (value && 'use' in value && value.changes?.length === 0 && !value.use.demand) value.use.number = true;
  }

  private assign(target: Expr, value: Passing | undefined, from: Expr, names: PassingNames): void {
    if (target.kind === 'name') {
      if (value) names.set(target.name, value);
      else names.delete(target.name);
      return;
    }
    if (target.kind !== 'tuple' && target.kind !== 'list') return;
    this.unpack(target.items, from, names);
    for (const [index, item] of target.items.entries()) {
      if (item.kind !== 'name') continue;
      const each = from.kind === 'tuple' ? from.items[index] : undefined;
      const single = each && each.kind === 'name' ? names.get(each.name) : undefined;
      if (single) names.set(item.name, single);
      else if (value && 'use' in value && value.changes?.length === 0 && from.kind === 'name') {
        value.use.items[index] ??= newUse();
        names.set(item.name, { use: value.use.items[index], changes: [] });
      } else names.delete(item.name);
    }
  }

  /** What `x['key']` is used for. */
  private key(use: InputUse, key: Expr): InputUse {
    const name = key.kind === 'constant' && typeof key.value === 'string' ? key.value : '';
    const found = use.keys.get(name) ?? newUse();
    use.keys.set(name, found);
    return found;
  }

  /** `b, c, h, w = x.shape` */
  private unpack(items: readonly Expr[], from: Expr, names: PassingNames): void {
    const whole = this.shapeOwner(from, names);
    if (!whole || items.some(({ kind }) => kind === 'starred')) return;
    const { use, changes } = whole;
    if (changes === undefined) return;
    const told = items.map((item) => (item.kind === 'name' ? item.name : ''));
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

  /** What `x.shape` and `x.size()` are of. */
  private shapeOwner(expr: Expr, names: PassingNames): Tracked | undefined {
    const object =
      expr.kind === 'attribute' && expr.name === 'shape'
        ? expr.object
        : expr.kind === 'call' &&
            expr.args.length === 0 &&
            expr.callee.kind === 'attribute' &&
            expr.callee.name === 'size'
          ? expr.callee.object
          : undefined;
    const value = object?.kind === 'name' ? names.get(object.name) : undefined;
    return value && 'use' in value ? value : undefined;
  }

  /** What an expression is, where it is an input or a module; its parts are looked at on the way. */
  private value(expr: Expr, names: PassingNames, depth: number): Passing | undefined {
    if (this.left-- <= 0) return undefined;
    switch (expr.kind) {
      case 'name':
        return names.get(expr.name);
      case 'attribute': {
        const object = this.value(expr.object, names, depth);
        if (object && 'use' in object) return { use: object.use, changes: undefined };
        return object && 'module' in object ? this.settings.member(object.module, expr.name) : undefined;
      }
      case 'subscript':
        return this.subscript(expr, names, depth);
      case 'call':
        return this.call(expr, names, depth);
      case 'binary': {
        const [left, right] = [this.value(expr.left, names, depth), this.value(expr.right, names, depth)];
        if (left && 'use' in left) return right && 'use' in right ? undefined : left;
        return right && 'use' in right && expr.operator !== '@' ? right : undefined;
      }
      case 'unary':
        return this.value(expr.operand, names, depth);
      case 'conditional': {
        const known = this.settings.truth(expr.condition, names);
        this.value(expr.condition, names, depth);
        const one = known === false ? undefined : this.value(expr.consequence, names, depth);
        const other = known === true ? undefined : this.value(expr.otherwise, names, depth);
        return known === undefined ? undefined : (one ?? other);
      }
      case 'comprehension': {
        const inner: PassingNames = new Map(names);
        for (const { target, iterable } of expr.clauses) this.bindEach(target, iterable, inner, depth);
        this.value(expr.element, inner, depth);
        if (expr.value) this.value(expr.value, inner, depth);
        return undefined;
      }
      case 'compare':
        this.compare(expr, names, depth);
        return undefined;
      default:
        for (const inner of parts(expr)) this.value(inner, names, depth);
        return undefined;
    }
  }

  private compare(expr: Extract<Expr, { kind: 'compare' }>, names: PassingNames, depth: number): void {
    const value = this.value(expr.left, names, depth);
    const [first] = expr.rest;
    const against = first?.right;
    if (value && 'use' in value && against?.kind === 'constant' && against.value === null) value.use.optional = true;
    for (const { operator, right } of expr.rest) {
      const held = this.value(right, names, depth);
      const isKey = expr.left.kind === 'constant' && typeof expr.left.value === 'string';
      if (operator === 'in' && isKey && held && 'use' in held) this.key(held.use, expr.left).spare = true;
    }
  }

  private subscript(
    expr: Extract<Expr, { kind: 'subscript' }>,
    names: PassingNames,
    depth: number,
  ): Passing | undefined {
    const owner = this.shapeOwner(expr.object, names);
    const { index } = expr;
    if (owner) {
      const at = index.kind === 'constant' && typeof index.value === 'bigint' ? Number(index.value) : undefined;
      if (at !== undefined && owner.changes?.length === 0) leastRank(owner.use, at < 0 ? -at : at + 1);
      return undefined;
    }
    const object = this.value(expr.object, names, depth);
    const looked = this.value(index, names, depth);
    // `self.table[x]`: what chooses among rows is an index.
    if (looked && 'use' in looked && looked.changes !== undefined && !looked.use.demand) looked.use.integer = true;
    if (!object) return undefined;
    if ('module' in object) {
      if (index.kind !== 'constant') return undefined;
      const item = this.settings.itemOf(object.module, index.value);
      return item && { module: item };
    }
    if (
      'use' in object &&
      index.kind === 'constant' &&
      typeof index.value === 'string' &&
      object.changes?.length === 0
    ) {
      const before = object.use.keys.get(index.value) ?? newUse();
      object.use.keys.set(index.value, before);
      return { use: before, changes: [] };
    }
    if ('use' in object && index.kind === 'tuple' && object.changes?.length === 0) {
      const ellipsis = index.items.some(
        (item) => item.kind === 'constant' && typeof item.value === 'object' && item.value !== null,
      );
      const added = index.items.filter((item) => item.kind === 'constant' && item.value === null).length;
      if (!ellipsis && added === 0) leastRank(object.use, index.items.length);
      const at = index.items.findIndex((item) => item.kind === 'constant' && item.value === null);
      const whole = index.items.every(
        (item) => item.kind === 'slice' || (item.kind === 'constant' && item.value === null),
      );
      if (added === 1 && whole) return { use: object.use, changes: [{ kind: 'unsqueeze', dim: at }] };
    }
    if ('use' in object && object.changes !== undefined) return { use: object.use, changes: undefined };
    return undefined;
  }

  private call(expr: Extract<Expr, { kind: 'call' }>, names: PassingNames, depth: number): Passing | undefined {
    const { callee, args } = expr;
    const plain = args
      .filter(({ form }) => form === 'plain' || form === 'star')
      .map(({ value }) => this.value(value, names, depth));
    const keywords = args.filter(({ form }) => form === 'keyword');
    const named = new Map(keywords.map(({ name, value }) => [name, this.value(value, names, depth)]));
    // `super().forward(x)` and functions of the file are not followed.
    const target = this.value(callee, names, depth);
    if (target && 'module' in target) return this.through(target.module, plain, named, depth);
    if (target && 'method' in target) return this.into(target.method, target.self, plain, named, depth);
    if (callee.kind === 'attribute') {
      const object =
        callee.object.kind === 'name' || callee.object.kind === 'call' || callee.object.kind === 'subscript'
          ? this.value(callee.object, names, depth)
          : undefined;
      if (object && 'use' in object) return changeBy(this.settings, object, callee.name, args, names);
    }
    const name = callee.kind === 'attribute' || callee.kind === 'name' ? callee.name : '';
    const [first, second] = plain;
    if (!first || !('use' in first)) {
      // `checkpoint(self.block, x)`
      if (first && 'module' in first && second) return this.through(first.module, plain.slice(1), named, depth);
      return undefined;
    }
    return changeBy(this.settings, first, name, args.slice(1), names);
  }

  /** A module called: what it asks is asked of the input. */
  private through(
    module: PyInstance,
    args: readonly (Passing | undefined)[],
    named: ReadonlyMap<string, Passing | undefined>,
    depth: number,
  ): Passing | undefined {
    const forward = methodOf(this.ctx, module, 'forward');
    if (forward) return this.into(forward, module, args, named, depth);
    const kind = layerKind(module);
    const [first = [...named.values()][0]] = args;
    if (kind === 'Sequential') {
      let value = first;
      for (const item of itemsOf(this.ctx, module)) {
        if (!value || !('use' in value)) return undefined;
        value = this.through(item, [value], new Map(), depth + 1);
      }
      return value;
    }
    if (!first || !('use' in first)) return undefined;
    if (kind === 'Flatten')
      return { use: first.use, changes: first.changes && [...first.changes, { kind: 'flatten' }] };
    if (kind === 'Rearrange') {
      const text = this.ctx.lookup(module, 'pattern');
      if (typeof text === 'string') learnPattern(first, text, new Map());
      return { use: first.use, changes: undefined };
    }
    const demand = demandOf(this.ctx, module);
    if (demand) noteDemand(first, demand, module);
    return demand?.passes ? first : undefined;
  }

  private into(
    { code }: PyFunction,
    self: PyInstance,
    args: readonly (Passing | undefined)[],
    named: ReadonlyMap<string, Passing | undefined>,
    depth: number,
  ): Passing | undefined {
    if (depth >= DEEPEST) return undefined;
    const inner: PassingNames = new Map();
    const [first, ...parameters] = code.parameters;
    parameters.forEach(({ name }, index) => {
      const value = args[index] ?? named.get(name);
      if (value) inner.set(name, value);
    });
    if (first) inner.set(first.name, { module: self });
    return this.block(code.body, inner, depth + 1);
  }
}

/** What `x.items()` and its like go through. */
function loopSource(expr: Expr): Expr {
  const isView = expr.kind === 'call' && expr.callee.kind === 'attribute' && expr.args.length === 0;
  return isView && expr.callee.kind === 'attribute' && /^(items|values|children|named_children)$/.test(expr.callee.name)
    ? expr.callee.object
    : expr;
}

/** Expressions directly below one. */
function parts(expr: Expr): Expr[] {
  if (expr.kind === 'tuple' || expr.kind === 'list' || expr.kind === 'set') return [...expr.items];
  if (expr.kind === 'dict') return expr.entries.map(({ value }) => value);
  if (expr.kind === 'boolean') return [expr.left, expr.right];
  if (expr.kind === 'not') return [expr.operand];
  if (expr.kind === 'starred' || expr.kind === 'walrus') return [expr.value];
  return [];
}
