/** What names mean while code is evaluated. */
import { keyName, type TypeScriptBinding } from '../../detect/typescript/bindings';
import type { Code } from './code';
import type { ScriptScope } from './memory';
import type { ScriptRun } from './run';
import {
  chooseOf,
  nothing,
  possibilities,
  type ScriptClass,
  type ScriptFunction,
  type ScriptValue,
  unknown,
} from './values';

const bindings = new WeakMap<Code, { readonly found: TypeScriptBinding | undefined }>();

function bindingOf(run: ScriptRun, name: Code): TypeScriptBinding | undefined {
  let known = bindings.get(name);
  if (!known) {
    known = { found: run.names.binding(name.node) };
    bindings.set(name, known);
  }
  return known.found;
}

/** The scope that holds the name which is bound at a place of the text. */
function ownerOf(scope: ScriptScope, index: number): ScriptScope {
  let at = scope;
  while (at.parent && (index < at.start || index >= at.end)) at = at.parent;
  return at;
}

const keyOf = (scope: ScriptScope, index: number) => `${ownerOf(scope, index).id}:${index}`;

export function readName(run: ScriptRun, name: Code, scope: ScriptScope): ScriptValue {
  const binding = bindingOf(run, name);
  if (!binding) return name.text === 'undefined' ? nothing : libraryName(run, name);
  const key = keyOf(scope, binding.index);
  const known = run.memory.read(key);
  if (known && known.kind !== 'unknown') return known;
  const holder = () => name.wrap(binding.holder);
  if (!known && binding.kind === 'function') return keep(run, key, functionOf(holder(), ownerOf(scope, binding.index)));
  if (!known && binding.kind === 'class') return keep(run, key, classOf(run, holder(), ownerOf(scope, binding.index)));
  return libraryName(run, name);
}

/** What of TensorFlow.js's the detector takes an expression for. */
export function libraryName(run: ScriptRun, code: Code): ScriptValue {
  const name = run.names.qualifiedName(code.node);
  return name === undefined ? unknown : { kind: 'library', name };
}

function keep(run: ScriptRun, key: string, value: ScriptValue): ScriptValue {
  run.memory.write(key, value);
  if (value.kind === 'function') run.noteFunction(value);
  return value;
}

export function functionOf(code: Code, scope: ScriptScope, receiver = scope.receiver): ScriptFunction {
  const isArrow = code.type === 'arrow_function';
  return { kind: 'function', code, scope, receiver: isArrow ? scope.receiver : receiver, owner: undefined };
}

/** A class, whose static properties are set as it is met. */
export function classOf(run: ScriptRun, code: Code, scope: ScriptScope): ScriptClass {
  const heritage = code.children.find(({ type }) => type === 'class_heritage');
  const clause = heritage?.children.find(({ type }) => type === 'extends_clause');
  // JavaScript's heritage has no clause in it.
  const named = clause?.field('value') ?? clause?.children[0] ?? heritage?.children[0];
  const cls: ScriptClass = {
    kind: 'class',
    id: run.newId(),
    code,
    scope,
    base: named && run.evaluate(named, scope),
  };
  run.memory.fill(cls.id, {});
  for (const member of code.field('body')?.children ?? []) {
    if (!isStatic(member)) continue;
    const name = keyName(member.field('name')?.node ?? null);
    const value = member.field('value');
    if (name === undefined) continue;
    if (member.type === 'method_definition')
      run.memory.setProperty(cls.id, name, { ...functionOf(member, scope, cls), owner: cls }, member);
    else if (value) run.memory.setProperty(cls.id, name, run.evaluate(value, scope), value);
  }
  run.noteClass(cls);
  return cls;
}

export function isStatic(member: Code): boolean {
  return member.tokens.has('static');
}

/** Gives names to a value, or to what a pattern takes out of it. */
export function bindPattern(run: ScriptRun, pattern: Code, value: ScriptValue, scope: ScriptScope): void {
  switch (pattern.type) {
    case 'identifier':
    case 'type_identifier':
    case 'shorthand_property_identifier_pattern': {
      const index = bindingOf(run, pattern)?.index ?? pattern.node.startIndex;
      if (value.kind === 'result') run.nameResult(value, pattern.text);
      run.memory.write(keyOf(scope, index), value);
      break;
    }
    case 'required_parameter':
    case 'optional_parameter': {
      const name = pattern.field('pattern');
      if (name) bindPattern(run, name, withDefault(run, value, pattern.field('value'), scope), scope);
      break;
    }
    case 'assignment_pattern':
    case 'object_assignment_pattern': {
      const left = pattern.field('left');
      const from = pattern.type === 'object_assignment_pattern' && left ? run.member(value, left.text) : value;
      if (left) bindPattern(run, left, withDefault(run, from, pattern.field('right'), scope), scope);
      break;
    }
    case 'object_pattern':
      for (const part of pattern.children) bindPart(run, part, value, scope);
      break;
    case 'array_pattern':
      bindElements(run, pattern, value, scope);
      break;
    case 'member_expression':
    case 'subscript_expression':
      assignMember(run, pattern, value, scope);
      break;
    case 'rest_pattern':
    case 'parenthesized_expression':
    case 'non_null_expression':
    case 'as_expression':
      if (pattern.children[0]) bindPattern(run, pattern.children[0], value, scope);
      break;
  }
}

function bindPart(run: ScriptRun, part: Code, value: ScriptValue, scope: ScriptScope): void {
  if (part.type === 'shorthand_property_identifier_pattern')
    bindPattern(run, part, run.member(value, part.text), scope);
  else if (part.type === 'object_assignment_pattern') bindPattern(run, part, value, scope);
  else if (part.type === 'rest_pattern') bindPattern(run, part, unknown, scope);
  else if (part.type === 'pair_pattern') {
    const key = keyName(part.field('key')?.node ?? null);
    const target = part.field('value');
    if (target) bindPattern(run, target, key === undefined ? unknown : run.member(value, key), scope);
  }
}

function bindElements(run: ScriptRun, pattern: Code, value: ScriptValue, scope: ScriptScope): void {
  let index = 0;
  for (const child of pattern.node.children) {
    if (child?.type === ',') index++;
    else if (child?.isNamed && child.type !== 'comment') {
      const isRest = child.type === 'rest_pattern';
      bindPattern(run, pattern.wrap(child), isRest ? unknown : run.member(value, String(index)), scope);
    }
  }
}

/** A value, or what stands in for it where it may be missing. */
function withDefault(run: ScriptRun, value: ScriptValue, by: Code | undefined, scope: ScriptScope): ScriptValue {
  if (!by || value.kind === 'function' || value.kind === 'library') return value;
  const all = possibilities(value);
  const isMissing = (each: ScriptValue) => each.kind === 'constant' && each.value === undefined;
  const isDoubtful = all.some((each) => each.kind === 'unknown' || each.kind === 'method' || isMissing(each));
  if (!isDoubtful) return value;
  return chooseOf([...all.filter((each) => !isMissing(each)), run.evaluate(by, scope)]);
}

function assignMember(run: ScriptRun, target: Code, value: ScriptValue, scope: ScriptScope): void {
  const object = target.field('object');
  const name = memberName(run, target, scope);
  const holder = object && run.evaluate(object, scope);
  for (const each of holder ? possibilities(holder) : []) {
    if (each.kind !== 'object' && each.kind !== 'class' && each.kind !== 'array') continue;
    if (name === undefined) run.memory.fill(each.id, { isOpen: true });
    else if (each.kind === 'array') assignElement(run, each.id, name, value);
    else {
      if (value.kind === 'result') run.nameResult(value, name);
      const isSure = holder === each;
      const before = run.memory.contents(each.id).properties.get(name)?.value ?? nothing;
      run.memory.setProperty(each.id, name, isSure ? value : chooseOf([before, value]), target);
    }
  }
}

function assignElement(run: ScriptRun, id: number, name: string, value: ScriptValue): void {
  const items = [...run.memory.contents(id).items];
  const index = Number(name);
  if (index >= 0 && index <= items.length && items.every((each) => each.kind !== 'unknown' || !each.isMany))
    items[index] = value;
  else items.splice(0, items.length, { kind: 'unknown', isMany: true });
  run.memory.fill(id, { items });
}

/** The property that a member expression reads. */
export function memberName(run: ScriptRun, code: Code, scope: ScriptScope): string | undefined {
  const property = code.field('property');
  if (property) return property.text;
  const index = code.field('index');
  const value = index ? run.evaluate(index, scope) : unknown;
  return value.kind === 'constant' ? String(value.value) : undefined;
}
