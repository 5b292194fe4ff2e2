import * as vscode from 'vscode';
import type { Report } from '../compare/report';
import { csvOf } from '../exports/csv';
import { markdownOf } from '../exports/markdown';
import { pathFrom } from '../exports/script/path';
import { scriptOf } from '../exports/script/script';
import { sweepNameOf, sweepOf } from '../exports/script/sweep';
import type { ReadingMessage } from '../panel/compareServices';
import { offer, pick } from './notices';
import { Refusal } from './replacement';

interface ReportFormat extends vscode.QuickPickItem {
  /** Of its files. */
  readonly extension: string;
  /** The text of a file in some folder. @throws Refusal, ExportError why there is none */
  readonly write: (folder: vscode.Uri | undefined) => string;
  /** Another file that goes with it. */
  readonly beside?: (name: string) => { readonly name: string; readonly text: string };
}

/**
 * Asks in which form and where to, and writes a report.
 * @param model as it was read, for the script
 * @throws Refusal, ExportError why it can't be written in the form that was chosen
 */
export async function saveReport(report: Report, model: ReadingMessage | undefined): Promise<void> {
  const title = vscode.l10n.t('Save the report');
  const format = await pick(formatsOf(report, model), { title, matchOnDescription: true });
  if (!format) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  // What can't be written is told before anybody is asked for a place.
  format.write(folder);
  const name = `${report.model.name.replace(/[^\p{L}\p{M}\p{N}_.-]+/gu, '-').slice(0, 60)}-activations`;
  const target = await vscode.window.showSaveDialog({
    title,
    defaultUri: folder && vscode.Uri.joinPath(folder, `${name}.${format.extension}`),
    filters: { [format.label]: [format.extension] },
  });
  if (!target) return;
  if (target.toString() === report.model.file)
    throw new Refusal(vscode.l10n.t('That is the model itself, which is never written over. Choose another name.'));
  const folderOf = vscode.Uri.joinPath(target, '..');
  const text = format.write(folderOf);
  const other = format.beside?.(target.path.slice(target.path.lastIndexOf('/') + 1));
  // Nobody was asked about this one.
  if (other && (await exists(vscode.Uri.joinPath(folderOf, other.name))))
    throw new Refusal(vscode.l10n.t('{0} is there already. Choose another name.', other.name));
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  if (other)
    await vscode.workspace.fs.writeFile(
      vscode.Uri.joinPath(folderOf, other.name),
      new TextEncoder().encode(other.text),
    );
  void tellWritten(target);
}

const exists = async (file: vscode.Uri): Promise<boolean> => {
  try {
    await vscode.workspace.fs.stat(file);
    return true;
  } catch {
    return false;
  }
};

/** Puts a report on the clipboard, as a table. */
export async function copyReport(report: Report, form: 'markdown' | 'csv'): Promise<void> {
  await vscode.env.clipboard.writeText(form === 'markdown' ? markdownOf(report) : csvOf(report));
}

async function tellWritten(file: vscode.Uri): Promise<void> {
  const told = vscode.l10n.t('The report was written to {0}.', vscode.workspace.asRelativePath(file));
  if (await offer(told, vscode.l10n.t('Open'))) await vscode.window.showTextDocument(file);
}

function formatsOf(report: Report, model: ReadingMessage | undefined): ReportFormat[] {
  return [
    {
      label: vscode.l10n.t('JSON'),
      description: vscode.l10n.t('everything that was measured, sample by sample'),
      extension: 'json',
      write: () => `${JSON.stringify(report, null, 2)}\n`,
    },
    {
      label: vscode.l10n.t('CSV'),
      description: vscode.l10n.t('a row for each candidate and measure'),
      extension: 'csv',
      write: () => csvOf(report),
    },
    {
      label: vscode.l10n.t('Markdown'),
      description: vscode.l10n.t('a table of the measures that decide, for an issue or a pull request'),
      extension: 'md',
      write: () => markdownOf(report),
    },
    {
      label: vscode.l10n.t('PyTorch script'),
      description: vscode.l10n.t('repeats the comparison at full scale, on your own data'),
      extension: 'py',
      write: (folder) => scriptIn(folder, report, model),
    },
    {
      label: vscode.l10n.t('PyTorch script and Ray Tune sweep'),
      description: vscode.l10n.t('two files; the sweep has never been run with Ray itself'),
      extension: 'py',
      write: (folder) => scriptIn(folder, report, model),
      beside: (name) => ({ name: sweepNameOf(name), text: sweepOf(name) }),
    },
  ];
}

function scriptIn(folder: vscode.Uri | undefined, report: Report, model: ReadingMessage | undefined): string {
  if (model?.file !== report.model.file)
    throw new Error(
      vscode.l10n.t('The report is of another model than the one that was read. Compare it again first.'),
    );
  const { graph, batched, expression, part } = model;
  const path = pathBetween(folder, vscode.Uri.parse(model.file, true));
  return scriptOf(report, { graph, batched, expression, part, path });
}

/** How a script in a folder finds a file: by a path from there where both are of one system. */
function pathBetween(folder: vscode.Uri | undefined, file: vscode.Uri): string {
  const isNear = folder?.scheme === file.scheme && folder.authority === file.authority;
  return (isNear && pathFrom(folder.path, file.path)) || file.fsPath;
}
