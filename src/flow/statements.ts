import type { Stmt } from '../python/syntax/ast';
import { assign } from './assignment';
import { classValue, functionValue, importModule, importNames } from './definitions';
import { elementsOf, truthOf, turnsOf } from './queries';
import { type FlowRun, placeIn, runBranch } from './run';
import type { Frame } from './store';
import { constantOf, type FlowValue, unknown } from './values';

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
