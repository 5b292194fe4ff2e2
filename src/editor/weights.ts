import * as vscode from 'vscode';
import type { Graph } from '../graph/types';
import type { ModelWeights } from '../protocol/compare';
import type { ModelRequest } from '../protocol/model';
import { longestMessage } from '../protocol/shapes';
import { formOf } from '../reader/forms';
import { applyWeights, misfits, nameApplied } from '../weights/apply';
import { readBeside, readWeights, weightsExtensions } from '../weights/read';
import { WeightsError } from '../weights/tensor';

/** Bytes of the largest checkpoint that is read: it is held in memory, here and in the page. */
const LARGEST = 2 ** 30;
/** Lines about what doesn't fit: a checkpoint of another model has hundreds. */
const MOST_PROBLEMS = 8;

/** Asks for a checkpoint, in the folder of the last one or of the model. */
export async function chooseWeights({ file, weights }: ModelRequest): Promise<string | undefined> {
  const extensions = weightsExtensions[formOf(file) === 'tfjs' ? 'tensorflow' : 'pytorch'];
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Weights for the model'),
      openLabel: vscode.l10n.t('Use these weights'),
      defaultUri: vscode.Uri.joinPath(vscode.Uri.parse(weights || file, true), '..'),
      filters: { [vscode.l10n.t('Weights')]: [...extensions], [vscode.l10n.t('All files')]: ['*'] },
    })) ?? [];
  return uri?.toString();
}

/** A file that is not there is named by what asked for it. */
function absent(error: unknown): undefined {
  if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
  throw error;
}

/** What tells a checkpoint from others, and from itself once it is written anew; undefined: initial weights. */
export async function weightsIdentity({ uri, beside = [] }: ModelWeights): Promise<string | undefined> {
  if (uri === undefined) return undefined;
  const files = [uri, ...beside.map((each) => each.uri)].map(async (file) => {
    const { size, mtime } = await vscode.workspace.fs.stat(vscode.Uri.parse(file, true));
    return `${file} ${size} ${mtime}`;
  });
  return (await Promise.all(files)).join('\n');
}

/** A checkpoint laid over a model. Never throws: what goes wrong is told with the weights. */
export async function weightsFor(file: string, graph: Graph, part?: string): Promise<ModelWeights> {
  let label = file;
  const total = graph.state.filter(({ persistent }) => persistent).length;
  const none = (problems: string[]): ModelWeights => ({ file, label, matched: 0, total, problems });
  try {
    const uri = vscode.Uri.parse(file, true);
    label = uri.path.slice(uri.path.lastIndexOf('/') + 1);
    const folder = vscode.Uri.joinPath(uri, '..');
    let left = LARGEST;
    const read = async (each: vscode.Uri) => {
      left -= (await vscode.workspace.fs.stat(each)).size;
      if (left < 0)
        throw new WeightsError(vscode.l10n.t('The file has more than {0} MB, and is not read.', LARGEST / 2 ** 20));
      return vscode.workspace.fs.readFile(each);
    };
    const bytes = await read(uri);
    const shards = await readBeside(bytes, (path) => read(vscode.Uri.joinPath(folder, path)).catch(absent));
    const applied = applyWeights(graph, readWeights(bytes, uri.path, shards), part);
    label = nameApplied(label, applied);
    const problems = misfits(applied);
    const matched = total - applied.missing.length - applied.mismatched.length;
    const shown = problems.slice(0, MOST_PROBLEMS).map((problem) => problem.slice(0, longestMessage));
    if (problems.length > shown.length) shown.push(vscode.l10n.t('And {0} more.', problems.length - shown.length));
    if (applied.values.length === 0) return none(shown);
    const beside = Array.from(shards.keys(), (path) => ({ path, uri: vscode.Uri.joinPath(folder, path).toString() }));
    return { file, label, uri: file, beside, matched, total, problems: shown };
  } catch (error) {
    return none([(error instanceof Error ? error.message : String(error)).slice(0, longestMessage)]);
  }
}
