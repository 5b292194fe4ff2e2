import * as vscode from 'vscode';
import { detectPython } from '../detect/python/detect';
import { Names } from '../detect/python/names';
import type { ActivationSite } from '../detect/site';
import { type CalleeParameter, sitesForParameters } from '../resolve/runs';
import { ignoreSlow, type Syntax } from '../syntax/syntax';
import { WorkspaceSource } from './source';

/** A hover waits no longer for the rest of the workspace. */
const PATIENCE = 500;
const MAX_FILES = 500;
const LIBRARIES = '**/{node_modules,site-packages,dist-packages,.venv,venv,env,__pycache__,build,dist,.git}/**';

/** The sites that other files of the workspace hand to parameters, as far as they are found in time. */
export async function sitesHandedTo(
  syntax: Syntax,
  document: vscode.TextDocument,
  parameters: readonly CalleeParameter[],
  token: vscode.CancellationToken,
): Promise<ActivationSite[]> {
  const end = Date.now() + PATIENCE;
  const source = new WorkspaceSource();
  const found: ActivationSite[] = [];
  const files = await vscode.workspace.findFiles('**/*.py', LIBRARIES, MAX_FILES, token);
  for (const uri of files) {
    if (token.isCancellationRequested || Date.now() > end) break;
    if (uri.toString() === document.uri.toString()) continue;
    const text = await source.read(uri.toString()).catch(() => undefined);
    const here = parameters.filter(({ callee }) => text?.text.includes(callee));
    if (!text || here.length === 0) continue;
    const tree = await syntax.parse('python', text.text).catch(ignoreSlow);
    if (!tree) continue;
    try {
      const names = new Names(tree.rootNode, text.text);
      const sites = detectPython(tree, text);
      for (const site of sitesForParameters({ file: text.file, root: tree.rootNode, names, sites }, here))
        found.push(site);
    } finally {
      tree.delete();
    }
  }
  return found;
}
