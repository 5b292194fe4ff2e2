import * as vscode from 'vscode';
import { type NamedReport, writeBeside } from '../exports/beside';
import type { StoredComparison } from '../protocol/stored';
import { language } from './surroundings';

const scheme = 'activation-lens-beside';

/** Two comparisons beside each other, as a page of the editor's own preview of Markdown. */
export class BesideDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly provider = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  private readonly closed = vscode.workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString()));

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  async show(before: StoredComparison, after: StoredComparison): Promise<void> {
    const name = vscode.l10n.t('Before and after');
    const uri = vscode.Uri.from({ scheme, path: `/${name}.md`, query: `${before.key}&${after.key}` });
    this.texts.set(uri.toString(), writeBeside(nameReport(before), nameReport(after)));
    try {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      // Not every editor has a preview.
      await vscode.window.showTextDocument(uri, { preview: true });
    }
  }

  dispose(): void {
    this.provider.dispose();
    this.closed.dispose();
    this.texts.clear();
  }
}

const nameReport = ({ label, report }: StoredComparison): NamedReport => {
  const when = new Date(report.created).toLocaleString(language(), { dateStyle: 'short', timeStyle: 'short' });
  return { name: `${label}, ${when}`, report };
};
