import * as vscode from 'vscode';
import type { Markdown } from '../language/markdown';
import { commands } from './commands';

/** The door to the editor's Markdown: it shows our images beside the text, and may run two commands of ours. */
export function markdownString({ markdown }: Markdown): vscode.MarkdownString {
  const made = new vscode.MarkdownString(markdown);
  made.supportHtml = true;
  made.isTrusted = { enabledCommands: [commands.explain, commands.compare] };
  return made;
}
