/** Places where an activation is written out on purpose: the call instead would take away what the code is for. */
import { children } from '../../../detect/range';
import { Climb } from '../../../syntax/ancestors';
import type { Node } from '../../../syntax/syntax';
import type { RuleContext } from '../../rule';

/**
 * Tells of a node whether a formula in it is meant: in backward passes, in what defines the activation or checks it
 * (decompositions, references, expected values), and where the library may not have it yet.
 * @param activation what PyTorch calls it: `silu`
 */
export function deliberateFormulas({ names }: RuleContext, activation: string): Climb<boolean> {
  const named = new RegExp(`\\b${activation}\\b`, 'i');
  return new Climb<boolean>((at, child) => {
    if (isDefined(at, child) || isFallback(at, child, named)) return true;
    const bases = at.type === 'class_definition' ? children(at.childForFieldName('superclasses')) : [];
    return bases.some((base) => names.qualifiedName(base) === 'torch.autograd.Function') || undefined;
  }, false);
}

/** Names of functions whose long form is the point. */
const derived = /(^|_)(backward|bwd|fwd|grad|gradient)(_|$)/;
const compared = /(^|_)(ref|reference|decomp|decomposition)(_|$)/;
const expected = /(^|_)(ref|reference|expected)(_|$)/;

/** What is a derivative, what the library itself falls back on, and what it is tested against. */
function isDefined(at: Node, child: Node): boolean {
  const nameOf = (field: string) => at.childForFieldName(field)?.text ?? '';
  switch (at.type) {
    case 'function_definition':
      return derived.test(nameOf('name')) || compared.test(nameOf('name'));
    case 'decorated_definition':
      return children(at).some(({ type, text }) => type === 'decorator' && /decomp|reference/.test(text));
    case 'keyword_argument':
      return expected.test(nameOf('name'));
    case 'assignment':
      return at.childForFieldName('right')?.id === child.id && expected.test(nameOf('left'));
    default:
      return false;
  }
}

const asksForLibrary = /hasattr|version|import|available|\b(is_)?torch_|pytorch_/i;

/** Another branch takes the library's own, where it is there. */
function isFallback(at: Node, child: Node, named: RegExp): boolean {
  if (at.type === 'try_statement')
    return child.type === 'except_clause' && named.test(at.childForFieldName('body')?.text ?? '');
  if (at.type === 'block') {
    const before = child.previousNamedSibling;
    return before?.type === 'if_statement' && isAsked(before) && named.test(before.text);
  }
  if (at.type !== 'if_statement' || !isAsked(at)) return false;
  return children(at).some((other) => other.id !== child.id && named.test(other.text));
}

function isAsked(branches: Node): boolean {
  return asksForLibrary.test(branches.childForFieldName('condition')?.text ?? '');
}
