import { type Finding, place, whereIs } from './finding';
import { measuredLines } from './measuring';

/** Lines of code that are shown of a finding that goes over more. */
const MAX_LINES = 3;

/** One line for each finding. */
export function concise(finding: Finding): string[] {
  return [`${whereIs(finding)}: ${finding.severity}: ${finding.message} [${finding.code}]`];
}

/** The finding with its code, and with carets below what it is about. */
export function full(finding: Finding): string[] {
  const { severity, code, message, hint, related, fixes, lines, range, measured } = finding;
  const { line, column, endColumn } = place(finding);
  const width = String(line + Math.min(lines.length, MAX_LINES)).length;
  const gutter = (text = '') => text.padStart(width);
  const shown = lines.slice(0, MAX_LINES).flatMap((text, index) => {
    const from = index === 0 ? column - 1 : text.search(/\S|$/);
    const to = index === lines.length - 1 ? endColumn - 1 : text.length;
    // Tabs stay tabs, so that the carets stand below.
    const before = text.slice(0, from).replace(/[^\t]/g, ' ');
    const carets = '^'.repeat(Math.max(1, to - from));
    const isLast = index === Math.min(lines.length, MAX_LINES) - 1;
    return [`${gutter(String(line + index))} | ${text}`, `${gutter()} | ${before}${carets}${isLast ? ` ${hint}` : ''}`];
  });
  return [
    `${severity}[${code}]: ${message}`,
    `${gutter()}--> ${whereIs(finding)}`,
    `${gutter()} |`,
    ...shown,
    ...related.map(
      (each) =>
        `${gutter()} = ${each.range.file === range.file ? `line ${each.range.line + 1}` : whereIs(each)}: ${each.message}`,
    ),
    ...fixes
      .slice(0, 1)
      .map(({ title, preferred }) => `${gutter()} = fix${preferred ? '' : ' (--unsafe-fixes)'}: ${title}`),
    ...(measured ? measuredLines(measured).map((line) => `${gutter()} = ${line}`) : []),
    '',
  ];
}

/** How many of each severity, in a line. */
export function summary(findings: readonly Finding[]): string {
  const count = (severity: string) => findings.filter((each) => each.severity === severity).length;
  const words = [
    ['error', 'error'],
    ['warning', 'warning'],
    ['information', 'note'],
  ] as const;
  const parts = words.flatMap(([severity, word]) => {
    const found = count(severity);
    return found === 0 ? [] : [`${found} ${word}${found === 1 ? '' : 's'}`];
  });
  const safe = findings.filter(({ fixes }) => fixes[0]?.preferred).length;
  const fixable = findings.filter(({ fixes }) => fixes.length > 0).length;
  const mend = fixable === 0 ? '' : `; ${safe} mended by --fix, ${fixable} with --unsafe-fixes`;
  return `${parts.join(', ')}${mend}`;
}
