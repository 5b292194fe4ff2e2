import * as vscode from 'vscode';
import { catalogue, findActivation, isCandidate, isGatedCandidate } from '../activations/catalogue';
import { parseProse } from '../activations/prose';
import type { InputSpec } from '../extract/extract';
import type { Setting } from '../extract/given';
import type { ActivationParameters } from '../graph/types';
import type { OnnxFiles } from '../reader/readers';
import { pick, progress } from './notices';
import { Refusal } from './replacement';
import { WorkspaceSource } from './source';
import { language } from './surroundings';

/** What is written, and of what. */
export interface OnnxWritingOrder {
  readonly file: vscode.Uri;
  /** What the sites were read from: where that is another file now, nothing is written. */
  readonly source: WorkspaceSource;
  readonly sites: readonly string[];
  readonly activation: string;
  /** The catalogue's defaults unless given. */
  readonly parameters?: ActivationParameters;
  /** Shapes of inputs, or sizes by name, that the file leaves open. */
  readonly inputs?: readonly InputSpec[];
  readonly settings?: readonly Setting[];
}

/**
 * Lets the user pick what is to stand at sites; undefined where they think better of it.
 * @param now activations that stand there
 */
export async function pickActivation(now: readonly string[]): Promise<string | undefined> {
  const [first, ...others] = new Set(now);
  // What halves its input can only be replaced by what does so, too.
  const gated = now.length > 0 && now.every((id) => catalogue.get(id)?.shape === 'gated');
  const items = [...catalogue.values()]
    .filter(gated ? isGatedCandidate : isCandidate)
    .filter(({ id }) => others.length > 0 || id !== first)
    .map(({ id, title, prose }) => ({ label: title, description: id, detail: parseProse(prose[language()]).line, id }));
  const title = vscode.l10n.t('Write the model with another activation');
  return (await pick(items, { title, matchOnDescription: true }))?.id;
}

/** Writes models with other activations to new files that the user names: never over the one that was read. */
export class OnnxWriting {
  constructor(private readonly files: OnnxFiles) {}

  /**
   * Asks where to, and writes it.
   * @returns what was done, for people; undefined where the user thinks better of it
   * @throws Refusal why it can't be written
   */
  async write(order: OnnxWritingOrder, signal?: AbortSignal): Promise<string | undefined> {
    const { file, source, activation } = order;
    await refuseChanged(source);
    const title = findActivation(activation)?.title ?? activation;
    const target = await vscode.window.showSaveDialog({
      title: vscode.l10n.t('Write the model with {0}', title),
      defaultUri: placeBeside(file, activation),
      filters: { ONNX: ['onnx'] },
    });
    if (!target) return undefined;
    if (target.toString() === file.toString()) {
      throw new Refusal(vscode.l10n.t('That is the model itself, which is never written over. Choose another name.'));
    }
    return progress(vscode.l10n.t('Writing the model'), async () => {
      const { inputs, settings, sites, parameters } = order;
      const request = { file: file.toString(), inputs, settings, order: { sites, activation, parameters } };
      const made = await this.files.rewrite(request, { source: new WorkspaceSource(), signal, urgent: true });
      // It may have changed while the user chose a name, and what was made is of the file as it is now.
      await refuseChanged(source);
      if (!made.bytes) throw new Refusal(made.problem?.message ?? '');
      await vscode.workspace.fs.writeFile(target, made.bytes);
      const done = vscode.l10n.t(
        'The model with {0} was written to {1}.',
        title,
        vscode.workspace.asRelativePath(target),
      );
      return [done, ...(made.notes ?? []).map((note) => `${note}.`)].join('\n');
    });
  }
}

async function refuseChanged(source: WorkspaceSource): Promise<void> {
  const changed = await source.changedBinary();
  if (changed === undefined) return;
  const label = vscode.workspace.asRelativePath(vscode.Uri.parse(changed, true));
  throw new Refusal(
    vscode.l10n.t('{0} has changed since the model was read, so nothing was written. Read it again first.', label),
  );
}

/** `digits.onnx` → `digits-gelu.onnx`, in the same folder. */
function placeBeside(file: vscode.Uri, activation: string): vscode.Uri {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1).replace(/\.onnx$/i, '');
  return vscode.Uri.joinPath(file, '..', `${name}-${activation}.onnx`);
}
