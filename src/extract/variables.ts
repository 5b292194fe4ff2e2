/** Variables of a file that hold a model. */
import type { Expr, Program, Stmt } from '../python/syntax/ast';
import { boundNames, mainBlock, walk } from '../python/syntax/survey';
import type { ModelCandidate } from './models';
import { lastName, namesIn, rootName, topLevelStatements } from './slice';

/** What a name says that is given to a model. */
export const MODEL_NAME = /model|net(work)?$|backbone|encoder|decoder|generator|discriminator|classifier|detector/i;
/** Modules that compare a model's output with a target are no models. */
export const LOSS_NAME = /(Loss|Criterion|CrossEntropy)$/;

/** How variables are called that hold a model, where nothing else tells. */
const VARIABLE_NAME =
  /^[a-z_]*?(model|net|network|backbone|encoder|decoder|generator|discriminator|classifier|detector|net_?[gd])_?\d*$/;
/** What is asked of a model alone. */
const MODEL_METHODS = new Set(['parameters', 'named_parameters', 'named_modules', 'modules', 'train', 'eval']);
/** Names of what is no model, though it is built of modules, or has such methods. */
const OTHER_NAME = /loss|param|criter|optim|sched|loader|data|token|metric|trainer|transform|scaler|logger|writer/i;

/** Names of what is kept beside the model that is trained. */
const COPY_NAME = /(^|_)(ema|swa|avg|averaged|target|teacher|old|best|ref|copy)(_|$)/i;

/**
 * Variables that hold a model, of the file's own level and of what runs with it: one whose value is written with arguments
 * or changed afterwards says more than the class. Each is what the program makes of it in the end.
 */
export function findVariables(
  program: Program,
  models: ReadonlySet<string>,
  classes: ReadonlySet<string>,
  builders: ReadonlySet<string>,
): ModelCandidate[] {
  const main = mainBlock(program.body);
  const named = namesIn(main);
  const imported = new Set<string>();
  for (const node of walk(program.body, false)) {
    if (node.kind === 'import' || node.kind === 'from') for (const name of boundNames(node)) imported.add(name);
  }
  const hasStar = program.body.some((each) => each.kind === 'from' && each.star);
  const functions = new Map<string, readonly Stmt[]>();
  for (const each of program.body) {
    if (each.kind === 'function' && !builders.has(each.code.name)) functions.set(each.code.name, each.code.body);
  }
  const bodies: (readonly Stmt[])[] = [[...topLevelStatements(program.body)], main];
  if (functions.has('main')) named.add('main');
  for (const name of named) {
    const body = functions.get(name);
    if (body) bodies.push(body);
    // What those call runs, too.
    for (const next of body ? namesIn(body) : []) if (functions.has(next)) named.add(next);
  }
  const found = new Map<string, ModelCandidate & { readonly inner: ReadonlySet<string> }>();
  for (const body of bodies) {
    const nodes = [...walk(body, false)];
    const asked = new Set<string>();
    for (const node of nodes) {
      if (node.kind !== 'attribute' || !MODEL_METHODS.has(node.name) || node.object.kind !== 'name') continue;
      asked.add(node.object.name);
    }
    for (const node of nodes) {
      const target = node.kind === 'assign' ? node.targets[0] : undefined;
      if (node.kind !== 'assign' || !target) continue;
      const names = target.kind === 'tuple' ? target.items : [target];
      for (const each of names) {
        if (each.kind !== 'name' || found.has(each.name) || OTHER_NAME.test(each.name)) continue;
        const { name } = each;
        const made = construction(node.value);
        if (!made) continue;
        const callee = lastName(made.callee) ?? '';
        const isOwn = names.length === 1 && (models.has(callee) || builders.has(callee));
        const isForeign = imported.has(rootName(made.callee) ?? '') || (hasStar && !classes.has(callee));
        if (!isOwn && (classes.has(callee) || !(asked.has(name) || (isForeign && VARIABLE_NAME.test(name))))) continue;
        if (isOwn && LOSS_NAME.test(callee)) continue;
        const changes = nodes.some((other) => other !== node && isChange(other, name));
        // The class, or the builder, says the same.
        if (isOwn && made.args.length === 0 && !changes && isMoved(node.value, made)) continue;
        const isCopy = COPY_NAME.test(name) || callee === 'deepcopy';
        found.set(name, {
          name,
          expression: name,
          range: { file: program.file, ...node.span },
          score: VARIABLE - found.size / 10 - (isCopy ? 10 : 0),
          inner: isCopy ? new Set() : namesIn(made.args),
          ...(isOwn && { of: callee }),
        });
      }
    }
  }
  const parts = new Set([...found.values()].flatMap(({ inner }) => [...inner]));
  return [...found.values()].map(({ inner: _, ...each }) => ({
    ...each,
    score: each.score - (parts.has(each.name) ? 5 : 0),
  }));
}

/** Above every class and every builder. */
const VARIABLE = 45;

/** The call that makes a model, without what only moves it: `Net(3)` of `Net(3).to(device)`. */
function construction(value: Expr): Extract<Expr, { kind: 'call' }> | undefined {
  if (value.kind !== 'call') return undefined;
  const { callee } = value;
  if (callee.kind === 'attribute' && /^(to|cuda|cpu|train|eval|float|double|half)$/.test(callee.name)) {
    return construction(callee.object);
  }
  return value;
}

/** Whether a value is what was made, at most moved: `Net().to(device)`, not `Net().double()`. */
function isMoved(value: Expr, made: Expr): boolean {
  if (value === made) return true;
  if (value.kind !== 'call' || value.callee.kind !== 'attribute') return false;
  return !/^(double|half)$/.test(value.callee.name) && isMoved(value.callee.object, made);
}

/** Whether a statement gives the variable another value, or one of its parts. */
function isChange(node: Expr | Stmt, name: string): boolean {
  if (node.kind !== 'assign') return false;
  return node.targets.some((target) => {
    if (target.kind === 'name') return target.name === name && !isMove(node.value, name);
    return rootName(target) === name;
  });
}

/** `model = model.to(device)`. */
function isMove(value: Expr, name: string): boolean {
  const made = value.kind === 'call' && value.callee.kind === 'attribute' ? value.callee.object : undefined;
  return made?.kind === 'name' && made.name === name;
}
