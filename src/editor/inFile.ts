import * as vscode from 'vscode';
import { findActivation } from '../activations/catalogue';
import type { Report } from '../compare/report';
import { roleLine } from '../explain/roleLine';
import type { SourceRange } from '../graph/types';
import { compareViewType } from '../panel/comparePanel';
import { type FileSite, type InFile, mostFileSites } from '../protocol/explain';
import { commands } from './commands';
import type { Documents } from './documents';
import { selector } from './languages';
import type { LastResults } from './lastResults';
import { wholeOf } from './notebooks';
import { fail } from './notices';
import { onnxFile } from './onnxTabs';
import { reveal } from './reveal';
import type { SiteRoles } from './siteRoles';
import { language } from './surroundings';

/** Layers whose inputs are drawn together. */
const mostLayers = 64;

/** Milliseconds after the last key until the explainer looks at the text again. */
const SETTLED = 400;

/** What the file at hand has to do with an activation: where it stands there, and what was measured of it. */
export class FileSites implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** The file at hand, its text, the roles or the measurements are others. */
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly documents: Documents,
    private readonly roles: SiteRoles,
    private readonly results: LastResults,
  ) {
    this.subscriptions = [
      this.changed,
      // The explainer itself takes the place of the active editor, and then nothing is another.
      vscode.window.onDidChangeActiveTextEditor((editor) => editor && this.changed.fire()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (vscode.languages.match(selector, document) > 0) this.changeSoon();
      }),
      roles.onDidRead(() => this.changed.fire()),
      results.onDidChange(() => this.changed.fire()),
    ];
  }

  /** @param source the place that the explainer was opened for, whose file counts where no other is active */
  async describe(activation: string, source: SourceRange | undefined): Promise<InFile> {
    const file = fileAtHand()?.toString() ?? source?.file;
    const measured = file === undefined ? undefined : await this.results.lastOf(wholeOf(file));
    const report = measured?.report;
    return {
      type: 'inFile',
      activation,
      ...(file !== undefined && { label: vscode.workspace.asRelativePath(vscode.Uri.parse(file, true)) }),
      sites: file === undefined ? [] : await this.sitesIn(file, activation),
      ...(report && { measured: cutDown(report, activation), ...depthOf(report) }),
    };
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private changeSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.changed.fire(), SETTLED);
  }

  private async sitesIn(file: string, activation: string): Promise<FileSite[]> {
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === file);
    if (!document) return [];
    const sites = (await this.documents.sites(document)).filter(
      (site) => site.activation === activation && site.form !== 'mention',
    );
    const title = findActivation(activation)?.title ?? activation;
    return Promise.all(
      sites.slice(0, mostFileSites).map(async (site) => {
        const role = (await this.roles.ofSite(document, site))?.role;
        return {
          source: site.range,
          text: site.text.slice(0, 200),
          ...(role && { role: roleLine(role, title, language()).markdown }),
        };
      }),
    );
  }
}

/** The active file that the extension reads, else one that is on show. */
function fileAtHand(): vscode.Uri | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  const editor = [activeTextEditor, ...visibleTextEditors].find(
    (each) => each && vscode.languages.match(selector, each.document) > 0,
  );
  return onnxFile(undefined) ?? editor?.document.uri;
}

/** All candidates, with what is told of single layers of this activation's alone. */
function cutDown(report: Report, activation: string): Report {
  const sites = report.plan.sites.filter((site) => site.activation === activation);
  return {
    ...report,
    plan: { ...report.plan, sites, left: [] },
    candidates: report.candidates.map(
      ({ similarity: _, gradient: __, compression: ___, learning: ____, signal = [], ...candidate }, index) => ({
        ...candidate,
        signal: candidate.id === activation || (index === 0 && sites.length > 0) ? signal.slice(0, mostLayers) : [],
      }),
    ),
  };
}

/** How many hidden activations a signal passes, as the model was measured. */
function depthOf({ candidates: [baseline] }: Report): { depth?: number } {
  const hidden = (baseline?.signal ?? []).filter(({ apart }) => !apart).length;
  return hidden > 0 ? { depth: hidden } : {};
}

/** Where the explainer opens: as a tab beside a comparison where one is on show, else beside the editor. */
export function explainColumn(): vscode.ViewColumn {
  const isComparison = ({ input }: vscode.Tab) =>
    input instanceof vscode.TabInputWebview && input.viewType.endsWith(compareViewType);
  const group = vscode.window.tabGroups.all.find(({ activeTab }) => activeTab && isComparison(activeTab));
  return group?.viewColumn ?? vscode.ViewColumn.Beside;
}

/** Shows a place and asks what to write there instead. */
export function replaceThere(source: SourceRange): void {
  const start = { ...source, endLine: source.line, endColumn: source.column };
  reveal(start).then(() => vscode.commands.executeCommand(commands.replace), fail);
}

export function showRule(code: string): void {
  void vscode.commands.executeCommand(commands.showRule, code);
}
