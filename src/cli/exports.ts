import { writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import type { Report } from '../compare/report';
import { csvOf } from '../exports/csv';
import { ExportError } from '../exports/exportError';
import { markdownOf } from '../exports/markdown';
import { scriptOf } from '../exports/script/script';
import { CliError, type CliHost } from './host';
import type { ReadModel } from './model';

/** Files that a report is written to. */
export interface ExportOptions {
  readonly csv?: string;
  readonly markdown?: string;
  readonly script?: string;
  /** The part of the model that was read. */
  readonly part?: string;
}

/** Writes a report to the files that were named. @throws CliError why one of them can't be written; the others are */
export async function writeExports(
  host: CliHost,
  report: Report,
  { graph, batched, expression, file }: ReadModel,
  { csv, markdown, script, part }: ExportOptions,
): Promise<void> {
  const scriptText = (out: string) => {
    const path = relative(dirname(resolve(out)), resolve(file)).replaceAll('\\', '/');
    return scriptOf(report, { graph, batched, expression, part, path });
  };
  const problems: string[] = [];
  for (const [option, out, text] of [
    ['--csv', csv, () => csvOf(report)],
    ['--markdown', markdown, () => markdownOf(report)],
    ['--script', script, scriptText],
  ] as const) {
    if (out === undefined) continue;
    try {
      if (resolve(out) === resolve(file)) throw new ExportError('that is the model itself; write to another file');
      await writeFile(out, text(out)).catch((error: unknown) => {
        throw new ExportError(`it can't be written: ${error instanceof Error ? error.message : String(error)}`);
      });
      host.err(`wrote ${out}`);
    } catch (error) {
      if (!(error instanceof ExportError)) throw error;
      problems.push(`${option} ${out}: ${error.message}`);
    }
  }
  if (problems.length > 0) throw new CliError(...problems);
}
