import * as vscode from 'vscode';
import type { Report } from '../compare/report';
import { fileName } from '../language/legible';
import type { ToComparePanel } from '../protocol/compare';
import { type CompareTarget, modelRequest } from '../protocol/model';
import { parse } from '../protocol/parse';
import type { StoredComparison } from '../protocol/stored';
import { ComparePanel, compareViewType } from './comparePanel';
import type { CompareServices } from './compareServices';

/** The comparisons that are open: one panel a file, so that asking again shows the same panel. */
export class ComparePanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly panels = new Map<string, ComparePanel>();
  private readonly posted = new vscode.EventEmitter<ToComparePanel>();
  readonly onDidPost = this.posted.event;
  private readonly reported = new vscode.EventEmitter<Report>();
  readonly onDidReport = this.reported.event;
  private readonly serializer: vscode.Disposable;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly services: CompareServices,
  ) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(compareViewType, this);
  }

  /** @param stored what was measured of it earlier, to be shown whatever its code has become */
  open(request: CompareTarget, stored?: StoredComparison): void {
    const known = this.panels.get(request.file);
    if (known) {
      known.show(request, stored);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      compareViewType,
      vscode.l10n.t('Compare: {0}', fileName(request.file)),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { retainContextWhenHidden: true },
    );
    this.adopt(panel, request, true, stored);
  }

  /** After a restart of the editor the model is read again, but nobody is asked anything. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const request = parse(modelRequest, state);
    if (!request || this.panels.has(request.file)) panel.dispose();
    else this.adopt(panel, request, false);
  }

  dispose(): void {
    for (const panel of this.panels.values()) panel.dispose();
    this.serializer.dispose();
    this.posted.dispose();
    this.reported.dispose();
  }

  private adopt(panel: vscode.WebviewPanel, request: CompareTarget, ask: boolean, stored?: StoredComparison): void {
    const compare = new ComparePanel(panel, this.extensionUri, this.services, request, ask, stored);
    this.panels.set(request.file, compare);
    compare.onDidPost((message) => this.posted.fire(message));
    compare.onDidReport((report) => this.reported.fire(report));
    compare.onDidClose(() => this.panels.delete(request.file));
  }
}
