import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { doors, findPastDoors, readUses } from '../../scripts/lib/doors.mjs';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

async function check(path: string, text: string): Promise<string[]> {
  const tree = await testSyntax().parse('typescript', text);
  try {
    return findPastDoors(new Map([[path, readUses(tree.rootNode)]]));
  } finally {
    tree.delete();
  }
}

describe('the lint of doors', () => {
  const cases: readonly [what: string, path: string, text: string, expected: RegExp][] = [
    [
      'Markdown',
      'src/editor/hover.ts',
      '\nnew vscode.MarkdownString(text);',
      /hover\.ts:2: `new MarkdownString` leads/,
    ],
    ['Markdown that is added to', 'src/editor/x.ts', 'text.appendMarkdown(more);', /`appendMarkdown`/],
    ['trust', 'src/editor/x.ts', 'const a = { isTrusted: true };', /`isTrusted`/],
    ['Markdown of any text', 'src/editor/x.ts', 'ownMarkdown(text);', /go through .*src\/explain\/image\.ts/],
    ['a notification', 'src/editor/x.ts', 'void vscode.window.showErrorMessage(text);', /src\/editor\/notices\.ts/],
    ['one by another name', 'src/editor/x.ts', 'const { showErrorMessage: say } = vscode.window;', /showErrorMessage/],
    ['one taken out', 'src/editor/x.ts', 'const { showErrorMessage } = vscode.window;', /showErrorMessage/],
    ['one by its string', 'src/editor/x.ts', "vscode.window['showErrorMessage'](text);", /showErrorMessage/],
    ['a question', 'src/panel/x.ts', 'vscode.window.showInputBox({ prompt });', /showInputBox/],
    ['a problem', 'src/editor/x.ts', 'new vscode.Diagnostic(range, text, severity);', /problems\.ts/],
    ['the terminal', 'src/cli/x.ts', 'process.stdout.write(text);', /`stdout\.write` .*src\/cli\/terminal\.ts/],
    ['the console', 'src/python/x.ts', 'console.log(text);', /`console`/],
    ['markup', 'webview/ui/x.ts', 'node.innerHTML = text;', /`innerHTML` .*webview\/ui\/dom\.ts/],
    ["an element's text", 'webview/ui/x.ts', 'node.textContent = text;', /`\.textContent =`/],
    ['a child', 'webview/ui/x.ts', 'node.append(text);', /`\.append`/],
  ];
  for (const [what, path, text, expected] of cases)
    it(`catches ${what}`, async () => {
      const found = await check(path, text);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', expected);
    });

  it('lets pass the doors themselves, and what only looks like one', async () => {
    for (const [path, text] of [
      ['src/editor/notices.ts', 'void vscode.window.showErrorMessage(notice(text));'],
      ['src/editor/hover.ts', 'let text: vscode.MarkdownString; new vscode.Hover(markdownString(text));'],
      ['src/editor/x.ts', "import { ownMarkdown } from '../language/markdown';"],
      ['webview/ui/x.ts', "import { append } from './dom';\nappend(node, node.textContent ?? '');"],
      ['src/python/x.ts', 'list.append(item); names.before();'],
      ['src/cli.ts', "process.stdout.on('error', end);"],
    ] as const)
      assert.deepEqual(await check(path, text), [], text);
  });

  it('names files that there are', () => {
    for (const { files } of doors) for (const file of files) assert.ok(existsSync(inRoot(file)), file);
  });
});
