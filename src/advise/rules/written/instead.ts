import type { FlowResult } from '../../../flow/values';
import { rangeAt } from '../../report';
import type { RuleContext } from '../../rule';

/**
 * A call in place of an outer operation around an inner one: `F.log_softmax(x, dim=1)` for `torch.log(F.softmax(x, dim=1))`.
 * @returns nothing where the inner one stands somewhere else
 */
export function functionInstead(
  { texts }: Pick<RuleContext, 'texts'>,
  outer: FlowResult,
  inner: FlowResult,
  callee: string,
  more: readonly string[],
): string | undefined {
  const [a, b] = [rangeAt(outer.at), rangeAt(inner.at)];
  const isInside =
    a.file === b.file &&
    (b.line > a.line || (b.line === a.line && b.column >= a.column)) &&
    (b.endLine < a.endLine || (b.endLine === a.endLine && b.endColumn <= a.endColumn));
  const input = isInside ? inputText(texts, inner) : undefined;
  return input === undefined ? undefined : `${callee}(${[input, ...more].join(', ')})`;
}

/** The tensor that goes into a call, as written. */
function inputText(texts: RuleContext['texts'], { at, form, args }: FlowResult): string | undefined {
  const call = at.expression?.kind === 'call' ? at.expression : undefined;
  if (!call) return undefined;
  if (form === 'method')
    return call.callee.kind === 'attribute'
      ? texts.at(rangeAt({ file: at.file, span: call.callee.object.span }))
      : undefined;
  const input = args.find(({ name }) => name === undefined || /^(input|x)$/.test(name));
  return input && input.at.file === at.file && !input.isSpread ? texts.at(rangeAt(input.at)) : undefined;
}
