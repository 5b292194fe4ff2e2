import * as vscode from 'vscode';
import type { Advice } from '../advise/advice';
import { fingerprint } from '../graph/fingerprint';
import type { Graph } from '../graph/types';
import type { PriceReport } from '../price/report';
import { measuredHint, measuredSentence } from '../price/words';
import type { CompareTarget } from '../protocol/model';
import type { Documents } from './documents';
import type { ModelReader } from './reading';
import { WorkspaceSource } from './source';

/** After the last edit: a model is read again to see whether it is still the one that was measured. */
const DELAY = 1000;
/** Milliseconds for that reading. */
const LONGEST = 5000;

/** A finding, and what it costs where that was measured: a line of its own. */
export interface PricedAdvice extends Advice {
  readonly measured?: string;
}

/** Advice to show, wherever it is shown. */
export interface ShownAdvice {
  readonly shownAdvice: (document: vscode.TextDocument) => readonly PricedAdvice[];
  readonly onDidChangeAdvice: vscode.Event<vscode.TextDocument>;
}

/** A model that was measured. */
export interface MeasuredModel {
  readonly graph: Graph;
  /** How it was read. */
  readonly request: CompareTarget;
  readonly isStale: () => boolean;
  /** Called where it was read again and is the same: whether that reading is stale. */
  readonly refresh: (isStale: () => boolean) => void;
}

interface Price {
  readonly report: PriceReport;
  readonly print: string;
  readonly request: CompareTarget;
  isStale: () => boolean;
  readonly refresh: MeasuredModel['refresh'];
}

/**
 * What findings cost, as far as it was measured: their messages and hints say so while the model's graph is the same. When
 * its code changes, the number goes, the model is read again after a pause, and where its graph is the same as before the
 * number comes back.
 */
export class Prices implements ShownAdvice, vscode.Disposable {
  /** By the document, and by the finding in it. */
  private readonly known = new Map<string, Map<string, Price>>();
  private readonly changed = new vscode.EventEmitter<vscode.TextDocument>();
  readonly onDidChangeAdvice = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stop = new AbortController();

  constructor(
    private readonly documents: Documents,
    private readonly reader: ModelReader,
  ) {
    this.subscriptions = [
      this.changed,
      documents.onDidChangeAdvice((document) => this.changed.fire(document)),
      vscode.workspace.onDidChangeTextDocument(() => this.schedule()),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.known.delete(uri.toString())),
    ];
  }

  shownAdvice(document: vscode.TextDocument): readonly PricedAdvice[] {
    const shown = this.documents.shownAdvice(document);
    const prices = this.known.get(document.uri.toString());
    if (!prices) return shown;
    return withKeys(shown).map(([key, advice]) => {
      const price = prices.get(key);
      if (!price || price.isStale()) return advice;
      const { report } = price;
      return {
        ...advice,
        measured: measuredSentence(report),
        // First, since the panel beside the code cuts off the end of a line.
        hint: [measuredHint(report), advice.hint].filter(Boolean).join(' · '),
      };
    });
  }

  /** Keeps what was measured of a finding of a document's present text. */
  async keep(
    document: vscode.TextDocument,
    finding: Advice,
    { graph, request, isStale, refresh }: MeasuredModel,
    report: PriceReport,
  ): Promise<void> {
    const found = withKeys(await this.documents.advice(document)).find(([, advice]) => advice === finding);
    if (!found) return;
    const file = document.uri.toString();
    const prices = this.known.get(file) ?? new Map<string, Price>();
    prices.set(found[0], { report, print: fingerprint(graph), request, isStale, refresh });
    this.known.set(file, prices);
    this.changed.fire(document);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.stop.abort();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private schedule(): void {
    if (this.known.size === 0) return;
    clearTimeout(this.timer);
    this.stop.abort();
    this.timer = setTimeout(() => {
      this.stop = new AbortController();
      // What can't be read any more has no price: measuring again says why.
      this.readAgain(this.stop.signal).catch(() => undefined);
    }, DELAY);
  }

  private async readAgain(signal: AbortSignal): Promise<void> {
    for (const [file, prices] of this.known) {
      for (const [key, price] of [...prices]) {
        if (!price.isStale()) continue;
        const source = new WorkspaceSource();
        const quietly = { milliseconds: LONGEST, signal, choosesSizes: true };
        const { extraction: read } = await this.reader.readQuietly(price.request, source, quietly);
        if (signal.aborted) return;
        if (read.ok && fingerprint(read.graph) === price.print) {
          price.isStale = () => source.changedFile() !== undefined;
          price.refresh(price.isStale);
        } else prices.delete(key);
      }
      const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === file);
      if (document) this.changed.fire(document);
    }
  }
}

/** Findings with what they are recognised by when lines move: the rule, what it says, and which of them it is. */
function withKeys(advice: readonly Advice[]): (readonly [string, Advice])[] {
  const counts = new Map<string, number>();
  return advice.map((each) => {
    const plain = `${each.code}\n${each.message}`;
    const count = counts.get(plain) ?? 0;
    counts.set(plain, count + 1);
    return [`${plain}\n${count}`, each];
  });
}
