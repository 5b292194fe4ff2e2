import * as vscode from 'vscode';
import { catalogue, defaultParameters } from '../activations/catalogue';
import { reportKey } from '../compare/key';
import type { SwapSite } from '../compare/report';
import { type ResultHint, resultHint } from '../compare/resultHint';
import { swapSites } from '../compare/sites';
import { standingOf } from '../compare/standing';
import { verdictOf } from '../compare/verdict';
import { claimWords } from '../compare/verdictWords';
import type { Graph } from '../graph/types';
import type { StoredComparison } from '../protocol/stored';
import { language } from './surroundings';

/** What activations run with where the code says nothing. */
const usual = [...catalogue.values()].map((each) => ({ activation: each.id, parameters: defaultParameters(each) }));

/** What the last comparison of a model says, and of which of its sites. */
export interface LastResult {
  readonly sites: readonly SwapSite[];
  /** A sentence. */
  readonly text: string;
  /** A few words; absent where something else stands in the code now than was measured. */
  readonly hint?: ResultHint;
  readonly comparison: StoredComparison;
}

/** What was measured last of models that are read for hovers. */
export class LastResults implements vscode.Disposable {
  private all: Promise<readonly StoredComparison[]> | undefined;
  private readonly changed = new vscode.EventEmitter<void>();
  /** Something was measured. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly load: () => Promise<readonly StoredComparison[]>) {}

  /** To be called once a comparison was kept. */
  forget(): void {
    this.all = undefined;
    this.changed.fire();
  }

  /** The last result of a file's model, where its graph is still the one that was measured. */
  async find(file: string, graph: Graph): Promise<LastResult | undefined> {
    this.all ??= this.load();
    const ofFile = (await this.all).filter(({ request, graphKey }) => graphKey !== undefined && request.file === file);
    if (ofFile.length === 0) return undefined;
    const key = reportKey({ graph });
    const last = ofFile.find(({ graphKey }) => graphKey === key);
    const standing = last && standingOf(last.report, swapSites(graph), usual);
    const claim = last && verdictOf(last.report).claims[0];
    if (!standing || !claim || claim.kind === 'nothing' || claim.kind === 'learning-unknown') return undefined;
    const when = new Date(last.report.created).toLocaleDateString(language(), { dateStyle: 'medium' });
    const hint = standing.inCode === undefined ? undefined : resultHint(last.report, standing.inCode);
    return {
      sites: standing.sites,
      comparison: last,
      ...(hint !== undefined && { hint }),
      text: vscode.l10n.t('Compared {0}: {1}', when, claimWords(last.report, claim)),
    };
  }

  /** The last comparison of a file, whatever its models are now. */
  async lastOf(file: string): Promise<StoredComparison | undefined> {
    this.all ??= this.load();
    return (await this.all).find(({ request }) => request.file === file);
  }

  dispose(): void {
    this.changed.dispose();
  }
}
