/** The Python in a page of text: `README.md` shows how a model is built and called. */

const FENCE = /^(\s*)(`{3,}|~{3,})\s*\{?\.?([\w+-]*)/;
const PYTHON = /^(py|python|python3|ipython|pycon)$/i;
const PROMPT = /^(\s*)(?:>>>|\.\.\.)(?: |$)/;

/** Whether a file's name is a page's. */
export function isMarkdown(file: string): boolean {
  return /\.(md|markdown)$/i.test(file);
}

/** The Python blocks of a page as texts of their own, each line where it stands; all else is left blank. */
export function blocksOfMarkdown(text: string): string[] {
  const blocks: string[] = [];
  let end: string | undefined;
  let indent = 0;
  let begin = 0;
  let block: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, space = '', fence = '', language = ''] = FENCE.exec(line) ?? [];
    if (end === undefined && fence && PYTHON.test(language)) {
      end = fence;
      indent = space.length;
      begin = index + 1;
      block = [];
    } else if (end !== undefined && fence.startsWith(end)) {
      blocks.push('\n'.repeat(begin) + codeOfLines(block).join('\n'));
      end = undefined;
    } else if (end !== undefined) block.push(line.slice(0, indent).trim() === '' ? line.slice(indent) : line);
  }
  return blocks;
}

/** The code of all Python blocks of a page, each line where it stands. */
export function codeOfMarkdown(text: string): string {
  const lines: string[] = [];
  for (const block of blocksOfMarkdown(text)) {
    for (const [index, line] of block.split('\n').entries()) if (line !== '') lines[index] = line;
  }
  return Array.from(lines, (line) => line ?? '').join('\n');
}

/** Lines of a session at a prompt without their prompts, what it printed left blank; other lines as they are. */
function codeOfLines(lines: readonly string[]): string[] {
  return lines.some((line) => PROMPT.test(line)) ? codeOfSession(lines) : [...lines];
}

/** What was typed at a prompt, each line where it stands; all else is left blank. */
export function codeOfSession(lines: readonly string[]): string[] {
  return lines.map((line) => (PROMPT.test(line) ? line.replace(PROMPT, '') : ''));
}
