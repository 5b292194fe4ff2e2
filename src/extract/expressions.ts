/** Inputs on their way through the expressions of a model's text: which layers, functions and weights they meet first. */

import type { Interpreter } from '../python/run/interpreter';
import type { Expr, Stmt } from '../python/syntax/ast';
import { PyFunction } from '../python/values/scope';
import type { PyInstance } from '../python/values/values';
import { attributeOf, changeBy, leastRank, noteClasses, noteDemand } from './changes';
import { learnCondition } from './claims';
import { layerKind } from './demands';
import { demandOfArithmetic, demandOfFunction } from './furtherDemands';
import { CLASSIFIES, noteNorm, passLayer, widenRank } from './layers';
import { itemsOf, ModelSettings, methodOf } from './modelSettings';
import { ownFunction } from './ownFunctions';
import { LoopRounds } from './rounds';
import { type InputUse, indexedUse, newUse, type Passing, type PassingNames, type Tracked } from './use';

/** Calls inside one another, and statements looked at in all. */
export const DEEPEST = 8;
const MOST_STATEMENTS = 4000;

/** What leaves a weight as large as it is. */
const SIZED = /^(?:to|type|type_as|float|double|half|contiguous|clone|detach)$/;

/** Methods that take lengths of dimensions. */
const SHAPES = /^(?:view|reshape|expand|repeat|unflatten)$/;

/** What masks are called that pick elements. */
const PICKS = /mask|valid|keep/i;

/** Functions that take the elements of each sample that another tensor names, or put some there. */
const CHOOSES = /^(?:gather|scatter_?|scatter_add_?|take_along_dim)$/;

/** Functions that make one tensor of several. */
const JOINS = /^(?:cat|concat|concatenate|stack|hstack|vstack|block_diag)$/;

export abstract class ExpressionSearch {
  protected left = MOST_STATEMENTS;
  /** The functions inside of which the look is, the innermost last. */
  private readonly code: PyFunction[] = [];
  protected readonly settings: ModelSettings;

  constructor(private readonly ctx: Interpreter) {
    this.settings = new ModelSettings(ctx);
  }

  /** What each round of a loop binds, where it goes through an input and what the model holds at once. */
  protected rounds(
    { target, iterable }: { readonly target: Expr; readonly iterable: Expr },
    body: Expr | readonly Stmt[],
    names: PassingNames,
    depth: number,
  ): PassingNames[] | undefined {
    return new LoopRounds(this.settings, names, (expr) => this.value(expr, names, depth)).bind(target, iterable, body);
  }

  /** @returns what is returned, where that is an input as it came */
  protected abstract block(body: readonly Stmt[], names: PassingNames, depth: number): Passing | undefined;

  /** Takes an input for a number. */
  protected abstract count(expr: Expr, names: PassingNames): void;

  /** Binds what a loop goes through. */
  protected abstract bindEach(target: Expr, iterable: Expr, names: PassingNames, depth: number): void;

  /** What `x['key']` is used for. */
  private key(use: InputUse, key: Expr): InputUse {
    const name = key.kind === 'constant' && typeof key.value === 'string' ? key.value : '';
    const found = use.keys.get(name) ?? newUse();
    use.keys.set(name, found);
    return found;
  }

  /** What `x.shape` and `x.size()` are of. */
  protected shapeOwner(expr: Expr, names: PassingNames): Tracked | undefined {
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
  protected value(expr: Expr, names: PassingNames, depth: number): Passing | undefined {
    if (this.left-- <= 0) return undefined;
    switch (expr.kind) {
      case 'name':
        return names.get(expr.name);
      case 'attribute': {
        const object = this.value(expr.object, names, depth);
        if (object && 'use' in object) return attributeOf(object, expr.name);
        if (object && 'weight' in object)
          return expr.name === 'T' && object.weight.length === 2 ? { weight: object.weight.toReversed() } : undefined;
        return object && 'module' in object ? this.settings.member(object.module, expr.name) : undefined;
      }
      case 'subscript':
        return this.subscript(expr, names, depth);
      case 'call':
        return this.call(expr, names, depth);
      case 'binary':
        return this.binary(expr, names, depth);
      case 'unary':
        return this.value(expr.operand, names, depth);
      case 'conditional': {
        const known = this.settings.truth(expr.condition, names);
        this.value(expr.condition, names, depth);
        learnCondition(expr.condition, names);
        const one = known === false ? undefined : this.value(expr.consequence, names, depth);
        const other = known === true ? undefined : this.value(expr.otherwise, names, depth);
        return known === undefined ? undefined : (one ?? other);
      }
      case 'comprehension': {
        const [clause, ...further] = expr.clauses;
        const made = expr.value ?? expr.element;
        const rounds = clause && further.length === 0 ? this.rounds(clause, made, names, depth) : undefined;
        const inner: PassingNames = new Map(names);
        if (!rounds) for (const { target, iterable } of expr.clauses) this.bindEach(target, iterable, inner, depth);
        for (const bound of rounds ?? [inner]) {
          const all: PassingNames = new Map([...names, ...bound]);
          this.value(expr.element, all, depth);
          if (expr.value) this.value(expr.value, all, depth);
        }
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

  private binary(expr: Extract<Expr, { kind: 'binary' }>, names: PassingNames, depth: number): Passing | undefined {
    const [left, right] = [this.value(expr.left, names, depth), this.value(expr.right, names, depth)];
    if (expr.operator !== '@') {
      widenRank(left, right, expr.right);
      widenRank(right, left, expr.left);
    }
    if (left && 'use' in left) {
      if (right && 'use' in right && left.use.holder && left.use.holder === right.use.holder)
        return { use: left.use.holder, changes: undefined };
      // `x * torch.rsqrt(x.mean(1, keepdim=True))`: what was only scaled is as large.
      // Of two inputs together, what comes after is a hint at most.
      if (right && 'use' in right && left.use !== right.use) return { use: left.use, changes: undefined };
      if (right && 'use' in right) return left.changes ? left : right;
      if (right && 'weight' in right) return this.meetWeight(left, right.weight, expr.operator);
      return expr.operator === '@' ? { use: left.use, changes: undefined } : left;
    }
    if (right && 'use' in right) {
      if (expr.operator === '@') return undefined;
      return left && 'weight' in left ? this.meetWeight(right, left.weight, expr.operator) : right;
    }
    // A scaled weight is as large.
    return [left, right].find((each) => each && 'weight' in each);
  }

  /** An input beside a tensor that the model holds. */
  private meetWeight(value: Tracked, weight: readonly number[], operator: string): Passing | undefined {
    if (operator === '@') {
      const demand = demandOfFunction(operator, weight);
      if (demand) noteDemand(value, demand);
      return undefined;
    }
    noteDemand(value, demandOfArithmetic(weight));
    // `x * self.scale` of 1×64×1×1
    if (value.changes?.length === 0 && weight.length > 2) leastRank(value.use, weight.length);
    return value;
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
    // `self.table[x]`: what chooses among rows is an index; `x[mask]` picks elements.
    if (looked && 'use' in looked && looked.changes !== undefined && !looked.use.demand) {
      if (index.kind === 'name' && PICKS.test(index.name)) looked.use.picks = true;
      else looked.use.integer = true;
    }
    if (!object) return undefined;
    const key = this.settings.settingOf(index, names);
    if ('module' in object) {
      // `self.layers[i]` in a loop begins with the first.
      if (index.kind === 'name' && !looked) return this.firstOf(object.module);
      const item = key === undefined ? undefined : this.settings.itemOf(object.module, key);
      return item && { module: item };
    }
    if ('use' in object && typeof key === 'string' && object.changes?.length === 0) {
      const before = object.use.keys.get(key) ?? newUse();
      object.use.keys.set(key, before);
      return { use: before, changes: [] };
    }
    if ('use' in object && typeof key === 'bigint' && object.changes?.length === 0)
      return { use: indexedUse(object.use, Number(key)), changes: [] };
    if ('use' in object && index.kind === 'tuple' && object.changes?.length === 0) {
      const ellipsis = index.items.some(
        (item) => item.kind === 'constant' && typeof item.value === 'object' && item.value !== null,
      );
      const added = index.items.filter((item) => item.kind === 'constant' && item.value === null).length;
      if (!ellipsis && added === 0) leastRank(object.use, index.items.length);
      const [, second] = index.items;
      const column = second && index.items.length === 2 ? this.settings.integer(second, names) : undefined;
      if (column !== undefined && column >= 0) object.use.columns = Math.max(object.use.columns ?? 0, column + 1);
      const at = index.items.findIndex((item) => item.kind === 'constant' && item.value === null);
      const whole = index.items.every(
        (item) => item.kind === 'slice' || (item.kind === 'constant' && item.value === null),
      );
      if (added === 1 && whole) return { use: object.use, changes: [{ kind: 'unsqueeze', dim: at }] };
    }
    if ('use' in object && object.changes !== undefined) return { use: object.use, changes: undefined };
    return undefined;
  }

  private firstOf(module: PyInstance): Passing | undefined {
    const item = this.settings.itemOf(module, 0);
    return item && { module: item };
  }

  private call(expr: Extract<Expr, { kind: 'call' }>, names: PassingNames, depth: number): Passing | undefined {
    const { callee, args } = expr;
    const plain = args
      .filter(({ form }) => form === 'plain' || form === 'star')
      .map(({ value }) => this.value(value, names, depth));
    const keywords = args.filter(({ form }) => form === 'keyword');
    const named = new Map(keywords.map(({ name, value }) => [name, this.value(value, names, depth)]));
    if (callee.kind === 'attribute' && SHAPES.test(callee.name)) for (const { value } of args) this.count(value, names);
    const inherited = this.inherited(callee, names);
    if (inherited?.method) return this.into(inherited.method, inherited.self, plain, named, depth);
    if (inherited) return passLayer(this.ctx, inherited.self, plain, named, this.code.length === 1);
    const held = callee.kind === 'attribute' ? this.value(callee.object, names, depth) : undefined;
    if (held && 'use' in held && callee.kind === 'attribute' && CHOOSES.test(callee.name))
      noteClasses(held, plain[1] ?? named.get('index'));
    if (held && 'use' in held && callee.kind === 'attribute')
      return changeBy(this.settings, held, callee.name, args, names);
    // `self.weight.to(x)` is as large; what is turned or cut is not known.
    if (held && 'weight' in held && callee.kind === 'attribute') {
      const isTurned = callee.name === 't' && held.weight.length === 2;
      return isTurned ? { weight: held.weight.toReversed() } : SIZED.test(callee.name) ? held : undefined;
    }
    const target =
      callee.kind !== 'attribute'
        ? this.value(callee, names, depth)
        : held && 'module' in held
          ? this.settings.member(held.module, callee.name)
          : undefined;
    if (target && 'module' in target) return this.through(target.module, plain, named, depth);
    if (target && 'method' in target) return this.into(target.method, target.self, plain, named, depth);
    // `nn.CrossEntropyLoss()(x, y)`
    const called = callee.kind === 'call' ? callee.callee : callee;
    const name = called.kind === 'attribute' || called.kind === 'name' ? called.name : '';
    // `torch.addmm(bias, x, weight)`
    const [first, second] = name === 'addmm' ? plain.slice(1) : plain;
    if (!first || !('use' in first)) {
      // `checkpoint(self.block, x)`
      if (first && 'module' in first && second) return this.through(first.module, plain.slice(1), named, depth);
      return undefined;
    }
    if (CLASSIFIES.test(name)) noteClasses(first, second ?? named.get('target'));
    if (CHOOSES.test(name)) noteClasses(first, plain[2] ?? named.get('index'));
    const shape = /^(?:layer|rms)_norm$/.test(name) ? args[1]?.value : undefined;
    if (shape) noteNorm(first, this.settings.settingOf(shape, names));
    const weight = second ?? named.get('weight');
    if (weight && 'weight' in weight) {
      const groups = keywords.find((each) => each.name === 'groups')?.value;
      // `groups=x.shape[1]`: each channel has a filter of its own.
      const each = weight.weight[1] === 1 ? weight.weight[0] : undefined;
      const count = groups === undefined ? 1 : (this.settings.integer(groups, names) ?? each);
      const demand = count === undefined ? undefined : demandOfFunction(name, weight.weight, count);
      if (demand) {
        noteDemand(first, demand);
        return undefined;
      }
    }
    if (isCopy(expr)) return first;
    if (JOINS.test(name) && first.changes?.length === 0) {
      first.use.each ??= newUse();
      first.use.joined = true;
      return undefined;
    }
    const own = ownFunction(this.code.at(-1)?.scope.module.members ?? new Map(), callee);
    if (own) {
      const given = [...Array.from({ length: own.inFront }, () => undefined), ...plain];
      return this.into(own.fn, undefined, given, named, depth) ?? { use: first.use, changes: undefined };
    }
    return changeBy(this.settings, first, name, args.slice(1), names);
  }

  /** The method that `super().forward` means in the code at hand: undefined where it is none of Python's, but a layer's. */
  private inherited(
    callee: Expr,
    names: PassingNames,
  ): { readonly self: PyInstance; readonly method: PyFunction | undefined } | undefined {
    const isSuper =
      callee.kind === 'attribute' &&
      callee.object.kind === 'call' &&
      callee.object.callee.kind === 'name' &&
      callee.object.callee.name === 'super';
    const code = this.code.at(-1);
    const [first] = code?.code.parameters ?? [];
    const self = first && names.get(first.name);
    if (!isSuper || !code || !self || !('module' in self)) return undefined;
    const { mro } = self.module.cls;
    const at = mro.findIndex(({ members }) => members.get(code.code.name) === code);
    if (at < 0) return undefined;
    const found = mro.slice(at + 1).find((cls) => cls.native || cls.members.has(callee.name));
    const method = found?.members.get(callee.name);
    if (method instanceof PyFunction) return { self: self.module, method };
    return found?.native && callee.name === 'forward' ? { self: self.module, method: undefined } : undefined;
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
    return passLayer(this.ctx, module, args, named);
  }

  /** A method, or a function where there is no `self`. */
  private into(
    fn: PyFunction,
    self: PyInstance | undefined,
    args: readonly (Passing | undefined)[],
    named: ReadonlyMap<string, Passing | undefined>,
    depth: number,
  ): Passing | undefined {
    if (depth >= DEEPEST) return undefined;
    const inner: PassingNames = new Map();
    const { code } = fn;
    const parameters = self ? code.parameters.slice(1) : code.parameters;
    parameters.forEach(({ name }, index) => {
      const value = args[index] ?? named.get(name);
      if (value) inner.set(name, value);
    });
    const [first] = code.parameters;
    if (self && first) inner.set(first.name, { module: self });
    return this.inside(fn, inner, depth + 1);
  }

  protected inside(fn: PyFunction, names: PassingNames, depth: number): Passing | undefined {
    this.code.push(fn);
    const result = this.block(fn.code.body, names, depth);
    this.code.pop();
    return result;
  }
}

/** `tuple(x)`, `list(x)` */
export const isCopy = (expr: Expr): boolean =>
  expr.kind === 'call' &&
  expr.callee.kind === 'name' &&
  /^(?:tuple|list)$/.test(expr.callee.name) &&
  expr.args.length === 1;

/** Expressions directly below one. */
function parts(expr: Expr): Expr[] {
  if (expr.kind === 'tuple' || expr.kind === 'list' || expr.kind === 'set') return [...expr.items];
  if (expr.kind === 'dict') return expr.entries.map(({ value }) => value);
  if (expr.kind === 'boolean') return [expr.left, expr.right];
  if (expr.kind === 'not') return [expr.operand];
  if (expr.kind === 'starred' || expr.kind === 'walrus') return [expr.value];
  return [];
}
