/** Branches that choose nothing of a model: they tell something, or refuse what they are given. */
import { ExtractionError } from '../natives/errors';
import type { Expr, Stmt } from '../syntax/ast';
import { walk } from '../syntax/survey';

type If = Extract<Stmt, { kind: 'if' }>;

/** Functions that show a person something. */
const TELLS =
  /^(?:print|pprint|warn|warn_once|warning|warning_once|info|debug|error|critical|exception|log|write|flush)$/;
const TELLERS = /^(?:_?log|_?logger|logging|warnings?|sys|stdout|stderr|console|tqdm|writer)$|_logger$|^rank_zero_/i;

/**
 * What runs of an `if` whose condition can't be known because of `error`: where one side only tells something the other
 * must do no more, and where one only raises the other is what gives an output. Undefined where it is a choice.
 * @param caught whether code around it may catch what is raised: then raising is a choice
 */
export function uncheckedBranch(statement: If, error: unknown, caught: boolean): readonly Stmt[] | undefined {
  if (!(error instanceof ExtractionError) || error.kind !== 'unsupported') return undefined;
  const { consequence, otherwise } = statement;
  if (consequence.every(tells) && otherwise.every(tells)) return [];
  if (caught || (raises(consequence) && raises(otherwise))) return undefined;
  if (raises(consequence)) return otherwise;
  return raises(otherwise) ? consequence : undefined;
}

/** Whether a block always ends with an exception. */
function raises(block: readonly Stmt[]): boolean {
  if (block.at(-1)?.kind !== 'raise') return false;
  for (const statement of block) {
    for (const node of walk(statement, false)) {
      if (node.kind === 'return' || node.kind === 'break' || node.kind === 'continue' || node.kind === 'yield')
        return false;
    }
  }
  return true;
}

/** Whether a statement has no effect but what a person sees. */
function tells(statement: Stmt): boolean {
  switch (statement.kind) {
    case 'pass':
    case 'import':
    case 'from':
      return true;
    case 'expression':
      return (
        statement.value.kind === 'constant' || (statement.value.kind === 'call' && isTeller(statement.value.callee))
      );
    case 'assign':
      // `logger = get_root_logger()` just before it is used.
      return (
        statement.targets.every((target) => target.kind === 'name' && TELLERS.test(target.name)) &&
        statement.value.kind === 'call'
      );
    case 'if':
      return statement.consequence.every(tells) && statement.otherwise.every(tells);
    default:
      return false;
  }
}

function isTeller(callee: Expr): boolean {
  if (callee.kind === 'name') return TELLS.test(callee.name) || TELLERS.test(callee.name);
  if (callee.kind !== 'attribute') return false;
  let root: Expr = callee.object;
  while (root.kind === 'attribute' && !TELLERS.test(root.name)) root = root.object;
  const named = (root.kind === 'name' || root.kind === 'attribute') && TELLERS.test(root.name);
  return named && TELLS.test(callee.name);
}
