import * as vscode from 'vscode';

export interface Page {
  /** Name of the bundle in `dist/webview/`. */
  readonly name: 'compare' | 'explain' | 'health' | 'onnx' | 'price';
  readonly title: string;
  readonly language: string;
}

/**
 * Folders that every page may load from: its own bundle and ONNX Runtime's files. Where the user has chosen files, the
 * panel admits their folder, too.
 */
export function resourceRoots(extensionUri: vscode.Uri): vscode.Uri[] {
  return ['dist/webview', 'dist/ort'].map((folder) => vscode.Uri.joinPath(extensionUri, folder));
}

/** Where a page finds what it measures with: the runtime, and the worker that it runs in. */
export function runnerResources(webview: vscode.Webview, extensionUri: vscode.Uri) {
  const uri = (...path: string[]) =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', ...path)).toString();
  return {
    type: 'resources' as const,
    wasm: uri('ort', 'ort-wasm-simd-threaded.jspi.wasm'),
    worker: uri('webview', 'runner.worker.js'),
  };
}

/**
 * The page around a webview's bundle. Everything is refused but what is named here: own scripts and styles by nonce,
 * WebAssembly, workers started from a blob (a webview's worker can't load resources by URL).
 * The page finds the nonce for styles that its libraries add in `<meta property="csp-nonce">`.
 */
export function html(webview: vscode.Webview, extensionUri: vscode.Uri, page: Page): string {
  const nonce = createNonce();
  const uri = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'webview', file));
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'wasm-unsafe-eval'`,
    `connect-src ${webview.cspSource} blob: data:`,
    'worker-src blob:',
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `img-src ${webview.cspSource} data:`,
    `font-src ${webview.cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(page.language)}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta property="csp-nonce" content="${nonce}">
  <title>${escapeHtml(page.title)}</title>
  <link rel="stylesheet" nonce="${nonce}" href="${uri(`${page.name}.css`)}">
</head>
<body>
  <main id="root"></main>
  <script type="module" nonce="${nonce}" src="${uri(`${page.name}.js`)}"></script>
</body>
</html>`;
}

function createNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
