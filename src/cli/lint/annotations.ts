import { type Finding, place } from './finding';

const commands = { error: 'error', warning: 'warning', information: 'notice' } as const;

/** A workflow command of GitHub Actions, which shows the finding beside the code of a pull request. */
export function annotation(finding: Finding): string {
  const { line, column, endLine, endColumn } = place(finding);
  const properties = {
    file: finding.range.file,
    line,
    endLine,
    // Columns only mean something within one line.
    ...(line === endLine && { col: column, endColumn }),
    title: finding.code,
  };
  const told = Object.entries(properties).map(([key, value]) => `${key}=${property(String(value))}`);
  return `::${commands[finding.severity]} ${told.join(',')}::${data(finding.message)}`;
}

const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
