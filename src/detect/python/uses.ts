/** What a name does where it stands: whether it chooses an activation, only mentions it, or neither. */
import { Climb } from '../../syntax/ancestors';
import type { Node } from '../../syntax/syntax';

/** `choice`: it is called or handed on; `mention`: a check or a base class; `nothing`: a type or an import. */
export type NameUse = 'choice' | 'mention' | 'nothing';

/** Whether an identifier gives a name: argument and parameter names, imports, and what is defined or assigned. */
export function isNaming(node: Node, parent: Node): boolean {
  const is = (field: string) => parent.childForFieldName(field)?.id === node.id;
  if (['dotted_name', 'aliased_import', 'parameters', 'lambda_parameters', 'global_statement'].includes(parent.type))
    return true;
  if (parent.type === 'assignment') return is('left');
  return (
    ['keyword_argument', 'function_definition', 'class_definition', 'default_parameter'].includes(parent.type) &&
    is('name')
  );
}

const uses = new Climb<NameUse>((at, child) => {
  switch (at.type) {
    // `class Mine(nn.ReLU)`: what the class is made from; its own uses are choices.
    case 'class_definition':
      return 'mention';
    case 'type':
    case 'import_from_statement':
    case 'import_statement':
      return 'nothing';
    case 'call': {
      const callee = at.childForFieldName('function');
      if (callee?.id === child.id) return 'choice';
      const name = callee?.text ?? '';
      if (name === 'super') return 'nothing';
      return /^(isinstance|issubclass|hasattr)$/.test(name) ? 'mention' : undefined;
    }
    // `type(m) == nn.ReLU`, `attention is F.scaled_dot_product_attention`
    case 'comparison_operator':
      return 'mention';
    default:
      return /_statement$|^block$/.test(at.type) ? 'choice' : undefined;
  }
}, 'choice');

export const useOf = (name: Node): NameUse => uses.from(name);
