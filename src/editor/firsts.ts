import * as vscode from 'vscode';

/** Context keys by the walkthrough's steps: the manifest completes a step when its key is set. */
const keys = {
  hover: 'activationLens.hovered',
  advice: 'activationLens.advised',
  compare: 'activationLens.compared',
} as const;

const done = new Set<keyof typeof keys>();

/** Tells the walkthrough that what one of its steps is about was done. */
export function completeStep(step: keyof typeof keys): void {
  if (done.has(step)) return;
  done.add(step);
  void vscode.commands.executeCommand('setContext', keys[step], true);
}
