/** Shapes as people write them down: `Float[Tensor, "b c h w"]`, `x: (B, C, H, W)` in a docstring, `# x: [B, T, C]`. */

import { itemAt } from '../graph/access';
import type { FunctionCode, Program } from '../python/syntax/ast';
import { walk } from '../python/syntax/survey';
import { escapePattern } from '../syntax/identifiers';

/** Dimensions as they are named, numbers among them. */
export type Dimensions = readonly string[];

const JAX = /\[[^\]"']*,\s*(["'])([^"']+)\1\s*\]/;
const TOKEN = /^(?:[A-Za-z_]\w*|\d+)$/;

/** The dimensions that an annotation names: jaxtyping's and torchtyping's. */
export function dimensionsInAnnotation(annotation: string | undefined): Dimensions | undefined {
  const written = JAX.exec(annotation ?? '')?.[2]
    ?.trim()
    .split(/\s+/);
  return written?.every((token) => TOKEN.test(token)) ? written : undefined;
}

/** The dimensions that a remark gives an input, by its name. */
export function dimensionsInRemarks(remarks: string, name: string): Dimensions | undefined {
  // `x: (B, C, H, W)`, `x (Tensor): features of shape [N, T, D]`, `x = B x C x H x W` is left alone.
  const line = new RegExp(
    `(?<![\\w.])${escapePattern(name)}(?![\\w.])\\s*(?:\\([^()]*\\)\\s*)?[:=,–-][^\\n()\\[\\]]{0,80}[(\\[]([^()\\[\\]\\n]+)[)\\]]`,
    'g',
  );
  for (const [, inner = ''] of remarks.matchAll(line)) {
    const tokens = inner.split(/\s*[,×]\s*/).map((token) => token.trim());
    // One letter of a dimension's name at least, so that `x: (1, 2)` as an example value is none.
    if (
      tokens.length >= 2 &&
      tokens.length <= 6 &&
      tokens.every((token) => TOKEN.test(token)) &&
      !/^\d+$/.test(itemAt(tokens, 0))
    )
      return tokens;
  }
  return undefined;
}

/** The plain type that a remark gives an input: `quality (float): …`, `real (bool): …`, `:type steps: int`. */
export function typeInRemarks(remarks: string, name: string): string | undefined {
  const own = escapePattern(name);
  const documented = new RegExp(
    `(?:^|\\n)[ \\t*-]*(?:${own}[ \\t]*[(:][ \\t]*|:type[ \\t]+${own}:[ \\t]*)(bool|int|float)\\b(?![ \\t]*(?:tensor|array))`,
    'i',
  );
  return documented.exec(remarks)?.[1]?.toLowerCase();
}

/** What remarks say of what a dictionary holds under a key: `'image': a tensor in 3xHxW format`, `'size': (tuple(int, int))`. */
export function remarkOfKey(remarks: string, key: string): { dimensions?: Dimensions; numbers?: number } {
  const [, said = ''] = new RegExp(`['"\`]${escapePattern(key)}['"\`]\\s*:([^'"\`]{0,200})`).exec(remarks) ?? [];
  const [tuple] = /\btuple\s*[([]\s*int(?:\s*,\s*int)+\s*[)\]]/i.exec(said) ?? [];
  if (tuple) return { numbers: tuple.split(',').length };
  const [product] = /(?<![\w.])(?:[A-Z]|\d+)(?:[x×](?:[A-Z]|\d+))+(?!\w)/.exec(said) ?? [];
  const dimensions = product?.split(/[x×]/) ?? dimensionsInRemarks(`${key}: ${said}`, key);
  return dimensions ? { dimensions } : {};
}

/** The docstring and the comments of a function, a line each. */
export function remarksOf(program: Program, text: string, code: FunctionCode): string {
  // Nearly all are methods of a class at the file's own level.
  const methods = program.body.flatMap((statement) => (statement.kind === 'class' ? statement.body : []));
  const isOwn = methods.some((each) => each.kind === 'function' && each.code === code);
  for (const node of isOwn ? methods : walk(program.body)) {
    if (node.kind !== 'function' || node.code !== code) continue;
    const lines = text.split('\n').slice(node.span.line, node.span.endLine + 1);
    const comments = lines.flatMap((line) => /(?<!['"\w])#\s*(.*)$/.exec(line)?.[1] ?? []);
    return [code.documentation ?? '', ...comments].join('\n');
  }
  return code.documentation ?? '';
}
