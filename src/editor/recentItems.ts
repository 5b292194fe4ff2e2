import * as vscode from 'vscode';
import { excerpt } from '../language/legible';
import type { StoredComparison } from '../protocol/stored';
import { language } from './surroundings';

/** A kept comparison as an entry of a list: its model, its file, when, and of what. */
export function recentItem({ label, report }: StoredComparison): vscode.QuickPickItem {
  const { model, created, candidates, complete } = report;
  const when = new Date(created).toLocaleString(language(), { dateStyle: 'medium', timeStyle: 'short' });
  const names = candidates.map(({ title }) => title).join(', ');
  const told = complete ? [when, names] : [when, vscode.l10n.t('incomplete'), names];
  return { label: excerpt(model.name), description: excerpt(label), detail: excerpt(told.join(' · '), 300) };
}
