import * as vscode from 'vscode';

/** As the manifest has it. */
const id = 'activationLens.tools';

/** How the terminal's program is run on the machine of the extension host. */
export interface LocalProgram {
  /** What runs scripts as Node does. */
  readonly command: string;
  readonly script: vscode.Uri;
}

/**
 * Offers the server of the terminal (`activation-lens mcp`) to the editor's agents, with the open folders as its roots.
 * Nothing where the editor has no such servers, or cannot start a process.
 * @param program undefined in a browser
 * @param editor its API, which older editors and others' have not whole
 */
export function register(
  program: LocalProgram | undefined,
  version: string,
  editor: Partial<typeof vscode> = vscode,
): vscode.Disposable {
  const models: Partial<typeof vscode.lm> | undefined = editor.lm;
  const { registerMcpServerDefinitionProvider } = models ?? {};
  if (!program || !registerMcpServerDefinitionProvider || !editor.McpStdioServerDefinition)
    return new vscode.Disposable(() => undefined);
  const changed = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changed,
    vscode.workspace.onDidChangeWorkspaceFolders(() => changed.fire()),
    registerMcpServerDefinitionProvider(id, {
      onDidChangeMcpServerDefinitions: changed.event,
      provideMcpServerDefinitions: async () =>
        (await isThere(program.script)) ? [definitionOf(program, version)] : [],
    }),
  );
}

/** The package may leave the terminal's program out. */
const isThere = (file: vscode.Uri): Promise<boolean> =>
  Promise.resolve(vscode.workspace.fs.stat(file)).then(
    () => true,
    () => false,
  );

function definitionOf({ command, script }: LocalProgram, version: string): vscode.McpStdioServerDefinition {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const args = [script.fsPath, 'mcp', ...folders.flatMap(({ uri }) => ['--root', uri.fsPath])];
  // The editor's own program runs scripts as Node where it is told so.
  return new vscode.McpStdioServerDefinition('Activation Lens', command, args, { ELECTRON_RUN_AS_NODE: 1 }, version);
}
