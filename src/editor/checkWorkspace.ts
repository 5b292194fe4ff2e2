import * as vscode from 'vscode';
import type { Advice } from '../advise/advice';
import { advise } from '../advise/engine';
import { neighboursOf } from '../advise/neighbours';
import { commands } from './commands';
import type { Documents } from './documents';
import { type Advance, fail, longProgress, statusEntry } from './notices';
import { toDiagnostic } from './problems';
import { settings } from './settings';
import { WorkspaceSource } from './source';
import { language } from './surroundings';

/** Files of a workspace that are looked at. */
const MOST = 10_000;
/** A notebook's cells are looked at where it is open: a problem of one that is closed would have no place. */
const SOURCES = '**/*.{py,ts,mts,cts,tsx,js,mjs,cjs,jsx}';
const LIBRARIES = '**/{node_modules,site-packages,dist-packages,.venv,venv,env,__pycache__,build,dist,.git}/**';

/** The command that looks at every file of the workspace, those that are not open too. */
export function register(documents: Documents): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('activation-lens-workspace');
  const status = statusEntry('activationLens.checked', vscode.l10n.t('Activation Lens: check of the workspace'), {
    icon: 'checklist',
    command: 'workbench.actions.view.problems',
    isLeft: true,
  });
  return vscode.Disposable.from(
    collection,
    status,
    // What was found in a text says nothing of another one.
    vscode.workspace.onDidChangeTextDocument(({ document }) => collection.delete(document.uri)),
    vscode.commands.registerCommand(commands.checkWorkspace, () =>
      longProgress(vscode.l10n.t('Activation Lens: checking the workspace'), async (advance) => {
        try {
          const check = new WorkspaceCheck(documents);
          await check.run(advance);
          collection.clear();
          for (const [file, advice] of check.byFile)
            collection.set(vscode.Uri.parse(file, true), advice.map(toDiagnostic));
          const { done, files, problems } = check;
          status.show(
            done < files
              ? vscode.l10n.t('Files checked: {0} of {1} · problems: {2}', done, files, problems)
              : vscode.l10n.t('Files checked: {0} · problems: {1}', done, problems),
          );
        } catch (error) {
          fail(error);
        }
      }),
    ),
  );
}

class WorkspaceCheck {
  done = 0;
  files = 0;
  problems = 0;
  readonly byFile = new Map<string, Advice[]>();
  private readonly seen = new Set<string>();
  private readonly source = new WorkspaceSource();

  constructor(private readonly documents: Documents) {}

  async run({ report, token }: Advance): Promise<void> {
    const found = await vscode.workspace.findFiles(SOURCES, LIBRARIES, MOST, token);
    this.files = found.length;
    for (const uri of found) {
      if (token.isCancellationRequested) return;
      report(vscode.workspace.asRelativePath(uri), 100 / found.length);
      // A file that can't be read or parsed has no advice, and the next is looked at.
      await this.check(uri).catch(() => undefined);
      this.done++;
    }
  }

  private async check(uri: vscode.Uri): Promise<void> {
    const { advice: isAsked, rules: own } = settings(uri);
    const rules = await this.documents.projectRules.of(uri);
    const text = isAsked && rules ? await this.source.read(uri.toString()) : undefined;
    if (!text) return;
    const { syntax } = this.documents;
    const all = await advise(syntax, text, {
      settings: { ...rules, ...own },
      language: language(),
      findNeighbours: (program) => neighboursOf(syntax, this.source, text, program),
      isEverywhere: true,
    });
    for (const each of all) this.keep(each);
  }

  private keep(advice: Advice): void {
    const { file, line, column } = advice.range;
    const key = `${advice.code} ${file} ${line} ${column}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.problems++;
    // Documents that are open show their own.
    const open = vscode.workspace.textDocuments.find(({ uri, isClosed }) => !isClosed && uri.toString() === file);
    const isShown = ({ code, range }: Advice) => code === advice.code && range.line === line && range.column === column;
    if (open && this.documents.shownAdvice(open).some(isShown)) return;
    const known = this.byFile.get(file);
    if (known) known.push(advice);
    else this.byFile.set(file, [advice]);
  }
}
