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
  const found = linesOfClass(document, position.line).flatMap((line) => {
    const { text } = document.lineAt(line);
    const [left, name] = /^\s*(self\.[\p{L}\p{N}_]+)\s*(?::[^=]*)?=(?!=)\s*/u.exec(text) ?? [];
    if (left === undefined || name !== attribute) return [];
    return constructionAt(model, document.uri.toString(), line, left.length) ?? [];
  });
  const [only, ...others] = found;
  // What is assigned in several places may be any of them.
  return only && others.length === 0 ? { ...only, range: rangeIn(document, range) } : undefined;
}

const rangeIn = (document: vscode.TextDocument, { start, end }: vscode.Range): SourceRange => ({
  file: document.uri.toString(),
  line: start.line,
  column: start.character,
  endLine: end.line,
  endColumn: end.character,
});

/** The lines of the class around a line, by their indentation. */
function linesOfClass(document: vscode.TextDocument, line: number): number[] {
  const depthOf = (at: number) => {
    const { isEmptyOrWhitespace, firstNonWhitespaceCharacterIndex } = document.lineAt(at);
    return isEmptyOrWhitespace ? Number.POSITIVE_INFINITY : firstNonWhitespaceCharacterIndex;
  };
  let first = line;
  while (first >= 0 && !(/^\s*class\b/.test(document.lineAt(first).text) && depthOf(first) < depthOf(line))) first--;
  if (first < 0) return [];
  let last = line;
  while (last + 1 < document.lineCount && depthOf(last + 1) > depthOf(first)) last++;
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
