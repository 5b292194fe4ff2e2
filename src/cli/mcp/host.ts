import { join, resolve } from 'node:path';
import { suggestedCandidates } from '../../activations/catalogue';
import { mayComputeLoss } from '../../advise/neighbours';
import { quote } from '../../agents/bounded';
import { ConfinedSource } from '../../agents/confinedSource';
import type { AgentHost, CompareOrder, Reach } from '../../agents/host';
import { readSubject } from '../../agents/readSubject';
import { notCompared } from '../../agents/refusals';
import { quickMeasures } from '../../compare/measures/index';
import { defaultPlan } from '../../compare/plan';
import { defaultLearning, type Report } from '../../compare/report';
import { hubFolder } from '../../source/environments';
import { LibrarySource } from '../../source/libraries';
import { isWithin, resolveLinks } from '../../source/links';
import { projectFolder } from '../../source/node';
import { NotebookSource } from '../../source/notebookSource';
import { projectCallers, projectSearch } from '../callers';
import type { CliHost } from '../host';
import { librariesFor } from '../libraries';
import { LintScope } from '../lint/scope';
import { cellsOf } from '../model';
import { isOnnx } from '../onnx';
import { runComparison } from '../runComparison';
import type { Roots } from './roots';

/** Files with a loss that may import one. */
const MOST_USERS = 20;

/**
 * What the tools may reach from a terminal.
 * @param rootsNow the folders that may be read, which a client may change
 * @param libraries folders of libraries, besides those of the environment
 */
export function agentHost(host: CliHost, rootsNow: () => Promise<Roots>, libraries: readonly string[] = []): AgentHost {
  const reach = async (file: string): Promise<Reach> => {
    const roots = await rootsNow();
    const hub = hubFolder(process.env);
    const own = [...libraries, ...(hub === undefined ? [] : [hub])].map((folder) => resolve(folder));
    const folders = await roots.libraries(await librariesFor(file, libraries), own);
    const admit = async (asked: string) => (await roots.find(asked)) ?? findInLibrary(folders, asked);
    const notebooks = new NotebookSource(new ConfinedSource(host.source, admit));
    // What lies above the folders that may be read is not searched either.
    const folderOf = async (of: string) => {
      const folder = await projectFolder(of);
      return roots.holds(folder) ? folder : (roots.folderAround(of) ?? join(of, '..'));
    };
    const search = projectSearch(folderOf);
    return {
      source: new LibrarySource(notebooks, [...folders.keys()]),
      cells: cellsOf(notebooks),
      notebooks: () => notebooks.files,
      callers: roots.folderAround(file) === undefined ? async () => [] : projectCallers(folderOf),
      users: async (of) => (await search(mayComputeLoss, of)).slice(0, MOST_USERS),
    };
  };
  return {
    syntax: host.syntax,
    reader: host.reader,
    admit: async (path) => (await rootsNow()).admit(path),
    nameFor: async (ending) => join((await rootsNow()).first ?? resolve('/'), `snippet.${ending}`),
    reach,
    rulesFor: async (file) => new LintScope((await reach(file)).source, {}).of(file),
    mayRun: async () => true,
    pathOf: (file) => file,
    compare: (order, signal, tell) => compare(host, agentHost(host, rootsNow, libraries), order, signal, tell),
  };
}

/** Where a file of a library leads, if that is in the library. */
async function findInLibrary(folders: ReadonlyMap<string, string>, file: string): Promise<string | undefined> {
  for (const [folder, real] of folders) {
    if (!isWithin(folder, resolve(file))) continue;
    const found = await resolveLinks(file);
    if (found !== undefined && isWithin(real, found)) return found;
  }
  return undefined;
}

async function compare(
  host: CliHost,
  agent: AgentHost,
  { subject, model, candidates, budget, learning }: CompareOrder,
  signal: AbortSignal,
  tell: (report: Report) => void,
): Promise<Report> {
  const { extraction, batched, training } = await readSubject(agent, subject, model, signal, true);
  const { graph } = extraction;
  const chosen = candidates.length > 0 ? candidates : suggestedCandidates;
  const plan = {
    ...defaultPlan(graph, chosen, { budget }),
    measures: [...quickMeasures, ...(learning ? (['learning'] as const) : [])],
    ...(learning && { learning: { ...defaultLearning, ...learning } }),
  };
  const text = learning && !isOnnx(subject.file) ? (await subject.source.read(subject.file))?.text : undefined;
  const request = {
    graph,
    file: subject.file,
    plan,
    ...(batched && { batched }),
    ...(training && { training }),
    ...(text !== undefined && { text }),
  };
  try {
    return await runComparison(host, request, (event) => event.type === 'report' && tell(event.report), signal);
  } catch (error) {
    signal.throwIfAborted();
    throw notCompared(quote(error instanceof Error ? error.message : String(error)));
  }
}
