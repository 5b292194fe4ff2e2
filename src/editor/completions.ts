import * as vscode from 'vscode';
import { parseProse } from '../activations/prose';
import { type Offer, offersAt } from '../complete/completions';
import { habitAt } from '../complete/habit';
import type { ActivationSite } from '../detect/site';
import { explainSite } from '../explain/hover';
import type { Documents } from './documents';
import { hoverOptions } from './hoverOptions';
import { grammarOf, pythonSelector, selector } from './languages';
import { markdownString } from './markdown';
import { settings } from './settings';
import { language } from './surroundings';

/** Longer lines are no code that a person types. */
const LONGEST_LINE = 2000;

/** Offers activations where one is typed, and, where the user asks for it, the file's habit as ghost text. */
export function register(documents: Documents): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerCompletionItemProvider(selector, completions(documents), '.', "'", '"', '`'),
    vscode.languages.registerInlineCompletionItemProvider(pythonSelector, ghostText(documents)),
  );
}

/** An offer in the editor's list: what it costs in a line, the hover once it is looked at. */
class OfferItem extends vscode.CompletionItem {
  constructor(
    readonly offer: Offer,
    sortText: string,
    range: vscode.Range,
  ) {
    const { title, prose } = offer.activation;
    const { line } = parseProse(prose[language()]);
    // Names such as `gelu_new` don't tell by themselves what they are.
    super({ label: offer.text, description: isTitle(offer.text, title) ? line : `${title}: ${line}` });
    this.kind = kinds[offer.form] ?? vscode.CompletionItemKind.Value;
    this.detail = line;
    this.sortText = sortText;
    this.filterText = offer.text;
    this.range = range;
  }
}

/** `LeakyReLU`, `leaky_relu`. */
const isTitle = (text: string, title: string) => text.replaceAll('_', '').toLowerCase() === title.toLowerCase();

const kinds: Partial<Record<Offer['form'], vscode.CompletionItemKind>> = {
  module: vscode.CompletionItemKind.Class,
  function: vscode.CompletionItemKind.Function,
};

function completions(documents: Documents): vscode.CompletionItemProvider<vscode.CompletionItem> {
  return {
    async provideCompletionItems(document, position, token) {
      const grammar = grammarOf(document);
      const before = document.lineAt(position).text.slice(0, position.character);
      if (!grammar || !settings(document).completions || before.length > LONGEST_LINE) return undefined;
      const place = {
        language: grammar === 'python' ? ('python' as const) : ('typescript' as const),
        before,
        text: document.getText(),
      };
      // Nothing is parsed where no activation can stand.
      if (!offersAt({ ...place, sites: [] })) return undefined;
      const sites = await documents.sites(document);
      const found = token.isCancellationRequested ? undefined : offersAt({ ...place, sites });
      if (!found) return undefined;
      const range = new vscode.Range(position.translate(0, -found.typed), position);
      return found.offers.map((offer, index) => {
        // A module has more than activations: what the file doesn't use yet stays below what others offer there.
        const isFirst = index < found.used || offer.form === 'string';
        return new OfferItem(offer, `${isFirst ? '0' : '~'}${String(index).padStart(3, '0')}`, range);
      });
    },
    resolveCompletionItem(item) {
      if (item instanceof OfferItem) {
        const site = siteOf(item.offer);
        item.documentation = markdownString(explainSite(site, { ...hoverOptions(site), narrow: true }));
      }
      return item;
    },
  };
}

/** The site that an offer would make, as far as its hover is concerned. */
function siteOf({ activation, text, form, framework, parameters }: Offer): ActivationSite {
  const range = { file: '', line: 0, column: 0, endLine: 0, endColumn: 0 };
  // Without a place there is no model to compare on.
  return { activation: activation.id, form, framework, parameters, text, range, expression: range };
}

function ghostText(documents: Documents): vscode.InlineCompletionItemProvider {
  return {
    async provideInlineCompletionItems(document, position, _, token) {
      const line = document.lineAt(position);
      if (!settings(document).ghostText || position.character < line.text.trimEnd().length) return undefined;
      // Read now: the text may be another one once the sites are found.
      const lines = document.getText().split(/\r?\n/);
      const sites = await documents.sites(document);
      if (token.isCancellationRequested || sites.length === 0) return undefined;
      const text = habitAt({ lines, line: position.line, sites });
      return text === undefined
        ? undefined
        : [new vscode.InlineCompletionItem(text, new vscode.Range(position, position))];
    },
  };
}
