import type { Expr, Stmt } from '../python/syntax/ast';
import { canonicalLibraryName, lastOfClassifier } from './libraries';
import { elementsOf, truthOf, turnsOf } from './queries';
import { fieldsIn, partsOfTuple } from './records';
import { type FlowRun, placeIn, runBranch } from './run';
import { addStar, offeredName, registerModule, writeAttribute } from './scopes';
import type { Frame } from './store';
import {
  chooseOf,
  constantOf,
  type FlowValue,
  possibilities,
  type UserClass,
  type UserFunction,
  unknown,
} from './values';

/** Loops over what the code does not tell run this often: the second time sees what the first has left. */
const TURNS = 2;

/** @returns whether the block surely ends what it is in */
export function executeBlock(run: FlowRun, body: readonly Stmt[], frame: Frame): boolean {
  for (const statement of body) if (executeStatement(run, statement, frame)) return true;
  return false;
}

function executeStatement(run: FlowRun, statement: Stmt, frame: Frame): boolean {
  switch (statement.kind) {
    case 'expression':
      run.evaluate(statement.value, frame);
      return false;
    case 'assign': {
      const value = run.evaluate(statement.value, frame);
      for (const target of statement.targets) assign(run, target, value, frame);
      return false;
    }
    case 'annotation':
      if (statement.value) assign(run, statement.target, run.evaluate(statement.value, frame), frame);
      return false;
    case 'augmented':
      augment(run, statement, frame);
      return false;
    case 'if': {
      const truth = truthOf(run.evaluate(statement.condition, frame), run.store);
      if (truth !== undefined) return run.execute(truth ? statement.consequence : statement.otherwise, frame);
      return branch(run, [
        () => run.execute(statement.consequence, frame),
        () => run.execute(statement.otherwise, frame),
      ]);
    }
    case 'for':
      loop(run, statement, frame);
      return false;
    case 'while': {
      run.evaluate(statement.condition, frame);
      for (let turn = 0; turn < TURNS; turn++) branch(run, [() => run.execute(statement.body, frame)]);
      return run.execute(statement.otherwise, frame);
    }
    case 'try': {
      const ends = branch(run, [
        () => run.execute(statement.body, frame) || run.execute(statement.otherwise, frame),
        ...statement.handlers.map(
          ({ body }) =>
            () =>
              run.execute(body, frame),
        ),
      ]);
      return run.execute(statement.last, frame) || ends;
    }
    case 'with':
      for (const { value, target } of statement.items) {
        const held = run.evaluate(value, frame);
        if (target) assign(run, target, held.kind === 'instance' ? held : unknown, frame);
      }
      return run.execute(statement.body, frame);
    case 'match':
      run.evaluate(statement.subject, frame);
      return branch(run, [
        ...statement.cases.map(
          ({ body }) =>
            () =>
              run.execute(body, frame),
        ),
        () => false,
      ]);
    case 'function':
      run.bind(frame, statement.code.name, functionValue(run, statement, frame));
      return false;
    case 'class':
      run.bind(frame, statement.name, classValue(run, statement, frame));
      return false;
    case 'return': {
      const value = statement.value ? run.evaluate(statement.value, frame) : constantOf(null);
      run.trail.at(-1)?.returned.push(value);
      return true;
    }
    case 'raise':
    case 'break':
    case 'continue':
      return true;
    case 'delete':
      return false;
    case 'assert':
      run.evaluate(statement.condition, frame);
      return false;
    case 'import':
      for (const { module, alias } of statement.names) importModule(run, module, alias, frame);
      return false;
    case 'from':
      importNames(run, statement, frame);
      return false;
    default:
      return false;
  }
}

/** Runs each branch on what holds now; what those that go on have changed may hold afterwards. */
function branch(run: FlowRun, branches: readonly (() => boolean)[], isSure = false): boolean {
  const before = run.store;
  const id = run.newId();
  const going = branches.flatMap((each) => {
    run.store = before.fork();
    const step = { branch: id, isSure, isEnded: false };
    const ends = runBranch(run, step, each);
    step.isEnded = ends;
    const after = run.store;
    return ends ? [] : [after];
  });
  run.store = before;
  if (going.length === 0) return branches.length > 1;
  before.join(going);
  return false;
}

function loop(run: FlowRun, statement: Extract<Stmt, { kind: 'for' }>, frame: Frame): void {
  const elements = turnsOf(run.evaluate(statement.iterable, frame), run.store);
  const turns: readonly FlowValue[] = elements ?? Array.from({ length: TURNS }, () => unknown);
  for (const element of turns) {
    assign(run, statement.target, element, frame);
    branch(run, [() => run.execute(statement.body, frame)], elements !== undefined);
  }
  run.execute(statement.otherwise, frame);
}

/** Gives a value to a name, an attribute, an element, or its parts to the parts of a pattern. */
export function assign(run: FlowRun, target: Expr, value: FlowValue, frame: Frame): void {
  switch (target.kind) {
    case 'name':
      run.bind(frame, target.name, value);
      if (value.kind === 'layer') run.nameLayer(value.id, target.name);
      return;
    case 'attribute': {
      const object = run.evaluate(target.object, frame);
      for (const each of possibilities(object)) {
        if (each.kind === 'instance') run.initialise(each);
        writeAttribute(run.store, each, target.name, value);
        if (each.kind === 'instance') registerModule(run.store, each, value);
        if (each.kind === 'layer' && target.name === 'weight') run.reweight(each);
      }
      for (const each of possibilities(value)) {
        if (each.kind === 'layer' || each.kind === 'sequence' || each.kind === 'instance')
          run.nameLayer(each.id, target.name);
        if (each.kind === 'result') run.use(each);
      }
      return;
    }
    case 'subscript': {
      const object = run.evaluate(target.object, frame);
      const index = run.evaluate(target.index, frame);
      run.use(value);
      for (const each of possibilities(object)) {
        replaceHead(run, each, index, value);
        if (each.kind !== 'mapping' && each.kind !== 'sequence') continue;
        const { items, keys, isOpen } = run.store.contents(each.id);
        const at =
          index.kind !== 'constant'
            ? -1
            : each.kind === 'mapping'
              ? keys.indexOf(String(index.value))
              : Number(index.value) + (Number(index.value) < 0 ? items.length : 0);
        if (at >= 0 && at < items.length) run.store.fill(each.id, { items: items.with(at, value), keys, isOpen });
        else if (each.kind === 'mapping' && index.kind === 'constant')
          run.store.fill(each.id, { items: [...items, value], keys: [...keys, String(index.value)], isOpen });
        else run.store.fill(each.id, { items: items.map(() => unknown), keys, isOpen: true });
      }
      return;
    }
    case 'tuple':
    case 'list':
      unpack(run, target.items, value, frame, target);
      return;
    case 'starred':
      assign(run, target.value, unknown, frame);
      return;
    default:
  }
}

/** `model.classifier[6] = …`: the last layer of a classifier of a library is another one from here on. */
function replaceHead(run: FlowRun, object: FlowValue, index: FlowValue, value: FlowValue): void {
  if (object.kind !== 'method' || object.name !== 'classifier' || object.receiver.kind !== 'layer') return;
  if (index.kind !== 'constant') return;
  if (index.value === -1 || index.value === lastOfClassifier(object.receiver.type))
    writeAttribute(run.store, object.receiver, object.name, value);
}

function unpack(run: FlowRun, targets: readonly Expr[], value: FlowValue, frame: Frame, whole: Expr): void {
  const elements = value.kind === 'instance' ? partsOfTuple(run, value) : elementsOf(value, run.store);
  const star = targets.findIndex(({ kind }) => kind === 'starred');
  targets.forEach((target, index) => {
    const fits = elements && (star < 0 ? elements.length === targets.length : index < star);
    assign(run, target, fits ? (elements[index] ?? unknown) : partOf(run, value, index, frame, whole), frame);
  });
}

/** One of the several results of a call: `out, hidden = lstm(x)`. */
function partOf(run: FlowRun, value: FlowValue, index: number, frame: Frame, whole: Expr): FlowValue {
  if (value.kind === 'choice') return chooseOf(value.of.map((each) => partOf(run, each, index, frame, whole)));
  if (value.kind === 'sequence') return elementsOf(value, run.store)?.[index] ?? unknown;
  if (value.kind === 'instance') return partsOfTuple(run, value)?.[index] ?? unknown;
  if (value.kind !== 'result') return unknown;
  const at = placeIn(frame.file, whole.span);
  return run.record({
    op: '[]',
    inputs: [value],
    args: [{ value: constantOf(index), at, name: undefined, isSpread: false }],
    layer: undefined,
    form: 'operator',
    at,
    isMaybe: value.isMaybe,
    isAssumed: value.isAssumed,
  });
}

function augment(run: FlowRun, statement: Extract<Stmt, { kind: 'augmented' }>, frame: Frame): void {
  const before = run.evaluate(statement.target, frame);
  const value = run.evaluate(statement.value, frame);
  if (before.kind === 'sequence' && statement.operator === '+') {
    const more = elementsOf(value, run.store);
    const { items, keys, isOpen } = run.store.contents(before.id);
    run.store.fill(before.id, { items: [...items, ...(more ?? [])], keys, isOpen: isOpen || !more });
    return;
  }
  const at = placeIn(frame.file, statement.span);
  const result = run.record({
    op: statement.operator,
    inputs: [before, value],
    args: [],
    layer: undefined,
    form: 'operator',
    at,
    isMaybe: false,
    isAssumed: false,
  });
  assign(run, statement.target, result, frame);
}

function functionValue(
  run: FlowRun,
  { code, span, decorators }: Extract<Stmt, { kind: 'function' }>,
  frame: Frame,
): UserFunction {
  const names = decorators.map((each) => {
    const named = each.kind === 'call' ? each.callee : each;
    return named.kind === 'attribute' || named.kind === 'name' ? named.name : '';
  });
  const owner = frame.kind === 'class' ? run.store.read(`owner:${frame.id}`) : undefined;
  return {
    kind: 'function',
    code,
    at: placeIn(frame.file, span),
    frame,
    receiver: undefined,
    owner: owner?.kind === 'class' ? owner : undefined,
    decorators: names,
  };
}

function classValue(run: FlowRun, statement: Extract<Stmt, { kind: 'class' }>, frame: Frame): UserClass {
  const id = run.newId();
  const cls: UserClass = {
    kind: 'class',
    id,
    name: statement.name,
    bases: statement.args.filter(({ form }) => form === 'plain').map(({ value }) => run.evaluate(value, frame)),
    at: placeIn(frame.file, statement.span),
    fields: fieldsIn(statement.body),
  };
  // A class's attributes are the names of its body.
  const body: Frame = { id, kind: 'class', parent: frame, file: frame.file, elsewhere: new Set() };
  run.store.write(`owner:${id}`, cls);
  run.execute(statement.body, body);
  return cls;
}

function importModule(run: FlowRun, module: string, alias: string | undefined, frame: Frame): void {
  const found = run.moduleFrame(frame.file, module, 0);
  if (found && (alias || !module.includes('.'))) run.bind(frame, alias ?? module, { kind: 'namespace', frame: found });
  else {
    const name = alias ? module : (module.split('.')[0] ?? module);
    run.bind(frame, alias ?? name, { kind: 'library', name: canonicalLibraryName(name), isAssumed: false });
  }
}

function importNames(
  run: FlowRun,
  { module, level, names, star }: Extract<Stmt, { kind: 'from' }>,
  frame: Frame,
): void {
  const full = '.'.repeat(level) + module;
  const found = run.moduleFrame(frame.file, module, level);
  if (star) {
    let top = frame;
    while (top.parent) top = top.parent;
    addStar(
      run.store,
      top,
      found ? { kind: 'namespace', frame: found } : { kind: 'library', name: full, isAssumed: false },
    );
  }
  for (const { name, alias } of names) {
    const offered = found && offeredName(run.store, found, name);
    const inner = offered ? undefined : run.moduleFrame(frame.file, module ? `${module}.${name}` : name, level);
    const outside: FlowValue = {
      kind: 'library',
      name: canonicalLibraryName(full.endsWith('.') ? full + name : `${full}.${name}`),
      isAssumed: false,
    };
    const value = offered ?? (inner ? { kind: 'namespace' as const, frame: inner } : found ? unknown : outside);
    run.bind(frame, alias ?? name, value);
  }
}
