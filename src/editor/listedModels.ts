import { listModels, type ModelCandidate } from '../extract/models';
import type { SourceText } from '../source/source';
import type { LanguageId, Syntax } from '../syntax/syntax';
import { listTfjsModels } from '../tfjs/builders';

/** Models that a text defines or builds, likeliest first for Python, by syntax alone. */
export async function modelsIn(
  syntax: Syntax,
  text: SourceText,
  grammar: LanguageId,
): Promise<readonly ModelCandidate[]> {
  if (grammar === 'python') return listModels(syntax, text);
  const found = await listTfjsModels(syntax, text);
  const models = found.filter(({ makes }) => makes !== 'layer');
  // A layer is compared where it is all that a file has: else it is a part of its models.
  return models.length > 0 ? models : found;
}
