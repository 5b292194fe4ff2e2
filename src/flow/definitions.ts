/** What definitions and imports bind. */
import type { Stmt } from '../python/syntax/ast';
import { canonicalLibraryName } from './libraries';
import { fieldsIn } from './records';
import { type FlowRun, placeIn } from './run';
import { addStar, offeredName } from './scopes';
import type { Frame } from './store';
import { type FlowValue, type UserClass, type UserFunction, unknown } from './values';

export function functionValue(
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

export function classValue(run: FlowRun, statement: Extract<Stmt, { kind: 'class' }>, frame: Frame): UserClass {
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

export function importModule(run: FlowRun, module: string, alias: string | undefined, frame: Frame): void {
  const found = run.moduleFrame(frame.file, module, 0);
  if (found && (alias || !module.includes('.'))) run.bind(frame, alias ?? module, { kind: 'namespace', frame: found });
  else {
    const name = alias ? module : (module.split('.')[0] ?? module);
    run.bind(frame, alias ?? name, { kind: 'library', name: canonicalLibraryName(name), isAssumed: false });
  }
}

export function importNames(
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
