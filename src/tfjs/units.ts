/** What of a file can be named from outside: functions, methods, objects' members, variables. */
import { type CodePart, childOf, fieldOf, partsOf } from './nodes';
import { unwrap } from './places';
import { isFunctionPart, isVariable, parametersOf } from './scopes';

/** A part of a file that an expression reaches. */
export interface Unit {
  /** A `callback` runs only when somebody else, a page or a server, calls it: no expression reaches it. */
  readonly kind: 'function' | 'method' | 'field' | 'variable' | 'module' | 'callback';
  /** How people call it: `createModel`, `Net.build`. */
  readonly name: string;
  /** What a program writes for it: `createModel`, `new Net().build`, `exports.default`. */
  readonly path: string;
  /** The statement or member. */
  readonly part: CodePart;
  /** The function itself, where it is one. */
  readonly own: CodePart | undefined;
  /** The class of a method or a field, and its constructor. */
  readonly owner: { readonly name: string; readonly part: CodePart; readonly maker: CodePart | undefined } | undefined;
  readonly isStatic: boolean;
}

/** Functions that run what they are given at once. */
const running = /(?:^|\.)(?:tidy|profile|time|call|apply|then|all|map|forEach|flatMap|from|race)$/;

/** What runs tests, and needs no name. */
const testing = /^(?:describe\w*|[fx]?it|test|suite|beforeEach|afterEach|before|after|beforeAll|afterAll)\b/;

/** Finds the units of a file. */
export class Units {
  private readonly known = new Map<CodePart, Unit | undefined>();

  constructor(private readonly textOf: (part: CodePart) => string) {}

  /** The outermost unit around a node; undefined where nobody but a test reaches it. */
  unitAround(part: CodePart): Unit | undefined {
    const path: CodePart[] = [];
    for (let at: CodePart | undefined = part; at?.parent; at = at.parent) path.push(at);
    return this.unitInside(path.reverse(), 0, '');
  }

  /** @param path the nodes from a statement of the file (or of a namespace) down */
  private unitInside(path: readonly CodePart[], index: number, prefix: string): Unit | undefined {
    const at = path[index];
    const next = path[index + 1];
    if (!at) return undefined;
    if (at.type === 'export_statement') {
      if (!next) return this.module(at);
      const isDefault = childOf(at, 'default') !== undefined;
      if (isDefault && !fieldOf(next, 'name')) return this.value(path, index + 1, 'exports.default', 'default');
      return this.unitInside(path, index + 1, prefix);
    }
    if (/^(generator_)?function_declaration$/.test(at.type)) return this.functionUnit(at, at, prefix + this.nameOf(at));
    if (/^(abstract_)?class_declaration$/.test(at.type))
      return this.member(path, index, prefix + this.nameOf(at), prefix + this.nameOf(at));
    if (isVariable.test(at.type)) {
      const declarator = next?.type === 'variable_declarator' ? next : undefined;
      const name = declarator && fieldOf(declarator, 'name');
      if (!declarator || name?.type !== 'identifier') return this.module(at);
      const path2 = prefix + this.textOf(name);
      const inner = path[index + 2];
      if (inner?.field !== 'value') return this.variable(at, path2);
      return this.value(path, index + 2, path2, path2) ?? undefined;
    }
    if (at.type === 'expression_statement') return this.statement(path, index, prefix);
    if (isFunctionPart(at)) return undefined;
    // A block, a loop, a condition: what runs when the file does.
    return this.runs(path, index);
  }

  private nameOf(part: CodePart): string {
    const name = fieldOf(part, 'name');
    return name ? this.textOf(name) : '';
  }

  private statement(path: readonly CodePart[], index: number, prefix: string): Unit | undefined {
    const next = path[index + 1];
    if (next?.type === 'internal_module') {
      const body = path.findIndex((each, at) => at > index && each.type === 'statement_block');
      const name = this.nameOf(next);
      return body < 0 ? undefined : this.unitInside(path, body + 1, `${prefix}${name}.`);
    }
    if (next?.type !== 'assignment_expression') return this.runs(path, index);
    const left = fieldOf(next, 'left');
    const inner = path[index + 2];
    if (!left || inner?.field !== 'right') return this.runs(path, index);
    const target = this.textOf(left);
    const written = /^([\w$]+)\.prototype\.([\w$]+)$/.exec(target);
    if (written) {
      const own = isFunctionPart(inner) ? inner : undefined;
      const [, owner = '', name = ''] = written;
      const holder = { name: owner, part: next, maker: this.functionNamed(owner, path[index]?.parent) };
      return this.unit('method', `${owner}.${name}`, `new ${owner}().${name}`, next, own, holder, false);
    }
    if (!/^[\w$]+(\.[\w$]+)*$/.test(target)) return this.runs(path, index);
    const name = target.replace(/^(module\.)?exports\.|^(window|self|globalThis|global)\./, '');
    return this.value(path, index + 2, target, name === 'module.exports' ? 'exports' : name);
  }

  /** The function of a file's own level that makes objects: `function Net(n) {…}`, `var Net = function (n) {…}`. */
  private functionNamed(name: string, level: CodePart | undefined): CodePart | undefined {
    for (const statement of partsOf(level)) {
      if (statement.type === 'function_declaration' && this.nameOf(statement) === name) return statement;
      for (const each of isVariable.test(statement.type) ? partsOf(statement) : []) {
        const value = this.nameOf(each) === name ? fieldOf(each, 'value') : undefined;
        if (value && isFunctionPart(unwrap(value))) return unwrap(value);
      }
    }
    return undefined;
  }

  /** What a variable, a property or an export holds. */
  private value(path: readonly CodePart[], index: number, written: string, name: string): Unit | undefined {
    const at = path[index];
    const holder = path[index - 1] ?? at;
    if (!at || !holder) return undefined;
    const inner = unwrap(at);
    const offset = path.indexOf(inner, index);
    const found = offset < 0 ? at : inner;
    const place = offset < 0 ? index : offset;
    if (isFunctionPart(found)) return this.functionUnit(holder, found, written, name);
    if (/^class/.test(found.type)) return this.member(path, place, written, name);
    if (found.type === 'object') return this.property(path, place, written, name);
    const runs = this.runs(path, place);
    return runs?.kind === 'module' ? this.variable(holder, written, name) : runs;
  }

  private property(path: readonly CodePart[], index: number, written: string, name: string): Unit | undefined {
    const member = path[index + 1];
    const object = path[index];
    if (!member || !object) return this.variable(path[index - 1] ?? path[index] ?? missing, written, name);
    const key = fieldOf(member, member.type === 'pair' ? 'key' : 'name');
    const text = key && this.textOf(key);
    const access = text === undefined ? '' : /^[\w$]+$/.test(text) ? `.${text}` : `[${text.replace(/^\[|\]$/g, '')}]`;
    const short = `${name}${access}`;
    if (member.type === 'method_definition') return this.functionUnit(member, member, written + access, short);
    if (member.type === 'pair' && path[index + 2]?.field === 'value')
      return this.value(path, index + 2, written + access, short);
    return this.variable(object, written, name);
  }

  private functionUnit(part: CodePart, own: CodePart, written: string, name = written): Unit {
    return this.unit('function', name, written, part, own, undefined, false);
  }

  private variable(part: CodePart, written: string, name = written): Unit {
    return this.unit('variable', name, written, part, undefined, undefined, false);
  }

  private member(path: readonly CodePart[], index: number, written: string, name: string): Unit | undefined {
    const part = path[index];
    if (!part) return undefined;
    const body = fieldOf(part, 'body');
    const at = path.findIndex((each, place) => place > index && each.parent === body);
    const member = path[at];
    const maker = partsOf(body).find(
      (each) => each.type === 'method_definition' && fieldOf(each, 'body') && this.nameOf(each) === 'constructor',
    );
    const owner = { name, part, maker };
    if (!member) return this.unit('method', name, `new ${written}`, part, maker, owner, false);
    const key = this.nameOf(member);
    const isStatic = childOf(member, 'static') !== undefined;
    const isGetter = member.children.some(({ type }) => type === 'get');
    const access = /^[\w$]+$/.test(key) ? `.${key}` : `[${key.replace(/^\[|\]$/g, '')}]`;
    const object = isStatic ? written : `new ${written}()`;
    if (member.type === 'method_definition' && key === 'constructor')
      return this.unit('method', name, `new ${written}`, member, member, owner, false);
    if (member.type === 'method_definition' && !isGetter)
      return this.unit('method', name + access, object + access, member, member, owner, isStatic);
    // A field that holds a function is called.
    const value = fieldOf(member, 'value');
    const own = value && isFunctionPart(unwrap(value)) ? unwrap(value) : undefined;
    if (key === '') return this.unit('method', name, `new ${written}`, part, maker, owner, false);
    return this.unit(own ? 'method' : 'field', name + access, object + access, member, own, owner, isStatic);
  }

  /** Code that runs when the file does, or in a callback that somebody else calls. */
  private runs(path: readonly CodePart[], index: number): Unit | undefined {
    const [first] = path;
    if (!first) return undefined;
    const callback = path.slice(index).find((part) => isFunctionPart(part) && !this.runsAtOnce(part));
    if (!callback) return this.module(first);
    const isTest = first.type === 'expression_statement' && testing.test(this.textOf(first));
    if (isTest || path.slice(index).some(({ type }) => /^class/.test(type))) return undefined;
    return this.unit('callback', 'module', 'module', callback, undefined, undefined, false);
  }

  private runsAtOnce(own: CodePart): boolean {
    let at = own.parent;
    while (at && /^(parenthesized_expression|as_expression|non_null_expression)$/.test(at.type)) at = at.parent;
    const callee = at && fieldOf(at, 'function');
    if (at?.type === 'call_expression' && callee && callee.start <= own.start && callee.end >= own.end) return true;
    const call = at?.type === 'arguments' ? at.parent : undefined;
    const called = call && fieldOf(call, 'function');
    return called !== undefined && running.test(this.textOf(called));
  }

  private module(part: CodePart): Unit {
    return this.unit('module', 'module', 'module', part, undefined, undefined, false);
  }

  private unit(
    kind: Unit['kind'],
    name: string,
    path: string,
    part: CodePart,
    own: CodePart | undefined,
    owner: Unit['owner'],
    isStatic: boolean,
  ): Unit {
    const found = this.known.get(own ?? part);
    if (found && found.path === path) return found;
    const unit = { kind, name, path, part, own, owner, isStatic };
    this.known.set(own ?? part, unit);
    return unit;
  }
}

const missing: CodePart = {
  type: '',
  start: 0,
  end: 0,
  isNamed: true,
  field: undefined,
  parent: undefined,
  children: [],
};

/** Whether a function is asynchronous. */
export const isAsync = (own: CodePart | undefined): boolean => own !== undefined && childOf(own, 'async') !== undefined;

/** Parameters without a TypeScript `this`. */
export const givenParameters = (own: CodePart | undefined): CodePart[] =>
  own ? parametersOf(own).filter((each) => fieldOf(each, 'pattern')?.type !== 'this') : [];
