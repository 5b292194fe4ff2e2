import * as vscode from 'vscode';
import type { Advice } from '../advise/advice';
import type { Documents } from './documents';
import { labelOf } from './notebooks';
import { fail, offer, warn } from './notices';
import { toWorkspaceEdit } from './ranges';

/**
 * Makes an edit of activations and tells what is wrong since, with the fix where there is one: initial weights that are
 * scaled for the activation before, say.
 * @param files that the edit is of
 */
export async function editAndTell<Result>(
  documents: Documents,
  files: Iterable<string>,
  edit: () => Promise<Result>,
): Promise<Result> {
  const texts = await Promise.all(
    [...new Set(files)].map((file) => vscode.workspace.openTextDocument(vscode.Uri.parse(file, true))),
  );
  const find = async () => (await Promise.all(texts.map((document) => documents.advice(document)))).flat();
  // Where nothing can be told of the text, the edit is made all the same.
  const before = await find().catch(() => undefined);
  const result = await edit();
  const known = new Set(before?.map(keyOf));
  if (before) {
    const after = find().then((all) => all.filter((each) => !known.has(keyOf(each))));
    after.then((found) => tell(documents, found)).catch(fail);
  }
  return result;
}

/** Lines move: what a finding says tells it from others. */
const keyOf = ({ code, message, range }: Advice): string => `${code} ${range.file} ${message}`;

/** Says the first, which has a fix if any has; the others stand among the problems. */
async function tell(documents: Documents, found: readonly Advice[]): Promise<void> {
  const first = found.find(({ fixes }) => fixes.length > 0) ?? found[0];
  if (!first) return;
  const { range, message, fixes } = first;
  const told = vscode.l10n.t('Since this change, {0}, line {1}: {2}', labelOf(range.file), range.line + 1, message);
  const text = found.length > 1 ? `${told}\n${vscode.l10n.t('Other new problems: {0}.', found.length - 1)}` : told;
  const [fix] = fixes;
  if (!fix) return warn(text);
  if (!(await offer(text, fix.title))) return;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(range.file, true));
  // The text may have been edited while the question stood there.
  const now = (await documents.advice(document)).find((each) => keyOf(each) === keyOf(first));
  if (now?.fixes[0]) await vscode.workspace.applyEdit(toWorkspaceEdit(now.fixes[0].edits));
}
