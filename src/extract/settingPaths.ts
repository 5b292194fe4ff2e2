/** What code reads of the settings that it takes as one object, by paths: `model.width` of `config.model.width`. */
import type { Expr, FunctionCode } from '../python/syntax/ast';
import { walk } from '../python/syntax/survey';
import { PyFunction } from '../python/values/scope';
import { PyClass } from '../python/values/values';

/** Paths that are looked at. */
const MOST = 400;

/** The code that takes settings by a name: what makes an object, and the methods of a class that take or keep them. */
export function takersOf(callee: unknown, code: FunctionCode, name: string): FunctionCode[] {
  const codes = new Set([code]);
  if (callee instanceof PyClass) {
    const keeps = code.body.some(
      (each) =>
        each.kind === 'assign' && each.value.kind === 'name' && each.value.name === name && fieldOf(each.targets),
    );
    for (const cls of callee.mro.filter(({ native }) => !native))
      for (const member of cls.members.values())
        if (member instanceof PyFunction && (keeps || member.code.parameters.some((each) => each.name === name)))
          codes.add(member.code);
  }
  return [...codes];
}

/** `args` of `self.args = …`. */
const fieldOf = (targets: readonly Expr[]): string | undefined => {
  for (const each of targets)
    if (each.kind === 'attribute' && each.object.kind === 'name' && each.object.name === 'self') return each.name;
  return undefined;
};

/** The longest paths that some code reads of its parameter of a name; what it sets itself is left out. */
export function pathsRead(codes: readonly FunctionCode[], name: string): Set<string> {
  const read = new Set<string>();
  const set = new Set<string>();
  const kept = new Set<string>();
  for (const { body } of codes)
    for (const node of walk(body))
      if (node.kind === 'assign' && node.value.kind === 'name' && node.value.name === name)
        kept.add(fieldOf(node.targets) ?? name);
  for (const code of codes) {
    const known = new Map<string, string[]>();
    if (code.parameters.some((each) => each.name === name)) known.set(name, []);
    const pathOf = (expr: Expr): string[] | undefined => {
      if (expr.kind === 'name') return known.get(expr.name);
      const isKept =
        expr.kind === 'attribute' && expr.object.kind === 'name' && expr.object.name === 'self' && kept.has(expr.name);
      if (isKept) return [];
      const key = keyOf(expr);
      const above = key === undefined || !('object' in expr) ? undefined : pathOf(expr.object);
      return above && key !== undefined ? [...above, key] : undefined;
    };
    const methods = new Set<Expr>();
    for (const node of walk(code.body)) {
      if (node.kind === 'call') methods.add(node.callee);
      if (node.kind === 'assign') {
        const [target] = node.targets;
        const path = pathOf(node.value);
        if (target?.kind === 'name' && path) known.set(target.name, path);
        for (const each of node.targets) {
          const stored = pathOf(each);
          if (stored && stored.length > 0) set.add(stored.join('.'));
        }
      }
      // What is called is a method: of settings, or of a text.
      if ((node.kind !== 'attribute' && node.kind !== 'subscript') || methods.has(node)) continue;
      const path = pathOf(node);
      if (path && path.length > 0 && read.size < MOST) read.add(path.join('.'));
    }
  }
  const isPartOf = (path: string): boolean => [...read].some((other) => other.startsWith(`${path}.`));
  return new Set([...read].filter((path) => !set.has(path) && !isPartOf(path)));
}

function keyOf(expr: Expr): string | undefined {
  if (expr.kind === 'attribute') return expr.name.startsWith('__') ? undefined : expr.name;
  if (expr.kind !== 'subscript' || expr.index.kind !== 'constant') return undefined;
  return typeof expr.index.value === 'string' ? expr.index.value : undefined;
}
