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
    // A base may keep what it is handed on.
    const constructors = callee.mro.flatMap(({ members }) => members.get('__init__') ?? []);
    const keeps = [code, ...constructors.flatMap((each) => (each instanceof PyFunction ? [each.code] : []))].some(
      ({ body, parameters }) =>
        parameters.some((each) => each.name === name) &&
        body.some((each) => each.kind === 'assign' && each.targets.some(fieldOf) && settingRoot(each.value) === name),
    );
    for (const cls of callee.mro.filter(({ native }) => !native))
      for (const member of cls.members.values())
        if (member instanceof PyFunction && (keeps || member.code.parameters.some((each) => each.name === name)))
          codes.add(member.code);
  }
  return [...codes];
}

/** `args` of `self.args`. */
const fieldOf = (target: Expr): string | undefined =>
  target.kind === 'attribute' && target.object.kind === 'name' && target.object.name === 'self'
    ? target.name
    : undefined;

/** `config` of `config.model['width']`. */
function settingRoot(expr: Expr): string | undefined {
  if (expr.kind === 'name') return expr.name;
  return expr.kind === 'attribute' || expr.kind === 'subscript' ? settingRoot(expr.object) : undefined;
}

/** What some code does with its parameter of a name. */
interface PathsUsed {
  /** The longest paths that are read; what the code sets itself, or asks for first, is left out. */
  readonly read: Set<string>;
  /** Calls that it, or a part of it, is handed to. */
  readonly handed: readonly HandedOn[];
}

/** A call that a part of settings is handed to. */
export interface HandedOn {
  readonly callee: Expr;
  /** The code of the call. */
  readonly within: FunctionCode;
  readonly path: readonly string[];
  /** The parameter by its name, or its place. */
  readonly at: string | number;
}

/** The longest paths that some code reads of its parameter of a name; what it sets itself is left out. */
export const pathsRead = (codes: readonly FunctionCode[], name: string): Set<string> => pathsUsed(codes, name).read;

/** What some code reads of its parameter of a name, and what it hands on. */
export function pathsUsed(codes: readonly FunctionCode[], name: string): PathsUsed {
  const read = new Set<string>();
  const set = new Set<string>();
  const asked = new Set<string>();
  const handed: HandedOn[] = [];
  const kept = new Map<string, string[]>();
  const places = codes.map((code) => {
    const known = new Map<string, string[]>();
    if (code.parameters.some((each) => each.name === name)) known.set(name, []);
    const pathOf = (expr: Expr): string[] | undefined => {
      if (expr.kind === 'name') return known.get(expr.name);
      const own = kept.get(fieldOf(expr) ?? '');
      if (own) return own;
      const key = keyOf(expr);
      const above = key === undefined || !('object' in expr) ? undefined : pathOf(expr.object);
      return above && key !== undefined ? [...above, key] : undefined;
    };
    return { code, known, pathOf };
  });
  // Fields first: methods that stand above may read them.
  for (const { code, known, pathOf } of places)
    for (const node of walk(code.body)) {
      if (node.kind !== 'assign') continue;
      const path = pathOf(node.value);
      const [target] = node.targets;
      if (target?.kind === 'name' && path) known.set(target.name, path);
      for (const each of path ? node.targets : []) {
        const field = fieldOf(each);
        if (field !== undefined && path) kept.set(field, path);
      }
    }
  for (const { code, pathOf } of places) {
    const methods = new Set<Expr>();
    for (const node of walk(code.body)) {
      if (node.kind === 'call') {
        methods.add(node.callee);
        for (const [at, { form, name: keyword, value }] of node.args.entries()) {
          const path = form === 'plain' || form === 'keyword' ? pathOf(value) : undefined;
          if (path) handed.push({ callee: node.callee, within: code, path, at: form === 'keyword' ? keyword : at });
        }
        const [object, key] = node.args;
        const path =
          node.callee.kind === 'name' && /^(has|get)attr$/.test(node.callee.name) && object && pathOf(object.value);
        if (path && key?.value.kind === 'constant') asked.add([...path, String(key.value.value)].join('.'));
      }
      for (const each of node.kind === 'assign' ? node.targets : []) {
        const stored = fieldOf(each) === undefined ? pathOf(each) : undefined;
        if (stored && stored.length > 0 && each.kind !== 'name') set.add(stored.join('.'));
      }
      // What is called is a method: of settings, or of a text.
      if ((node.kind !== 'attribute' && node.kind !== 'subscript') || methods.has(node)) continue;
      const path = pathOf(node);
      if (path && path.length > 0 && read.size < MOST) read.add(path.join('.'));
    }
  }
  const isPartOf = (path: string): boolean => [...read].some((other) => other.startsWith(`${path}.`));
  const longest = [...read].filter((path) => !set.has(path) && !asked.has(path) && !isPartOf(path));
  return { read: new Set(longest), handed };
}

function keyOf(expr: Expr): string | undefined {
  if (expr.kind === 'attribute') return expr.name.startsWith('__') ? undefined : expr.name;
  if (expr.kind !== 'subscript' || expr.index.kind !== 'constant') return undefined;
  return typeof expr.index.value === 'string' ? expr.index.value : undefined;
}
