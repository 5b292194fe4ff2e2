import * as vscode from 'vscode';
import { Names } from '../detect/python/names';
import type { ActivationSite } from '../detect/site';
import { explainInside, explainRuns, explainSite } from '../explain/hover';
import { clampAt } from '../resolve/clamps';
import { runsAt } from '../resolve/runs';
import { sitesHandedTo } from './callers';
import type { Documents } from './documents';
import { completeStep } from './firsts';
import { hoverOptions } from './hoverOptions';
import { grammarOf, selector } from './languages';
import { markdownString } from './markdown';
import { contains, toRange } from './ranges';
import { settings } from './settings';
import type { SiteRoles } from './siteRoles';

/** Formula, plot and trade-offs where an activation is named, or runs under another name. */
export function register(documents: Documents, roles: SiteRoles): vscode.Disposable {
  return vscode.languages.registerHoverProvider(selector, {
    async provideHover(document, position, token) {
      if (!settings(document).hover) return undefined;
      const sites = await documents.sites(document);
      if (token.isCancellationRequested) return undefined;
      // The innermost, where a formula holds another.
      const site = sites.findLast((each) => contains(each.range, position));
      if (site) {
        // A recurrent layer has several inside of it.
        const here = sites.filter(({ range }) => toRange(range).isEqual(toRange(site.range)));
        const outer = sites.find((each) => each !== site && each.form === 'formula' && contains(each.range, position));
        const explainAt = async (each: ActivationSite) =>
          outer && !here.includes(outer)
            ? explainInside(outer, each, hoverOptions(each))
            : explainSite(each, { ...hoverOptions(each), ...(await roles.ofSite(document, each)) });
        const explained = await Promise.all(here.map(explainAt));
        completeStep('hover');
        return new vscode.Hover(explained.map(markdownString), toRange(site.range));
      }
      if (grammarOf(document) !== 'python') return undefined;
      const runs = await documents.read(document, (tree, text, sites, imported) => {
        const names = new Names(tree.rootNode, text.text, imported);
        const at = { line: position.line, column: position.character };
        const context = { file: text.file, root: tree.rootNode, names, sites };
        return runsAt(context, at) ?? clampAt(context, at);
      });
      if (!runs) return undefined;
      if ('activation' in runs) {
        return new vscode.Hover(markdownString(explainSite(runs, hoverOptions(runs))), toRange(runs.range));
      }
      const others = runs.open.length > 0 ? await sitesHandedTo(documents.syntax, document, runs.open, token) : [];
      const all = { ...runs, sites: [...runs.sites, ...others] };
      const [first] = all.sites;
      const known = await roles.ofCall(document, all);
      return (
        first &&
        new vscode.Hover(markdownString(explainRuns(all, { ...hoverOptions(first), ...known })), toRange(runs.range))
      );
    },
  });
}
