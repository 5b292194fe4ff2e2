/** A finding of the advice engine as it is measured, and the model that it is measured on. */
import { itemOr } from '../graph/access';
import type { Graph, SourceRange } from '../graph/types';

/** What is measured: plain data, which crosses into a page and its worker. */
export interface PricedFinding {
  /** The rule's code. */
  readonly code: string;
  /** Where it is. */
  readonly range: SourceRange;
  /** What else takes part: the loss, the first of a stack. */
  readonly related: readonly SourceRange[];
  /**
   * The code around it runs a model rather than being one: what the model as it was read lacks is put behind its output.
   */
  readonly isOutside: boolean;
}

/** A model as it was read, for a comparison or a price. */
export interface PricedModel {
  readonly graph: Graph;
  /** The same with a larger batch. */
  readonly batched?: Graph | undefined;
  /** The same as it trains, where it takes other branches then. */
  readonly training?: Graph | undefined;
  /** Its arguments are no more than likely. */
  readonly guessesArguments?: boolean | undefined;
}

/** What of a finding tells how it is measured. */
export interface FindingPlaces {
  readonly code: string;
  readonly range: SourceRange;
  readonly related: readonly { readonly range: SourceRange }[];
}

/** @param text of the finding's file */
export function pricedFinding({ code, range, related }: FindingPlaces, text: string): PricedFinding {
  const isOutside = isOutsideModels(text, range.line) && related.every((each) => each.range.file === range.file);
  return { code, range, related: related.map((each) => each.range), isOutside };
}

/** Where what was found may stand: a finding in another file is told at what takes part in it in this one. */
export const placesOf = ({ range, related }: PricedFinding): SourceRange[] => [
  range,
  ...related.filter(({ file }) => file !== range.file),
];

/** A model that a file names, as `listModels` gives it. */
interface NamedModel {
  readonly name: string;
  readonly expression: string;
  readonly range: SourceRange;
}

/**
 * Which of a file's models a finding is about: the one in whose code it stands, the one whose code takes part, or one that
 * the function around it names; undefined: the file's main model.
 * @param models likeliest first
 * @param text of the finding's file
 */
export function modelOf(
  { range, related }: FindingPlaces,
  models: readonly NamedModel[],
  text: string,
): string | undefined {
  for (const place of [range, ...related.map((each) => each.range)]) {
    const around = models.filter((each) => each.range.file === place.file && holds(each.range, place.line));
    // A class rather than the function or the name that builds it: the smallest piece of code is the nearest.
    const [nearest] = [...around].sort((a, b) => linesOf(a.range) - linesOf(b.range));
    if (nearest) return nearest.expression;
  }
  const [inner] = headsAround(text, range.line);
  if (!inner) return undefined;
  const code = text
    .split('\n')
    .slice(inner.line, range.line + 1)
    .join('\n');
  return models.find(({ name }) => new RegExp(`\\b${name}\\b`).test(code))?.expression;
}

const holds = (range: SourceRange, line: number) => range.line <= line && line <= range.endLine;
const linesOf = (range: SourceRange) => range.endLine - range.line;

/** Methods beside a model's own `forward` that run it. */
const RUNS = /step|train|fit|loss|epoch|eval|valid|test/i;

/** Whether code at a line runs models, as a script, a function and Lightning's `training_step` do. */
export function isOutsideModels(text: string, line: number): boolean {
  const heads = headsAround(text, line);
  const inner = heads.find(({ kind }) => kind === 'def');
  if (inner?.name === 'forward') return false;
  return !heads.some(({ kind }) => kind === 'class') || (inner !== undefined && RUNS.test(inner.name));
}

interface Head {
  readonly kind: 'def' | 'class';
  readonly name: string;
  readonly line: number;
}

/** The definitions around a line, innermost first, by indentation: what stands within brackets has any. */
function headsAround(text: string, line: number): Head[] {
  const lines = text.split('\n');
  const found: Head[] = [];
  let indent = Number.POSITIVE_INFINITY;
  for (let at = line; at >= 0; at--) {
    const written = itemOr(lines, at, '');
    const head = /^(\s*)(?:async\s+)?(def|class)\s+(\w+)/.exec(written);
    const own = head?.[1]?.length ?? 0;
    if (at === line && !head) indent = /^\s*/.exec(written)?.[0].length ?? 0;
    if (!head || own >= indent) continue;
    found.push({ kind: head[2] === 'class' ? 'class' : 'def', name: head[3] ?? '', line: at });
    indent = own;
  }
  return found;
}
