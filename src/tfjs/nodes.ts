/**
 * A syntax tree as plain data. Reading a property of tree-sitter's own nodes crosses into WebAssembly each time; a tree
 * is copied once, and everything here walks the copy.
 */
import { itemOr, lastOf } from '../graph/access';
import { say } from '../language/say';
import { MAX_NESTING } from '../syntax/ancestors';
import type { LanguageId, Syntax, Tree } from '../syntax/syntax';

/** A node of the copy. Offsets count UTF-16 units of the text. */
export interface CodePart {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly isNamed: boolean;
  /** What the node is to its parent: `name`, `value`, `body`. */
  readonly field: string | undefined;
  readonly parent: CodePart | undefined;
  readonly children: readonly CodePart[];
}

/** The node of a whole text. */
export interface Root extends CodePart {
  /** Whether the grammar did not understand all of it, and guessed. */
  readonly isDamaged: boolean;
}

/** A text is nested more deeply than anything here walks. */
export class NestingError extends Error {
  override name = 'NestingError';
}

const NONE: readonly CodePart[] = [];
/** Where the nodes below say nothing that their text does not: what runs has no part in types. */
const leaves = new Set([
  'string',
  'regex',
  'number',
  'comment',
  'identifier',
  'property_identifier',
  'type_annotation',
  'type_arguments',
  'type_parameters',
  'interface_declaration',
  'type_alias_declaration',
]);

/**
 * Copies a tree; `tree` stays the caller's.
 * @throws NestingError
 */
export function copyTree(tree: Tree): Root {
  const { types, fields } = tree.language;
  const named = namedTypes(tree.language);
  // A token that the parser made up is as long as nothing.
  const isWhole = !tree.rootNode.hasError;
  const cursor = tree.walk();
  let nesting = 0;
  /** Whether the node that was copied last ends before its comments. */
  let isShorter = false;
  const copy = (parent: CodePart | undefined): CodePart => {
    const id = cursor.nodeTypeId;
    const type = itemOr(types, id, 'ERROR');
    const isNamed = named[id] ?? true;
    const start = cursor.startIndex;
    if (!isNamed) {
      const end = isWhole ? start + type.length : cursor.endIndex;
      isShorter = false;
      return { type, start, end, isNamed, field: undefined, parent, children: NONE };
    }
    const field = fields[cursor.currentFieldId] ?? undefined;
    let end = cursor.endIndex;
    const part: CodePart = { type, start, end, isNamed, field, parent, children: NONE };
    isShorter = false;
    if (leaves.has(type) || !cursor.gotoFirstChild()) return part;
    if (++nesting > MAX_NESTING) throw new NestingError(say('The code is nested too deeply to be read'));
    const children: CodePart[] = [];
    do children.push(copy(part));
    while (cursor.gotoNextSibling());
    cursor.gotoParent();
    nesting--;
    // What follows a statement on its line is none of it, though the grammar says so.
    while (parent && children.length > 1 && children.at(-1)?.type === 'comment') {
      children.pop();
      isShorter = true;
    }
    if (isShorter) end = lastOf(children).end;
    return Object.assign(part, { end, children });
  };
  try {
    return Object.assign(copy(undefined), { isDamaged: !isWhole });
  } finally {
    cursor.delete();
  }
}

const knownTypes = new WeakMap<Tree['language'], readonly boolean[]>();

/** Whether each of a language's types has a name, by its number. */
function namedTypes(language: Tree['language']): readonly boolean[] {
  let found = knownTypes.get(language);
  if (!found) {
    found = language.types.map((_, id) => language.nodeTypeIsNamed(id));
    knownTypes.set(language, found);
  }
  return found;
}

/** The grammar that reads a file: JavaScript is a part of TSX, and only TypeScript casts by `<T>x`. */
export function grammarOf(file: string): LanguageId {
  return /\.[cm]?ts$/i.test(file) ? 'typescript' : 'tsx';
}

/** Parses a text and copies its tree. @throws ParseError, NestingError */
export async function parseParts(syntax: Syntax, language: LanguageId, text: string): Promise<Root> {
  const tree = await syntax.parse(language, text);
  try {
    return copyTree(tree);
  } finally {
    tree.delete();
  }
}

/** The child that has a field's name. */
export function fieldOf(part: CodePart | undefined, name: string): CodePart | undefined {
  return part?.children.find(({ field }) => field === name);
}

/** The child of a type. */
export function childOf(part: CodePart | undefined, type: string): CodePart | undefined {
  return part?.children.find((each) => each.type === type);
}

/** Named children that are code. */
export function partsOf(part: CodePart | undefined): CodePart[] {
  return (part?.children ?? NONE).filter(({ isNamed, type }) => isNamed && type !== 'comment');
}

/** All nodes with a name below one, in order, itself first; nothing below those that `enters` refuses. */
export function nodesIn(part: CodePart, enters?: (part: CodePart) => boolean): CodePart[] {
  const found: CodePart[] = [];
  const visit = (at: CodePart): void => {
    found.push(at);
    if (enters && !enters(at)) return;
    for (const child of at.children) if (child.isNamed) visit(child);
  };
  visit(part);
  return found;
}

/** The smallest node around a place. */
export function partAt(root: CodePart, offset: number): CodePart {
  let at = root;
  for (;;) {
    const next = at.children.find(({ start, end }) => start <= offset && offset < end);
    if (!next) return at;
    at = next;
  }
}
