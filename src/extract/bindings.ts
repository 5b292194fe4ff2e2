/** What a name of another file stands for there: the class that is meant, or one of the same name. */
import type { Files } from '../python/run/files';
import type { Program, Stmt } from '../python/syntax/ast';
import { walk } from '../python/syntax/survey';
import { topLevelStatements } from './slice';

/** Imports of imports that are followed. */
const DEPTH = 4;

/**
 * Whether a name in a program may stand for what another file defines: it is imported from there, also by way of others,
 * or nothing says otherwise.
 */
export async function mayMean(files: Files, program: Program, name: string, definedIn: string): Promise<boolean> {
  return (await meaningOf(files, program, name, definedIn, 0)) !== false;
}

/** @returns undefined where the text does not tell */
async function meaningOf(
  files: Files,
  program: Program,
  name: string,
  definedIn: string,
  depth: number,
): Promise<boolean | undefined> {
  if (program.file === definedIn) return true;
  const [root = name] = name.split('.');
  const imports = importsOf(program, root);
  if (imports.length === 0) return isDefined(program.body, root) ? false : undefined;
  let result: boolean | undefined = false;
  for (const { module, level, name: original } of imports) {
    const target = await files.locate(program.file, module, level);
    const there = target === undefined ? null : await files.program(target).catch(() => null);
    const found =
      target === definedIn
        ? true
        : there && depth < DEPTH
          ? await meaningOf(files, there, original, definedIn, depth + 1)
          : undefined;
    if (found) return true;
    if (found === undefined) result = undefined;
  }
  return result;
}

/** `from module import name`, wherever it stands, under this name. */
function importsOf(program: Program, name: string): { module: string; level: number; name: string }[] {
  const found: { module: string; level: number; name: string }[] = [];
  for (const node of walk(program.body)) {
    if (node.kind !== 'from' || node.star) continue;
    for (const each of node.names) {
      if (each.name === name || each.alias === name)
        found.push({ module: node.module, level: node.level, name: each.name });
    }
  }
  return found;
}

function isDefined(body: readonly Stmt[], name: string): boolean {
  return [...topLevelStatements(body)].some(
    (each) => (each.kind === 'class' && each.name === name) || (each.kind === 'function' && each.code.name === name),
  );
}
