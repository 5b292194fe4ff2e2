import * as vscode from 'vscode';
import { assignmentAt, type FoundShapes, shapesAt } from '../shapes/find';
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
  return findAssigned(model, document, position) ?? (found && isNamedAt(document, position, found) ? found : undefined);
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
  const range = { file: document.uri.toString(), line: word.start.line, column: word.start.character };
  return assignmentAt(model, {
    range: { ...range, endLine: word.end.line, endColumn: word.end.character },
    names: names.length,
    nth,
  });
}

/** Whether the position is on the name of what is constructed, and not among its arguments. */
function isNamedAt(document: vscode.TextDocument, position: vscode.Position, { range }: FoundShapes): boolean {
  return !document.getText(new vscode.Range(toRange(range).start, position)).includes('(');
}
