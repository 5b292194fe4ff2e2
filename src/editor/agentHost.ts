import * as vscode from 'vscode';
import { mayComputeLoss } from '../advise/neighbours';
import { quote } from '../agents/bounded';
import { ConfinedSource } from '../agents/confinedSource';
import type { AgentHost, CompareOrder, Reach } from '../agents/host';
import { noSettings, noTraining, notCompared } from '../agents/refusals';
import type { Report } from '../compare/report';
import type { ComparePanelTarget } from '../panel/compareServices';
import type { ModelReading } from '../reader/readers';
import { LibrarySource } from '../source/libraries';
import { OverlaidSource } from '../source/overlaid';
import type { Source } from '../source/source';
import { type AgentFiles, pathOf } from './agentFiles';
import type { AskedFiles } from './asked';
import type { Documents } from './documents';
import { librariesFor } from './libraries';
import { cellPlace, rangeOfCell, wholeOf } from './notebooks';
import { settings } from './settings';
import { WorkspaceSource } from './source';
import { excludedFiles, workspaceCallers } from './workspaceCalls';

/** Files that are searched for losses, and those of them that are looked at. */
const MOST_FILES = 500;
const MOST_USERS = 20;

interface Surroundings {
  readonly documents: Documents;
  readonly thread: ModelReading;
  readonly asked: AskedFiles;
  readonly files: AgentFiles;
  /** Measures in a tab. @throws Error why it can't */
  readonly measure: (target: ComparePanelTarget, signal: AbortSignal) => Promise<Report>;
}

/** What the tools for agents may reach in the editor. */
export function agentHost({ documents, thread, asked, files, measure }: Surroundings): AgentHost {
  const confine = async (file: string, workspace: WorkspaceSource): Promise<Source> => {
    const libraries = await librariesFor(vscode.Uri.parse(file, true));
    return new LibrarySource(new ConfinedSource(workspace, files.admitter(libraries)), libraries);
  };
  const reach = async (file: string, signal: AbortSignal): Promise<Reach> => {
    const isInside = async (each: string) => (await files.find(vscode.Uri.parse(each, true))) !== undefined;
    const keep = async (found: readonly string[]) => {
      const inside = await Promise.all(found.map(isInside));
      return found.filter((_, index) => inside[index]);
    };
    const search = workspaceCallers(signal);
    const source = await confine(file, new WorkspaceSource());
    return {
      source,
      cells: cellPlace,
      notebooks: () => [wholeOf(file)],
      callers: async (name, of) => keep(await search(name, of)),
      users: (of) => usersOf(of, source),
    };
  };
  return {
    syntax: documents.syntax,
    reader: thread,
    admit: (path) => files.admit(path),
    nameFor: async (ending) => {
      const [folder] = vscode.workspace.workspaceFolders ?? [];
      return folder ? vscode.Uri.joinPath(folder.uri, `snippet.${ending}`).toString() : `untitled:/snippet.${ending}`;
    },
    reach,
    rulesFor: async (file) => {
      const uri = vscode.Uri.parse(file, true);
      const project = await documents.projectRules.of(uri);
      return project && { ...project, ...settings(uri).rules };
    },
    mayRun: (file) => asked.admit(file, true),
    pathOf: (file) => {
      const cell = rangeOfCell(file)?.cell;
      const path = pathOf(vscode.Uri.parse(wholeOf(file), true));
      return cell === undefined ? path : `${path}:cell ${cell}`;
    },
    compare: async (order, signal) => {
      const { subject } = order;
      const { file, given } = subject;
      const over = (inner: Source): Source =>
        given === undefined ? inner : new OverlaidSource(inner, { file, text: given, version: 0 });
      const target = targetOf(order, async (workspace) =>
        over(await confine(file, workspace instanceof WorkspaceSource ? workspace : new WorkspaceSource())),
      );
      try {
        return await measure(target, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw notCompared(quote(error instanceof Error ? error.message : String(error)));
      }
    },
  };
}

/** @throws ToolError for what the tab is not asked for */
function targetOf(
  { subject, model, candidates, budget, learning }: CompareOrder,
  source: (workspace: Source) => Promise<Source>,
): ComparePanelTarget {
  if (learning) throw noTraining();
  if (model.settings?.length) throw noSettings();
  return {
    file: subject.file,
    ...(model.model !== undefined && { expression: model.model }),
    ...(model.part !== undefined && { part: model.part }),
    ...(model.inputs && { input: model.inputs.join(', ') }),
    ...(model.for_input !== undefined && { forInput: model.for_input }),
    run: { candidates, budget, source, isText: subject.given !== undefined },
  };
}

/** Files of the workspace with a loss. */
async function usersOf(file: string, source: Source): Promise<string[]> {
  const found: string[] = [];
  for (const uri of await vscode.workspace.findFiles('**/*.py', excludedFiles(file), MOST_FILES)) {
    if (found.length === MOST_USERS) break;
    const text = await source.read(uri.toString()).catch(() => undefined);
    if (text && text.file !== file && mayComputeLoss(text.text)) found.push(text.file);
  }
  return found;
}
