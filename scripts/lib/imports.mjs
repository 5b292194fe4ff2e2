// Reads the imports of TypeScript files and holds them against the table of rooms. Nothing here knows the disk.
import { builtinModules } from 'node:module';
import { posix } from 'node:path';

/**
 * @typedef {{ target: string, line: number, typeOnly: boolean }} Import
 * @typedef {{ imports: Import[], globals: { name: string, line: number }[], exports: string[] }} FileFacts
 */

const lineOf = (node) => node.startPosition.row + 1;
const textOf = (string) => string.text.slice(1, -1);

/** Names that the file declares itself, which therefore are no globals. */
const declaring = new Set([
  'variable_declarator',
  'required_parameter',
  'optional_parameter',
  'function_declaration',
  'class_declaration',
  'import_specifier',
  'import_clause',
  'namespace_import',
  'array_pattern',
  'pair_pattern',
]);

/** Whether every name of an import or export clause is marked as a type. */
function isTypeOnly(statement) {
  const words = statement.children.map((child) => child?.type);
  if (words.includes('type')) return true;
  const names = statement.descendantsOfType(['import_specifier', 'export_specifier']);
  const others = statement.descendantsOfType(['namespace_import', 'namespace_export']);
  const clause = statement.namedChildren.find((child) => child?.type === 'import_clause');
  const hasDefault = clause?.namedChildren.some((child) => child?.type === 'identifier') ?? false;
  const marked = names.every((name) => name?.children.some((child) => child?.type === 'type'));
  return names.length > 0 && marked && !others.length && !hasDefault;
}

/**
 * Every import of a file: statements, re-exports, `import()` as an expression and in types, `require()`; the
 * global names that it uses; and the names of what it declares and exports.
 * @param {import('web-tree-sitter').Node} program
 * @returns {FileFacts}
 */
export function readFacts(program) {
  const imports = [];
  for (const statement of program.descendantsOfType(['import_statement', 'export_statement'])) {
    const source =
      statement.childForFieldName('source') ??
      statement.descendantsOfType('import_require_clause')[0]?.childForFieldName('source');
    if (source) imports.push({ target: textOf(source), line: lineOf(source), typeOnly: isTypeOnly(statement) });
  }
  for (const call of program.descendantsOfType('call_expression')) {
    const callee = call.childForFieldName('function');
    const argument = call.childForFieldName('arguments')?.namedChildren[0];
    if (argument?.type !== 'string' || (callee?.type !== 'import' && callee?.text !== 'require')) continue;
    imports.push({ target: textOf(argument), line: lineOf(argument), typeOnly: false });
  }
  const identifiers = program.descendantsOfType(['identifier', 'shorthand_property_identifier_pattern']);
  const declares = ({ id, type, parent }) =>
    type === 'shorthand_property_identifier_pattern' ||
    (declaring.has(parent?.type) && parent.childForFieldName('value')?.id !== id);
  const declared = new Set(identifiers.filter(declares).map(({ text }) => text));
  const globals = identifiers
    .filter(({ text }) => !declared.has(text))
    .map((node) => ({ name: node.text, line: lineOf(node) }));
  const exports = program
    .descendantsOfType('export_statement')
    .flatMap((statement) => statement.childForFieldName('declaration')?.childForFieldName('name')?.text ?? []);
  return { imports, globals, exports };
}

const isBuiltin = (name) => name.startsWith('node:') || builtinModules.includes(name);

/** `@scope/name/deep` → `@scope/name`. */
const packageOf = (name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/');

const isWithin = (path, room) => path === room || path.startsWith(`${room}/`);

/** The room that a path belongs to: the longest that fits. */
function roomOf(path, rooms) {
  return Object.keys(rooms)
    .filter((room) => isWithin(path, room))
    .sort((a, b) => b.length - a.length)[0];
}

/** The file that a path without its ending names, or undefined. */
const fileOf = (path, files) => [`${path}.ts`, `${path}/index.ts`, path].find((name) => files.has(name));

/**
 * @param {ReadonlyMap<string, FileFacts>} files by path from the repository's root, with forward slashes
 * @param {typeof import('./rooms.mjs')} table
 * @returns {string[]} what is wrong, as `path:line: message`
 */
export function violations(files, { rooms, packages, entrances, globals, contains, features, recursive = [] }) {
  const found = [];
  for (const [path, facts] of files) {
    const room = roomOf(path, rooms);
    if (!room) {
      found.push(`${path}:1: belongs to no room; add its folder to scripts/lib/rooms.mjs and to the design`);
      continue;
    }
    const { imports, types = [], hosts = [] } = rooms[room];
    const has = (host) => hosts.includes(host) || hosts.some((each) => contains[each]?.includes(host));
    for (const { target, line, typeOnly } of facts.imports) {
      const at = `${path}:${line}:`;
      if (target.startsWith('.')) {
        const resolved = posix.join(posix.dirname(path), target);
        const file = fileOf(resolved, files);
        const isFeature = file && isWithin(file, features.room) && files.get(file).exports.includes(features.by);
        if (isFeature && path !== features.user)
          found.push(`${at} ${target} is a feature, which only ${features.user} may import`);
        const other = roomOf(`${resolved}.ts`, rooms) ?? roomOf(resolved, rooms);
        if (!other) {
          if (!/\.(css|md|json)$/.test(resolved)) found.push(`${at} ${target} belongs to no room`);
        } else if (other !== room && !imports.includes(other) && !(typeOnly && types.includes(other)))
          found.push(
            `${at} ${room} may not import ${other}${types.includes(other) ? ', but for types' : ''} (${target})`,
          );
        const guests = typeOnly ? undefined : entrances[`${resolved}.ts`];
        if (guests && !guests.some((each) => isWithin(path, each)))
          found.push(`${at} ${target} may be imported by ${guests.join(', ')} only, but for types`);
      } else if (target === 'vscode') {
        if (!has('vscode')) found.push(`${at} ${room} may not know the editor's API`);
      } else if (isBuiltin(target)) {
        if (!has('node')) found.push(`${at} ${room} may not use Node's ${target}`);
      } else {
        const allowed = packages[packageOf(target)];
        if (allowed && !allowed.some((each) => isWithin(path, each)))
          found.push(`${at} ${target} may be imported by ${allowed.join(', ')} only`);
      }
    }
    for (const { name, line } of facts.globals) {
      const host = Object.hasOwn(globals, name) ? globals[name] : undefined;
      if (host && !has(host)) found.push(`${path}:${line}: ${room} may not use \`${name}\`, which not every host has`);
    }
  }
  return [...found, ...cycles(files, recursive)];
}

/** Circles of imports that exist when the program runs; types may be circular. */
function cycles(files, recursive) {
  const next = (path) =>
    files
      .get(path)
      .imports.filter(({ target, typeOnly }) => target.startsWith('.') && !typeOnly)
      .flatMap(({ target }) => fileOf(posix.join(posix.dirname(path), target), files) ?? []);
  const found = [];
  const done = new Set();
  const visit = (path, trail) => {
    const start = trail.indexOf(path);
    if (start >= 0 && !trail.slice(start).every((file) => recursive.some((room) => isWithin(file, room)))) {
      found.push(`${path}:1: circular import: ${[...trail.slice(start), path].join(' → ')}`);
    }
    if (start >= 0 || done.has(path)) return;
    for (const file of next(path)) visit(file, [...trail, path]);
    done.add(path);
  };
  for (const path of files.keys()) visit(path, []);
  return found;
}
