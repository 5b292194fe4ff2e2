import * as vscode from 'vscode';

/** Every command that the extension registers; the manifest offers all but the last four. */
export const commands = {
  compare: 'activationLens.compareActivations',
  compareWithWeights: 'activationLens.compareWithWeights',
  recent: 'activationLens.openRecentComparison',
  explain: 'activationLens.explainActivation',
  check: 'activationLens.checkModel',
  checkWithWeights: 'activationLens.checkWithWeights',
  measure: 'activationLens.measureProblem',
  replace: 'activationLens.replaceActivation',
  showRule: 'activationLens.showRule',
  checkWorkspace: 'activationLens.checkWorkspace',
  openSample: 'activationLens.openSample',
  beside: 'activationLens.compareBeside',
  forget: 'activationLens.forgetComparison',
  toggleShapes: 'activationLens.toggleShapes',
  turnRuleOff: 'activationLens.turnRuleOff',
  compareInFile: 'activationLens.compareInFile',
  reopen: 'activationLens.reopenComparison',
  completeAdvice: 'activationLens.completeAdvice',
} as const;

/** A link that runs a command, for Markdown that is trusted to run it. */
export function commandLink(command: string, ...args: readonly unknown[]): string {
  return vscode.Uri.parse(`command:${command}?${encodeURIComponent(JSON.stringify(args))}`).toString();
}
