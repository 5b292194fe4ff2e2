/** Edits of layers and losses in TypeScript and JavaScript. */
import { keyName } from '../../detect/typescript/bindings';
import { itemOr } from '../../graph/access';
import type { SourceRange } from '../../graph/types';
import type { Fix, TextEdit } from '../advice';
import type { Code } from './code';
import { rangeOfCode } from './report';
import type { TfjsContext } from './rule';
import type { TfjsLayer, TfjsResult } from './values';

/** The quotes that a file has more of. */
function quoteOf({ text }: Pick<TfjsContext, 'text'>): string {
  const count = (quote: string) => text.text.split(quote).length;
  return count('"') > count("'") ? '"' : "'";
}

export function quoteWord(context: Pick<TfjsContext, 'text'>, word: string): string {
  const quote = quoteOf(context);
  return `${quote}${word}${quote}`;
}

/** Writes another string where one is written out. */
export function replaceWord(
  context: TfjsContext,
  code: Code,
  word: string,
  title: string,
  preferred = false,
): readonly Fix[] {
  if (code.type !== 'string') return [];
  const quote = code.text.charAt(0);
  return [{ ...fixOf(title, { range: rangeOfCode(context, code), text: `${quote}${word}${quote}` }), preferred }];
}

/** Writes a loss by its name, where one is given to `compile`. */
export function replaceLoss(context: TfjsContext, code: Code, word: string, title: string): readonly Fix[] {
  const isWritten = /^(string|member_expression|identifier)$/.test(code.type) && code.node.parent?.type === 'pair';
  return isWritten ? [fixOf(title, { range: rangeOfCode(context, code), text: quoteWord(context, word) })] : [];
}

const fixOf = (title: string, ...edits: readonly TextEdit[]): Fix => ({ title, preferred: false, edits });

/** Gives a layer an activation that its config doesn't set, or sets to none. */
export function setActivation(context: TfjsContext, layer: TfjsLayer, word: string, title: string): readonly Fix[] {
  const { config } = layer;
  if (!config) return [];
  const parts = config.children;
  const own = parts.find((each) => keyName(each.field('key')?.node ?? null) === 'activation');
  const value = own?.field('value');
  if (value) {
    const isLiteral = /^(string|null|undefined)$/.test(value.type) || value.text === 'undefined';
    return isLiteral ? [fixOf(title, { range: rangeOfCode(context, value), text: quoteWord(context, word) })] : [];
  }
  if (parts.some((each) => each.text === 'activation' || each.type === 'spread_element')) return [];
  const last = parts.at(-1);
  if (!last) return [];
  const written = `activation: ${quoteWord(context, word)}`;
  const isOnOwnLine = last.node.startPosition.row > config.node.startPosition.row;
  const indent = isOnOwnLine ? `\n${' '.repeat(last.node.startPosition.column)}` : ' ';
  const indented = isOnOwnLine && !startsLine(context, last) ? ' ' : indent;
  return [fixOf(title, insertion(rangeOfCode(context, last), `,${indented}${written}`))];
}

function startsLine({ text }: TfjsContext, code: Code): boolean {
  const { row, column } = code.node.startPosition;
  return itemOr(text.text.split('\n'), row, '').slice(0, column).trim() === '';
}

function insertion({ file, endLine, endColumn }: SourceRange, text: string): TextEdit {
  return { range: { file, line: endLine, column: endColumn, endLine, endColumn }, text };
}

/**
 * Takes an activation away: the setting goes, the layer goes from its list or with its statement, a call becomes what goes
 * in.
 * @returns nothing where the code does not say what would be left
 */
export function removeActivation(context: TfjsContext, result: TfjsResult, title: string): readonly Fix[] {
  const edit = removal(context, result);
  return edit ? [fixOf(title, edit)] : [];
}

function removal(context: TfjsContext, { at, form, step }: TfjsResult): TextEdit | undefined {
  const parent = at.node.parent && at.wrap(at.node.parent);
  if (form === 'setting') {
    const isOwn = parent?.type === 'pair' && parent.field('value') === at;
    return isOwn && /^(string|template_string)$/.test(at.type) ? dropElement(context, parent) : undefined;
  }
  if (form === 'layer') {
    if (parent?.type === 'array') return dropElement(context, at);
    if (!step) return undefined;
    // `model.add(tf.layers.reLU());`
    const callee = step.field('function');
    const property = callee?.field('property')?.text;
    const statement = step.node.parent && step.wrap(step.node.parent);
    const isBuiltThere = step.field('arguments')?.children[0] === at || callee?.field('object') === at;
    if (!isBuiltThere) return undefined;
    if (property === 'add' && statement?.type === 'expression_statement') return dropStatement(context, statement);
    const input = step.field('arguments')?.children[0];
    return property === 'apply' && input ? { range: rangeOfCode(context, step), text: input.text } : undefined;
  }
  const callee = at.field('function');
  const input = form === 'method' ? callee?.field('object') : at.field('arguments')?.children[0];
  return input ? { range: rangeOfCode(context, at), text: input.text } : undefined;
}

/** An element of a list with the comma before it, else with the one behind it. */
function dropElement(context: TfjsContext, code: Code): TextEdit | undefined {
  const { node } = code;
  const range = rangeOfCode(context, code);
  const before = node.previousSibling;
  const behind = node.nextSibling;
  if (before?.type === ',') {
    const { row: line, column } = before.startPosition;
    return { range: { ...range, line, column }, text: '' };
  }
  if (behind?.type !== ',') return { range, text: '' };
  const { row, column } = behind.nextSibling?.startPosition ?? behind.endPosition;
  return { range: { ...range, endLine: row, endColumn: column }, text: '' };
}

function dropStatement(context: TfjsContext, code: Code): TextEdit {
  const range = rangeOfCode(context, code);
  const lines = context.text.text.split('\n');
  const isAlone =
    itemOr(lines, range.line, '').slice(0, range.column).trim() === '' &&
    itemOr(lines, range.endLine, '').slice(range.endColumn).trim() === '' &&
    range.endLine + 1 < lines.length;
  return isAlone
    ? { range: { ...range, column: 0, endLine: range.endLine + 1, endColumn: 0 }, text: '' }
    : { range, text: '' };
}
