import * as vscode from 'vscode';
import type { ActivationParameters, SourceRange } from '../graph/types';

/** Every command that the extension registers; the manifest offers the first five. */
export const commands = {
  compare: 'activationLens.compareActivations',
  compareWithWeights: 'activationLens.compareWithWeights',
  explain: 'activationLens.explainActivation',
  replace: 'activationLens.replaceActivation',
  showRule: 'activationLens.showRule',
  turnRuleOff: 'activationLens.turnRuleOff',
} as const;

/** What a comparison is opened for; plain data, so that a hover's link can carry it. */
export interface CompareTarget {
  readonly uri: string;
  /** `ResNet`, `resnet18()`; absent: the file's main model. */
  readonly expression?: string;
  /** Path of a submodule; empty: the whole model. */
  readonly part?: string;
  /** Tick this site only. */
  readonly site?: SourceRange;
  /** Tick this candidate too. */
  readonly activation?: string;
  /** Empty: initial weights, whatever was chosen before. A checkpoint is chosen by hand alone. */
  readonly weights?: '';
}

export interface ExplainTarget {
  readonly activation: string;
  readonly parameters?: ActivationParameters;
  readonly source?: SourceRange;
}

/** A link that runs a command, for Markdown that is trusted to run it. */
export function commandLink(command: string, ...args: readonly unknown[]): string {
  return vscode.Uri.parse(`command:${command}?${encodeURIComponent(JSON.stringify(args))}`).toString();
}
