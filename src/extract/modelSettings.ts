/** What a model's own attributes say while its text is looked at: submodules, sizes, switches. */

import type { Interpreter } from '../python/run/interpreter';
import type { CallArgument, Expr } from '../python/syntax/ast';
import { PyFunction } from '../python/values/scope';
import { PyBoundMethod, type PyInstance, PyList, PyTensor, PyTuple, type PyValue } from '../python/values/values';
import { framework } from '../torch/framework';
import type { Passing, PassingNames } from './use';

export class ModelSettings {
  constructor(private readonly ctx: Interpreter) {}

  member(module: PyInstance, name: string): Passing | undefined {
    const found = this.ctx.lookup(module, name);
    if (framework.isModule(this.ctx, found ?? null)) return { module: found as PyInstance };
    if (found instanceof PyTensor) return { weight: found.type.shape };
    const callee = found instanceof PyBoundMethod && found.self === module ? found.callee : undefined;
    return callee instanceof PyFunction ? { method: callee, self: module } : undefined;
  }

  itemOf(module: PyInstance, index: PyValue | number): PyInstance | undefined {
    const items = itemsOf(this.ctx, module);
    const at = typeof index === 'bigint' ? Number(index) : typeof index === 'number' ? index : undefined;
    if (at !== undefined) return items.at(at);
    const found = typeof index === 'string' ? module.fields.get(index) : undefined;
    return framework.isModule(this.ctx, found ?? null) ? (found as PyInstance) : undefined;
  }

  /** Modules that a container holds, in order. */
  itemsOf(module: PyInstance): PyInstance[] {
    return itemsOf(this.ctx, module);
  }

  /** A plain value that an expression of attributes has: `self.patch_size`, `self.p[0]`, `self.depth - 1`. */
  settingOf(expr: Expr, names: PassingNames): PyValue | undefined {
    if (expr.kind === 'constant') return expr.value;
    if (expr.kind === 'name') {
      const value = names.get(expr.name);
      return value && 'setting' in value ? value.setting : undefined;
    }
    if (expr.kind === 'tuple' || expr.kind === 'list') {
      const items = expr.items.map((each) => this.settingOf(each, names));
      return items.includes(undefined) ? undefined : new PyTuple(items as PyValue[]);
    }
    if (expr.kind === 'binary') {
      const [left, right] = [this.settingOf(expr.left, names), this.settingOf(expr.right, names)];
      if (expr.operator === '*' && left instanceof PyTuple && typeof right === 'bigint')
        return repeatItems(left, right);
      if (typeof left !== 'bigint' || typeof right !== 'bigint') return undefined;
      if (expr.operator === '+') return left + right;
      if (expr.operator === '-') return left - right;
      return expr.operator === '*' ? left * right : undefined;
    }
    if (expr.kind === 'unary' && expr.operator === '-') {
      const inner = this.settingOf(expr.operand, names);
      return typeof inner === 'bigint' ? -inner : undefined;
    }
    if (expr.kind === 'attribute') {
      const object = this.moduleOf(expr.object, names);
      return object && 'module' in object ? this.ctx.lookup(object.module, expr.name) : undefined;
    }
    if (expr.kind === 'subscript' && expr.index.kind === 'constant' && typeof expr.index.value === 'bigint') {
      const list = this.settingOf(expr.object, names);
      return list instanceof PyTuple || list instanceof PyList ? list.items.at(Number(expr.index.value)) : undefined;
    }
    return undefined;
  }

  integer(expr: Expr, names: PassingNames): number | undefined {
    const value = this.settingOf(expr, names);
    return typeof value === 'bigint' ? Number(value) : undefined;
  }

  integers(args: readonly CallArgument[], names: PassingNames): number[] | undefined {
    const [only] = args;
    // `[self.half] * 2`
    const whole = args.length === 1 && only?.value.kind === 'binary' ? this.settingOf(only.value, names) : undefined;
    if (whole instanceof PyTuple)
      return whole.items.every((each) => typeof each === 'bigint') ? whole.items.map(Number) : undefined;
    const list =
      args.length === 1 && (only?.value.kind === 'tuple' || only?.value.kind === 'list')
        ? only.value.items
        : args.map(({ value }) => value);
    const found = list.map((each) => this.integer(each, names));
    return found.includes(undefined) || found.length === 0 ? undefined : (found as number[]);
  }

  /** What a condition comes to by the model's own settings, where it asks for those alone. */
  truth(expr: Expr, names: PassingNames): boolean | undefined {
    if (expr.kind === 'not') {
      const inner = this.truth(expr.operand, names);
      return inner === undefined ? undefined : !inner;
    }
    if (expr.kind === 'boolean') {
      const [left, right] = [this.truth(expr.left, names), this.truth(expr.right, names)];
      const decides = expr.operator === 'or';
      if (left === decides || right === decides) return decides;
      return left === undefined || right === undefined ? undefined : !decides;
    }
    if (expr.kind === 'compare' && expr.rest.length === 1) {
      const [only] = expr.rest;
      const isNone = only?.right.kind === 'constant' && only.right.value === null;
      if (!isNone || (only.operator !== 'is' && only.operator !== 'is not')) return undefined;
      const value = expr.left.kind === 'name' ? names.get(expr.left.name) : undefined;
      const found = value !== undefined && !('setting' in value) ? true : this.settingOf(expr.left, names);
      if (found === undefined) return undefined;
      return (found === null) === (only.operator === 'is');
    }
    if (expr.kind !== 'attribute') return undefined;
    const value = this.settingOf(expr, names);
    return typeof value === 'boolean' || value === null ? Boolean(value) : undefined;
  }

  private moduleOf(expr: Expr, names: PassingNames): Passing | undefined {
    if (expr.kind === 'name') return names.get(expr.name);
    if (expr.kind !== 'attribute') return undefined;
    const object = this.moduleOf(expr.object, names);
    return object && 'module' in object ? this.member(object.module, expr.name) : undefined;
  }
}

/** `[64] * 2` */
const repeatItems = ({ items }: PyTuple, times: bigint): PyTuple | undefined =>
  times < 0n || times > MOST ? undefined : new PyTuple(Array.from({ length: Number(times) }, () => items).flat());

const MOST = 64n;

/** Modules that a container holds, in order. */
export function itemsOf(ctx: Interpreter, module: PyInstance): PyInstance[] {
  return [...module.fields.values()].filter((value): value is PyInstance => framework.isModule(ctx, value));
}

/** A method that is written in Python. */
export function methodOf(ctx: Interpreter, object: PyInstance, name: string): PyFunction | undefined {
  const method = ctx.lookup(object, name);
  const callee = method instanceof PyBoundMethod ? method.callee : method;
  return callee instanceof PyFunction ? callee : undefined;
}
