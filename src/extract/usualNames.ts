/** Code without imports, such as a question's or a cell of a notebook: what everybody calls PyTorch's modules. */
import type { Program, Span, Stmt } from '../python/syntax/ast';
import { boundNames, walk } from '../python/syntax/survey';

const modules: Readonly<Record<string, string>> = {
  torch: 'torch',
  nn: 'torch.nn',
  F: 'torch.nn.functional',
  optim: 'torch.optim',
};

const start: Span = { line: 0, column: 0, endLine: 0, endColumn: 0 };

function bringsStar(statement: Stmt): boolean {
  for (const node of walk(statement, false)) if (node.kind === 'from' && node.star) return true;
  return false;
}

/** The program with imports of PyTorch under its usual names, those that it reads and nowhere binds. */
export function withUsualNames(program: Program): Program {
  const { body } = program;
  const bound = new Set(body.flatMap((statement) => [...boundNames(statement)]));
  // What a star brings along is not known here.
  if (body.some(bringsStar)) return program;
  const read = new Set<string>();
  for (const node of walk(body)) if (node.kind === 'name') read.add(node.name);
  const names = Object.entries(modules).flatMap(([alias, module]) =>
    read.has(alias) && !bound.has(alias) ? [{ module, alias }] : [],
  );
  if (names.length === 0) return program;
  const imports: Stmt = { kind: 'import', names, span: start };
  return { ...program, body: [imports, ...body] };
}
