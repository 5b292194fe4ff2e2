import type { Activation } from '../activations/types';
import { Names } from '../detect/names';
import { children } from '../detect/range';
import type { ActivationSite } from '../detect/site';
import type { ActivationParameters, Scalar } from '../graph/types';
import type { SourceText } from '../source/source';
import type { Tree } from '../syntax/syntax';
import type { TextEdit } from './advice';
import { enclosing } from './calls';
import { moduleAt } from './imports';

/** A replacement that would not mean the same kind of thing; the message says where and why. */
export class ReplaceError extends Error {
  override name = 'ReplaceError';
}

/**
 * Edits that write another activation at the chosen sites, in the file's own spelling, imports included.
 * Parameters that equal the activation's defaults are not written.
 * @throws ReplaceError where a site has no form of the new activation.
 */
export function replaceActivation(
  tree: Tree,
  text: SourceText,
  sites: readonly ActivationSite[],
  activation: Activation,
  parameters: ActivationParameters,
): TextEdit[] {
  const names = new Names(tree.rootNode, text.text);
  const edits = sites.flatMap((site) => replaceOne(tree, text, names, site, activation, parameters));
  const seen = new Set<string>();
  return edits.filter((edit) => {
    const key = JSON.stringify(edit);
    return seen.size !== seen.add(key).size;
  });
}

function replaceOne(
  tree: Tree,
  text: SourceText,
  names: Names,
  site: ActivationSite,
  activation: Activation,
  parameters: ActivationParameters,
): TextEdit[] {
  const { expression: range } = site;
  const refuse = (reason: string) =>
    new ReplaceError(`${site.text} at line ${range.line + 1} can't become ${activation.title}: ${reason}`);
  const node = tree.rootNode.descendantForPosition(
    { row: range.line, column: range.column },
    { row: range.endLine, column: range.endColumn },
  );
  if (!node) throw refuse('the text has changed since it was read');
  const takesInplace = activation.parameters.some(({ name }) => name === 'inplace');
  const inplace = site.parameters.inplace;
  const values: Record<string, Scalar> = {};
  for (const { name, default: usual } of activation.parameters) {
    const value = parameters[name];
    if (name !== 'inplace' && value !== undefined && value !== usual) values[name] = value;
  }
  if (takesInplace && inplace && 'value' in inplace && inplace.value === true) values.inplace = true;
  const written = Object.entries(values).map(([name, value]) => `${name}=${literal(value)}`);
  const isModule =
    site.form === 'module' ||
    site.form === 'class' ||
    (site.form === 'partial' && /^[A-Z]/.test(site.text.split('.').at(-1) ?? ''));
  const name = isModule ? activation.spellings.modules?.[0] : activation.spellings.functional?.[0];
  if (!name) throw refuse(`PyTorch has no ${isModule ? 'module' : 'function'} of it`);
  if (!isModule && activation.id === 'prelu') throw refuse('as a function it needs a weight; use nn.PReLU');
  if (activation.shape === 'along-dimension' && !written.some((each) => each.startsWith('dim=')))
    throw refuse('it needs a dimension, `dim`');
  const { prefix, edits } = moduleAt(isModule ? 'torch.nn' : 'torch.nn.functional', node, names, text.file);
  const spelled = `${prefix}.${name}`;
  const make = (replacement: string) => [{ range, text: replacement }, ...edits];
  if (site.form === 'module') return make(`${spelled}(${written.join(', ')})`);
  const called = node.type === 'call' && (site.form === 'function' || site.form === 'method');
  if (called) {
    const callee = node.childForFieldName('function');
    const list = children(node.childForFieldName('arguments'));
    const input = site.form === 'method' ? callee?.childForFieldName('object') : list[0];
    if (!input || /splat/.test(input.type)) throw refuse('its tensor is not written out');
    const tensor = input.type === 'keyword_argument' ? (input.childForFieldName('value')?.text ?? '') : input.text;
    return make(`${spelled}(${[tensor, ...written].join(', ')})`);
  }
  if (written.length === 0) return make(spelled);
  const partial = moduleAt('functools', node, names, text.file);
  const direct = names.qualified(node.type === 'call' ? (node.childForFieldName('function') ?? node) : node);
  const bound = direct === 'functools.partial' ? node.childForFieldName('function')?.text : undefined;
  if (enclosing(node, 'superclasses')) throw refuse('a base class takes no parameters');
  return [
    ...make(`${bound ?? `${partial.prefix}.partial`}(${[spelled, ...written].join(', ')})`),
    ...(bound ? [] : partial.edits),
  ];
}

function literal(value: Scalar): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' ? `'${value}'` : String(value);
}
