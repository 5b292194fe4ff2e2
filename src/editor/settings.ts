import * as vscode from 'vscode';
import { type SettingName, type SettingValues, settingDefaults } from './settingDefaults';

export const section = 'activationLens';

/** What a user may set, read at each use: a change needs no reload. */
export interface Settings {
  readonly hover: boolean;
  readonly advice: boolean;
  /** Models are read for advice. */
  readonly adviceModels: boolean;
  readonly hints: boolean;
  /** What lines tell of their tensors. */
  readonly shapes: SettingValues['shapes'];
  /** Sizes that follow an argument are told by its name. */
  readonly shapeNames: boolean;
  readonly codeLens: boolean;
  readonly statusBar: boolean;
  readonly completions: boolean;
  readonly ghostText: boolean;
  /** Rules by code; one that is missing keeps its default. */
  readonly rules: SettingValues['advice.rules'];
  readonly candidates: readonly string[];
  /** Milliseconds. */
  readonly budget: number;
  readonly autostart: boolean;
  /** Folders of libraries, besides those of the selected Python. */
  readonly pythonLibraryFolders: readonly string[];
}

export function settings(scope?: vscode.ConfigurationScope): Settings {
  const configuration = vscode.workspace.getConfiguration(section, scope);
  const get = <N extends SettingName>(name: N) => configuration.get<SettingValues[N]>(name, settingDefaults[name]);
  return {
    hover: get('hover.enabled'),
    advice: get('advice.enabled'),
    adviceModels: get('advice.models'),
    hints: get('hints.enabled'),
    shapes: get('shapes'),
    shapeNames: get('shapeNames'),
    codeLens: get('codeLens.enabled'),
    statusBar: get('statusBar.enabled'),
    completions: get('completions.enabled'),
    ghostText: get('inlineCompletions.enabled'),
    rules: get('advice.rules'),
    candidates: get('compare.candidates'),
    budget: get('compare.budget') * 1000,
    autostart: get('compare.autostart'),
    pythonLibraryFolders: get('pythonLibraryFolders'),
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
