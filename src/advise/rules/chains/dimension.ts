import type { FlowPlace } from '../../../flow/values';
import type { TextEdit } from '../../advice';
import { rangeAt } from '../../report';
import type { RuleContext } from '../../rule';

/**
 * Writes the dimension of a softmax into its call: in place of the one that stands there, else at the end.
 * @param position where it stands among the arguments
 */
export function dimensionEdit(
  { texts }: Pick<RuleContext, 'texts'>,
  at: FlowPlace,
  position: 0 | 1,
  written: string,
): TextEdit | undefined {
  const call = at.expression?.kind === 'call' ? at.expression : undefined;
  if (!call) return undefined;
  const own = call.args.find(({ form, name }) => form === 'keyword' && (name === 'dim' || name === 'axis'));
  const plain = call.args.filter(({ form }) => form === 'plain')[position];
  const argument = own ?? plain;
  if (argument) {
    const range = rangeAt({ file: at.file, span: argument.value.span });
    return { range, text: own ? written.replace(/^dim=/, '') : written };
  }
  const range = rangeAt(at);
  const close = /,?\s*\)$/.exec(texts.at(range))?.[0].length;
  if (close === undefined || texts.at(range).includes('\n')) return undefined;
  const end = { ...range, line: range.endLine, column: range.endColumn - close, endColumn: range.endColumn - 1 };
  return { range: end, text: call.args.length > 0 ? `, ${written}` : written };
}
