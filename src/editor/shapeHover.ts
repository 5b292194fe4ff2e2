import * as vscode from 'vscode';
import type { SourceRange } from '../graph/types';
import { assignmentAt, constructionAt, type FoundShapes, shapesAt } from '../shapes/find';
import { shapeHover } from '../shapes/hover';
import type { ModelShapes } from '../shapes/types';
import type { DocumentShapes } from './documentShapes';
import { selector } from './languages';
import { markdownString } from './markdown';
import { toRange } from './ranges';
import { settings } from './settings';

/** Shapes, parameters and costs over a layer, a call or a tensor of a model's code. */
export function register(shapes: DocumentShapes): vscode.Disposable {
  return vscode.languages.registerHoverProvider(selector, {
    async provideHover(document, position, token) {
      if (!settings(document).hover || !mayBeCode(document, position)) return undefined;
      const { version } = document;
      const models = await shapes.readSoon(document);
      if (token.isCancellationRequested || document.version !== version) return undefined;
      for (const model of models) {
        const found = find(model, document, position);
        if (found) return new vscode.Hover(markdownString(shapeHover(found)), toRange(found.range));
      }
      return undefined;
    },
  });
}

/** Whether a name stands there at all: nothing is read for a hover over a comment. */
function mayBeCode(document: vscode.TextDocument, position: vscode.Position): boolean {
  const before = document.lineAt(position).text.slice(0, position.character);
  return document.getWordRangeAtPosition(position) !== undefined && !/^\s*(?:#|\/\/)/.test(before);
}

function find(model: ModelShapes, document: vscode.TextDocument, position: vscode.Position): FoundShapes | undefined {
  const file = document.uri.toString();
  const found = shapesAt(model, file, position.line, position.character);
  if (found?.place) return found;
  const named = found && isNamedAt(document, position, found) ? found : undefined;
  return findAssigned(model, document, position) ?? named ?? findAttribute(model, document, position);
}

/** A layer by the attribute that holds it, `self.conv`, where it is assigned or read: as its class constructs it. */
function findAttribute(
  model: ModelShapes,
  document: vscode.TextDocument,
  position: vscode.Position,
): FoundShapes | undefined {
  const range = document.getWordRangeAtPosition(position, /\bself\.[\p{L}_][\p{L}\p{N}_]*/u);
  if (!range || position.character < range.start.character + 'self.'.length) return undefined;
  const attribute = document.getText(range);
  for (const lines of linesOfClasses(document, position.line)) {
    const found = lines.flatMap((line) => {
      const { text } = document.lineAt(line);
      const [left, name] = /^\s*(self\.[\p{L}\p{N}_]+)\s*(?::[^=]*)?=(?!=)\s*/u.exec(text) ?? [];
      if (left === undefined || name !== attribute) return [];
      return constructionAt(model, document.uri.toString(), line, left.length) ?? [];
    });
    const [only, ...others] = found;
    // What is assigned in several places may be any of them.
    if (only) return others.length === 0 ? { ...only, range: rangeIn(document, range) } : undefined;
  }
  return undefined;
}

const rangeIn = (document: vscode.TextDocument, { start, end }: vscode.Range): SourceRange => ({
  file: document.uri.toString(),
  line: start.line,
  column: start.character,
  endLine: end.line,
  endColumn: end.character,
});

/** How many classes of the document are looked into for what a class inherits. */
const CLASSES = 16;

/** The lines of the class around a line, then those of the document's classes that it inherits from, the nearest first. */
function linesOfClasses(document: vscode.TextDocument, line: number): number[][] {
  const found: number[][] = [];
  const seen = new Set<number>();
  const waiting = [classAround(document, line)];
  while (waiting.length > 0 && seen.size < CLASSES) {
    const first = waiting.shift();
    if (first === undefined || seen.has(first)) continue;
    seen.add(first);
    found.push(linesOfClass(document, first));
    const [, bases = ''] = /^\s*class\s+[\p{L}\p{N}_]+\s*\(([^)]*)/u.exec(document.lineAt(first).text) ?? [];
    for (const name of bases.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []) waiting.push(classNamed(document, name));
  }
  return found;
}

const depthOf = (document: vscode.TextDocument, line: number): number => {
  const { isEmptyOrWhitespace, firstNonWhitespaceCharacterIndex } = document.lineAt(line);
  return isEmptyOrWhitespace ? Number.POSITIVE_INFINITY : firstNonWhitespaceCharacterIndex;
};

/** The line of the class around a line, by their indentation. */
function classAround(document: vscode.TextDocument, line: number): number | undefined {
  let first = line;
  while (
    first >= 0 &&
    !(/^\s*class\b/.test(document.lineAt(first).text) && depthOf(document, first) < depthOf(document, line))
  )
    first--;
  return first < 0 ? undefined : first;
}

function classNamed(document: vscode.TextDocument, name: string): number | undefined {
  const start = new RegExp(`^\\s*class\\s+${name}\\s*[(:]`, 'u');
  for (let line = 0; line < document.lineCount; line++) if (start.test(document.lineAt(line).text)) return line;
  return undefined;
}

function linesOfClass(document: vscode.TextDocument, first: number): number[] {
  let last = first;
  while (last + 1 < document.lineCount && depthOf(document, last + 1) > depthOf(document, first)) last++;
  return Array.from({ length: last - first }, (_, index) => first + 1 + index);
}

/** Words of JavaScript before the name. */
const DECLARING = /^(?:const|let|var)$/;

/** A name on the left side of an assignment. */
function findAssigned(
  model: ModelShapes,
  document: vscode.TextDocument,
  position: vscode.Position,
): FoundShapes | undefined {
  const word = document.getWordRangeAtPosition(position);
  const line = document.lineAt(position).text;
  const [left] = /^[^=([{#]*(?=[-+*/@%&|^]?=(?!=))/.exec(line.replace(/:[^=]*(?==)/, '')) ?? [];
  if (!word || left === undefined || word.end.character > left.length) return undefined;
  if (DECLARING.test(document.getText(word))) return undefined;
  const names = left.split(',');
  const nth = left.slice(0, word.start.character).split(',').length - 1;
  return assignmentAt(model, { range: rangeIn(document, word), names: names.length, nth });
}

/** Whether the position is on the name of what is constructed, and not among its arguments. */
function isNamedAt(document: vscode.TextDocument, position: vscode.Position, { range }: FoundShapes): boolean {
  return !document.getText(new vscode.Range(toRange(range).start, position)).includes('(');
}
