/** Follows parameters through the text of functions: by their names, fields, parts and loops. */
import type { CallArgument, Expr, FunctionCode, Stmt } from '../python/syntax/ast';
import { walk } from '../python/syntax/survey';
import { PyFunction } from '../python/values/scope';
import { PyBoundMethod, type PyClass } from '../python/values/values';
import type { Callee } from './callee';
import { noteAssignedWeight, noteHandedWeight } from './handedWeights';
import { type OwnCallee, ownOf, signatureAt } from './ownCallees';
import type { CallableUse } from './parameterUses';
import { bind, iterate } from './refBinding';
import { type CodePlace, isListed, namesOf, type ParameterRefs, refOf } from './refs';
import { meaningOf } from './signatures';
import { type CallExpr, lastName } from './slice';
import { UseNotes } from './useNotes';

/** How many functions deep a parameter is followed. */
const DEPTH = 3;
/** Functions that are looked through for one class. */
const MOST = 120;

export class UseReader {
  private readonly notes = new UseNotes();
  private readonly fields: ParameterRefs = new Map();
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

  private read(code: FunctionCode, place: CodePlace): void {
    if (++this.count > MOST) return;
    for (const node of walk(code.body)) this.visit(node, place);
  }

  private visit(node: Expr | Stmt, place: CodePlace): void {
    const { notes } = this;
    const ref = (expr: Expr) => refOf(expr, place);
    switch (node.kind) {
      case 'assign':
        for (const target of node.targets) bind(target, node.value, place, notes);
        noteAssignedWeight(node, place.fn?.code.body ?? [], place, notes);
        break;
      case 'annotation':
        if (node.value) bind(node.target, node.value, place, notes);
        break;
      case 'for':
        iterate(node.target, node.iterable, place, notes);
        break;
      case 'comprehension':
        for (const { target, iterable } of node.clauses) iterate(target, iterable, place, notes);
        break;
      case 'subscript':
        this.index(node, place);
        break;
      case 'starred':
        notes.noteList(ref(node.value));
        break;
      case 'if':
      case 'while':
      case 'conditional':
        notes.noteTest(ref(node.condition));
        break;
      case 'not':
        notes.noteTest(ref(node.operand));
        break;
      case 'boolean':
        notes.noteTest(ref(node.left));
        break;
      case 'compare':
        this.compare(node, place);
        break;
      case 'binary':
        if (node.operator !== '+' || !isListed(node.left, node.right))
          for (const each of [ref(node.left), ref(node.right)]) notes.noteCount(each);
        else for (const each of [ref(node.left), ref(node.right)]) notes.noteList(each);
        break;
      case 'match':
        for (const { pattern } of node.cases)
          if (pattern.kind === 'value') notes.noteComparison(ref(node.subject), pattern.value);
        break;
      case 'call':
        this.call(node, place);
        break;
    }
  }

  private index(node: Extract<Expr, { kind: 'subscript' }>, place: CodePlace): void {
    const { notes } = this;
    const ref = refOf(node.object, place);
    if (ref) {
      const { index } = node;
      const at = index.kind === 'constant' && typeof index.value === 'bigint' ? Number(index.value) : undefined;
      if (index.kind === 'constant' && typeof index.value === 'string') notes.refuse(ref);
      else notes.noteList(ref, undefined, at === undefined ? 0 : at + 1);
      return;
    }
    // `TABLE[parameter]`
    const table = node.object.kind === 'dict' ? node.object : this.tableOf(node.object, place);
    const [key] = table?.entries ?? [];
    if (key?.key) notes.noteComparison(refOf(node.index, place), key.key);
  }

  /** A table that stands in the same function or file. */
  private tableOf(expr: Expr, { fn }: CodePlace): Extract<Expr, { kind: 'dict' }> | undefined {
    if (expr.kind !== 'name') return undefined;
    for (const node of walk(fn?.code.body)) {
      if (node.kind !== 'assign' || node.value.kind !== 'dict') continue;
      if (node.targets.some((each) => each.kind === 'name' && each.name === expr.name)) return node.value;
    }
    return undefined;
  }

  private compare({ left, rest }: Extract<Expr, { kind: 'compare' }>, place: CodePlace): void {
    let before = left;
    for (const { operator, right } of rest) {
      const [one, other] = [refOf(before, place), refOf(right, place)];
      if (operator === 'is' || operator === 'is not') {
        if (right.kind === 'constant' && right.value === null) this.notes.noteNone(one);
      } else if (operator === '==' || operator === '!=' || operator === 'in' || operator === 'not in') {
        const items = right.kind === 'tuple' || right.kind === 'list' || right.kind === 'set' ? right.items : [right];
        for (const item of items) this.notes.noteComparison(one, item, operator);
        this.notes.noteComparison(other, before, operator);
        this.measure(before, right, place);
      } else {
        this.notes.noteCount(one);
        this.notes.noteCount(other);
        this.measure(before, right, place);
      }
      before = right;
    }
  }

  /** `len(parameter) == 3` */
  private measure(one: Expr, other: Expr, place: CodePlace): void {
    if (one.kind !== 'call' || lastName(one.callee) !== 'len') return;
    const ref = one.args[0] && refOf(one.args[0].value, place);
    const count = other.kind === 'constant' && typeof other.value === 'bigint' ? Number(other.value) : undefined;
    if (ref && count !== undefined) this.notes.noteList(ref, count);
  }

  private call(node: CallExpr, place: CodePlace): void {
    const { notes } = this;
    const { callee, args } = node;
    const name = lastName(callee) ?? '';
    noteHandedWeight(node, place.fn?.code.body ?? [], place, notes);
    const called = refOf(callee, place);
    if (called) {
      const plain = args.filter(({ form }) => form === 'plain' || form === 'keyword');
      notes.noteCall(called, place.isBuilding, args.some(({ form }) => form === 'star') ? 0 : plain.length);
      // `act(dim)` of a class that is handed in says nothing of its arguments.
      return;
    }
    if (callee.kind === 'name') {
      const [first] = args;
      const ref = first && refOf(first.value, place);
      if (name === 'range') for (const { value } of args) notes.noteName(refOf(value, place), 'num_layers', true);
      if (/^(?:len|sum|sorted|enumerate)$/.test(name)) notes.noteList(ref);
      if (name === 'getattr' && args[1]) notes.noteChoice(refOf(args[1].value, place), first?.value);
    }
    // `kind.startswith('gelu')`
    if (callee.kind === 'attribute' && name === 'startswith' && args[0])
      notes.noteComparison(refOf(callee.object, place), args[0].value);
    const own = ownOf(callee, place);
    if (own) this.follow(own, args, place);
    else this.hand(name, callee, args, place);
  }

  /** Hands arguments to a layer or a function of PyTorch, or to what is not known. */
  private hand(name: string, callee: Expr, args: readonly CallArgument[], place: CodePlace): void {
    const signature = signatureAt(name, callee, place);
    if (signature) this.notes.noteLayer(name, signature.spatial);
    const isLayer = /^\p{Lu}/u.test(name);
    for (const [index, { form, name: keyword, value }] of args.entries()) {
      const at = signature?.names[index];
      const told = form === 'keyword' ? (signature || !isLayer ? meaningOf(keyword) : keyword) : undefined;
      const as = form === 'plain' ? (at === '_' ? undefined : at) : told;
      if (as !== undefined && (signature || isLayer)) this.tell(value, as, place);
      else if (form === 'star' && /^(?:permute|transpose)$/.test(name)) this.notes.noteAxes(refOf(value, place));
    }
    if (/^(?:permute)$/.test(name))
      for (const { value, form } of args) if (form === 'plain') this.notes.noteAxes(refOf(value, place));
    // `torch.zeros(1, length, dim)`
    if (/^(?:zeros|ones|randn|rand|empty)$/.test(name))
      for (const { value } of args) this.tell(value, 'dim', place, true);
  }

  private tell(value: Expr, as: string, place: CodePlace, isLoose = false): void {
    if (value.kind === 'tuple' || value.kind === 'list') {
      for (const item of value.items) this.tell(item, as, place, isLoose);
      return;
    }
    const ref = refOf(value, place);
    this.notes.noteName(ref && (isLoose ? { ...ref, isLoose } : ref), as);
  }

  /** Follows arguments into what is called. */
  private follow({ fn, self, isMethod, isBound }: OwnCallee, args: readonly CallArgument[], place: CodePlace): void {
    const { code } = fn;
    const parameters = code.parameters.slice(isMethod ? 1 : 0);
    const names: ParameterRefs = new Map();
    for (const [index, { form, name: keyword, value }] of args.entries()) {
      const name = form === 'keyword' ? keyword : form === 'plain' ? parameters[index]?.name : undefined;
      const ref = name === undefined ? undefined : refOf(value, place);
      if (name === undefined || !ref) continue;
      names.set(name, ref);
      // A helper's letters say nothing: `default(value, d)`.
      if (isMethod) this.notes.noteName(ref, name);
    }
    const key = `${fn.qualifiedName} ${[...names].map(([name, { name: of, depth }]) => `${name}=${of}${depth}`)}`;
    if (names.size === 0 || place.level >= DEPTH || this.seen.has(key)) return;
    this.seen.add(key);
    const isOther = isMethod && !isBound;
    const fields: ParameterRefs = isOther || !isMethod ? new Map() : place.fields;
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
}
