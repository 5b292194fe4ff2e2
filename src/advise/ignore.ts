import type { Advice, TextEdit } from './advice';

const comment = /#\s*activation-lens:\s*ignore(?:\[([\w\s,-]*)\])?/;

/** Whether a comment on the first or last line of a finding silences its rule. Without codes it silences all. */
export function isIgnored(lines: readonly string[], { code, range }: Pick<Advice, 'code' | 'range'>): boolean {
  return [range.line, range.endLine].some((line) => {
    const match = comment.exec(lines[line] ?? '');
    return match !== null && (match[1] === undefined || match[1].split(',').some((each) => each.trim() === code));
  });
}

/** The edit that silences a finding where it stands: a comment at the end of its last line. */
export function ignoreEdit(text: string, { code, range }: Advice): TextEdit {
  const line = (text.split('\n')[range.endLine] ?? '').replace(/\r$/, '');
  const match = comment.exec(line);
  const at = (column: number, insert: string): TextEdit => ({
    range: { file: range.file, line: range.endLine, column, endLine: range.endLine, endColumn: column },
    text: insert,
  });
  // A list of codes that is already there grows.
  if (match?.[1] !== undefined) return at(match.index + match[0].length - 1, match[1].trim() ? `, ${code}` : code);
  return at(line.trimEnd().length, `  # activation-lens: ignore[${code}]`);
}
