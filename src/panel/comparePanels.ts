import * as vscode from 'vscode';
import type { Report } from '../compare/report';
import { fileName } from '../language/legible';
import type { ToComparePanel } from '../protocol/compare';
import { type CompareTarget, modelRequest } from '../protocol/model';
import { parse } from '../protocol/parse';
import type { StoredComparison } from '../protocol/stored';
import { ComparePanel, compareViewType } from './comparePanel';
import type { ComparePanelTarget, CompareServices } from './compareServices';

/** The comparisons that are open: one panel a file, so that asking again shows the same panel. */
export class ComparePanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly panels = new Map<string, ComparePanel>();
  private readonly posted = new vscode.EventEmitter<ToComparePanel>();
  readonly onDidPost = this.posted.event;
  private readonly reported = new vscode.EventEmitter<Report>();
  readonly onDidReport = this.reported.event;
  private readonly serializer: vscode.Disposable;
  /** The tab in which an agent's comparison was measured last. */
  private asked: ComparePanel | undefined;

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
    this.adopt(this.create(request), request, true, stored);
  }

  private create({ file }: CompareTarget): vscode.WebviewPanel {
    return vscode.window.createWebviewPanel(
      compareViewType,
      vscode.l10n.t('Compare: {0}', fileName(file)),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { retainContextWhenHidden: true },
    );
  }

  /**
   * Measures for an agent, in a tab of its own, beside and without the focus; it stays open for the user, until the next.
   * @throws Error why nothing was measured
   */
  async measure(request: ComparePanelTarget, signal: AbortSignal): Promise<Report> {
    signal.throwIfAborted();
    this.asked?.dispose();
    const panel = this.create(request);
    const compare = new ComparePanel(panel, this.extensionUri, this.services, request, false);
    compare.begin();
    this.asked = compare;
    const end = () => compare.dispose();
    signal.addEventListener('abort', end);
    try {
      return await new Promise<Report>((resolve, reject) => {
        compare.onDidPost((message) => {
          this.posted.fire(message);
          const why = obstacleIn(message);
          if (why !== undefined) reject(new Error(why));
        });
        compare.onDidReport((report) => {
          this.reported.fire(report);
          resolve(report);
        });
        compare.onDidFail((message) => reject(new Error(message)));
        compare.onDidClose(() => {
          if (this.asked === compare) this.asked = undefined;
          reject(new Error(vscode.l10n.t('The tab of the comparison was closed.')));
        });
      });
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  /** After a restart of the editor the model is read again, but nobody is asked anything. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const request = parse(modelRequest, state);
    if (!request || this.panels.has(request.file)) panel.dispose();
    else this.adopt(panel, request, false);
  }

  dispose(): void {
    for (const panel of this.panels.values()) panel.dispose();
    this.asked?.dispose();
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
    // One that comes back with the window may be hidden.
    if (ask) compare.begin();
  }
}

/** Why no run begins with what a page was told; undefined where one does. */
function obstacleIn(message: ToComparePanel): string | undefined {
  if (message.type === 'unreadable')
    return message.obstacles[0]?.message ?? vscode.l10n.t('No model has been read yet.');
  if (message.type !== 'model') return undefined;
  if (message.selected.length === 0) return vscode.l10n.t('The model has no activation that could be swapped.');
  const isAny = message.candidates.some(({ selected }) => selected);
  return isAny
    ? undefined
    : vscode.l10n.t('The model has these activations already: choose others to compare it with.');
}
