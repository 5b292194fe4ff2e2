import * as vscode from 'vscode';
import { defaultParameters, findActivation } from '../activations/catalogue';
import type { TextEdit } from '../advise/advice';
import { replaceActivation } from '../advise/replace';
import { replaceTfjs } from '../advise/replaceTfjs';
import { type WrittenOut, writtenSite, writtenTfjsSite } from '../advise/written';
import type { ActivationSite, Framework } from '../detect/site';
import { itemAt } from '../graph/access';
import type { ActivationParameters, SourceRange } from '../graph/types';
import { siteAt } from '../resolve/join';
import type { Tree } from '../syntax/syntax';
import type { Documents } from './documents';
import { labelOf } from './notebooks';
import { toRange, toWorkspaceEdit } from './ranges';

/** An edit that can't be made; the message says where and why. */
export class Refusal extends Error {
  override name = 'Refusal';
}

/** Where an activation stands, and what of it is written out there. */
export interface EditPlace {
  readonly range: SourceRange;
  readonly written?: WrittenOut;
}

/** Places that were edited. */
export interface Replaced {
  /** How many. */
  readonly edits: number;
  /** Where the first of them begins now. */
  readonly first: SourceRange | undefined;
  /** Takes the edit back. @throws Refusal where a text was edited since. */
  readonly undo: () => Promise<void>;
}

/**
 * Writes another activation at places in the source, imports included, as one edit that one undo takes back.
 * @param parameters what it is to run with; undefined: the defaults of the framework at hand
 * @throws Refusal when a place does not name an activation by itself, or the editor refuses the edit.
 */
export async function replaceAt(
  documents: Documents,
  places: readonly EditPlace[],
  activation: string,
  parameters?: ActivationParameters,
): Promise<Replaced> {
  const { edits, chosen, edited } = await planReplacement(documents, places, activation, parameters);
  const before = new Map(edited.map((document) => [document, document.getText()]));
  if (!(await vscode.workspace.applyEdit(toWorkspaceEdit(edits)))) throw refusedEdit();
  const after = edited.map((document) => [document, document.getText()] as const);
  return {
    edits: chosen.length,
    first: placeAfterEdits(edits, chosen[0]?.range),
    undo: () => takeBack(before, after),
  };
}

/** What would be edited. @throws Refusal as `replaceAt` does */
export async function planReplacement(
  documents: Documents,
  places: readonly EditPlace[],
  activation: string,
  parameters?: ActivationParameters,
): Promise<{
  readonly edits: readonly TextEdit[];
  readonly chosen: readonly ActivationSite[];
  readonly edited: readonly vscode.TextDocument[];
}> {
  const known = findActivation(activation);
  if (!known) throw new Refusal(vscode.l10n.t('There is no activation function {0}.', activation));
  const edits: TextEdit[] = [];
  const chosen: ActivationSite[] = [];
  const edited: vscode.TextDocument[] = [];
  for (const [file, inFile] of groupByFile(places)) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(file, true));
    const made = await documents.read(document, (tree, text, sites, imported) => {
      const here = [...new Set(inFile.map((place) => requireSite(document, tree, sites, place)))];
      for (const site of here) chosen.push(site);
      const of = (framework: Framework) => here.filter((site) => site.framework === framework);
      return [
        ...replaceActivation(tree, text, of('pytorch'), known, parameters ?? defaultParameters(known), imported),
        ...replaceTfjs(tree, text, of('tfjs'), known, parameters),
      ];
    });
    if (!made) throw new Refusal(vscode.l10n.t('{0} is not a file that can be read.', label(document.uri)));
    for (const edit of made) edits.push(edit);
    edited.push(document);
  }
  return { edits, chosen, edited };
}

const refusedEdit = () => new Refusal(vscode.l10n.t('The editor refused the edit; the file may be read-only.'));

/** Puts texts back as they were before an edit, where they are still as it left them: one edit, which can be undone, too. */
async function takeBack(
  before: ReadonlyMap<vscode.TextDocument, string>,
  after: readonly (readonly [vscode.TextDocument, string])[],
): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  for (const [old, text] of after) {
    const document = await vscode.workspace.openTextDocument(old.uri);
    if (document.getText() !== text) {
      throw new Refusal(
        vscode.l10n.t(
          '{0} was edited since, so nothing was taken back. Use Undo in its editor, or choose another row.',
          label(document.uri),
        ),
      );
    }
    const { from, to, was } = difference(text, before.get(old) ?? text);
    edit.replace(document.uri, new vscode.Range(document.positionAt(from), document.positionAt(to)), was);
  }
  if (!(await vscode.workspace.applyEdit(edit))) throw refusedEdit();
}

/** The part of a text that differs from what it was, from offset to offset, and what stood there. */
function difference(now: string, was: string): { from: number; to: number; was: string } {
  const shorter = Math.min(now.length, was.length);
  let from = 0;
  while (from < shorter && now[from] === was[from]) from += 1;
  let same = 0;
  while (same < shorter - from && now[now.length - 1 - same] === was[was.length - 1 - same]) same += 1;
  return { from, to: now.length - same, was: was.slice(from, was.length - same) };
}

/** Where the beginning of a place lies once the edits are made: imports come above it. */
function placeAfterEdits(edits: readonly TextEdit[], place: SourceRange | undefined): SourceRange | undefined {
  if (!place) return undefined;
  const line = edits
    .filter(({ range }) => range.file === place.file && range.endLine < place.line)
    .reduce((sum, { range, text }) => sum + text.split('\n').length - 1 - (range.endLine - range.line), place.line);
  return { ...place, line, endLine: line, endColumn: place.column };
}

/** The site at a place; @throws Refusal where none names an activation by itself. */
function requireSite(
  document: vscode.TextDocument,
  tree: Tree,
  sites: readonly ActivationSite[],
  { range, written }: EditPlace,
): ActivationSite {
  const place = { ...range, file: document.uri.toString() };
  // Inside of a formula other activations are named, which are not what is to be replaced.
  const site = written
    ? (writtenSite(tree, place, written) ?? writtenTfjsSite(tree, sites, place, written))
    : siteAt(sites, place);
  if (site) return site;
  throw new Refusal(
    vscode.l10n.t(
      '{0}, line {1}: `{2}` does not name an activation function by itself; change it where it is chosen.',
      label(document.uri),
      range.line + 1,
      itemAt(document.getText(toRange(range)).split('\n', 1), 0).slice(0, 60),
    ),
  );
}

function groupByFile(places: readonly EditPlace[]): Map<string, EditPlace[]> {
  const files = new Map<string, EditPlace[]>();
  for (const place of places) {
    const known = files.get(place.range.file);
    if (known) known.push(place);
    else files.set(place.range.file, [place]);
  }
  return files;
}

function label(uri: vscode.Uri): string {
  return labelOf(uri.toString());
}
