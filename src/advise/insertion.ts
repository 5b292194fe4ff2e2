/** Edits that put an activation behind an operation. */
import { rangeOf } from '../detect/range';
import type { FlowResult } from '../flow/values';
import { parentOf } from '../syntax/ancestors';
import type { Node } from '../syntax/syntax';
import type { Fix, TextEdit } from './advice';
import { nodeOfPlace } from './codeNodes';
import { moduleAt } from './imports';
import { placeKey } from './places';
import { rangeAt } from './report';
import type { RuleContext } from './rule';

/** Whether a layer stands in a list of layers, where nothing calls it by itself. */
export function isListed({ layer, at }: Pick<FlowResult, 'layer' | 'at'>): boolean {
  return layer !== undefined && placeKey(layer.at) === placeKey(at);
}

/**
 * Puts a ReLU behind an operation: `F.relu(…)` around its call, `nn.ReLU()` behind it in a list of layers.
 * @param title with `{0}` for what is written
 */
export function reluBehind(result: FlowResult, context: RuleContext, title: string): readonly Fix[] {
  const node = nodeOfPlace(context, result.at);
  if (node?.type !== 'call') return [];
  const found = isListed(result) ? addBehind(node, context) : wrapCall(node, context);
  return found ? [{ title: title.replace('{0}', found.written), preferred: false, edits: found.edits }] : [];
}

/** Writes a ReLU in place of an activation that stands in a list of layers or is called as a function. */
export function reluInstead(result: FlowResult, context: RuleContext, title: string): readonly Fix[] {
  const { names, text, texts } = context;
  const node = nodeOfPlace(context, result.at);
  if (node?.type !== 'call') return [];
  const isModule = isListed(result);
  const input =
    result.form === 'function' ? result.args.find(({ name }) => name === undefined || name === 'input') : undefined;
  if (!isModule && !input) return [];
  const { prefix, edits } = moduleAt(isModule ? 'torch.nn' : 'torch.nn.functional', node, names, text.file);
  const written = isModule ? `${prefix}.ReLU()` : `${prefix}.relu(${input ? texts.at(rangeAt(input.at)) : ''})`;
  const edit = { range: rangeOf(node, text.file), text: written };
  return [{ title: title.replace('{0}', written), preferred: false, edits: [edit, ...edits] }];
}

interface Insertion {
  readonly written: string;
  readonly edits: readonly TextEdit[];
}

function wrapCall(call: Node, { names, text }: RuleContext): Insertion {
  const { prefix, edits } = moduleAt('torch.nn.functional', call, names, text.file);
  const range = rangeOf(call, text.file);
  return { written: `${prefix}.relu`, edits: [{ range, text: `${prefix}.relu(${call.text})` }, ...edits] };
}

function addBehind(layer: Node, { names, text }: RuleContext): Insertion | undefined {
  const parent = parentOf(layer);
  const around = parent && parentOf(parent);
  const callee = around?.type === 'call' ? around.childForFieldName('function') : undefined;
  const isAppended = parent?.type === 'argument_list' && callee?.childForFieldName('attribute')?.text === 'append';
  const isElement =
    parent?.type === 'list' || (parent?.type === 'argument_list' && /(^|\.)Sequential$/.test(callee?.text ?? ''));
  if (!isAppended && !isElement) return undefined;
  const { prefix, edits } = moduleAt('torch.nn', layer, names, text.file);
  const own = rangeOf(isAppended && around ? around : layer, text.file);
  const line = names.line(own.line);
  const indent = /^\s*/.exec(line)?.[0] ?? '';
  const written = `${prefix}.ReLU()`;
  const end = { ...own, line: own.endLine, column: own.endColumn };
  if (isAppended) {
    // A statement of its own, on a line of its own.
    const isAlone = own.column === indent.length && names.line(own.endLine).slice(own.endColumn).trim() === '';
    if (!isAlone || parentOf(around as Node)?.type !== 'expression_statement') return undefined;
    const statement = `${names.newline}${indent}${callee?.text}(${written})`;
    return { written, edits: [{ range: end, text: statement }, ...edits] };
  }
  const separator = own.column === indent.length ? `,${names.newline}${indent}` : ', ';
  return { written, edits: [{ range: end, text: `${separator}${written}` }, ...edits] };
}
