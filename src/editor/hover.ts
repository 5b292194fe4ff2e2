import * as vscode from 'vscode';
import { findActivation } from '../activations/catalogue';
import { parametersOf } from '../detect/parameters';
import type { ActivationSite } from '../detect/site';
import { explainSite } from '../explain/hover';
import { commandLink, commands } from './commands';
import { type Documents, selector } from './documents';
import { contains, toRange } from './ranges';
import { settings } from './settings';
import { language, theme } from './surroundings';

/** Formula, plot and trade-offs where an activation is named. */
export function register(documents: Documents): vscode.Disposable {
  return vscode.languages.registerHoverProvider(selector, {
    async provideHover(document, position, token) {
      if (!settings(document).hover) return undefined;
      const sites = await documents.sites(document);
      if (token.isCancellationRequested) return undefined;
      const site = sites.find((each) => contains(each.range, position));
      return site && new vscode.Hover(content(site), toRange(site.range));
    },
  });
}

function content(site: ActivationSite): vscode.MarkdownString {
  const { markdown } = explainSite(site, {
    theme: theme(),
    language: language(),
    links: {
      explain: commandLink(commands.explain, {
        activation: site.activation,
        parameters: parametersOf(site),
        source: site.range,
      }),
      compare: commandLink(commands.compare, { uri: site.range.file, site: site.range }),
      documentation: findActivation(site.activation)?.documentation ?? '',
    },
  });
  const text = new vscode.MarkdownString(markdown);
  text.supportHtml = true;
  text.isTrusted = { enabledCommands: [commands.explain, commands.compare] };
  return text;
}
