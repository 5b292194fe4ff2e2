/** The Python in a page of text: `README.md` shows how a model is built and called. */

const FENCE = /^(\s*)(`{3,}|~{3,})\s*\{?\.?([\w+-]*)/;
const PYTHON = /^(py|python|python3|ipython|pycon)$/i;
const PROMPT = /^(\s*)(?:>>>|\.\.\.)(?: |$)/;

/** Whether a file's name is a page's. */
export function isMarkdown(file: string): boolean {
  return /\.(md|markdown)$/i.test(file);
}

/** The code of a page's Python blocks, each line where it stands; all else is left blank. */
export function codeOfMarkdown(text: string): string {
  let end: string | undefined;
  let indent = 0;
  let block: string[] = [];
  const lines: string[] = [];
  const close = (): void => {
    for (const line of codeOfLines(block)) lines.push(line);
    block = [];
  };
  for (const line of text.split(/\r?\n/)) {
    const [, space = '', fence = '', language = ''] = FENCE.exec(line) ?? [];
    if (end === undefined && fence && PYTHON.test(language)) {
      end = fence;
      indent = space.length;
      lines.push('');
    } else if (end === undefined) lines.push('');
    else if (fence.startsWith(end)) {
      close();
      lines.push('');
      end = undefined;
    } else block.push(line.slice(0, indent).trim() === '' ? line.slice(indent) : line);
  }
  close();
  return lines.join('\n');
}

/** Lines of a session at a prompt without their prompts, what it printed left blank; other lines as they are. */
function codeOfLines(lines: readonly string[]): string[] {
  return lines.some((line) => PROMPT.test(line)) ? codeOfSession(lines) : [...lines];
}

/** What was typed at a prompt, each line where it stands; all else is left blank. */
export function codeOfSession(lines: readonly string[]): string[] {
  return lines.map((line) => (PROMPT.test(line) ? line.replace(PROMPT, '') : ''));
}
