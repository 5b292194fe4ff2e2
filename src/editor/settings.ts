import * as vscode from 'vscode';
import { type SettingName, type SettingValues, settingDefaults } from './settingDefaults';

export const section = 'activationLens';

/** What a user may set, for a file or a folder, read at each use: a change needs no reload. */
export class Settings {
  /** @param configuration of the section */
  constructor(private readonly configuration: vscode.WorkspaceConfiguration) {}

  get hover(): boolean {
    return this.read('hover.enabled');
  }

  get advice(): boolean {
    return this.read('advice.enabled');
  }

  /** Models are read for advice. */
  get adviceModels(): boolean {
    return this.read('advice.models');
  }

  get hints(): boolean {
    return this.read('hints.enabled');
  }

  /** What lines tell of their tensors. */
  get shapes(): SettingValues['shapes'] {
    return this.read('shapes');
  }

  /** Sizes that follow an argument are told by its name. */
  get shapeNames(): boolean {
    return this.read('shapeNames');
  }

  get codeLens(): boolean {
    return this.read('codeLens.enabled');
  }

  get statusBar(): boolean {
    return this.read('statusBar.enabled');
  }

  get completions(): boolean {
    return this.read('completions.enabled');
  }

  get ghostText(): boolean {
    return this.read('inlineCompletions.enabled');
  }

  /** Rules by code; one that is missing keeps its default. */
  get rules(): SettingValues['advice.rules'] {
    return this.read('advice.rules');
  }

  get candidates(): readonly string[] {
    return this.read('compare.candidates');
  }

  /** Milliseconds. */
  get budget(): number {
    return this.read('compare.budget') * 1000;
  }

  get autostart(): boolean {
    return this.read('compare.autostart');
  }

  /** Folders of libraries, besides those of the selected Python. */
  get pythonLibraryFolders(): readonly string[] {
    return this.read('pythonLibraryFolders');
  }

  private read<N extends SettingName>(name: N): SettingValues[N] {
    return this.configuration.get<SettingValues[N]>(name, settingDefaults[name]);
  }
}

/** @param scope null where it is about no file: the editor's log tells of every look without a word of that */
export const settings = (scope: vscode.ConfigurationScope | null): Settings =>
  new Settings(vscode.workspace.getConfiguration(section, scope));

/** Whose settings count for a command that names no file. */
export const activeFile = (): vscode.Uri | null => vscode.window.activeTextEditor?.document.uri ?? null;

/**
 * Where the user keeps a setting, and what it is there: with the folder or the workspace if these name it, else with the user.
 */
export function keptSetting<T>(
  name: SettingName,
  scope: vscode.ConfigurationScope | null,
): { readonly value: T | undefined; readonly change: (value: T) => Thenable<void> } {
  const configuration = vscode.workspace.getConfiguration(section, scope);
  const { workspaceFolderValue, workspaceValue, globalValue } = configuration.inspect<T>(name) ?? {};
  const { WorkspaceFolder, Workspace, Global } = vscode.ConfigurationTarget;
  const [value, target] =
    workspaceFolderValue !== undefined
      ? [workspaceFolderValue, WorkspaceFolder]
      : workspaceValue !== undefined
        ? [workspaceValue, Workspace]
        : [globalValue, Global];
  return { value, change: (next) => configuration.update(name, next, target) };
}

/** Turns a rule off where the user keeps rules. @param scope a file that it was told in */
export async function turnRuleOff(code: string, scope: vscode.ConfigurationScope | null): Promise<void> {
  const kept = keptSetting<Record<string, string>>('advice.rules', scope);
  await kept.change({ ...kept.value, [code]: 'off' });
}
