import * as vscode from 'vscode';

export const section = 'activationLens';

/** What a user may set, read at each use: a change needs no reload. */
export interface Settings {
  readonly hover: boolean;
  readonly advice: boolean;
  readonly hints: boolean;
  readonly codeLens: boolean;
  readonly completions: boolean;
  readonly ghostText: boolean;
  /** Rules by code; one that is missing keeps its default. */
  readonly rules: Readonly<Record<string, 'default' | 'off'>>;
  readonly candidates: readonly string[];
  /** Milliseconds. */
  readonly budget: number;
  readonly autostart: boolean;
  /** Folders of libraries, besides those of the selected Python. */
  readonly pythonLibraryFolders: readonly string[];
}

export function settings(scope?: vscode.ConfigurationScope): Settings {
  const configuration = vscode.workspace.getConfiguration(section, scope);
  return {
    hover: configuration.get('hover.enabled', true),
    advice: configuration.get('advice.enabled', true),
    hints: configuration.get('hints.enabled', true),
    codeLens: configuration.get('codeLens.enabled', true),
    completions: configuration.get('completions.enabled', true),
    ghostText: configuration.get('inlineCompletions.enabled', false),
    rules: configuration.get('advice.rules', {}),
    candidates: configuration.get('compare.candidates', []),
    budget: configuration.get('compare.budget', 30) * 1000,
    autostart: configuration.get('compare.autostart', true),
    pythonLibraryFolders: configuration.get('pythonLibraryFolders', []),
  };
}

/** Turns a rule off where the user keeps it: in the workspace's settings if they name rules already, else in the user's. */
export async function turnRuleOff(code: string): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(section);
  const known = configuration.inspect<Record<string, string>>('advice.rules');
  const target = known?.workspaceValue ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  const rules = (target === vscode.ConfigurationTarget.Workspace ? known?.workspaceValue : known?.globalValue) ?? {};
  await configuration.update('advice.rules', { ...rules, [code]: 'off' }, target);
}
