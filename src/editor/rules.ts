import * as vscode from 'vscode';
import { rules } from '../advise/rules/index';
import { commands } from './commands';
import { turnRuleOff } from './settings';
import { language } from './surroundings';

/** The rules' pages, which ship with the extension, and the command behind `off everywhere`. */
export function register(extensionUri: vscode.Uri): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand(commands.showRule, async (code?: unknown) => {
      const chosen =
        typeof code === 'string'
          ? code
          : await vscode.window.showQuickPick(codes(), {
              title: vscode.l10n.t('Open the page of a rule'),
            });
      if (chosen) await show(extensionUri, chosen);
    }),
    vscode.commands.registerCommand(commands.turnRuleOff, async (code: unknown) => {
      if (typeof code === 'string' && codes().includes(code)) await turnRuleOff(code);
    }),
  );
}

function codes(): string[] {
  return rules.map((rule) => rule.code);
}

async function show(extensionUri: vscode.Uri, code: string): Promise<void> {
  // Only known codes become paths.
  if (!codes().includes(code)) {
    void vscode.window.showErrorMessage(vscode.l10n.t('There is no rule {0}.', code));
    return;
  }
  const page = vscode.Uri.joinPath(
    extensionUri,
    'docs',
    'rules',
    `${code}${language() === 'en' ? '' : `.${language()}`}.md`,
  );
  try {
    await vscode.commands.executeCommand('markdown.showPreviewToSide', page);
  } catch {
    // The built-in Markdown extension may be turned off.
    await vscode.window.showTextDocument(page, { viewColumn: vscode.ViewColumn.Beside, preview: true });
  }
}
