import type { Expr } from '../python/syntax/ast';

/** `c` of `a.b.c`. */
export function lastName(expr: Expr): string | undefined {
  return expr.kind === 'name' || expr.kind === 'attribute' ? expr.name : undefined;
}
