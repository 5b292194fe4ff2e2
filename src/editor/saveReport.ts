import * as vscode from 'vscode';
import type { Report } from '../compare/report';

/** Asks where to, and writes the report as JSON. */
export async function saveReport(report: Report): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `${report.model.name.replace(/[^\p{L}\p{M}\p{N}_.-]+/gu, '-').slice(0, 60)}-activations.json`;
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save the report'),
    defaultUri: folder && vscode.Uri.joinPath(folder, name),
    filters: { JSON: ['json'] },
  });
  if (!target) return;
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`));
}
