/** Options that a script requires and nobody gives: values that the script itself tells apart, where that was asked for. */
import { say } from '../language/say';
import type { Expr, Program, Stmt } from '../python/syntax/ast';
import { walk } from '../python/syntax/survey';
import { textsFor } from './choices';
import type { ParsedSetting } from './given';
import { lastName } from './lastName';

/** An option by the attribute that it sets, and what was chosen for it. */
export interface ChosenOption {
  readonly name: string;
  readonly text: string;
}

/** What the command lines of some scripts must give, and the code that may tell what that can be. */
export class OpenOptions {
  readonly names = new Map<string, readonly string[]>();
  private readonly run = new Set<Program>();

  add({ openOptions, programs }: Tried): void {
    if (openOptions.size === 0) return;
    for (const [name, offered] of openOptions) if (!this.names.get(name)?.length) this.names.set(name, offered);
    for (const each of programs) this.run.add(each);
  }

  get programs(): Program[] {
    return [...this.run];
  }
}

/** What was run to no end. */
interface Tried {
  readonly openOptions: ReadonlyMap<string, readonly string[]>;
  readonly programs: readonly Program[];
}

/** Choices that are tried. */
const TURNS = 3;

/**
 * Values for options that are open: those that each offers, else the texts that the code compares it with.
 * @returns ways to choose for all of which something is known; the likeliest first
 */
export function choicesFor(
  open: ReadonlyMap<string, readonly string[]>,
  programs: readonly Program[],
): ChosenOption[][] {
  const known = [...open].flatMap(([name, offered]) => {
    const texts = offered.length > 0 ? offered : textsCompared(programs, name);
    return texts.length > 0 ? [{ name, texts }] : [];
  });
  const most = known.reduce((count, { texts }) => Math.max(count, Math.min(texts.length, TURNS)), 0);
  return Array.from({ length: most }, (_, nth) =>
    known.flatMap(({ name, texts }) => {
      const text = texts[nth] ?? texts[0];
      return text === undefined ? [] : [{ name, text }];
    }),
  );
}

/** As what the reader would set for the command line. */
export const asSettings = (chosen: readonly ChosenOption[]): ParsedSetting[] =>
  chosen.map(({ name, text }) => ({ name, value: text, isOption: true }));

/** What is said of a choice. */
export const noteOf = ({ name, text }: ChosenOption): string =>
  say('{0} is chosen here for {1}, which the command line must give; set {1} to yours', text, name);

/**
 * What programs compare an attribute with, whatever object it is of, `if args.model == 'small':`, and under what keys they
 * look it up: `MODELS[args.model]`.
 */
function textsCompared(programs: readonly Program[], name: string): string[] {
  const found = new Set<string>();
  const keys = new Set<string>();
  for (const { body } of programs)
    for (const node of walk(body)) {
      if (node.kind === 'compare') for (const each of textsFor(node, name)) found.add(each);
      for (const each of keysFor(node, name, body)) keys.add(each);
    }
  return [...found, ...keys];
}

/** Keys of a table of texts in which an attribute is looked up, or looked for: `args.data in SIZES.keys()`. */
function keysFor(node: Expr | Stmt, name: string, body: readonly Stmt[]): string[] {
  const isIt = (expr: Expr | undefined) => expr?.kind === 'attribute' && expr.name === name;
  const [only] = node.kind === 'compare' && node.rest.length === 1 ? node.rest : [];
  const within = only?.operator === 'in' && node.kind === 'compare' && isIt(node.left) ? only.right : undefined;
  const object = within?.kind === 'call' && within.callee.kind === 'attribute' ? within.callee.object : within;
  const table = node.kind === 'subscript' && isIt(node.index) ? node.object : object;
  const called = table && lastName(table);
  if (called === undefined) return [];
  for (const each of walk(body)) {
    if (each.kind !== 'assign' || each.value.kind !== 'dict' || !each.targets.some((to) => lastName(to) === called))
      continue;
    return each.value.entries.flatMap(({ key }) =>
      key?.kind === 'constant' && typeof key.value === 'string' ? [key.value] : [],
    );
  }
  return [];
}
