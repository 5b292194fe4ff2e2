import type { Expr } from '../python/syntax/ast';
import { parseProgram } from '../python/syntax/parse';
import type { Syntax } from '../syntax/syntax';

/** A text as one expression of Python; undefined where it is none. */
export async function parseExpression(syntax: Syntax, text: string): Promise<Expr | undefined> {
  const { body, errors } = await parseProgram(syntax, text, '<expression>');
  const [only] = body;
  return body.length === 1 && errors.length === 0 && only?.kind === 'expression' ? only.value : undefined;
}
