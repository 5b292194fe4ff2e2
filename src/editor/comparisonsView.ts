import * as vscode from 'vscode';
import { verdictWords } from '../compare/verdictWords';
import { excerpt, MESSAGE } from '../language/legible';
import type { StoredComparison } from '../protocol/stored';
import type { BesideDocuments } from './beside';
import { commands } from './commands';
import type { LastResults } from './lastResults';
import { inform, pick } from './notices';
import { recentItem } from './recentItems';
import type { ReportStore } from './reportStore';
import { language } from './surroundings';

const viewId = 'activationLens.comparisons';

/** A model of a file, with its comparisons, latest first. */
interface ModelEntry {
  readonly id: string;
  readonly comparisons: readonly StoredComparison[];
}
type TreeEntry = ModelEntry | StoredComparison;
const isModel = (entry: TreeEntry): entry is ModelEntry => 'comparisons' in entry;

/** The kept comparisons by their models: opened with a click, laid beside each other, forgotten. */
export function register(
  store: ReportStore,
  results: LastResults,
  beside: BesideDocuments,
  open: (comparison: StoredComparison) => void,
): vscode.Disposable {
  const tree: vscode.TreeDataProvider<TreeEntry> = {
    onDidChangeTreeData: results.onDidChange,
    getChildren: async (entry) => {
      if (entry) return isModel(entry) ? [...entry.comparisons] : [];
      return modelsOf(await store.all());
    },
    getTreeItem: (entry) => (isModel(entry) ? modelItem(entry) : comparisonItem(entry)),
  };
  // The view is not shown, and so asks for nothing, before it is known that there is something to show.
  const tell = async () => {
    const any = (await store.count()) > 0;
    void vscode.commands.executeCommand('setContext', 'activationLens.hasComparisons', any);
  };
  void tell();
  const reopen = async (key: string) => {
    const comparison = await store.find(key);
    if (comparison) open(comparison);
    else inform(vscode.l10n.t('This comparison is not kept any more.'));
  };
  return vscode.Disposable.from(
    vscode.window.registerTreeDataProvider(viewId, tree),
    results.onDidChange(() => void tell()),
    vscode.commands.registerCommand(commands.reopen, reopen),
    vscode.commands.registerCommand(commands.beside, async (entry?: StoredComparison) => {
      const pair = await choosePair(await store.all(), entry);
      if (pair) await beside.show(...pair);
    }),
    vscode.commands.registerCommand(commands.forget, async ({ key }: StoredComparison) => {
      await store.remove(key);
      results.forget();
    }),
  );
}

function modelsOf(comparisons: readonly StoredComparison[]): ModelEntry[] {
  const models = new Map<string, StoredComparison[]>();
  for (const each of comparisons) {
    const id = `${each.request.file}\n${each.report.model.name}`;
    const known = models.get(id);
    if (known) known.push(each);
    else models.set(id, [each]);
  }
  return [...models].map(([id, found]) => ({ id, comparisons: found }));
}

function modelItem({ id, comparisons }: ModelEntry): vscode.TreeItem {
  const [first] = comparisons;
  const item = new vscode.TreeItem(excerpt(first?.report.model.name ?? ''), vscode.TreeItemCollapsibleState.Expanded);
  item.id = id;
  item.description = excerpt(first?.label ?? '');
  item.iconPath = new vscode.ThemeIcon('symbol-class');
  return item;
}

function comparisonItem({ key, report }: StoredComparison): vscode.TreeItem {
  const when = new Date(report.created).toLocaleString(language(), { dateStyle: 'medium', timeStyle: 'short' });
  const item = new vscode.TreeItem(when);
  item.id = key;
  item.description = excerpt(report.candidates.map(({ title }) => title).join(', '));
  item.tooltip = excerpt(verdictWords(report).join(' '), MESSAGE);
  item.iconPath = new vscode.ThemeIcon('graph-line');
  item.contextValue = 'comparison';
  item.command = { command: commands.reopen, title: vscode.l10n.t('Open the comparison'), arguments: [key] };
  return item;
}

/** Two comparisons, the earlier one first; undefined where the user thinks better of it. */
async function choosePair(
  all: readonly StoredComparison[],
  chosen: StoredComparison | undefined,
): Promise<readonly [before: StoredComparison, after: StoredComparison] | undefined> {
  if (all.length < 2) {
    inform(vscode.l10n.t('Two comparisons can be laid beside each other once two are kept.'));
    return undefined;
  }
  const choose = async (from: readonly StoredComparison[], title: string) =>
    (
      await pick(
        from.map((comparison) => ({ ...recentItem(comparison), comparison })),
        { title, matchOnDescription: true, matchOnDetail: true },
      )
    )?.comparison;
  const first = chosen ?? (await choose(all, vscode.l10n.t('Which comparison?')));
  if (!first) return undefined;
  // Those of the same model come first.
  const isSame = (each: StoredComparison) =>
    each.request.file === first.request.file && each.report.model.name === first.report.model.name;
  const others = all.filter(({ key }) => key !== first.key);
  const sorted = [...others.filter(isSame), ...others.filter((each) => !isSame(each))];
  const second = await choose(sorted, vscode.l10n.t('Beside which one?'));
  if (!second) return undefined;
  return first.report.created <= second.report.created ? [first, second] : [second, first];
}
