import * as vscode from 'vscode';
import type { Advice } from '../advise/advice';
import type { SourceRange } from '../graph/types';
import type { PriceReading, PriceServices } from '../panel/pricePanel';
import { modelOf, pricedFinding } from '../price/finding';
import { planPrice } from '../price/planPrice';
import { pricingOf } from '../price/rules';
import { parse } from '../protocol/parse';
import { type PriceTarget, priceTarget } from '../protocol/price';
import { longestMessage } from '../protocol/shapes';
import { commands } from './commands';
import type { Documents } from './documents';
import { isPython } from './languages';
import { labelOf } from './notebooks';
import { inform } from './notices';
import type { Prices } from './prices';
import { toRange, toWorkspaceEdit } from './ranges';
import type { ModelReader } from './reading';
import { reveal } from './reveal';
import { language } from './surroundings';
import { isReachable } from './targets';

/** The command behind the quick fix "Measure this"; from the palette, for the problem at the cursor. */
export function register(documents: Documents, show: (target: PriceTarget) => Promise<void>): vscode.Disposable {
  return vscode.commands.registerCommand(commands.measure, async (argument?: unknown) => {
    const target = argument === undefined ? await targetAtCursor(documents) : parse(priceTarget, argument);
    if (target && isReachable(target.range.file)) await show(target);
    else inform(vscode.l10n.t('No problem here claims an effect that can be measured.'));
  });
}

async function targetAtCursor(documents: Documents): Promise<PriceTarget | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const line = editor.selection.active.line;
  const found = (await documents.advice(editor.document)).find(
    ({ code, range }) => pricingOf(code) && range.line <= line && line <= range.endLine,
  );
  return found && targetOf(found);
}

/** What the command is called with for a finding. */
export const targetOf = ({ code, range }: Advice): PriceTarget => ({ code, range });

/** What the panel needs of the editor. */
export function services(documents: Documents, reader: ModelReader, prices: Prices): PriceServices {
  const gone = () => vscode.l10n.t('This finding is gone: the code has changed. Measure it where it is now.');
  return {
    language,
    describe: async (target) => {
      const found = await findingAt(documents, target);
      if (!found) return undefined;
      const { code, message, range, fixes } = found.advice;
      const [fix] = fixes;
      return { type: 'finding', code, message, place: placeOf(range), ...(fix && { fix: fix.title }) };
    },
    read: async (target, signal) => {
      try {
        const found = await findingAt(documents, target);
        return found ? await readFor(documents, reader, prices, found, signal) : refusal(gone());
      } catch (error) {
        return refusal(error instanceof Error ? error.message : String(error));
      }
    },
    fix: async (target) => {
      const [fix] = (await findingAt(documents, target))?.advice.fixes ?? [];
      if (!fix || !(await vscode.workspace.applyEdit(toWorkspaceEdit(fix.edits)))) throw new Error(gone());
      await reveal(target.range, true);
    },
    reveal: ({ range }) => void reveal(range, true),
    follow,
    place: ({ range }) => placeOf(range),
    onDidSettle: prices.onDidChangeAdvice,
  };
}

function placeOf({ file, line }: SourceRange): string {
  return vscode.l10n.t('{0}, line {1}', labelOf(file), line + 1);
}

/** A finding moves with the lines that come and go before it. */
function follow(target: PriceTarget, { document, contentChanges }: vscode.TextDocumentChangeEvent): PriceTarget {
  const { file, line, endLine } = target.range;
  if (document.uri.toString() !== file) return target;
  const grown = contentChanges
    .filter(({ range }) => range.end.line < line || (range.end.line === line && range.end.character === 0))
    .reduce((sum, { range, text }) => sum + text.split('\n').length - 1 - (range.end.line - range.start.line), 0);
  return { ...target, range: { ...target.range, line: line + grown, endLine: endLine + grown } };
}

interface Found {
  readonly document: vscode.TextDocument;
  readonly advice: Advice;
}

/** The finding at a place of the present text. */
async function findingAt(documents: Documents, { code, range }: PriceTarget): Promise<Found | undefined> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(range.file, true));
  const advice = (await documents.advice(document)).find(
    (each) => each.code === code && toRange(each.range).isEqual(toRange(range)),
  );
  return advice && { document, advice };
}

const refusal = (message: string): PriceReading => ({
  message: { type: 'unreadable', message: message.slice(0, longestMessage) },
  isStale: () => false,
  keep: () => undefined,
});

async function readFor(
  documents: Documents,
  reader: ModelReader,
  prices: Prices,
  { document, advice }: Found,
  signal: AbortSignal,
): Promise<PriceReading> {
  const file = document.uri.toString();
  const text = document.getText();
  const expression = isPython(file) ? modelOf(advice, await documents.models(document), text) : undefined;
  const reading = await reader.read({ file, expression }, true, signal);
  const { message, request, isStale } = reading;
  if (message.type === 'unreadable') {
    const [first] = message.obstacles;
    const place = first?.source && vscode.l10n.t('line {0}', first.source.line + 1);
    return refusal([place, first?.message].filter(Boolean).join(': '));
  }
  const finding = pricedFinding(advice, text);
  const { graph, batched, training, guessesArguments } = message;
  // What can't be measured is said before anything is loaded.
  planPrice(finding, { graph, batched, training });
  let isOutdated = isStale;
  return {
    message: {
      type: 'model',
      finding: { ...finding, related: [...finding.related] },
      graph,
      ...(batched && { batched }),
      ...(training && { training }),
      ...(guessesArguments && { guessesArguments }),
    },
    isStale: () => isOutdated(),
    keep: (report) => {
      const refresh = (now: () => boolean) => {
        isOutdated = now;
      };
      void prices.keep(document, advice, { graph, request, isStale, refresh }, report);
    },
  };
}
