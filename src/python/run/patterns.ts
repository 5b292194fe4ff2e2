import { say } from '../../language/say';
import type { Eval } from '../natives/context';
import type { Pattern } from '../syntax/ast';
import type { Scope } from '../values/scope';
import { PyClass, PyDict, PyList, PyRange, PyTuple, type PyValue, Unknown } from '../values/values';
import { evaluate } from './expressions';
import type { Interpreter } from './interpreter';

/** Whether a `case` pattern fits, binding its names on the way. */
export function* matches(ctx: Interpreter, pattern: Pattern, value: PyValue, scope: Scope): Eval<boolean> {
  switch (pattern.kind) {
    case 'capture':
    case 'star':
      if (pattern.name) scope.assign(pattern.name, value);
      return true;
    case 'value': {
      if (value instanceof Unknown) return ctx.refuseUnknown(value, say('what this matches'));
      const wanted = yield* evaluate(ctx, pattern.value, scope);
      // `True`, `False` and `None` match by identity.
      return wanted === null || typeof wanted === 'boolean' ? value === wanted : ctx.equal(value, wanted);
    }
    case 'or':
      for (const option of pattern.options) if (yield* matches(ctx, option, value, scope)) return true;
      return false;
    case 'as':
      if (!(yield* matches(ctx, pattern.pattern, value, scope))) return false;
      scope.assign(pattern.name, value);
      return true;
    case 'sequence': {
      if (!(value instanceof PyList || value instanceof PyTuple || value instanceof PyRange)) return false;
      const given = value instanceof PyRange ? ctx.list(value) : value.items;
      const star = pattern.items.findIndex((item) => item.kind === 'star');
      const count = pattern.items.length;
      const length = given.length;
      if (star < 0 ? length !== count : length < count - 1) return false;
      for (const [index, item] of pattern.items.entries()) {
        const fromEnd = star >= 0 && index > star;
        const part: PyValue =
          index === star
            ? new PyList(given.slice(star, length - (count - star - 1)))
            : (given[fromEnd ? length - (count - index) : index] ?? null);
        if (!(yield* matches(ctx, item, part, scope))) return false;
      }
      return true;
    }
    case 'mapping': {
      if (!(value instanceof PyDict)) return false;
      const rest = PyDict.from(value.entries());
      for (const entry of pattern.entries) {
        const key = yield* evaluate(ctx, entry.key, scope);
        const found = value.get(key);
        if (found === undefined || !(yield* matches(ctx, entry.pattern, found, scope))) return false;
        rest.delete(key);
      }
      if (pattern.rest) scope.assign(pattern.rest, rest);
      return true;
    }
    case 'class': {
      const cls = yield* evaluate(ctx, pattern.cls, scope);
      if (!(cls instanceof PyClass) || !ctx.isInstance(value, cls)) return false;
      const names = cls.lookup('__match_args__');
      for (const [index, item] of pattern.positional.entries()) {
        const name = names instanceof PyTuple ? names.items[index] : undefined;
        const part = typeof name === 'string' ? ctx.lookup(value, name) : index === 0 ? value : undefined;
        if (part === undefined || !(yield* matches(ctx, item, part, scope))) return false;
      }
      for (const { name, pattern: item } of pattern.keywords) {
        const part = ctx.lookup(value, name);
        if (part === undefined || !(yield* matches(ctx, item, part, scope))) return false;
      }
      return true;
    }
  }
}
