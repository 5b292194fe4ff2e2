/**
 * Where a string that a call is given was written, backwards through what one file says: the literal in
 * `{activation: 'relu'}`, a constant, a property of an object, a parameter's default or what calls give it, a field.
 */
import type { SourceRange } from '../graph/types';
import { type CodePart, childOf, fieldOf, nodesIn, partsOf } from './nodes';
import { type Lines, unwrap } from './places';
import { boundNames, functionOf, isFunctionPart, parametersOf, Scopes } from './scopes';
import { stringValue } from './stringValue';

/** How many expressions one question may look at. */
const MOST_STEPS = 500;

/** A literal, and what was written in the property that was asked for where that is a constant's name. */
interface StringOrigin {
  readonly literal: CodePart;
  readonly use: CodePart | undefined;
}

interface Place {
  readonly part: CodePart;
  /** Where in the value the string is: names of properties, `*` for any element. */
  readonly path: readonly string[];
  readonly use: CodePart | undefined;
  /** Whether nothing but constants lies between the property and here. */
  readonly isSure: boolean;
}

/** What a file's text and tree say about where strings come from. */
export class Origins {
  private readonly scopes: Scopes;
  private calls: ReadonlyMap<string, readonly CodePart[]> | undefined;
  private assignments: ReadonlyMap<string, readonly CodePart[]> | undefined;

  constructor(
    private readonly file: string,
    private readonly text: string,
    private readonly root: CodePart,
    private readonly lines: Lines,
  ) {
    this.scopes = new Scopes(text);
  }

  /**
   * Where the activation of a call's config was chosen: the range that detection has as its site, so that both can be
   * joined.
   * @param call a call that is given a config: `tf.layers.dense({units: 4, activation: 'relu'})`
   * @param property `activation`, `recurrentActivation`
   * @param names the strings of which one arrived there, where that is known
   * @returns the literal; the constant's name in the config, where it is one; what stands behind the property where
   *   several literals could have arrived; undefined where the file doesn't say that the property is set
   */
  activationAt(call: CodePart, property: string, names?: ReadonlySet<string>): SourceRange | undefined {
    const [config] = partsOf(fieldOf(call, 'arguments'));
    if (!config) return undefined;
    const written: CodePart[] = [];
    const found = this.follow(config, property, written).filter(
      ({ literal }) => names?.has(stringValue(this.textOf(literal))) ?? true,
    );
    const places = new Map(found.map(({ literal, use }) => [(use ?? literal).start, use ?? literal]));
    const [only, ...others] = places.values();
    const [first] = written;
    // A literal there that says something else is not what arrived.
    const isOther = found.length === 0 && first !== undefined && isString(unwrap(first));
    const place = only && others.length === 0 ? only : isOther ? undefined : first;
    return place && this.lines.range(this.file, place.start, place.end);
  }

  private textOf(part: CodePart): string {
    return this.text.slice(part.start, part.end);
  }

  private follow(config: CodePart, property: string, written: CodePart[]): StringOrigin[] {
    const found: StringOrigin[] = [];
    const seen = new Set<string>();
    const places: Place[] = [{ part: config, path: [property], use: undefined, isSure: true }];
    for (let steps = 0; places.length > 0 && steps < MOST_STEPS; steps++) {
      const place = places.pop() as Place;
      const part = unwrap(place.part);
      const key = `${part.start} ${part.end} ${place.path.join()} ${place.use?.start}`;
      if (seen.has(key) || place.path.length > 8) continue;
      seen.add(key);
      if (place.path.length === 0 && isString(part)) {
        const use = place.isSure && place.use && unwrap(place.use) !== part ? place.use : undefined;
        found.push({ literal: part, use });
      }
      for (const next of this.from({ ...place, part })) {
        // The property itself: from here on constants count.
        const isProperty = next.path.length === 0 && place.path.length === 1 && next.use === next.part;
        if (isProperty) written.push(next.part);
        places.push(next);
      }
    }
    return found;
  }

  /** What the value of an expression may be. */
  private from(place: Place): Place[] {
    const { part, path } = place;
    const to = (next: CodePart | undefined, path: readonly string[], isSure = place.isSure): Place[] =>
      next ? [{ part: next, path, use: place.use, isSure }] : [];
    switch (part.type) {
      case 'ternary_expression':
        return [...to(fieldOf(part, 'consequence'), path, false), ...to(fieldOf(part, 'alternative'), path, false)];
      case 'binary_expression':
        return [...to(fieldOf(part, 'left'), path, false), ...to(fieldOf(part, 'right'), path, false)];
      case 'await_expression':
        return to(partsOf(part)[0], path);
      case 'object':
        return this.property(part, place);
      case 'array':
        return path[0] === '*' ? partsOf(part).flatMap((each) => to(each, path.slice(1), false)) : [];
      case 'identifier':
      case 'shorthand_property_identifier':
        return this.valuesOfName(part, place);
      case 'member_expression': {
        const name = fieldOf(part, 'property');
        const object = fieldOf(part, 'object');
        if (!name || !object) return [];
        if (object.type === 'this') return this.field(part, this.textOf(name), { ...place, isSure: false });
        return to(object, [this.textOf(name), ...path]);
      }
      case 'subscript_expression': {
        const index = fieldOf(part, 'index');
        const name = index && isString(index) ? stringValue(this.textOf(index)) : undefined;
        return to(fieldOf(part, 'object'), [name ?? '*', ...path], place.isSure && name !== undefined);
      }
      case 'call_expression':
        return this.returnedValues(part, { ...place, isSure: false });
      default:
        return [];
    }
  }

  private property(object: CodePart, place: Place): Place[] {
    const [key, ...path] = place.path;
    if (key === undefined) return [];
    const found: Place[] = [];
    // The last that says it counts; a spread behind it may say it again.
    for (const each of partsOf(object).reverse()) {
      if (each.type === 'spread_element') {
        const value = partsOf(each)[0];
        if (value) found.push({ ...place, part: value });
        continue;
      }
      const name = each.type === 'pair' ? fieldOf(each, 'key') : each;
      const value = each.type === 'pair' ? fieldOf(each, 'value') : each;
      const isNamed = name && value && (each.type === 'pair' || each.type === 'shorthand_property_identifier');
      if (!isNamed || (key !== '*' && keyText(this.textOf(name)) !== key)) continue;
      const isAsked = path.length === 0 && place.use === undefined;
      found.push({
        part: value,
        path,
        use: isAsked ? value : place.use,
        isSure: isAsked || (place.isSure && key !== '*'),
      });
      if (key !== '*') break;
    }
    return found;
  }

  private valuesOfName(use: CodePart, place: Place): Place[] {
    const name = this.textOf(use);
    const leaf = this.scopes.declaring(use, name);
    if (!leaf) return [];
    const { path, use: written } = place;
    const taken: string[] = leaf.type === 'shorthand_property_identifier_pattern' ? [name] : [];
    const found: Place[] = [];
    let isSure = place.isSure;
    let at = leaf;
    let holder = leaf.parent;
    for (; holder; at = holder, holder = holder.parent) {
      if (holder.type === 'pair_pattern') {
        const key = fieldOf(holder, 'key');
        taken.unshift(key ? keyText(this.textOf(key)) : '*');
      } else if (holder.type === 'array_pattern') taken.unshift('*');
      else if (/assignment_pattern$/.test(holder.type)) {
        const value = fieldOf(holder, 'right');
        if (value) found.push({ part: value, path, use: written, isSure: false });
        isSure = false;
      } else if (!/^(object|rest)_pattern$/.test(holder.type)) break;
    }
    if (!holder) return found;
    const whole = [...taken, ...path];
    if (holder.type === 'variable_declarator') {
      const isConstant = holder.parent?.children[0]?.type === 'const';
      const value = fieldOf(holder, 'value');
      if (value) found.push({ part: value, path: whole, use: written, isSure: isSure && isConstant });
      if (!isConstant) this.addAssigned(name, leaf, { ...place, path: whole, isSure: false }, found);
    } else if (/_parameter$/.test(holder.type) || holder.type === 'arrow_function') {
      const value = holder.type === 'arrow_function' ? undefined : fieldOf(holder, 'value');
      if (value) found.push({ part: value, path: whole, use: written, isSure: false });
      for (const each of this.givenValues(holder.type === 'arrow_function' ? at : holder))
        found.push({ part: each, path: whole, use: written, isSure: false });
    } else if (holder.type === 'for_in_statement') {
      const value = fieldOf(holder, 'right');
      if (value) found.push({ part: value, path: ['*', ...whole], use: written, isSure: false });
    } else if (holder.type === 'enum_declaration') {
      for (const each of partsOf(fieldOf(holder, 'body'))) {
        const key = fieldOf(each, 'name');
        const value = fieldOf(each, 'value');
        if (key && value && keyText(this.textOf(key)) === path[0])
          found.push({ part: value, path: path.slice(1), use: written, isSure: place.isSure });
      }
    }
    return found;
  }

  /** What calls give for a parameter. */
  private givenValues(parameter: CodePart): CodePart[] {
    const own = functionOf(parameter);
    if (!own) return [];
    const index = parametersOf(own).indexOf(parameter);
    const name = nameOfFunction(own, (part) => this.textOf(part));
    return this.callsOf(name).flatMap((call) => partsOf(fieldOf(call, 'arguments'))[index] ?? []);
  }

  private addAssigned(name: string, leaf: CodePart, place: Place, found: Place[]): void {
    this.assignments ??= group(this.root, 'assignment_expression', (each) => {
      const left = fieldOf(each, 'left');
      return left?.type === 'identifier' || left?.type === 'member_expression' ? this.textOf(left) : undefined;
    });
    for (const each of this.assignments.get(name) ?? []) {
      const left = fieldOf(each, 'left');
      const right = fieldOf(each, 'right');
      if (left && right && this.scopes.declaring(left, name) === leaf) found.push({ ...place, part: right });
    }
  }

  /** What a field of the class around a place is set to. */
  private field(inside: CodePart, name: string, place: Place): Place[] {
    let body: CodePart | undefined = inside;
    while (body && body.type !== 'class_body') body = body.parent;
    if (!body) return [];
    const found: Place[] = [];
    for (const member of partsOf(body)) {
      const key = fieldOf(member, 'name');
      const value = fieldOf(member, 'value');
      if (member.type === 'public_field_definition' && key && value && this.textOf(key) === name)
        found.push({ ...place, part: value });
      if (member.type !== 'method_definition') continue;
      for (const parameter of parametersOf(member)) {
        const isField = childOf(parameter, 'accessibility_modifier') ?? childOf(parameter, 'readonly');
        const [leaf] = isField ? boundNames(parameter) : [];
        if (!leaf || this.textOf(leaf) !== name) continue;
        const initial = fieldOf(parameter, 'value');
        if (initial) found.push({ ...place, part: initial });
        for (const each of this.givenValues(parameter)) found.push({ ...place, part: each });
      }
      for (const each of nodesIn(member))
        if (each.type === 'assignment_expression') {
          const [left, right] = [fieldOf(each, 'left'), fieldOf(each, 'right')];
          if (left && right && this.textOf(left) === `this.${name}`) found.push({ ...place, part: right });
        }
    }
    return found;
  }

  /** What a function of the file gives. */
  private returnedValues(call: CodePart, place: Place): Place[] {
    const callee = fieldOf(call, 'function');
    const [first, ...rest] = partsOf(fieldOf(call, 'arguments'));
    const text = callee ? this.textOf(callee) : '';
    if (/^Object\.(freeze|seal)$/.test(text) && first) return [{ ...place, part: first }];
    if (text === 'Object.assign') return [first, ...rest].flatMap((part) => (part ? { ...place, part } : []));
    if (callee?.type !== 'identifier') return [];
    const leaf = this.scopes.declaring(callee, text);
    const holder = leaf?.parent;
    const value = holder && (isFunctionPart(holder) ? holder : fieldOf(holder, 'value'));
    const own = value && unwrap(value);
    if (!own || !isFunctionPart(own)) return [];
    const body = fieldOf(own, 'body');
    if (body && body.type !== 'statement_block') return [{ ...place, part: body }];
    const found: Place[] = [];
    for (const each of body ? nodesIn(body, (part) => !isFunctionPart(part)) : []) {
      const given = each.type === 'return_statement' ? partsOf(each)[0] : undefined;
      if (given) found.push({ ...place, part: given });
    }
    return found;
  }

  private callsOf(name: string | undefined): readonly CodePart[] {
    this.calls ??= groupCalls(this.root, (part) => this.textOf(part));
    return name === undefined ? [] : (this.calls.get(name) ?? []);
  }
}

/** A plain string. */
function isString(part: CodePart): boolean {
  if (part.type === 'string') return true;
  return part.type === 'template_string' && !childOf(part, 'template_substitution');
}

/** `a` of `a`, `'a'` and `['a']`. */
const keyText = (key: string): string => key.replace(/^\[?['"`]?|['"`]?\]?$/g, '');

/** What a function is called by: its own name, its variable's, its class's where it is the constructor. */
export function nameOfFunction(own: CodePart, textOf: (part: CodePart) => string): string | undefined {
  const name = fieldOf(own, 'name');
  if (name && textOf(name) !== 'constructor') return textOf(name);
  if (name) {
    const made = own.parent?.parent;
    const called = made && fieldOf(made, 'name');
    return called && textOf(called);
  }
  const holder = own.parent;
  const given = holder && (fieldOf(holder, 'name') ?? fieldOf(holder, 'key'));
  return given && /identifier$/.test(given.type) ? textOf(given) : undefined;
}

/** The last name of what a call calls: `add` of `model.add(…)`. */
export function calleeName(call: CodePart, textOf: (part: CodePart) => string): string | undefined {
  const callee = fieldOf(call, 'function') ?? fieldOf(call, 'constructor');
  const name = callee?.type === 'member_expression' ? fieldOf(callee, 'property') : callee;
  return name && /identifier$/.test(name.type) ? textOf(name) : undefined;
}

/** The calls of a file by the last name of what they call; `new Net(…)` under `Net`. */
export function groupCalls(
  root: CodePart,
  textOf: (part: CodePart) => string,
): ReadonlyMap<string, readonly CodePart[]> {
  const calls = new Map<string, CodePart[]>();
  for (const each of nodesIn(root)) {
    if (each.type !== 'call_expression' && each.type !== 'new_expression') continue;
    add(calls, calleeName(each, textOf), each);
  }
  return calls;
}

function group(
  root: CodePart,
  type: string,
  nameOf: (part: CodePart) => string | undefined,
): ReadonlyMap<string, readonly CodePart[]> {
  const found = new Map<string, CodePart[]>();
  for (const each of nodesIn(root)) if (each.type === type) add(found, nameOf(each), each);
  return found;
}

function add(groups: Map<string, CodePart[]>, name: string | undefined, part: CodePart): void {
  if (name === undefined) return;
  const known = groups.get(name);
  if (known) known.push(part);
  else groups.set(name, [part]);
}
