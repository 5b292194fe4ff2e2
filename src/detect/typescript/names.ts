import { ancestorOf, Climb, nodeAt, parentOf } from '../../syntax/ancestors';
import { startsAt, typescript, Words } from '../../syntax/identifiers';
import type { Node } from '../../syntax/syntax';
import { children, firstChild } from '../range';
import { innermostAt, type ScopeTree, scopeTree } from '../scopeTree';
import { bindingAt, functionAround, stringText, type TypeScriptBinding } from './bindings';

/** TF.js's packages that hold layers and ops, however they are reached: by npm, from a CDN, as part of a build. */
const library = /(?:^|[/:])@tensorflow\/tfjs(?:-core|-layers|-node|-node-gpu|-react-native)?(?:@[^/]*)?(?:\/.*)?$/;
const family = /(?:^|[/:])@tensorflow\/tfjs/;
/** What is read of a `tf` that is TF.js, wherever it comes from: a script's page, a build of one's own, a parameter. */
const members =
  'layers|sequential|model|input|tidy|dispose|tensor(?:[1-6]d)?|scalar|variable|ready|setBackend|loadLayersModel|loadGraphModel|browser|train|losses|image|memory|fused|initializers|regularizers';
const familiar = new RegExp(`(?<![${typescript.part}])tf\\s*\\.\\s*(?:${members})(?![${typescript.part}])`, 'u');

/** Whether a text reads of a `tf` what TF.js has. */
export const readsTensorFlow = (text: string): boolean => familiar.test(text);

/** A use of the global `tf`. */
const global = new RegExp(`(?<![${typescript.part}])tf\\s*\\.\\s*[${typescript.part}]`, 'u');
/** What stands behind a name that is read, called, assigned; and before one that is declared as a function. */
const access = /\s*(?:\.|\?\.|\[)/y;
const opening = /\s*\(/y;
const assignment = /\s*(?:[|&?]{2})?=(?![=>])/y;
const declaring = /function\s*\*?\s*$/;
const leaves = new Set([
  'identifier',
  'type_identifier',
  'shorthand_property_identifier',
  'shorthand_property_identifier_pattern',
]);

/** Syntax that leaves a value what it is. */
const wrappers = new Set([
  'parenthesized_expression',
  'as_expression',
  'satisfies_expression',
  'non_null_expression',
  'await_expression',
  'type_assertion',
]);

/** An expression without parentheses, type casts and `await`. */
export function stripCasts(node: Node): Node {
  let inner = node;
  for (let type = inner.type; wrappers.has(type); type = inner.type) {
    const next = type === 'type_assertion' ? children(inner).at(-1) : firstChild(inner);
    if (!next) return inner;
    inner = next;
  }
  return inner;
}

export function isWrapper(node: Node): boolean {
  return wrappers.has(node.type);
}

/**
 * Whose property a member expression reads. Half-typed code makes one of two: in `x.mul(⏎ return tf.relu(y)` the parser
 * sees a property of `return` with `tf` as an error inside.
 */
export function objectOf(member: Node): Node | null {
  const object = member.childForFieldName('object');
  const error = member.hasError ? member.children.find((child) => child?.isError) : undefined;
  const torn = error && error.startIndex >= (object?.endIndex ?? 0) ? children(error).at(-1) : undefined;
  return torn?.type === 'identifier' ? torn : object;
}

/** Where a dotted name really begins: half-typed `tf.` takes the `tf` of the next line. */
export function nameStart(name: Node): Node {
  for (let at = name; ; ) {
    if (at.type !== 'member_expression') return at;
    const object = objectOf(at);
    if (object?.type !== 'member_expression') return object?.type === 'identifier' ? object : at;
    const property = object.childForFieldName('property');
    if (property?.text === 'tf' && object.text.includes('\n')) return property;
    at = object;
  }
}

/**
 * What names mean in one TypeScript or JavaScript file, by the language's scopes. Names are looked up lazily and by
 * text first, so that a file costs as much as the names that are asked about.
 */
export class TypeScriptNames {
  private readonly known = new Map<string, ScopeTree<TypeScriptBinding>>();
  /** Uses of bindings, and what is assigned to them, by their places. */
  private readonly used = new Map<number, readonly Node[]>();
  private readonly assignments = new Map<number, readonly Node[]>();
  /** What bindings stand for in TF.js, by their places. */
  private readonly meanings = new Map<number, string | undefined>();
  /** What expressions stand for, where no circle was met on the way. */
  private readonly expressions = new Map<number, string | undefined>();
  private readonly qualifying = new Set<number>();
  private isCircular = false;
  private mentions: boolean | undefined;
  private familiar: boolean | undefined;
  private readonly isBroken: boolean;
  /** Where the file writes which name. */
  readonly words: Words;

  constructor(
    readonly root: Node,
    private readonly text: string,
  ) {
    this.isBroken = root.hasError;
    this.words = new Words(typescript, text);
  }

  /** Whether the file loads TF.js, for types or to run it, or uses the global `tf` of a script that did. */
  get isTensorFlow(): boolean {
    this.mentions ??= this.loads() || this.isGlobal || this.bindings('tf').some((each) => this.isUnknownLibrary(each));
    return this.mentions;
  }

  private get isGlobal(): boolean {
    return global.test(this.text) && this.bindings('tf').length === 0;
  }

  /** Whether a `tf` of unknown origin is TF.js by what is read of it. */
  private get isFamiliar(): boolean {
    this.familiar ??= readsTensorFlow(this.text);
    return this.familiar;
  }

  /**
   * What an expression stands for in TF.js: `tf`, `tf.relu`, `tf.layers.dense`; undefined where it is nothing of
   * TF.js's.
   */
  qualifiedName(node: Node): string | undefined {
    const inner = stripCasts(node);
    if (this.expressions.has(inner.id)) return this.expressions.get(inner.id);
    // `const tf = tf` and circles of that kind end here.
    if (this.qualifying.has(inner.id) || this.qualifying.size > 40) {
      this.isCircular = true;
      return undefined;
    }
    if (this.qualifying.size === 0) this.isCircular = false;
    this.qualifying.add(inner.id);
    const found = this.qualify(inner);
    this.qualifying.delete(inner.id);
    if (!this.isCircular) this.expressions.set(inner.id, found);
    return found;
  }

  private qualify(node: Node): string | undefined {
    switch (node.type) {
      case 'identifier':
      case 'shorthand_property_identifier':
        return this.meaningOfName(node);
      case 'member_expression':
      case 'nested_identifier': {
        const object = this.isBroken ? objectOf(node) : node.childForFieldName('object');
        return this.member(object, node.childForFieldName('property')?.text);
      }
      case 'subscript_expression': {
        const index = node.childForFieldName('index');
        return this.member(node.childForFieldName('object'), index ? stringText(index) : undefined);
      }
      case 'call_expression':
        return this.loadedModule(node);
      case 'ternary_expression':
        return this.commonName([node.childForFieldName('consequence'), node.childForFieldName('alternative')]);
      case 'binary_expression': {
        const operator = node.childForFieldName('operator')?.text;
        const sides = [node.childForFieldName('left'), node.childForFieldName('right')];
        return operator === '||' || operator === '??' ? this.commonName(sides) : undefined;
      }
      default:
        return undefined;
    }
  }

  /** What all of the expressions stand for that are TF.js's. */
  private commonName(nodes: readonly (Node | null)[]): string | undefined {
    const found = new Set(nodes.map((node) => node && this.qualifiedName(node)).filter((each) => each));
    return found.size === 1 ? ([...found][0] ?? undefined) : undefined;
  }

  private member(object: Node | null, property: string | undefined): string | undefined {
    if (!object || property === undefined) return undefined;
    const base = this.qualifiedName(object);
    if (base !== undefined) return join(base, [property]);
    // `window.tf` of a script tag.
    const global = property === 'tf' && /^(window|self|globalThis|global)$/.test(object.text);
    if (global && !this.binding(object)) return 'tf';
    return property === 'tf' && object.type === 'this' && this.isFamiliar ? 'tf' : undefined;
  }

  private meaningOfName(node: Node): string | undefined {
    const binding = this.binding(node);
    if (!binding) {
      const isGlobal = node.text === 'tf' && (this.bindings('tf').length === 0 || this.isTensorFlow);
      return isGlobal ? 'tf' : undefined;
    }
    if (!this.meanings.has(binding.index))
      this.meanings.set(binding.index, this.meaning(binding) ?? (this.isUnknownLibrary(binding) ? 'tf' : undefined));
    return this.meanings.get(binding.index);
  }

  private meaning(binding: TypeScriptBinding): string | undefined {
    if (binding.kind === 'import') {
      const isLibrary = !binding.typeOnly && library.test(binding.module ?? '');
      return isLibrary ? join('tf', binding.path) : undefined;
    }
    if (binding.kind === 'parameter') return this.parameter(binding);
    if (binding.kind !== 'variable') return undefined;
    const assigned = binding.constant ? [] : this.assignedValues(binding);
    const values = [...(binding.value ? [binding.value] : []), ...assigned];
    const typed = values.length === 0 ? typeModule(binding.holder) : undefined;
    if (typed && library.test(typed)) return join('tf', binding.path);
    const known = values.filter((value) => !/^(null|undefined)$/.test(value.type));
    const found = known.map((value) => this.qualifiedName(value));
    return found.length > 0 && found[0] !== undefined && found.every((each) => each === found[0])
      ? join(found[0], binding.path)
      : undefined;
  }

  /** A `tf` whose origin the file does not tell: `import * as tf from './tfjs.js'`, `(tf) => …`, `const tf = backend()`. */
  private isUnknownLibrary({ leaf, kind, path, typeOnly, holder, value, module }: TypeScriptBinding): boolean {
    if (leaf.text !== 'tf' || path.length > 0 || typeOnly || !this.isFamiliar) return false;
    if (kind === 'import') return /tfjs|tensorflow/i.test(module ?? '');
    if (kind === 'parameter') return holder.childForFieldName('type') === null;
    const isCall = kind === 'variable' && value !== undefined && /^(call|await)_expression$/.test(value.type);
    return isCall && !this.loads();
  }

  /** A parameter is TF.js itself where its type, its default or `import(…).then` says so. */
  private parameter(binding: TypeScriptBinding): string | undefined {
    const { holder, path } = binding;
    const typed = typeModule(holder);
    if (typed && library.test(typed)) return join('tf', path);
    const type = holder.childForFieldName('type');
    const query = type && children(children(type)[0])[0];
    if (query && children(type)[0]?.type === 'type_query' && this.qualifiedName(query) === 'tf')
      return join('tf', path);
    const value = holder.childForFieldName('value');
    if (value && this.qualifiedName(value) === 'tf') return join('tf', path);
    const arrow = holder.type === 'arrow_function' ? holder : ancestorOf(holder, 2);
    const list = arrow && parentOf(arrow);
    const call = list?.type === 'arguments' ? parentOf(list) : undefined;
    const callee = call?.childForFieldName('function');
    const promise = callee?.type === 'member_expression' ? callee.childForFieldName('object') : undefined;
    if (!promise || callee?.childForFieldName('property')?.text !== 'then') return undefined;
    return promise.type === 'call_expression' && this.qualifiedName(promise) === 'tf' ? join('tf', path) : undefined;
  }

  /** `require('…')`, `import('…')`, and the wrappers that compilers write around `require`. */
  private loadedModule(call: Node): string | undefined {
    const callee = call.childForFieldName('function');
    const argument = firstChild(call.childForFieldName('arguments'));
    if (!callee || !argument) return undefined;
    if (/^(__importStar|__importDefault|_interop(?:Require|Namespace)\w*|__toESM)$/.test(callee.text))
      return this.qualifiedName(argument);
    const loads = callee.type === 'import' || (callee.text === 'require' && !this.binding(callee));
    return loads && library.test(stringText(argument) ?? '') ? 'tf' : undefined;
  }

  /** The binding that an identifier refers to; undefined where the file has none. */
  binding(use: Node): TypeScriptBinding | undefined {
    const { startIndex: index, text: name } = use;
    // `x` is bound all over a file, and most likely in the functions around it, which are far smaller.
    const isShort = name.length < 3 && name !== 'tf';
    let around = isShort ? functionAround.from(use) : null;
    for (let i = 0; around && i < MAX_FUNCTIONS; i++, around = functionAround.from(around)) {
      const found = innermostAt(this.bindingsWithin(name, around.startIndex, around.endIndex), index);
      if (found) return found;
    }
    return innermostAt(this.bindingsWithin(name), index);
  }

  /** Every place that binds a name, in a part of the file, in order. */
  bindings(name: string): readonly TypeScriptBinding[] {
    return this.bindingsWithin(name).all;
  }

  private bindingsWithin(name: string, start = 0, end = this.text.length): ScopeTree<TypeScriptBinding> {
    const key = `${name} ${start}`;
    let found = this.known.get(key);
    if (!found) {
      // What is read as `name.property` or called as `name(…)` binds nothing, unless a function is declared.
      const mayBind = (at: number, next: number) =>
        !startsAt(access, this.text, next) &&
        (!startsAt(opening, this.text, next) || declaring.test(this.text.slice(Math.max(0, at - 100), at)));
      const all = this.leaves(name, mayBind, start, end).map(bindingAt);
      found = scopeTree(all.filter((each) => each !== undefined));
      this.known.set(key, found);
    }
    return found;
  }

  /** Where a bound name is used, in order: not where it is bound, assigned, exported or a type. */
  references({ leaf, index, scope }: TypeScriptBinding): readonly Node[] {
    let found = this.used.get(index);
    if (!found) {
      found = this.leaves(leaf.text, () => true, scope.start, scope.end).filter(
        (node) => node.startIndex !== index && isUse(node) && !bindingAt(node) && this.binding(node)?.index === index,
      );
      this.used.set(index, found);
    }
    return found;
  }

  /** What assignments give to a variable besides its declaration. */
  assignedValues({ leaf, index, scope }: TypeScriptBinding): readonly Node[] {
    let found = this.assignments.get(index);
    if (!found) {
      const isGiven = (_: number, next: number) => startsAt(assignment, this.text, next);
      found = this.leaves(leaf.text, isGiven, scope.start, scope.end).flatMap((node) => {
        const parent = parentOf(node);
        const isLeft = parent?.type === 'assignment_expression' && parent.childForFieldName('left')?.id === node.id;
        const value = isLeft ? parent.childForFieldName('right') : undefined;
        return value && this.binding(node)?.index === index ? [value] : [];
      });
      this.assignments.set(index, found);
    }
    return found;
  }

  /** Whether a type's name comes from TF.js. */
  isTensorFlowType(type: Node): boolean {
    const first = type.type === 'nested_type_identifier' ? type.childForFieldName('module') : type;
    const binding = first ? this.binding(first) : undefined;
    if (binding?.kind === 'import') return family.test(binding.module ?? '');
    return first !== type && first !== null && this.qualifiedName(first) === 'tf';
  }

  /** Whether a module is one of TF.js's. */
  isFamily(module: string | undefined): boolean {
    return module !== undefined && family.test(module);
  }

  /** The identifiers of a name in a part of the file that no property has, of those that are wanted. */
  private leaves(
    name: string,
    isWanted: (start: number, end: number) => boolean,
    start = 0,
    end = this.text.length,
  ): Node[] {
    const found: Node[] = [];
    for (const at of this.words.places(name, start, end)) {
      const next = at + name.length;
      const before = this.text[at - 1];
      // `...name` is a name, `.name` is a property.
      if (before === '#' || (before === '.' && !this.text.startsWith('..', at - 3)) || !isWanted(at, next)) continue;
      const node = nodeAt(this.root, at, next);
      if (node?.endIndex === next && leaves.has(node.type)) found.push(node);
    }
    return found;
  }

  private loads(): boolean {
    for (const match of this.text.matchAll(/@tensorflow\/tfjs/g)) {
      const node = nodeAt(this.root, match.index, match.index + match[0].length);
      if (node?.type === 'string_fragment' && loading.from(node)) return true;
    }
    return false;
  }
}

const naming = new Set([
  'export_specifier',
  'import_specifier',
  'namespace_import',
  'namespace_export',
  'import_clause',
  'nested_type_identifier',
]);
const types = /^type_(annotation|arguments|query|alias_declaration)$|^interface_declaration$/;
const expressions = /_(statement|expression|declarator)$|^(statement_block|program|arguments|pair|object|array)$/;

/** Functions around a use of a short name that are looked at one by one. */
const MAX_FUNCTIONS = 8;

/** Whether a string is what an import, a `require` or a type loads. */
const loading = new Climb<boolean>((at) => {
  if (/^(statement_block|program)$/.test(at.type)) return false;
  if (at.type === 'import_statement' || at.type === 'type_query') return true;
  const callee = at.type === 'call_expression' ? at.childForFieldName('function')?.text : undefined;
  return (callee && /^(require|import|importScripts|__importStar)$/.test(callee)) || undefined;
}, false);

/** Whether an identifier reads a value: not an import's or export's name, a type, or the left of an assignment. */
export function isUse(node: Node): boolean {
  const parent = parentOf(node);
  if (!parent || node.type === 'type_identifier') return false;
  if (naming.has(parent.type)) return false;
  if (parent.type === 'assignment_expression') return parent.childForFieldName('left')?.id !== node.id;
  return reading.from(node);
}

/** Whether a node stands where values are read, not types. */
const reading = new Climb<boolean>(({ type }) => {
  if (types.test(type)) return false;
  // `typeof tf.relu` in a type holds a member expression.
  return type !== 'member_expression' && expressions.test(type) ? true : undefined;
}, true);

/** The module of a `typeof import('…')` annotation. */
function typeModule(holder: Node): string | undefined {
  const type = holder.childForFieldName('type');
  return type ? /typeof\s+import\(\s*['"]([^'"]+)['"]\s*\)/.exec(type.text)?.[1] : undefined;
}

function join(base: string, path: readonly string[]): string {
  // A module's default is the module; half-typed `tf.` takes the `tf` of the next line.
  return path.reduce((name, step) => (name === 'tf' && /^(default|tf)$/.test(step) ? name : `${name}.${step}`), base);
}
