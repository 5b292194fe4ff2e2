/**
 * What a fixture expects, in words: `12:8-15 relu module`, line from 1 and columns from 0. A comment `# ^^^^ words`
 * (`//` in TypeScript) speaks of what stands above its carets in the nearest line of code; `# <- words` of the name that
 * starts there where the comment does.
 */
export function expectations(text: string): string[] {
  const lines = text.split('\n');
  const found: string[] = [];
  let code = 0;
  lines.forEach((line, number) => {
    const match = /^( *)(#|\/\/)( *)(\^+|<-) (.*)$/.exec(line);
    if (!match) {
      code = number;
      return;
    }
    const [, indent = '', sign = '', gap = '', mark = '', what = ''] = match;
    const from = mark === '<-' ? indent.length : indent.length + sign.length + gap.length;
    const name = /^[\w.]+/.exec((lines[code] ?? '').slice(from))?.[0] ?? '';
    found.push(`${code + 1}:${from}-${from + (mark === '<-' ? name : mark).length} ${what.trim()}`);
  });
  return found;
}
