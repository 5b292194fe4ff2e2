/** Under which names files hand things to each other: by `import` and `export`, by `require` and `module.exports`. */
import { type CodePart, childOf, fieldOf, partsOf } from './nodes';
import { type FileText, textIn } from './parameters';
import { boundNames, isVariable } from './scopes';

/** `module.exports = {build, create: build}`, `exports.create = build`: the names under which a name is exported. */
export function assignedExports(statement: CodePart, own: string, file: FileText): string[] {
  const assignment = statement.type === 'expression_statement' ? partsOf(statement)[0] : undefined;
  const [left, right] = assignment ? [fieldOf(assignment, 'left'), fieldOf(assignment, 'right')] : [];
  if (assignment?.type !== 'assignment_expression' || !left || !right) return [];
  const [, name] = /^(?:module\.)?exports(?:\.([\w$]+))?$/.exec(textIn(file, left)) ?? [undefined, ''];
  if (name === '') return [];
  if (textIn(file, right) === own) return [name ?? 'default'];
  if (name !== undefined || right.type !== 'object') return [];
  return partsOf(right).flatMap((each) => {
    const [key, value] = each.type === 'pair' ? [fieldOf(each, 'key'), fieldOf(each, 'value')] : [each, each];
    return key && value && textIn(file, value) === own ? textIn(file, key) : [];
  });
}

/** The names that a file has from other files of its project. */
export function importedNames(file: FileText): string[] {
  return partsOf(file.root).flatMap((statement) => {
    if (isVariable.test(statement.type))
      return partsOf(statement).flatMap((each) => {
        const [target, value] = [fieldOf(each, 'name'), fieldOf(each, 'value')];
        const isLoaded =
          value && /^(?:await\s+)?(?:require|import)\s*\(\s*['"](?:\.|@\/|~\/)/.test(textIn(file, value));
        return target && isLoaded ? boundNames(target).map((name) => textIn(file, name)) : [];
      });
    const source = statement.type === 'import_statement' ? fieldOf(statement, 'source') : undefined;
    if (!source || !/^['"](?:\.|@\/|~\/|#)/.test(textIn(file, source))) return [];
    return partsOf(childOf(statement, 'import_clause')).flatMap((each) => {
      if (each.type === 'identifier') return textIn(file, each);
      return partsOf(each).flatMap((part) => {
        const name = part.type === 'identifier' ? part : (fieldOf(part, 'alias') ?? fieldOf(part, 'name'));
        return name ? textIn(file, name) : [];
      });
    });
  });
}

/** What a file calls a name that it imports. */
export function importNames(name: string, file: FileText): string[] {
  return partsOf(file.root).flatMap((statement) => {
    if (isVariable.test(statement.type)) return requiredNames(name, statement, file);
    if (statement.type !== 'import_statement') return [];
    return partsOf(childOf(statement, 'import_clause')).flatMap((each) => {
      if (each.type === 'identifier') return name === 'default' ? textIn(file, each) : [];
      return partsOf(each).flatMap((specifier) => {
        const imported = fieldOf(specifier, 'name');
        const alias = fieldOf(specifier, 'alias');
        return imported && alias && textIn(file, imported) === name ? textIn(file, alias) : [];
      });
    });
  });
}

/** `const {build: make} = require('./model')`, `const build = require('./model')`. */
function requiredNames(name: string, statement: CodePart, file: FileText): string[] {
  return partsOf(statement).flatMap((each) => {
    const [target, value] = [fieldOf(each, 'name'), fieldOf(each, 'value')];
    if (!target || !value || !/^(?:await\s+)?(?:require|import)\s*\(/.test(textIn(file, value))) return [];
    if (target.type === 'identifier') return name === 'default' ? textIn(file, target) : [];
    return partsOf(target).flatMap((part) => {
      const [key, local] = part.type === 'pair_pattern' ? [fieldOf(part, 'key'), fieldOf(part, 'value')] : [];
      return key && local && textIn(file, key) === name ? textIn(file, local) : [];
    });
  });
}
