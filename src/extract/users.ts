/** What of a file makes something that is defined there or elsewhere: classes, builders, variables. */
import type { Expr, Program, Stmt } from '../python/syntax/ast';
import { mainBlock, walk } from '../python/syntax/survey';
import { choiceOf, type MakingChoice } from './choices';
import { isSettingsFile } from './configFiles';
import { aliasesIn, type ClassStatement, lastName, topLevelStatements } from './slice';

/** A class, a builder or a variable. */
interface User {
  readonly name: string;
  readonly isVariable?: boolean;
  /** What it is told so that it makes what is looked for. */
  readonly choice?: MakingChoice | undefined;
}

/**
 * Classes, and functions that return something, at a file's own level that name another or derive from it; then variables
 * that hold what is made with it: `model = ResNet(Block, [2, 2])`.
 */
export function usersIn(program: Program, name: string): User[] {
  const found = new Map<string, User>();
  const names = aliasesIn(program.body, name);
  const reached = new Set([...names, ...collectionsOf(program, names)]);
  for (const statement of topLevelStatements(program.body)) {
    if (statement.kind === 'class' && !names.has(statement.name) && statement.args.length > 0) {
      if (mentions([statement.args, statement.body], reached)) found.set(statement.name, { name: statement.name });
    } else if (statement.kind === 'function' && !names.has(statement.code.name) && returns(statement.code.body)) {
      const { code } = statement;
      if (mentions(code, reached)) found.set(code.name, { name: code.name, choice: choiceOf(program, code, names) });
    }
  }
  for (const node of walk([[...topLevelStatements(program.body)], mainBlock(program.body)], false)) {
    const target = node.kind === 'assign' ? node.targets[0] : undefined;
    if (node.kind !== 'assign' || target?.kind !== 'name' || found.has(target.name)) continue;
    if (isMadeWith(node.value, reached)) found.set(target.name, { name: target.name, isVariable: true });
  }
  return [...found.values()];
}

/** `Net.from_name`, `Net.build`: functions of a class by which it is made. */
export function makersIn(program: Program, name: string): string[] {
  const cls = [...topLevelStatements(program.body)].find(
    (each): each is ClassStatement => each.kind === 'class' && each.name === name,
  );
  return (cls?.body ?? []).flatMap((each) => {
    if (each.kind !== 'function' || !each.decorators.some((one) => /^(class|static)method$/.test(lastName(one) ?? '')))
      return [];
    const { code } = each;
    const makes = new Set([name, ...code.parameters.slice(0, 1).map((parameter) => parameter.name)]);
    const isMade = [...walk(code.body, false)].some(
      (node) => node.kind === 'call' && node.callee.kind === 'name' && makes.has(node.callee.name),
    );
    return isMade && returns(code.body) ? [`${name}.${code.name}`] : [];
  });
}

/** The parameter of a class or a function that is the path of a file of settings, by its default. */
export function pathParameter(program: Program, name: string): string | undefined {
  for (const statement of topLevelStatements(program.body)) {
    const isIt = statement.kind === 'class' ? statement.name === name : false;
    const methods = statement.kind === 'class' && isIt ? statement.body : [statement];
    for (const each of methods) {
      if (each.kind !== 'function' || each.code.name !== (isIt ? '__init__' : name)) continue;
      const found = each.code.parameters.find(
        ({ default: value }) =>
          value?.kind === 'constant' && typeof value.value === 'string' && isSettingsFile(value.value),
      );
      if (found) return found.name;
    }
  }
  return undefined;
}

/** Variables of a file that hold one of some names among others: `BLOCKS = {'basic': Block}`, `blocks = [Block, Block]`. */
function collectionsOf(program: Program, names: ReadonlySet<string>): string[] {
  return [...topLevelStatements(program.body)].flatMap((statement) => {
    if (statement.kind !== 'assign' || !/^(?:dict|list|tuple)$/.test(statement.value.kind)) return [];
    if (!mentions(statement.value, names)) return [];
    return statement.targets.flatMap((target) => (target.kind === 'name' ? [target.name] : []));
  });
}

/** Whether a call is handed a name, at any depth. */
function isMadeWith(value: Expr, names: ReadonlySet<string>): boolean {
  if (value.kind !== 'call') return false;
  const held = value.callee.kind === 'attribute' ? isMadeWith(value.callee.object, names) : false;
  return held || mentions(value.args, names);
}

function mentions(root: unknown, names: ReadonlySet<string>): boolean {
  for (const node of walk(root)) {
    if ((node.kind === 'name' || node.kind === 'attribute') && names.has(node.name)) return true;
  }
  return false;
}

function returns(body: readonly Stmt[]): boolean {
  for (const node of walk(body, false)) if (node.kind === 'return' && node.value) return true;
  return false;
}
