// Where text may leave the program for a person: each way out has one file, which makes the text legible and inert.
// Nothing here knows the disk.

/**
 * - `names`: what leads outside, as the code has it: `name`, `object.name`, `.name` (a property only), `new Name`,
 *   `.name =` (written to)
 * - `files`: the only files that may use it
 * - `within`: where it is looked for; everywhere by default
 * @typedef {{ what: string, names: readonly string[], files: readonly string[], within?: string }} Door
 */

/** @type {readonly Door[]} */
export const doors = [
  {
    what: "the editor's Markdown",
    names: ['new MarkdownString', 'appendMarkdown', 'supportHtml', 'isTrusted', 'supportThemeIcons'],
    // Whether a workspace is trusted is another matter.
    files: ['src/editor/markdown.ts', 'src/editor/asked.ts'],
  },
  { what: 'Markdown', names: ['new Markdown'], files: ['src/language/markdown.ts'] },
  {
    what: 'Markdown of our own',
    names: ['ownMarkdown'],
    files: ['src/language/markdown.ts', 'src/explain/hover.ts', 'src/explain/image.ts'],
  },
  // A hover of plain strings is Markdown, too.
  { what: 'hovers', names: ['new Hover'], files: ['src/editor/hover.ts', 'src/editor/shapeHover.ts'] },
  {
    what: 'notifications and questions',
    names: [
      ...['showInformationMessage', 'showWarningMessage', 'showErrorMessage', 'setStatusBarMessage'],
      ...['showQuickPick', 'createQuickPick', 'showInputBox', 'createInputBox', 'showWorkspaceFolderPick'],
      ...['withProgress', 'createStatusBarItem', 'createOutputChannel', 'createTreeView'],
    ],
    files: ['src/editor/notices.ts'],
  },
  {
    what: 'problems',
    names: ['new Diagnostic', 'new DiagnosticRelatedInformation'],
    files: ['src/editor/problems.ts'],
  },
  {
    what: 'hints',
    names: ['contentText', 'new InlayHint'],
    files: ['src/editor/hints.ts', 'src/editor/measuredHints.ts', 'src/editor/shapeHints.ts'],
  },
  {
    what: 'quick fixes',
    names: ['new CodeAction'],
    files: ['src/editor/fixes.ts', 'src/editor/siteActions.ts'],
  },
  {
    what: "an agent's confirmations",
    names: ['confirmationMessages', 'invocationMessage'],
    files: ['src/editor/agentTools.ts'],
  },
  { what: 'code lenses', names: ['new CodeLens'], files: ['src/editor/lenses.ts'] },
  {
    what: "a panel's page",
    names: ['createWebviewPanel', '.html ='],
    files: [
      'src/panel/comparePanel.ts',
      'src/panel/comparePanels.ts',
      'src/panel/explainPanel.ts',
      'src/panel/healthPanel.ts',
      'src/panel/onnxPanel.ts',
      'src/panel/pricePanel.ts',
    ],
  },
  { what: 'the terminal', names: ['stdout.write', 'stderr.write'], files: ['src/cli/terminal.ts'] },
  {
    // For developers; `src/run` listens to what ONNX Runtime logs.
    what: 'the console',
    names: ['console'],
    files: [
      'src/editor/documents.ts',
      'src/editor/trackedDocument.ts',
      'src/editor/tree.ts',
      'src/run/placement.ts',
      'src/run/worker.ts',
      'webview/ui/api.ts',
      // The silent one that code in the interpreter is given.
      'src/tfjs/guest/scope.ts',
    ],
  },
  {
    what: "a page's text",
    names: [
      ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'setHTMLUnsafe', 'createContextualFragment', 'srcdoc'],
      ...['document.write', 'innerText', 'insertAdjacentText', 'createTextNode', '.textContent =', '.nodeValue ='],
      ...['.append', '.prepend', '.replaceChildren', '.replaceWith', '.before', '.after'],
    ],
    files: ['webview/ui/dom.ts'],
    within: 'webview/',
  },
  { what: 'parsed markup', names: ['DOMParser'], files: ['webview/explain/formulaImage.ts'] },
];

const lineOf = (node) => node.startPosition.row + 1;

/**
 * What a file names, in the forms of the table.
 * @param {import('web-tree-sitter').Node} program
 * @returns {{ name: string, line: number }[]}
 */
export function readUses(program) {
  const found = [];
  const add = (name, node) => found.push({ name, line: lineOf(node) });
  const kinds = ['identifier', 'property_identifier', 'shorthand_property_identifier'];
  for (const node of program.descendantsOfType([...kinds, 'shorthand_property_identifier_pattern'])) {
    if (!/^(import|export)_/.test(node.parent?.type ?? '')) add(node.text, node);
  }
  for (const node of program.descendantsOfType('member_expression')) {
    const name = node.childForFieldName('property')?.text;
    const object = node.childForFieldName('object')?.text.split('.').at(-1);
    add(`.${name}`, node);
    add(`${object}.${name}`, node);
  }
  for (const node of program.descendantsOfType('subscript_expression')) {
    const index = node.childForFieldName('index');
    if (index?.type !== 'string') continue;
    add(index.text.slice(1, -1), node);
    add(`.${index.text.slice(1, -1)}`, node);
  }
  for (const node of program.descendantsOfType('new_expression')) {
    add(`new ${node.childForFieldName('constructor')?.text.split('.').at(-1)}`, node);
  }
  for (const node of program.descendantsOfType(['assignment_expression', 'augmented_assignment_expression'])) {
    const left = node.childForFieldName('left');
    if (left?.type === 'member_expression') add(`.${left.childForFieldName('property')?.text} =`, node);
  }
  return found;
}

/**
 * @param {ReadonlyMap<string, { name: string, line: number }[]>} files by path from the repository's root
 * @param {readonly Door[]} table
 * @returns {string[]} ways out that are used past their door, as `path:line: message`
 */
export function findPastDoors(files, table = doors) {
  const found = new Set();
  for (const [path, uses] of files)
    for (const { what, names, files: allowed, within = '' } of table) {
      if (!path.startsWith(within) || allowed.includes(path)) continue;
      for (const { name, line } of uses)
        if (names.includes(name))
          found.add(`${path}:${line}: \`${name}\` leads to ${what}; go through ${allowed.join(' or ')}`);
    }
  return [...found];
}
