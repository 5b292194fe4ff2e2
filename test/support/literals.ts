import { readdirSync, readFileSync } from 'node:fs';
import type { Node } from '../../src/syntax/syntax';
import { inRoot } from './paths';
import { testSyntax } from './syntax';

/** A string or a template of our code. */
export interface Literal {
  /** From the root of the project, with slashes. */
  readonly file: string;
  readonly line: number;
  /** What it says; `{0}`, `{1}` stand for a template's values. */
  readonly text: string;
  readonly isTemplate: boolean;
  /** What it is an argument of, however deep inside: `say`, `new RangeError`, nearest first. */
  readonly callees: readonly string[];
  /** Names of the properties that it is in, nearest first. */
  readonly properties: readonly string[];
  /** Whether it is the first argument of the nearest call, itself. */
  readonly isFirst: boolean;
  /** Whether it is a list that is taken apart: `'a b c'.split(' ')`. */
  readonly isList: boolean;
}

/** Every literal of the TypeScript files under some folders. */
export async function literalsOf(folders: readonly string[]): Promise<Literal[]> {
  const found: Literal[] = [];
  for (const folder of folders)
    for (const name of readdirSync(inRoot(folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.ts$/.test(name) || /\.d\.ts$/.test(name)) continue;
      const file = `${folder}/${name.replaceAll('\\', '/')}`;
      const tree = await testSyntax().parse('typescript', readFileSync(inRoot(file), 'utf8'));
      collect(tree.rootNode, file, found);
      tree.delete();
    }
  return found;
}

function collect(node: Node, file: string, found: Literal[]): void {
  if (node.type === 'import_statement') return;
  if (node.type === 'string' || node.type === 'template_string') found.push(literal(node, file));
  for (const child of node.namedChildren) if (child) collect(child, file, found);
}

function literal(node: Node, file: string): Literal {
  const isTemplate = node.type === 'template_string';
  const callees: string[] = [];
  const properties: string[] = [];
  let isFirst = false;
  for (let at = node, up = node.parent; up; at = up, up = up.parent) {
    if (up.type === 'pair') properties.push(up.childForFieldName('key')?.text ?? '');
    if (up.type !== 'arguments') continue;
    const call = up.parent;
    const callee = call?.childForFieldName('function') ?? call?.childForFieldName('constructor');
    if (callees.length === 0) isFirst = at.id === node.id && up.namedChildren[0]?.id === node.id;
    callees.push(`${call?.type === 'new_expression' ? 'new ' : ''}${callee?.text ?? ''}`);
  }
  const line = node.startPosition.row + 1;
  return {
    file,
    line,
    text: isTemplate ? templateText(node) : unescaped(node.text),
    isTemplate,
    callees,
    properties,
    isFirst,
    isList: isSplit(node),
  };
}

/** Whether a literal, or the sum in parentheses that it is a part of, is taken apart. */
function isSplit({ parent }: Node): boolean {
  if (!parent) return false;
  if (parent.type === 'member_expression') return parent.childForFieldName('property')?.text === 'split';
  return /^(?:binary|parenthesized)_expression$/.test(parent.type) && isSplit(parent);
}

function templateText(node: Node): string {
  let place = 0;
  const parts = node.children.map((child) => {
    if (child?.type === 'template_substitution') return `{${place++}}`;
    return child?.type === '`' ? '' : (child?.text ?? '');
  });
  return parts.join('');
}

/** A literal in quotes, as JavaScript reads it. */
function unescaped(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(u\{[\da-f]+\}|u[\da-f]{4}|x[\da-f]{2}|.)/gi, (_, after: string) => {
    const code = /^[ux]\{?([\da-f]+)/i.exec(after)?.[1];
    if (code) return String.fromCodePoint(Number.parseInt(code, 16));
    return { n: '\n', t: '\t', r: '\r' }[after] ?? after;
  });
}
