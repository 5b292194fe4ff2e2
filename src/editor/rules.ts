import * as vscode from 'vscode';
import { rules } from '../advise/rules/index';
import { commands } from './commands';
import { completeStep } from './firsts';
import { fail, pick } from './notices';
import { rulePage } from './rulePage';
import { activeFile, turnRuleOff } from './settings';

/** The commands that open a rule's page and that turn a rule off everywhere. */
export function register(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand(commands.showRule, async (code?: unknown) => {
      const chosen =
        typeof code === 'string'
          ? code
          : (
              await pick(
                codes().map((label) => ({ label })),
                { title: vscode.l10n.t('Open the page of a rule') },
              )
            )?.label;
      if (chosen) await show(chosen);
    }),
    vscode.commands.registerCommand(commands.turnRuleOff, async (code: unknown) => {
      if (typeof code === 'string' && codes().includes(code)) await turnRuleOff(code, activeFile());
    }),
  );
}

function codes(): string[] {
  return rules.map((rule) => rule.code);
}

async function show(code: string): Promise<void> {
  if (codes().includes(code)) {
    await vscode.commands.executeCommand('vscode.open', rulePage(code), vscode.ViewColumn.Beside);
    completeStep('advice');
  } else {
    fail(vscode.l10n.t('There is no rule {0}.', code));
  }
}
