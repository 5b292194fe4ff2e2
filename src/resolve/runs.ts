/**
 * What runs where no activation is named: `self.act(x)`, `act_layer()`, `self.layers[1](x)`. Values are followed back
 * through assignments, constructors, defaults and the file's own calls to the sites that name them.
 */
import { classAround } from '../detect/python/bindings';
import { chooses } from '../detect/python/choosing';
import type { Names } from '../detect/python/names';
import { children, rangeOf, stripParentheses } from '../detect/range';
import type { ActivationSite } from '../detect/site';
import type { SourceRange } from '../graph/types';
import { Climb, nodeAt, parentOf } from '../syntax/ancestors';
import { python } from '../syntax/identifiers';
import { PerNode } from '../syntax/perNode';
import type { Node } from '../syntax/syntax';

/** A file as it is searched. */
export interface FlowContext {
  readonly file: string;
  readonly root: Node;
  readonly names: Names;
  readonly sites: readonly ActivationSite[];
}

/** The sites whose activation may run at a place, and whether everything that flows in was found. */
export interface Runs {
  readonly sites: readonly ActivationSite[];
  readonly complete: boolean;
  /** Parameters that flow in: what other files hand to them was not looked at. */
  readonly open: readonly CalleeParameter[];
  /** What runs or makes it, and where that stands: `self.act`, `act_layer`. */
  readonly name: string;
  readonly range: SourceRange;
}

/** A parameter of a class's constructor or of a function, to be found where it is called. */
export interface CalleeParameter {
  readonly callee: string;
  readonly name: string;
  /** Among the positional arguments; negative where it is passed by name only. */
  readonly position: number;
}

const MAX_STEPS = 400;
const MAX_DEPTH = 24;
const constructorDefinition = new RegExp(`(?<![${python.part}])def[ \\t]+__init__(?![${python.part}])`, 'u');
const containers = /^(Sequential|ModuleList|ModuleDict|OrderedDict|dict|list|tuple)$/;

/** What runs at a position, or undefined where the text there neither calls nor hands on what an activation flows into. */
export function runsAt(
  context: FlowContext,
  position: { readonly line: number; readonly column: number },
): Runs | undefined {
  const at = { row: position.line, column: position.column };
  const node = context.root.descendantForPosition(at, at);
  const called = node && (calleeAround(node) ?? handedName(node));
  if (!called) return undefined;
  const flow = new Flow(context);
  flow.follow(called, 0);
  const sites = [...flow.found];
  const { complete, open } = flow;
  if (sites.length === 0 && open.length === 0) return undefined;
  return { sites, complete, open, name: called.text, range: rangeOf(called, context.file) };
}

/** The sites that a file's calls hand to parameters that another file defines. */
export function sitesForParameters(context: FlowContext, parameters: readonly CalleeParameter[]): ActivationSite[] {
  const flow = new Flow(context);
  for (const parameter of parameters) flow.followArguments(parameter);
  return [...flow.found];
}

/** The name that is handed on at a position as what chooses an activation: the second of `act_layer=act_layer`. */
function handedName(node: Node): Node | undefined {
  const parent = node.type === 'identifier' ? parentOf(node) : undefined;
  const isValue = parent?.type === 'keyword_argument' && parent.childForFieldName('value')?.id === node.id;
  return isValue && chooses(parent.childForFieldName('name')?.text) ? node : undefined;
}

/** The callee that a position belongs to: `self.act` of `self.act(x)`. */
function calleeAround(node: Node): Node | undefined {
  if (node.type !== 'identifier' && node.type !== 'integer') return undefined;
  for (let at: Node = node, i = 0; i < 6; i++) {
    const parent: Node | null = parentOf(at);
    if (!parent) return undefined;
    if (parent.type === 'call' && parent.childForFieldName('function')?.id === at.id) return at;
    const isTail =
      (parent.type === 'attribute' && parent.childForFieldName('attribute')?.id === at.id) ||
      parent.type === 'subscript';
    if (!isTail) return undefined;
    at = parent;
  }
  return undefined;
}

class Flow {
  readonly found = new Set<ActivationSite>();
  readonly open: CalleeParameter[] = [];
  complete = true;
  private steps = 0;
  private readonly seen = new Set<string>();

  constructor(private readonly context: FlowContext) {}

  /**
   * Adds the sites that an expression's value may come from.
   * @param pick where the value is a container: what chooses among its elements (an index, a key, a loop for all)
   */
  follow(expression: Node | null | undefined, depth: number, pick?: Node): void {
    const node = expression && stripParentheses(expression);
    if (!node || node.type === 'none') return;
    const key = `${node.id} ${pick?.id ?? ''}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    if (++this.steps > MAX_STEPS || depth > MAX_DEPTH) {
      this.complete = false;
      return;
    }
    const site = this.siteOf(node);
    if (site) {
      this.found.add(site);
      return;
    }
    const next = (inner: Node | null | undefined) => this.follow(inner, depth + 1, pick);
    switch (node.type) {
      case 'identifier':
        this.name(node, depth, pick);
        break;
      case 'attribute':
        this.attribute(node, depth, pick);
        break;
      case 'subscript':
        this.follow(node.childForFieldName('value'), depth + 1, node.childForFieldName('subscript') ?? undefined);
        break;
      case 'call':
        this.call(node, depth, pick);
        break;
      case 'conditional_expression': {
        const [yes, , no] = children(node);
        next(yes);
        next(no);
        break;
      }
      case 'boolean_operator':
        for (const child of children(node)) next(child);
        break;
      case 'list':
      case 'tuple':
        this.elements(children(node), depth, pick);
        break;
      case 'dictionary':
        this.entries(node, depth, pick);
        break;
      case 'lambda':
        next(node.childForFieldName('body'));
        break;
      case 'list_comprehension':
      case 'generator_expression':
        this.follow(node.childForFieldName('body'), depth + 1);
        break;
      case 'binary_operator':
        // `[nn.Linear(…)] + [nn.ReLU()]`
        next(node.childForFieldName('left'));
        next(node.childForFieldName('right'));
        break;
      case 'string':
      case 'integer':
      case 'float':
        break;
      default:
        this.complete = false;
    }
  }

  /** The site that an expression is, or whose name it is. */
  private siteOf(node: Node): ActivationSite | undefined {
    const { row: line, column } = node.startPosition;
    const { row: endLine, column: endColumn } = node.endPosition;
    return this.context.sites.find(
      ({ expression, range, form }) =>
        form !== 'implicit' &&
        form !== 'mention' &&
        [expression, range].some(
          (each) =>
            each.line === line && each.column === column && each.endLine === endLine && each.endColumn === endColumn,
        ),
    );
  }

  private name(node: Node, depth: number, pick: Node | undefined): void {
    const binding = this.context.names.binding(node);
    if (!binding) {
      this.complete = false;
      return;
    }
    // Every value that the scope gives the name, since a branch may have chosen.
    const all = this.context.names.bindings(node.text).filter(({ scope }) => scope === binding.scope);
    for (const each of all) {
      if (each.value) this.follow(each.value, depth + 1, pick);
      else this.definition(each.index, node.text, depth, pick);
    }
    if (pick) this.followAppends(node.text, depth);
  }

  /** `layers.append(nn.ReLU())`, `layers.extend([…])` */
  private followAppends(list: string, depth: number): void {
    for (const method of ['append', 'extend', 'insert']) {
      for (const call of this.callsOf(method)) {
        if (call.childForFieldName('function')?.childForFieldName('object')?.text !== list) continue;
        const last = children(call.childForFieldName('arguments')).at(-1);
        this.follow(last, depth + 1, method === 'extend' ? call : undefined);
      }
    }
  }

  /** A name bound by something other than an assignment: a parameter, a loop, a function. */
  private definition(index: number, name: string, depth: number, pick: Node | undefined): void {
    const at = nodeAt(this.context.root, index, index + name.length);
    let node: Node | null = at ? parentOf(at) : null;
    if (node?.type === 'function_definition') {
      for (const statement of node.descendantsOfType('return_statement'))
        if (statement) this.follow(children(statement)[0], depth + 1, pick);
      return;
    }
    if (node?.type === 'augmented_assignment') {
      this.follow(node.childForFieldName('right'), depth + 1, pick);
      return;
    }
    if (node?.type === 'for_statement' || node?.type === 'for_in_clause') {
      this.follow(node.childForFieldName('right'), depth + 1, node);
      return;
    }
    while (node && !/^(lambda_)?parameters$/.test(node.type) && !/_definition$/.test(node.type)) {
      if (/default_parameter$/.test(node.type)) this.follow(node.childForFieldName('value'), depth + 1, pick);
      node = parentOf(node);
    }
    const owner = node && parentOf(node);
    if (node && owner?.type === 'function_definition') this.argumentsOf(owner, name, depth, pick);
    else this.complete = false;
  }

  /** What the file's calls hand to a parameter. */
  private argumentsOf(definition: Node, parameter: string, depth: number, pick: Node | undefined): void {
    const holder = classOf(definition);
    const isConstructor = definition.childForFieldName('name')?.text === '__init__';
    const parameters = children(definition.childForFieldName('parameters'))
      .map((each) =>
        each.type === 'identifier' ? each.text : (each.childForFieldName('name') ?? children(each)[0])?.text,
      )
      .slice(holder ? 1 : 0);
    const position = parameters.indexOf(parameter);
    // Others may call it as well.
    this.complete = false;
    const callee = (holder && isConstructor ? holder : definition).childForFieldName('name')?.text;
    if (callee) this.open.push({ callee, name: parameter, position });
    const calls =
      holder && isConstructor
        ? this.constructions(holder, 0)
        : this.callsOf(definition.childForFieldName('name')?.text ?? '');
    for (const call of calls) this.follow(argumentOf(call, parameter, position), depth + 1, pick);
  }

  followArguments({ callee, name, position }: CalleeParameter): void {
    for (const call of this.callsOf(callee)) this.follow(argumentOf(call, name, position), 0);
  }

  /** The calls that reach a class's constructor: of itself, of classes that inherit it, and of `super()` in others. */
  private constructions(holder: Node, depth: number, seen = new Set<number>()): readonly Node[] {
    if (seen.has(holder.id)) return [];
    seen.add(holder.id);
    const name = holder.childForFieldName('name')?.text ?? '';
    this.classes ??= this.context.root.descendantsOfType('class_definition').filter((each) => each !== null);
    const heirs = depth > 5 ? [] : this.classes.filter((each) => basesOf(each).includes(name));
    return [
      ...this.callsOf(name),
      ...heirs.flatMap((heir) => {
        const own = constructorDefinition.test(heir.text);
        if (!own) return this.constructions(heir, depth + 1, seen);
        return this.callsOf('__init__').filter((call) => classAround.from(call)?.id === heir.id);
      }),
    ];
  }

  private classes: readonly Node[] | undefined;
  private calls: Map<string, Node[]> | undefined;

  private callsOf(callee: string): readonly Node[] {
    if (!this.calls) {
      this.calls = new Map();
      for (const call of this.context.root.descendantsOfType('call')) {
        const name = call?.childForFieldName('function');
        const word = name?.type === 'attribute' ? name.childForFieldName('attribute')?.text : name?.text;
        if (!call || !word) continue;
        const known = this.calls.get(word);
        if (known) known.push(call);
        else this.calls.set(word, [call]);
      }
    }
    return this.calls.get(callee) ?? [];
  }

  /** `self.act`: what the class and its bases in this file assign to it. */
  private attribute(node: Node, depth: number, pick: Node | undefined): void {
    const name = node.childForFieldName('attribute')?.text ?? '';
    const holder = node.childForFieldName('object')?.text === 'self' ? classAround.from(node) : undefined;
    if (!holder) {
      this.complete = false;
      return;
    }
    const assigned = this.assignments(holder, name, depth);
    for (const value of assigned) this.follow(value, depth + 1, pick);
    if (assigned.length === 0) this.complete = false;
  }

  private assignments(holder: Node, name: string, depth: number): Node[] {
    if (depth > MAX_DEPTH) return [];
    const found = attributes.of(holder, () => attributesOf(holder)).get(name) ?? [];
    if (found.length > 0) return [...found];
    return children(holder.childForFieldName('superclasses')).flatMap((base) => {
      const bound = base.type === 'identifier' ? this.context.names.binding(base) : undefined;
      const leaf = bound && nodeAt(this.context.root, bound.index, bound.index + 1);
      const at = leaf && parentOf(leaf);
      return at?.type === 'class_definition' && at.id !== holder.id ? this.assignments(at, name, depth + 1) : [];
    });
  }

  /** `act_layer()` makes what the class is; `nn.Sequential(…)[1]` picks. */
  private call(node: Node, depth: number, pick: Node | undefined): void {
    const callee = node.childForFieldName('function');
    const all = children(node.childForFieldName('arguments'));
    const word = callee?.type === 'attribute' ? callee.childForFieldName('attribute')?.text : callee?.text;
    if (word && containers.test(word)) {
      const [only] = all;
      if (all.length === 1 && only && /^(list|tuple|dictionary|list_comprehension|list_splat)$/.test(only.type)) {
        this.follow(only.type === 'list_splat' ? children(only)[0] : only, depth + 1, pick);
      } else this.elements(all, depth, pick);
      return;
    }
    if (word === 'deepcopy' || word === 'copy') this.follow(all[0], depth + 1, pick);
    else if (callee && /^(get|pop)$/.test(word ?? '') && callee.type === 'attribute')
      this.follow(callee.childForFieldName('object'), depth + 1, all[0]);
    else this.follow(callee, depth + 1);
  }

  private elements(all: readonly Node[], depth: number, pick: Node | undefined): void {
    // A container as a whole is no activation.
    if (!pick) return;
    const index = pick && /^-?\d+$/.test(pick.text) ? Number(pick.text) : undefined;
    const isFixed = all.every(({ type }) => !/splat|keyword/.test(type));
    const chosen = index !== undefined && isFixed ? all.slice(index).slice(0, 1) : all;
    for (const each of chosen) {
      const value =
        each.type === 'keyword_argument'
          ? each.childForFieldName('value')
          : /splat/.test(each.type)
            ? children(each)[0]
            : each;
      this.follow(value, depth + 1, /splat/.test(each.type) ? each : undefined);
    }
  }

  private entries(node: Node, depth: number, pick: Node | undefined): void {
    if (!pick) return;
    const pairs = children(node).filter(({ type }) => type === 'pair');
    const chosen =
      pick?.type === 'string'
        ? pairs.filter((each) => each.childForFieldName('key')?.text.slice(1, -1) === pick.text.slice(1, -1))
        : pairs;
    for (const each of chosen) this.follow(each.childForFieldName('value'), depth + 1);
  }
}

/** What a call passes for a parameter. */
function argumentOf(call: Node, name: string, position: number): Node | undefined {
  const all = children(call.childForFieldName('arguments'));
  const keyword = all.find((each) => each.type === 'keyword_argument' && each.childForFieldName('name')?.text === name);
  const positional = all.filter((each) => each.type !== 'keyword_argument');
  const splat = positional.findIndex(({ type }) => /splat/.test(type));
  return keyword?.childForFieldName('value') ?? (splat < 0 || splat > position ? positional[position] : undefined);
}

function basesOf(definition: Node): string[] {
  return children(definition.childForFieldName('superclasses')).map((base) => base.text);
}

/** What each attribute of a class is given, in its methods or its body, in order. */
const attributes = new PerNode<ReadonlyMap<string, readonly Node[]>>();

function attributesOf(holder: Node): ReadonlyMap<string, readonly Node[]> {
  const found = new Map<string, Node[]>();
  for (const each of holder.descendantsOfType('assignment')) {
    const left = each?.childForFieldName('left');
    const right = each?.childForFieldName('right');
    const own = left?.type === 'attribute' && left.childForFieldName('object')?.text === 'self';
    const isBody = each !== null && left?.type === 'identifier' && bodyAround.from(each)?.id === holder.id;
    const name = own ? left.childForFieldName('attribute')?.text : isBody ? left?.text : undefined;
    if (name === undefined || !right) continue;
    const known = found.get(name);
    if (known) known.push(right);
    else found.set(name, [right]);
  }
  return found;
}

/** The class of whose body a statement is. */
const bodyAround = new Climb<Node | null>((at, child) => {
  if (at.type === 'expression_statement' || at.type === 'block') return undefined;
  return at.type === 'class_definition' && child.type === 'block' ? at : null;
}, null);

function classOf(definition: Node): Node | undefined {
  const around = parentOf(definition);
  const block = around?.type === 'decorated_definition' ? parentOf(around) : around;
  const holder = block?.type === 'block' ? parentOf(block) : undefined;
  return holder?.type === 'class_definition' ? holder : undefined;
}
