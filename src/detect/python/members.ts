/** Members of enumerations of activations: `Act.PRELU`, `ActivationType.GELU`. */
import { parentOf } from '../../syntax/ancestors';
import type { Node } from '../../syntax/syntax';
import { rangeOf } from '../range';
import type { ActivationSite } from '../site';
import { chooses } from './choosing';
import type { Names } from './names';
import { lastWordRead } from './reads';
import { activationNamed } from './stringNames';

/** A search that begins with letters of its own is quick; what is a name is told by the tree. */
const member = /Act\w*\.\w+/g;

/** Where a text may read a member: the places of its name. */
export function* mayBeMember(text: string): Generator<{ readonly index: number; readonly length: number }> {
  for (const { 0: read, index } of text.matchAll(member)) {
    const start = read.indexOf('.') + 1;
    if (activationNamed(read.slice(start))) yield { index: index + start, length: read.length - start };
  }
}

/** The activation that a member of an enumeration means: what is called is a function of that class instead. */
export function memberSite(node: Node, names: Names, file: string): ActivationSite | undefined {
  const access = parentOf(node);
  const object = access?.type === 'attribute' ? access.childForFieldName('object') : undefined;
  if (!access || !object || access.childForFieldName('attribute')?.id !== node.id) return undefined;
  const around = parentOf(access);
  const isRead =
    !(around?.type === 'call' && around.childForFieldName('function')?.id === access.id) &&
    !(around?.type === 'assignment' && around.childForFieldName('left')?.id === access.id);
  const holder = lastWordRead(object);
  const named = activationNamed(node.text);
  // Members of classes: `self.act.relu` is a layer.
  if (!isRead || !named || !holder || !/^[A-Z]/.test(holder) || !chooses(holder)) return undefined;
  if (names.qualifiedName(object)?.startsWith('torch')) return undefined;
  const range = rangeOf(node, file);
  const base = { framework: 'pytorch' as const, range, expression: rangeOf(access, file), text: node.text };
  return { ...base, activation: named.activation, form: 'member', parameters: named.parameters };
}
