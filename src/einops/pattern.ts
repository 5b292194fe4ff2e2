/** Patterns of einops: `b (h p1) (w p2) c -> b (h w) (p1 p2 c)`. */

import { python } from '../syntax/identifiers';

/** What stands for the dimensions of `...`. */
export const ELLIPSIS = '…';

/** A side of a pattern: each dimension of the tensor as the axes that it is made of; `…` stands for several. */
export interface Side {
  readonly dimensions: readonly (readonly string[])[];
  /** Names in order, `…` among them. */
  readonly names: readonly string[];
  /** Lengths of axes that are written as numbers, by the name that each was given. */
  readonly numbers: ReadonlyMap<string, number>;
  /** Whether `...` stands in parentheses. */
  readonly isEllipsisInside: boolean;
}

/** What is wrong with a pattern, in einops' words. */
export class PatternError extends Error {}

const TOKEN = new RegExp(`\\s*(\\.\\.\\.|…|${python.name}|\\d+|[()])`, 'uy');

/** @throws PatternError */
export function parseSide(text: string, prefix: string): Side {
  const dimensions: string[][] = [];
  const names: string[] = [];
  const numbers = new Map<string, number>();
  let group: string[] | undefined;
  let isEllipsisInside = false;
  const add = (name: string): void => {
    if (names.includes(name)) {
      throw new PatternError(
        name === ELLIPSIS
          ? 'Expression may contain dots only inside ellipsis (...); only one ellipsis for tensor '
          : `Indexing expression contains duplicate dimension "${name}"`,
      );
    }
    names.push(name);
    if (group) group.push(name);
    else dimensions.push([name]);
  };
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const [, token] = TOKEN.exec(text) ?? [];
    if (token === undefined) throw new PatternError(`Unknown character '${text.slice(at).trim()[0]}'`);
    if (token === '(') {
      if (group) throw new PatternError('Axis composition is one-level (brackets inside brackets not allowed)');
      group = [];
      dimensions.push(group);
    } else if (token === ')') {
      if (!group) throw new PatternError('Brackets are not balanced');
      group = undefined;
    } else if (token === '...' || token === ELLIPSIS) {
      isEllipsisInside ||= group !== undefined;
      add(ELLIPSIS);
    } else if (/^\d/.test(token)) {
      const length = Number(token);
      if (length === 0) throw new PatternError('Length of an axis can’t be 0');
      // An axis of length one is no axis: alone it is an empty dimension.
      if (length === 1) {
        if (!group) dimensions.push([]);
        continue;
      }
      const name = `${prefix}${numbers.size}`;
      numbers.set(name, length);
      add(name);
    } else {
      if (/^_|_$/.test(token)) {
        throw new PatternError(`Invalid axis identifier: ${token}\naxis name should not start or end with underscore`);
      }
      add(token);
    }
  }
  if (group) throw new PatternError(`Imbalanced parentheses in expression: "${text}"`);
  return { dimensions, names, numbers, isEllipsisInside };
}
