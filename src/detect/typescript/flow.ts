import { itemAt } from '../../graph/access';
import { Climb, climbTo, nodeAt, parentOf } from '../../syntax/ancestors';
import { typescript } from '../../syntax/identifiers';
import { PerNode } from '../../syntax/perNode';
import type { Node } from '../../syntax/syntax';
import { children, firstChild, placeIn } from '../range';
import {
  bindingAt,
  functionAround,
  isFunction,
  keyName,
  type PathStep,
  stringText,
  type TypeScriptBinding,
} from './bindings';
import { isWrapper, stripCasts, type TypeScriptNames } from './names';

/** Where a value becomes the activation of a layer or of a fused op. */
export interface ActivationSink {
  readonly kind: 'layer' | 'fused';
  /** The object that the call is given, as it is written there. */
  readonly config?: Node;
}

export interface Destination {
  readonly sinks: readonly ActivationSink[];
  /** Expressions that surely hold the value where a config takes it: `Act.RELU` in `{activation: Act.RELU}`. */
  readonly uses: readonly Node[];
  /** Whether it goes on to where the file does not tell. */
  readonly isHandedOn: boolean;
}

/** The value stands `path` below what `node` evaluates to. */
interface Place {
  readonly node: Node;
  readonly path: readonly PathStep[];
  /** Whether nothing but constants lies between here and the start. */
  readonly sure: boolean;
  /** What was written behind `activation:` on the way here, other than the string itself. */
  readonly use?: Node;
}

/** How far one value is followed. */
const MAX_STEPS = 400;
const MAX_PATH = 8;
const iterating = ['map', 'forEach', 'flatMap', 'filter', 'reduce'];
const slots = new Set(['activation', 'recurrentActivation']);

/** Where a string goes, forwards: through constants, objects, enums, spreads, parameters, defaults, fields, loops. */
export function follow(start: Node, names: TypeScriptNames): Destination {
  const flow = new Flow(names, start);
  const seen = new Set<string>();
  const places: Place[] = [{ node: start, path: [], sure: true }];
  for (let steps = 0; places.length > 0 && steps < MAX_STEPS; steps++) {
    const place = places.pop() as Place;
    const key = `${place.node.id} ${place.path.join('.')} ${place.use?.id}`;
    if (seen.has(key) || place.path.length > MAX_PATH) continue;
    seen.add(key);
    // The last are followed first, and no more of them than there are steps.
    for (const next of flow.from(place).slice(-MAX_STEPS)) places.push(next);
  }
  return flow;
}

class Flow implements Destination {
  readonly sinks: ActivationSink[] = [];
  readonly uses: Node[] = [];
  isHandedOn = false;

  constructor(
    private readonly names: TypeScriptNames,
    private readonly start: Node,
  ) {}

  /** Where a value goes next. */
  from(place: Place): readonly Place[] {
    const { node } = place;
    const parent = parentOf(node);
    if (!parent) return [];
    if (isWrapper(parent)) return [{ ...place, node: parent }];
    const is = (field: string) => parent.childForFieldName(field)?.id === node.id;
    const to = (field: string) => parent.childForFieldName(field);
    const doubtful = { ...place, sure: false };
    switch (parent.type) {
      case 'ternary_expression':
      case 'binary_expression': {
        const whole = choiceAround.from(node);
        return whole ? [{ ...doubtful, node: whole }] : [];
      }
      case 'pair':
        return is('value') ? this.property(place, parent, keyName(to('key'))) : [];
      case 'object':
        return node.type === 'shorthand_property_identifier' ? this.property(place, node, node.text) : [];
      case 'spread_element':
        return this.spread(place, parent);
      case 'array':
        return [{ ...place, node: parent, path: ['*', ...place.path] }];
      case 'arguments':
        return this.argument(place, parent);
      case 'variable_declarator':
        if (!is('value')) return [];
        this.noteType(parent, place.path);
        if (parentOf(parentOf(parent) ?? parent)?.type === 'export_statement') this.isHandedOn = true;
        return this.pattern(to('name'), place);
      case 'assignment_expression':
        return is('right') ? this.assignmentReads(to('left'), doubtful) : [];
      case 'assignment_pattern':
      case 'object_assignment_pattern':
        return is('right') ? this.pattern(to('left'), doubtful) : [];
      case 'required_parameter':
      case 'optional_parameter':
        return is('value') ? this.pattern(parent, doubtful) : [];
      case 'public_field_definition':
        return is('value') ? this.field(parent, to('name')?.text, doubtful) : [];
      case 'jsx_expression':
        this.isHandedOn = true;
        return [];
      case 'enum_assignment':
        return this.enumMember(place, parent);
      case 'arrow_function':
        return is('body') ? this.returnReads(parent, doubtful) : [];
      case 'return_statement':
        return this.returnReads(functionAround.from(parent), doubtful);
      case 'member_expression':
        return is('object') ? this.member(place, parent) : [];
      case 'subscript_expression':
        return is('object') ? this.subscript(place, parent) : [];
      case 'for_in_statement':
        return is('right') && place.path[0] === '*' ? this.pattern(to('left'), stepInto(doubtful)) : [];
      default:
        return [];
    }
  }

  private property(place: Place, part: Node, key: string | undefined): Place[] {
    const object = parentOf(part);
    if (object?.type !== 'object' || key === undefined) return [];
    const isSlot = place.path.length === 0 && slots.has(key);
    const use =
      isSlot && place.sure && stripCasts(place.node).id !== this.start.id ? place.node : isSlot ? undefined : place.use;
    return [{ ...place, node: object, path: [key, ...place.path], use }];
  }

  private spread(place: Place, part: Node): Place[] {
    const whole = parentOf(part);
    if (whole?.type === 'array') return [{ ...place, node: whole }];
    if (whole?.type !== 'object') return [];
    // A property behind the spread takes its place.
    const last = lastOfKeys.of(whole, () => {
      const named = children(whole).filter(({ type }) => type !== 'spread_element');
      return new Map(named.map((each) => [keyName(each.childForFieldName('key')) ?? each.text, each.startIndex]));
    });
    const [key] = place.path;
    const taken = key !== undefined && (last.get(key) ?? -1) > part.startIndex;
    return taken ? [] : [{ ...place, node: whole }];
  }

  private argument(place: Place, list: Node): readonly Place[] {
    const { path } = place;
    const call = parentOf(list);
    const callee = call?.childForFieldName('function') ?? call?.childForFieldName('constructor');
    if (!call || !callee) return [];
    const index = placeIn(list, place.node);
    const name = this.names.qualifiedName(callee);
    if (name !== undefined) {
      if (index === 0 || name.startsWith('tf.fused.')) this.arrive(name, place);
      return [];
    }
    if (/^Object\.(freeze|seal)$/.test(callee.text)) return [{ ...place, node: call }];
    const doubtful = { ...place, sure: false };
    if (callee.text === 'Object.assign') return [{ ...doubtful, node: call }];
    if (callee.text === 'Object.values') return [{ ...doubtful, node: call, path: ['*', ...path.slice(1)] }];
    const method = callee.type === 'member_expression' ? callee.childForFieldName('property')?.text : undefined;
    if (method === 'push' || method === 'unshift')
      return this.assignmentReads(callee.childForFieldName('object'), { ...doubtful, path: ['*', ...path] });
    const own = this.functionNamed(callee, call.type === 'new_expression');
    // A method of the class, and what a component keeps.
    if (!own && /^(this\.|super\b|use[A-Z]\w*$)/.test(callee.text)) this.isHandedOn = true;
    return own ? this.pattern(parameters(own)[index] ?? null, doubtful) : [];
  }

  private arrive(callee: string, { node, path, use }: Place): void {
    const slot = path.at(-1) === 'className' ? path.slice(0, -1) : path;
    const kind = callee.startsWith('tf.layers.') ? 'layer' : callee.startsWith('tf.fused.') ? 'fused' : undefined;
    if (!kind || slot.length !== 1 || !slots.has(itemAt(slot, 0))) return;
    this.sinks.push({ kind, config: node });
    if (use) this.uses.push(use);
  }

  /** A variable whose type is TF.js's own says what it is for, wherever it is handed. */
  private noteType(declarator: Node, path: readonly PathStep[]): void {
    const type = children(declarator.childForFieldName('type'))[0];
    if (!type || !/type_identifier$/.test(type.type) || !this.names.isTensorFlowType(type)) return;
    const isConfig = /(Args|Config)$/.test(type.text) && path.length === 1 && slots.has(itemAt(path, 0));
    if (isConfig || (path.length === 0 && type.text === 'ActivationIdentifier')) this.sinks.push({ kind: 'layer' });
  }

  /** What a value that is taken apart by a pattern gives to its names. */
  private pattern(pattern: Node | null, place: Place): readonly Place[] {
    const { path } = place;
    switch (pattern?.type) {
      case 'identifier':
      case 'shorthand_property_identifier_pattern':
        return this.reads(bindingAt(pattern), place);
      case 'required_parameter':
      case 'optional_parameter': {
        const name = pattern.childForFieldName('pattern');
        // `constructor(private activation = 'relu')` is a field too.
        const isField = pattern.children.some((each) => /^(accessibility_modifier|readonly)$/.test(each?.type ?? ''));
        return [...(isField ? this.field(pattern, name?.text, place) : []), ...this.pattern(name, place)];
      }
      case 'array_pattern':
        return path[0] === '*' ? children(pattern).flatMap((each) => this.pattern(each, stepInto(place))) : [];
      case 'assignment_pattern':
        return this.pattern(pattern.childForFieldName('left'), { ...place, sure: false });
      case 'rest_pattern':
        return this.pattern(children(pattern)[0] ?? null, place);
      case 'object_pattern':
        return children(pattern).flatMap((part) => this.part(part, place));
      default:
        return [];
    }
  }

  private part(part: Node, place: Place): readonly Place[] {
    if (part.type === 'rest_pattern') return this.pattern(part, place);
    const left = part.type === 'object_assignment_pattern' ? part.childForFieldName('left') : part;
    const key = left?.type === 'pair_pattern' ? keyName(left.childForFieldName('key')) : left?.text;
    if (!left || key !== place.path[0]) return [];
    return this.pattern(left.type === 'pair_pattern' ? left.childForFieldName('value') : left, stepInto(place));
  }

  private reads(binding: TypeScriptBinding | undefined, place: Place): Place[] {
    if (!binding) return [];
    const sure = place.sure && binding.constant;
    const uses = usesByProperty.of(binding.leaf, () => groupByProperty(this.names.references(binding)));
    // A use that reads another property leads nowhere.
    const step = place.path[0];
    const properties = step === undefined ? [''] : step === '*' ? ['', step, ...iterating] : ['', step];
    const read = properties.flatMap((name) => (uses.get(name) ?? []).slice(-MAX_STEPS));
    const ordered = read.sort((a, b) => a.startIndex - b.startIndex).slice(-MAX_STEPS);
    return ordered.map((node) => ({ ...place, node, sure }));
  }

  private assignmentReads(left: Node | null, place: Place): readonly Place[] {
    if (left?.type === 'identifier') return this.reads(this.names.binding(left), place);
    if (left?.type !== 'member_expression') return [];
    if (/^this\./.test(left.text)) this.isHandedOn = true;
    const object = left.childForFieldName('object');
    const name = left.childForFieldName('property')?.text;
    if (object?.type === 'this') return this.field(left, name, place);
    return name === undefined ? [] : this.assignmentReads(object, { ...place, path: [name, ...place.path] });
  }

  /** What `this.name` reads in the class around a place. */
  private field(inside: Node, name: string | undefined, place: Place): Place[] {
    const body = classAround.from(inside);
    if (name === undefined || !body) return [];
    const reads = fieldReads.of(body, () => readsIn(body)).get(name) ?? [];
    return reads.slice(-MAX_STEPS).map((node) => ({ ...place, node }));
  }

  private enumMember(place: Place, member: Node): Place[] {
    const name = keyName(member.childForFieldName('name'));
    const declared = enumAround.from(member)?.childForFieldName('name');
    if (!declared || name === undefined) return [];
    return this.reads(bindingAt(declared), { ...place, path: [name, ...place.path] });
  }

  private member(place: Place, access: Node): readonly Place[] {
    const property = access.childForFieldName('property')?.text ?? '';
    if (place.path[0] === property) return [{ ...stepInto(place), node: access }];
    const call = parentOf(access);
    if (place.path[0] !== '*' || !iterating.includes(property) || call?.type !== 'call_expression') return [];
    const callback = firstChild(call.childForFieldName('arguments'));
    const element = callback && isFunction(callback) ? parameters(callback)[property === 'reduce' ? 1 : 0] : undefined;
    const kept = property === 'filter' ? [{ ...place, node: call, sure: false }] : [];
    return [...kept, ...this.pattern(element ?? null, { ...stepInto(place), sure: false })];
  }

  private subscript(place: Place, access: Node): Place[] {
    const index = access.childForFieldName('index');
    const name = index ? stringText(index) : undefined;
    if (place.path.length === 0 || (name !== undefined && name !== place.path[0])) return [];
    return [{ ...stepInto(place), node: access, sure: place.sure && name !== undefined }];
  }

  private returnReads(own: Node | null, place: Place): Place[] {
    const holder = own && parentOf(own);
    const around = holder?.type === 'arguments' ? parentOf(holder) : undefined;
    const callee = around?.childForFieldName('function');
    if (around && callee?.type === 'member_expression') {
      const isMap = /^(map|flatMap)$/.test(callee.childForFieldName('property')?.text ?? '');
      return isMap ? [{ ...place, node: around, path: ['*', ...place.path] }] : [];
    }
    const name = own?.childForFieldName('name') ?? holder?.childForFieldName('name');
    const calls = this.reads(name?.type === 'identifier' ? bindingAt(name) : undefined, place);
    // A callback, a method, or a function that other files call.
    if (calls.length === 0) this.isHandedOn = true;
    return calls.flatMap(({ node }) => {
      const call = parentOf(node);
      return call?.childForFieldName('function')?.id === node.id ? [{ ...place, node: call }] : [];
    });
  }

  /** The function of this file that a call reaches; of a class, its constructor. */
  private functionNamed(callee: Node, isNew: boolean): Node | undefined {
    const binding = callee.type === 'identifier' ? this.names.binding(callee) : undefined;
    if (binding?.kind === 'function') return binding.holder;
    if (binding?.kind === 'class' && isNew)
      return children(binding.holder.childForFieldName('body')).find(
        (each) => each.type === 'method_definition' && each.childForFieldName('name')?.text === 'constructor',
      );
    return binding?.value && binding.path.length === 0 && isFunction(binding.value) ? binding.value : undefined;
  }
}

/** One step into the value. */
function stepInto(place: Place): Place {
  return { ...place, path: place.path.slice(1) };
}

function parameters(own: Node): Node[] {
  const single = own.childForFieldName('parameter');
  return single ? [single] : children(own.childForFieldName('parameters'));
}

const classAround = climbTo(/^class_body$/);
const enumAround = climbTo(/^enum_declaration$/);
const statementAround = climbTo(/^(ERROR|program)$|_(statement|declaration)$/);

/** The outermost choice that may give the value of a node: `a ? b : c || d`; null where it decides the choice. */
const choiceAround = new Climb<Node | null>((at, child) => {
  if (at.type === 'ternary_expression') return at.childForFieldName('condition')?.id === child.id ? null : undefined;
  if (at.type === 'binary_expression')
    return /^(\|\||\?\?|&&)$/.test(at.childForFieldName('operator')?.text ?? '') ? undefined : null;
  return isWrapper(at) ? undefined : child;
}, null);

/** Where the last property of each name stands in an object. */
const lastOfKeys = new PerNode<ReadonlyMap<string, number>>();
/** The uses of a binding by the property that they read; under no name those that read none. */
const usesByProperty = new PerNode<ReadonlyMap<string, readonly Node[]>>();

function groupByProperty(uses: readonly Node[]): ReadonlyMap<string, readonly Node[]> {
  const found = new Map<string, Node[]>();
  for (const use of uses) {
    const parent = parentOf(use);
    const isObject = parent?.type === 'member_expression' && parent.childForFieldName('object')?.id === use.id;
    const name = isObject ? (parent.childForFieldName('property')?.text ?? '') : '';
    const known = found.get(name);
    if (known) known.push(use);
    else found.set(name, [use]);
  }
  return found;
}

/** What reads each field of `this` in a class. */
const fieldReads = new PerNode<ReadonlyMap<string, readonly Node[]>>();

function readsIn(body: Node): ReadonlyMap<string, readonly Node[]> {
  const found = new Map<string, Node[]>();
  for (const node of body.descendantsOfType('member_expression')) {
    if (node?.childForFieldName('object')?.type !== 'this') continue;
    const name = node.childForFieldName('property')?.text ?? '';
    const known = found.get(name);
    if (known) known.push(node);
    else found.set(name, [node]);
  }
  return found;
}

const openSlot = new RegExp(`(?<![${typescript.part}])(?:activation|recurrentActivation)['"]?\\s*:\\s*$`, 'u');
const lastCallee = new RegExp(`([${typescript.part}][.${typescript.part}]*)\\s*$`, 'u');

/**
 * The sink of a string whose config is not closed yet: the text before it says `activation:`, and the innermost open
 * parenthesis belongs to a layer or a fused op.
 */
export function openSink(literal: Node, text: string, names: TypeScriptNames): ActivationSink | undefined {
  const statement = statementAround.from(literal);
  if (!statement?.hasError) return undefined;
  const from = Math.max(0, literal.startIndex - 4000);
  const before = text.slice(from, literal.startIndex);
  if (!openSlot.test(before)) return undefined;
  let depth = 0;
  for (let at = before.length - 1; at >= 0; at--) {
    const letter = before.charAt(at);
    if (/[)\]}]/.test(letter)) depth++;
    else if (/[[{]/.test(letter)) depth = Math.max(0, depth - 1);
    else if (letter === '(' && depth > 0) depth--;
    else if (letter === '(') {
      const callee = lastCallee.exec(before.slice(0, at));
      return callee?.[1] ? sinkNamed(from + callee.index + callee[1].length, names) : undefined;
    }
  }
  return undefined;
}

/** The sink that a callee which ends at an index of the text is. */
function sinkNamed(end: number, names: TypeScriptNames): ActivationSink | undefined {
  const last = nodeAt(names.root, end - 1, end);
  const parent = last && parentOf(last);
  const node = parent?.type === 'member_expression' && parent.endIndex === end ? parent : last;
  const name = node ? names.qualifiedName(node) : undefined;
  if (name?.startsWith('tf.layers.')) return { kind: 'layer' };
  return name?.startsWith('tf.fused.') ? { kind: 'fused' } : undefined;
}
