import type { SourceText } from '../source/source';
import { CliError, type CliHost } from './host';
import { pythonFiles } from './walk';

/**
 * Does something with the text of every Python file at the paths, in order. A file of a folder that can't be read or
 * analysed is named on standard error and left out; a path that was named itself must be readable.
 * @throws CliError for such a path.
 */
export async function eachPythonFile(
  host: CliHost,
  paths: readonly string[],
  use: (text: SourceText) => Promise<void>,
): Promise<void> {
  const leftOut = (message: string) => host.err(`${message}; left out\n`);
  for await (const { file, named } of pythonFiles(paths, leftOut)) {
    try {
      const text = await host.source.read(file);
      if (!text) throw new Error(`${file} is not text`);
      await use(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = reason.includes(file) ? reason : `${file}: ${reason}`;
      if (named) throw new CliError(message);
      leftOut(message);
    }
  }
}
