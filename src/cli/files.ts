import { languageOf } from '../detect/language';
import type { SourceText } from '../source/source';
import type { LanguageId } from '../syntax/syntax';
import { CliError, type CliHost } from './host';
import { sourceFiles } from './walk';

/**
 * Does something with the text of every file of some languages at the paths, in order. A file of a folder that can't be
 * read or analysed is named on standard error and left out; a path that was named itself must be readable.
 * @throws CliError for such a path.
 */
export async function eachFile(
  host: CliHost,
  paths: readonly string[],
  languages: readonly LanguageId[],
  use: (text: SourceText) => Promise<void>,
): Promise<void> {
  const wanted = (name: string) => languages.some((language) => language === languageOf(name));
  const leftOut = (message: string) => host.err(`${message}; left out\n`);
  for await (const { file, named } of sourceFiles(paths, wanted, leftOut)) {
    try {
      const language = languageOf(file);
      if (language && !languages.includes(language))
        throw new Error(`${file} is not read here: the rules are about PyTorch; detect lists what it names`);
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
