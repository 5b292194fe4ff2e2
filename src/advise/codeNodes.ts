/** From a place in the flow to the file's tree, where a rule edits text. */
import type { FlowPlace } from '../flow/values';
import { parentOf } from '../syntax/ancestors';
import type { Node } from '../syntax/syntax';
import type { RuleContext } from './rule';

/** What stands at a place, if that is in the file that is looked at. */
export function nodeOfPlace({ root, text }: RuleContext, { file, span }: FlowPlace): Node | undefined {
  if (file !== text.file) return undefined;
  const end = { row: span.endLine, column: span.endColumn };
  return root.descendantForPosition({ row: span.line, column: span.column }, end) ?? undefined;
}

/** What a layer is assigned to or put into, as written: `self.fc1`, `layers`. */
export function holderOf(context: RuleContext, place: FlowPlace): string | undefined {
  for (let at = nodeOfPlace(context, place); at; at = parentOf(at) ?? undefined) {
    const parent = parentOf(at);
    if (parent?.type === 'assignment' || parent?.type === 'augmented_assignment')
      return parent.childForFieldName('left')?.text;
    if (parent?.type === 'call' && parent.childForFieldName('arguments')?.id === at.id) {
      const callee = parent.childForFieldName('function');
      if (
        callee?.type === 'attribute' &&
        /^(append|extend|insert|add_module)$/.test(callee.childForFieldName('attribute')?.text ?? '')
      )
        return callee.childForFieldName('object')?.text;
    }
    if (/_statement$|^(block|module)$/.test(at.type)) return undefined;
  }
  return undefined;
}

/** The class, function or other statement at the top of the file that a place stands in. */
export function statementAround(context: RuleContext, place: FlowPlace): number | undefined {
  let at = nodeOfPlace(context, place);
  for (let parent = at && parentOf(at); at && parent; parent = parentOf(at)) {
    if (parent.type === 'module') return at.id;
    at = parent;
  }
  return undefined;
}
