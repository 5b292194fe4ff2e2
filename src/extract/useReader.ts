/** Follows parameters through the text of functions: by their names, fields, parts and loops. */
import type { CallArgument, Expr, FunctionCode, Stmt } from '../python/syntax/ast';
import { walk } from '../python/syntax/survey';
import { PyFunction } from '../python/values/scope';
import { PyBoundMethod, PyClass, PyModule, type PyValue } from '../python/values/values';
import type { Callee } from './caller';
import type { CallableUse } from './parameterUses';
import { meaningOf, type Signature, signatureOf } from './signatures';
import { lastName, rootName } from './slice';
import { UseNotes } from './useNotes';

/** A parameter, or a part of it. */
export interface Ref {
  readonly name: string;
  /** How many lists it was taken out of. */
  readonly depth: number;
  /** Something is computed with it. */
  readonly isLoose: boolean;
}

/** How many functions deep a parameter is followed. */
const DEPTH = 3;
/** Functions that are looked through for one class. */
const MOST = 120;

type Names = Map<string, Ref>;
type CallExpr = Extract<Expr, { kind: 'call' }>;

/** Where a piece of code stands. */
interface Place {
  readonly names: Names;
  readonly fields: Names;
  readonly fn: PyFunction | undefined;
  /** The class whose instance `self` is, and the one in which the code stands. */
  readonly self: PyClass | undefined;
  readonly owner: PyClass | undefined;
  readonly isBuilding: boolean;
  readonly level: number;
}

export class UseReader {
  private readonly notes = new UseNotes();
  private readonly fields: Names = new Map();
  private readonly seen = new Set<string>();
  private count = 0;

  /**
   * A constructor of a class: of the class itself, or of a base.
   * @param known parameters that were read already: those of a base are others, though they have the name
   */
  readConstructor(fn: PyFunction, owner: PyClass, self: PyClass, known: Set<string>): void {
    const names = new Map([...namesOf(fn.code, 1)].filter(([name]) => !known.has(name)));
    for (const name of names.keys()) known.add(name);
    if (names.size === 0) return;
    this.read(fn.code, { names, fields: this.fields, fn, self, owner, isBuilding: true, level: 0 });
  }

  /** What a class does when it runs. */
  readLater(fn: PyFunction, self: PyClass): void {
    if (this.fields.size === 0) return;
    const place = { names: new Map(), fields: this.fields, fn, self, owner: self, isBuilding: false, level: 0 };
    this.read(fn.code, place);
  }

  /** A function that builds something. */
  readFunction(callee: Callee, code: FunctionCode): void {
    const fn = callee instanceof PyFunction ? callee : callee instanceof PyBoundMethod ? callee.callee : undefined;
    const names = namesOf(code, callee instanceof PyFunction ? 0 : 1);
    const own = fn instanceof PyFunction ? fn : undefined;
    this.read(code, {
      names,
      fields: new Map(),
      fn: own,
      self: undefined,
      owner: undefined,
      isBuilding: true,
      level: 0,
    });
  }

  finish(): CallableUse {
    return this.notes.finish();
  }

  private read(code: FunctionCode, place: Place): void {
    if (++this.count > MOST) return;
    for (const node of walk(code.body)) this.visit(node, place);
  }

  private visit(node: Expr | Stmt, place: Place): void {
    const { notes } = this;
    const ref = (expr: Expr) => this.refOf(expr, place);
    switch (node.kind) {
      case 'assign':
        for (const target of node.targets) this.bind(target, node.value, place);
        break;
      case 'annotation':
        if (node.value) this.bind(node.target, node.value, place);
        break;
      case 'for':
        this.iterate(node.target, node.iterable, place);
        break;
      case 'comprehension':
        for (const { target, iterable } of node.clauses) this.iterate(target, iterable, place);
        break;
      case 'subscript':
        this.index(node, place);
        break;
      case 'starred':
        notes.several(ref(node.value));
        break;
      case 'if':
      case 'while':
      case 'conditional':
        notes.tested(ref(node.condition));
        break;
      case 'not':
        notes.tested(ref(node.operand));
        break;
      case 'boolean':
        notes.tested(ref(node.left));
        break;
      case 'compare':
        this.compare(node, place);
        break;
      case 'binary':
        if (node.operator !== '+' || !isListed(node.left, node.right))
          for (const each of [ref(node.left), ref(node.right)]) notes.counted(each);
        else for (const each of [ref(node.left), ref(node.right)]) notes.several(each);
        break;
      case 'match':
        for (const { pattern } of node.cases)
          if (pattern.kind === 'value') notes.compared(ref(node.subject), pattern.value);
        break;
      case 'call':
        this.call(node, place);
        break;
    }
  }

  /** `x = parameter`, `self.x = parameter`, `a, b = parameter` */
  private bind(target: Expr, value: Expr, place: Place): void {
    if (target.kind === 'tuple' || target.kind === 'list') {
      const parts = value.kind === 'tuple' || value.kind === 'list' ? value.items : undefined;
      if (parts) {
        for (const [index, item] of target.items.entries()) {
          const part = parts[index];
          if (part) this.bind(item, part, place);
        }
      } else this.unpack(target, this.refOf(value, place), place);
      return;
    }
    const found = this.refOf(value, place);
    if (found) this.name(target, found, place);
  }

  private name(target: Expr, ref: Ref, { names, fields }: Place): void {
    if (target.kind === 'name') names.set(target.name, ref);
    else if (target.kind === 'attribute' && rootName(target) === 'self' && target.object.kind === 'name')
      fields.set(target.name, ref);
  }

  private unpack(target: Extract<Expr, { kind: 'tuple' | 'list' | 'set' }>, ref: Ref | undefined, place: Place): void {
    if (!ref) return;
    const isOpen = target.items.some(({ kind }) => kind === 'starred');
    this.notes.several(ref, isOpen ? undefined : target.items.length);
    for (const item of target.items) this.name(item, partOf(ref), place);
  }

  /** `for x in parameter`, `for i, x in enumerate(parameter)`, `for a, b in zip(p[:-1], p[1:])` */
  private iterate(target: Expr, iterable: Expr, place: Place): void {
    const called = iterable.kind === 'call' ? lastName(iterable.callee) : undefined;
    const args = iterable.kind === 'call' ? iterable.args.map(({ value }) => value) : [];
    const targets = target.kind === 'tuple' || target.kind === 'list' ? target.items : [];
    if (called === 'enumerate' && args[0] && targets[1]) this.iterate(targets[1], args[0], place);
    else if (called === 'zip') {
      for (const [index, each] of args.entries()) {
        const to = targets[index];
        if (to) this.iterate(to, each, place);
      }
    } else {
      const ref = this.refOf(iterable, place);
      if (!ref) return;
      this.notes.several(ref);
      if (targets.length > 0) this.unpack(target as never, partOf(ref), place);
      else this.name(target, partOf(ref), place);
    }
  }

  private index(node: Extract<Expr, { kind: 'subscript' }>, place: Place): void {
    const { notes } = this;
    const ref = this.refOf(node.object, place);
    if (ref) {
      const { index } = node;
      const at = index.kind === 'constant' && typeof index.value === 'bigint' ? Number(index.value) : undefined;
      if (index.kind === 'constant' && typeof index.value === 'string') notes.refuse(ref);
      else notes.several(ref, undefined, at === undefined ? 0 : at + 1);
      return;
    }
    // `TABLE[parameter]`
    const table = node.object.kind === 'dict' ? node.object : this.tableOf(node.object, place);
    const [key] = table?.entries ?? [];
    if (key?.key) notes.compared(this.refOf(node.index, place), key.key);
  }

  /** A table that stands in the same function or file. */
  private tableOf(expr: Expr, { fn }: Place): Extract<Expr, { kind: 'dict' }> | undefined {
    if (expr.kind !== 'name') return undefined;
    for (const node of walk(fn?.code.body)) {
      if (node.kind !== 'assign' || node.value.kind !== 'dict') continue;
      if (node.targets.some((each) => each.kind === 'name' && each.name === expr.name)) return node.value;
    }
    return undefined;
  }

  private compare({ left, rest }: Extract<Expr, { kind: 'compare' }>, place: Place): void {
    let before = left;
    for (const { operator, right } of rest) {
      const [one, other] = [this.refOf(before, place), this.refOf(right, place)];
      if (operator === 'is' || operator === 'is not') {
        if (right.kind === 'constant' && right.value === null) this.notes.none(one);
      } else if (operator === '==' || operator === '!=' || operator === 'in' || operator === 'not in') {
        const items = right.kind === 'tuple' || right.kind === 'list' || right.kind === 'set' ? right.items : [right];
        for (const item of items) this.notes.compared(one, item, operator);
        this.notes.compared(other, before, operator);
        this.measured(before, right, place);
      } else {
        this.notes.counted(one);
        this.notes.counted(other);
        this.measured(before, right, place);
      }
      before = right;
    }
  }

  /** `len(parameter) == 3` */
  private measured(one: Expr, other: Expr, place: Place): void {
    if (one.kind !== 'call' || lastName(one.callee) !== 'len') return;
    const ref = one.args[0] && this.refOf(one.args[0].value, place);
    const count = other.kind === 'constant' && typeof other.value === 'bigint' ? Number(other.value) : undefined;
    if (ref && count !== undefined) this.notes.several(ref, count);
  }

  private call(node: CallExpr, place: Place): void {
    const { notes } = this;
    const { callee, args } = node;
    const name = lastName(callee) ?? '';
    const called = this.refOf(callee, place);
    if (called) {
      const plain = args.filter(({ form }) => form === 'plain' || form === 'keyword');
      notes.called(called, place.isBuilding, args.some(({ form }) => form === 'star') ? 0 : plain.length);
      // `act(dim)` of a class that is handed in says nothing of its arguments.
      return;
    }
    if (callee.kind === 'name') {
      const [first] = args;
      const ref = first && this.refOf(first.value, place);
      if (name === 'range') for (const { value } of args) notes.named(this.refOf(value, place), 'num_layers', true);
      if (/^(?:len|sum|sorted|enumerate)$/.test(name)) notes.several(ref);
      if (name === 'getattr' && args[1]) notes.chosen(this.refOf(args[1].value, place), first?.value);
    }
    // `kind.startswith('gelu')`
    if (callee.kind === 'attribute' && name === 'startswith' && args[0])
      notes.compared(this.refOf(callee.object, place), args[0].value);
    const own = this.ownOf(callee, place);
    if (own) this.follow(own, args, place);
    else this.hand(name, callee, args, place);
  }

  /** Hands arguments to a layer or a function of PyTorch, or to what is not known. */
  private hand(name: string, callee: Expr, args: readonly CallArgument[], place: Place): void {
    const signature = this.signatureAt(name, callee, place);
    if (signature) this.notes.hasLayer(name, signature.spatial);
    const isLayer = /^\p{Lu}/u.test(name);
    for (const [index, { form, name: keyword, value }] of args.entries()) {
      const at = signature?.names[index];
      const told = form === 'keyword' ? (signature || !isLayer ? meaningOf(keyword) : keyword) : undefined;
      const as = form === 'plain' ? (at === '_' ? undefined : at) : told;
      if (as !== undefined && (signature || isLayer)) this.tell(value, as, place);
      else if (form === 'star' && /^(?:permute|transpose)$/.test(name)) this.notes.axes(this.refOf(value, place));
    }
    if (/^(?:permute)$/.test(name))
      for (const { value, form } of args) if (form === 'plain') this.notes.axes(this.refOf(value, place));
    // `torch.zeros(1, length, dim)`
    if (/^(?:zeros|ones|randn|rand|empty)$/.test(name))
      for (const { value } of args) this.tell(value, 'dim', place, true);
  }

  private tell(value: Expr, as: string, place: Place, isLoose = false): void {
    if (value.kind === 'tuple' || value.kind === 'list') {
      for (const item of value.items) this.tell(item, as, place, isLoose);
      return;
    }
    const ref = this.refOf(value, place);
    this.notes.named(ref && (isLoose ? { ...ref, isLoose } : ref), as);
  }

  private signatureAt(name: string, callee: Expr, place: Place): Signature | undefined {
    if (name === '__init__' && place.owner && place.self) {
      const { mro } = place.self;
      const base = mro.slice(mro.indexOf(place.owner) + 1).find((each) => each.members.has('__init__'));
      return base?.native ? signatureOf(base.name) : undefined;
    }
    // `getattr(nn, kind)(…)`: of what is chosen by a text, recurrent layers are built with sizes.
    if (callee.kind === 'call' && lastName(callee.callee) === 'getattr') return signatureOf('LSTM');
    return signatureOf(name);
  }

  /** A class, a function or a method of the project's own. */
  private ownOf(
    callee: Expr,
    { fn, self, owner }: Place,
  ): { fn: PyFunction; self: PyClass | undefined; isMethod: boolean; isBound: boolean } | undefined {
    let found: PyValue | undefined;
    if (callee.kind === 'name') found = fn?.scope.lookup(callee.name);
    else if (callee.kind === 'attribute' && callee.object.kind === 'name') {
      if (callee.object.name === 'self' && self) {
        const method = self.lookup(callee.name);
        return method instanceof PyFunction ? { fn: method, self, isMethod: true, isBound: true } : undefined;
      }
      const holder = fn?.scope.lookup(callee.object.name);
      found = holder instanceof PyModule ? holder.members.get(callee.name) : undefined;
    } else if (callee.kind === 'attribute' && callee.name === '__init__' && self && owner) {
      const next = self.mro.slice(self.mro.indexOf(owner) + 1).find((each) => each.members.has('__init__'));
      const initialise = next && !next.native ? next.members.get('__init__') : undefined;
      return initialise instanceof PyFunction
        ? { fn: initialise, self: next, isMethod: true, isBound: true }
        : undefined;
    }
    if (found instanceof PyFunction) return { fn: found, self: undefined, isMethod: false, isBound: false };
    const initialise = found instanceof PyClass && !found.native ? found.lookup('__init__') : undefined;
    if (!(found instanceof PyClass && initialise instanceof PyFunction)) return undefined;
    return { fn: initialise, self: found, isMethod: true, isBound: false };
  }

  /** Follows arguments into what is called. */
  private follow(
    { fn, self, isMethod, isBound }: { fn: PyFunction; self: PyClass | undefined; isMethod: boolean; isBound: boolean },
    args: readonly CallArgument[],
    place: Place,
  ): void {
    const { code } = fn;
    const parameters = code.parameters.slice(isMethod ? 1 : 0);
    const names: Names = new Map();
    for (const [index, { form, name: keyword, value }] of args.entries()) {
      const name = form === 'keyword' ? keyword : form === 'plain' ? parameters[index]?.name : undefined;
      const ref = name === undefined ? undefined : this.refOf(value, place);
      if (name === undefined || !ref) continue;
      names.set(name, ref);
      this.notes.named(ref, name);
    }
    const key = `${fn.qualifiedName} ${[...names].map(([name, { name: of, depth }]) => `${name}=${of}${depth}`)}`;
    if (names.size === 0 || place.level >= DEPTH || this.seen.has(key)) return;
    this.seen.add(key);
    const isOther = isMethod && !isBound;
    const fields: Names = isOther || !isMethod ? new Map() : place.fields;
    const owner = isBound ? (self ?? place.owner) : self;
    this.read(code, {
      names,
      fields,
      fn,
      self: isBound ? place.self : self,
      owner,
      isBuilding: place.isBuilding,
      level: place.level + 1,
    });
  }

  /** The parameter that an expression is, a part of, or computed with. */
  private refOf(expr: Expr, place: Place): Ref | undefined {
    const of = (inner: Expr | undefined) => inner && this.refOf(inner, place);
    const loosely = (ref: Ref | undefined) => ref && { ...ref, isLoose: true };
    switch (expr.kind) {
      case 'name':
        return place.names.get(expr.name);
      case 'attribute':
        return expr.object.kind === 'name' && expr.object.name === 'self' ? place.fields.get(expr.name) : undefined;
      case 'subscript': {
        const ref = of(expr.object);
        return ref && (expr.index.kind === 'slice' ? ref : partOf(ref));
      }
      case 'call': {
        const name = lastName(expr.callee) ?? '';
        if (/^(?:lower|upper|strip)$/.test(name) && expr.callee.kind === 'attribute') return of(expr.callee.object);
        return KEEPS.test(name) ? of(expr.args[0]?.value) : undefined;
      }
      case 'binary': {
        const [left, right] = [of(expr.left), of(expr.right)];
        if (left && right) return undefined;
        if (expr.operator === '+' && isListed(expr.left, expr.right)) return left ?? right;
        return loosely(left ?? (expr.left.kind === 'constant' ? right : undefined));
      }
      case 'unary':
        return loosely(of(expr.operand));
      case 'conditional':
        return of(expr.consequence) ?? of(expr.otherwise);
      case 'boolean':
        return of(expr.left) ?? of(expr.right);
      case 'starred':
        return of(expr.value);
      default:
        return undefined;
    }
  }
}

/** Calls that give what they are given, much as it is. */
const KEEPS =
  /^(?:int|float|list|tuple|round|sorted|reversed|abs|ceil|floor|copy|deepcopy|to_[1-4]?n?tuple|to_\dtuple|_?(?:single|pair|triple)|make_divisible|as_tuple)$/;

const partOf = (ref: Ref): Ref => ({ ...ref, depth: ref.depth + 1 });

const isListed = (...sides: readonly Expr[]): boolean => sides.some(({ kind }) => kind === 'list' || kind === 'tuple');

const namesOf = (code: FunctionCode, from: number): Names =>
  new Map(code.parameters.slice(from).map(({ name }) => [name, { name, depth: 0, isLoose: false }]));
