/** Edits that take an operation away. */
import type { FlowResult } from '../flow/values';
import { itemOr } from '../graph/access';
import type { SourceRange } from '../graph/types';
import type { Fix, TextEdit } from './advice';
import { rangeAt } from './report';
import type { RuleContext } from './rule';

/**
 * Takes an operation away: its call becomes what goes in; in an `nn.Sequential` the layer and a comma go.
 * @returns nothing where the code does not say what would be left
 */
export function removalOf(result: FlowResult, { texts }: RuleContext, title: string): readonly Fix[] {
  const edit = isListed(result) ? dropFromList(rangeAt(result.at), texts) : replaceByInput(result, texts);
  return edit ? [{ title, preferred: false, edits: [edit] }] : [];
}

/** Whether it is built in a list of layers, where nothing calls it by itself. */
function isListed({ layer, at }: FlowResult): boolean {
  return layer !== undefined && layer.at.span === at.span;
}

function replaceByInput({ at, args, form }: FlowResult, texts: RuleContext['texts']): TextEdit | undefined {
  const expression = at.expression;
  if (expression?.kind !== 'call') return undefined;
  const { callee } = expression;
  const input =
    form === 'method' && callee.kind === 'attribute'
      ? { file: at.file, span: callee.object.span, expression: callee.object }
      : args.find(({ name }) => name === undefined || /^(input|x)$/.test(name))?.at;
  if (!input || input.file !== at.file) return undefined;
  const text = texts.at(rangeAt(input));
  // What binds less than a call may stand inside of another operation.
  const isSimple = /^(name|attribute|subscript|call|constant)$/.test(input.expression?.kind ?? '');
  const { before, behind } = texts.around(rangeAt(at));
  const isAlone = /(^\s*|[=(,]\s*|return\s+)$/.test(before) && /^\s*($|[),#])/.test(behind);
  return { range: rangeAt(at), text: isSimple || isAlone ? text : `(${text})` };
}

/** Removes an element of a list with the comma before it, else with the one behind it; elsewhere nothing can go. */
function dropFromList(layer: SourceRange, texts: RuleContext['texts']): TextEdit | undefined {
  const range = pairAround(layer, texts) ?? layer;
  const lines = texts.linesOf(range.file);
  for (let line = range.line; line >= 0; line--) {
    const before = itemOr(lines, line, '').slice(0, line === range.line ? range.column : undefined);
    const text = before.replace(/#.*$/, '').trimEnd();
    if (text === '') continue;
    if (text.endsWith(',')) return { range: { ...range, line, column: text.length - 1 }, text: '' };
    if (!/(\[|Sequential\()$/.test(text)) return undefined;
    break;
  }
  const comma = /^\s*,[ \t]*/.exec(texts.around(range).behind)?.[0].length ?? 0;
  return { range: { ...range, endColumn: range.endColumn + comma }, text: '' };
}

/** `('name', layer)` of an OrderedDict goes as a whole. */
function pairAround(range: SourceRange, texts: RuleContext['texts']): SourceRange | undefined {
  const { before, behind } = texts.around(range);
  const start = /\(\s*(["'])[^"']*\1\s*,\s*$/.exec(before);
  const end = /^\s*\)/.exec(behind);
  return start && end ? { ...range, column: start.index, endColumn: range.endColumn + end[0].length } : undefined;
}
