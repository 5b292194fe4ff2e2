/** What a class's or a function's docstring shows at a prompt: `>>> net = Net(3)`, `>>> net(torch.randn(1, 3))`. */
import type { Eval } from '../python/natives/context';
import type { Interpreter } from '../python/run/interpreter';
import type { Program } from '../python/syntax/ast';
import { codeOfSession } from '../source/markdown';
import { topLevelStatements } from './slice';

/** The example of something at a file's own level as a program, each line where it stands; undefined where there is none. */
export function* examplesOf(
  ctx: Interpreter,
  program: Program,
  /** The program's text. */
  text: string,
  name: string,
): Eval<Program | undefined> {
  if (!text.includes('>>>')) return undefined;
  for (const statement of topLevelStatements(program.body)) {
    const own = statement.kind === 'class' ? statement.name : statement.kind === 'function' ? statement.code.name : '';
    if (own !== name) continue;
    const { line, endLine } = statement.span;
    const inside = (index: number) => index >= line && index <= endLine;
    const lines = text.split(/\r?\n/).map((each, index) => (inside(index) ? each : ''));
    const code = codeOfSession(lines);
    if (code.every((each) => each === '')) return undefined;
    const body = yield* ctx.parseText(code.join('\n'));
    return body && { ...program, body };
  }
  return undefined;
}
