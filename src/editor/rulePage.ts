import * as vscode from 'vscode';

/** Scheme of the rules' pages; the manifest opens it in the Markdown preview. */
export const ruleScheme = 'activation-lens-rule';

/** The page of a rule as something that a problem's code can link to: links to commands are not followed there. */
export function rulePage(code: string): vscode.Uri {
  return vscode.Uri.from({ scheme: ruleScheme, path: `/${code}.md` });
}
