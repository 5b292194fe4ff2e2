// Finds reads of a list's elements whose absence would become a value that looks right: `shape[dim] ?? 1`. Which reads
// are of lists, and whose elements may be undefined by themselves, is asked of TypeScript.
import { SyntaxKind } from 'typescript/unstable/ast';
import { API, TypeFlags } from 'typescript/unstable/sync';

const advice =
  'a missing element would become a value; itemAt, sizeAt, lastOf and leading of src/graph/access.ts throw (in src/torch sizeOf), and itemOr is for a list that may end before';

const literals = new Set([
  SyntaxKind.NumericLiteral,
  SyntaxKind.BigIntLiteral,
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
]);

function bare(node) {
  while (node?.kind === SyntaxKind.ParenthesizedExpression) node = node.expression;
  return node;
}

/** Whether a default is a number or a text. */
function isPlausible(node) {
  const value = bare(node);
  if (value?.kind === SyntaxKind.PrefixUnaryExpression) return isPlausible(value.operand);
  if (value?.kind === SyntaxKind.PropertyAccessExpression) return value.getText() === 'Number.NaN';
  return literals.has(value?.kind) || (value?.kind === SyntaxKind.Identifier && value.text === 'NaN');
}

/** The list of `list[i]`, `list.at(i)`, and of what is read of such an element with `?.`. */
function listOf(node) {
  const value = bare(node);
  switch (value.kind) {
    case SyntaxKind.ElementAccessExpression:
      return value.expression;
    case SyntaxKind.CallExpression: {
      const callee = bare(value.expression);
      if (callee.kind !== SyntaxKind.PropertyAccessExpression) return undefined;
      return callee.name.text === 'at' ? callee.expression : listOf(callee);
    }
    case SyntaxKind.PropertyAccessExpression:
      return listOf(value.expression);
    case SyntaxKind.BinaryExpression:
      return value.operatorToken.kind === SyntaxKind.QuestionQuestionToken ? listOf(value.right) : undefined;
    default:
      return undefined;
  }
}

/** Whether a type is that of lists whose elements are always something, so that only a missing one is undefined. */
function isFull(checker, given) {
  const type = checker.getNonNullableType(given);
  // Groups of a pattern may well not match.
  if (/\bRegExp(Exec|Match)Array\b/.test(checker.typeToString(type))) return false;
  const apparent = checker.getApparentType(type);
  if (!checker.getPropertyOfType(apparent, 'length')) return false;
  const infos = checker.getIndexInfosOfType(apparent);
  const byNumber = infos.find(({ keyType }) => keyType.flags & TypeFlags.Number);
  const nothing = [checker.getUndefinedType(), checker.getNullType()];
  return byNumber !== undefined && !nothing.some((each) => checker.isTypeAssignableTo(each, byNumber.valueType));
}

/** The type of the list that a node reads with a default, if it does: `list[i] ?? 0`, `[a = 0] = list`, `([a = 0]) =>`. */
function readBy(checker, node) {
  const typeOf = (list) => list && checker.getTypeAtLocation(list);
  if (node.kind === SyntaxKind.BinaryExpression) {
    const { QuestionQuestionToken, BarBarToken } = SyntaxKind;
    const falls = [QuestionQuestionToken, BarBarToken].includes(node.operatorToken.kind);
    return falls && isPlausible(node.right) ? typeOf(listOf(node.left)) : undefined;
  }
  if (node.kind !== SyntaxKind.BindingElement || node.parent.kind !== SyntaxKind.ArrayBindingPattern) return undefined;
  if (!isPlausible(node.initializer)) return undefined;
  const { initializer, type } = node.parent.parent;
  return type ? checker.getTypeFromTypeNode(type) : typeOf(initializer);
}

/** The reads in one file of a project, as lines `file:line: …`. */
function readsIn({ program, checker }, file, name) {
  const source = program.getSourceFile(file);
  const found = [];
  const visit = (node) => {
    const type = readBy(checker, node);
    if (type && isFull(checker, type)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${name}:${line + 1}: ${node.getText().replace(/\s+/g, ' ')}: ${advice}`);
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

/** The reads in files of the project that `config` describes; `names` says what to call each. */
export function absentReads(config, names, options = {}) {
  const api = new API(options);
  try {
    const [project] = api.updateSnapshot({ openProjects: [config] }).getProjects();
    return [...names].flatMap(([file, name]) => readsIn(project, file, name));
  } finally {
    api.close();
  }
}
