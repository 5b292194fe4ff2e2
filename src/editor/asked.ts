import * as vscode from 'vscode';
import { fileName } from '../language/legible';
import { modelFormOf } from './languages';
import { askWhether } from './notices';

/**
 * The files whose TypeScript a user asked to be read in this window. Reading such a model runs its code, in a sealed
 * interpreter: nothing else may begin it. From the first request on it is read again after edits, until it is closed.
 */
export class AskedFiles implements vscode.Disposable {
  private readonly files = new Set<string>();
  private readonly admitted = new vscode.EventEmitter<string>();
  /** A user asked for a file for the first time. */
  readonly onDidAdmit = this.admitted.event;
  private readonly subscription = vscode.workspace.onDidCloseTextDocument(({ uri }) =>
    this.files.delete(uri.toString()),
  );

  /** Whether a file may be read without another request: Python and ONNX are never run. */
  has(file: string): boolean {
    return modelFormOf(file) !== 'tfjs' || (vscode.workspace.isTrusted && this.files.has(file));
  }

  /**
   * Whether a reading that a user asks for may begin. In a workspace that nobody has vouched for each one asks.
   * @param isRequest whether somebody asked just now
   */
  async admit(file: string, isRequest: boolean): Promise<boolean> {
    if (this.has(file)) return true;
    if (!isRequest) return false;
    if (!vscode.workspace.isTrusted && !(await confirm(file))) return false;
    this.files.add(file);
    this.admitted.fire(file);
    return true;
  }

  dispose(): void {
    this.subscription.dispose();
    this.admitted.dispose();
  }
}

function confirm(file: string): Promise<boolean> {
  const read = vscode.l10n.t('Read the Model');
  const detail = vscode.l10n.t(
    'This workspace is not trusted. Reading a TensorFlow.js model runs its code, in a sealed interpreter that has no files, no network and no access to the editor.',
  );
  return askWhether(vscode.l10n.t('Read the model in {0}?', fileName(file)), detail, read);
}
