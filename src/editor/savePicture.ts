import * as vscode from 'vscode';
import type { CompareRequests } from '../protocol/compare';
import type { RequestParameters } from '../protocol/requests';
import { Refusal } from './replacement';

const labels = { svg: 'SVG', png: 'PNG' } as const;

/**
 * Asks where to, and writes a chart of a panel.
 * @throws Refusal where the page sent something else than it says
 */
export async function savePicture({
  name,
  format,
  data,
}: RequestParameters<CompareRequests, 'picture'>): Promise<void> {
  const bytes = bytesOf(format, data);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const plain = name.replace(/[^\p{L}\p{M}\p{N}_.-]+/gu, '-').slice(0, 60);
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save the chart'),
    defaultUri: folder && vscode.Uri.joinPath(folder, `${plain}.${format}`),
    filters: { [labels[format]]: [format] },
  });
  if (target) await vscode.workspace.fs.writeFile(target, bytes);
}

/** An SVG is markup that browsers run scripts in: a chart has neither those nor anything that is loaded. */
function bytesOf(format: 'svg' | 'png', data: string): Uint8Array {
  const refused = () => new Refusal(vscode.l10n.t('The page sent no {0} file.', labels[format]));
  if (format === 'svg') {
    if (!data.startsWith('<svg') || /<(script|foreignObject|image|use|a)\b|\son\w+\s*=|href\s*=/i.test(data))
      throw refused();
    return new TextEncoder().encode(data);
  }
  let binary: string;
  try {
    binary = atob(data);
  } catch {
    throw refused();
  }
  if (!binary.startsWith('\x89PNG\r\n')) throw refused();
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
