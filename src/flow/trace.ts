import { type FlowResult, type FlowValue, possibilities } from './values';

/** Operations that move numbers and change none: what goes in is what comes out. */
const moving: ReadonlySet<string> = new Set(
  `view reshape squeeze unsqueeze flatten unflatten permute transpose t T .T .mT .data .real swapaxes swapdims movedim
  moveaxis contiguous clone detach detach_ to cpu cuda float double half bfloat16 type type_as view_as reshape_as expand
  expand_as repeat tile broadcast_to requires_grad_ requires_grad [] chunk split narrow select index_select gather stack
  cat concat concatenate hstack vstack ravel identity dropout alpha_dropout tensor_split masked_select masked_select
  unbind retain_grad numpy item tolist rearrange repeat_interleave as_tensor einops.rearrange einops.repeat
  torch.utils.checkpoint.checkpoint_sequential atleast_1d atleast_2d nan_to_num channel_shuffle pixel_shuffle`.split(
    /\s+/,
  ),
);

/** Whether an operation hands on the numbers that go in, dropout's zeros aside. */
export function isMoving(op: string): boolean {
  return moving.has(op.replace(/^\.(?=[a-z]\w)/, ''));
}

/** Whether an operation puts several tensors together; its inputs are those that it gets. */
export function isJoining(op: string): boolean {
  return /^(?:cat|concat|concatenate|stack|[hvd]stack|column_stack|row_stack)$/.test(op);
}

/** More steps than any expression of a model takes. */
const MAX_STEPS = 64;
const MAX_JOINED = 16;

/**
 * Where the numbers of a value come from: each possibility, with what only moves numbers taken away.
 * @param isTransparent which operations to look through, by their first input
 */
export function originsOf(
  value: FlowValue,
  isTransparent: (result: FlowResult) => boolean = ({ op }) => isMoving(op),
): readonly FlowValue[] {
  const found: FlowValue[] = [];
  const open: FlowValue[] = [value];
  for (let steps = 0; open.length > 0; steps++) {
    const next = open.pop() as FlowValue;
    if (steps > MAX_STEPS) return [{ kind: 'unknown' }];
    if (next.kind === 'choice') open.push(...next.of);
    else if (next.kind === 'result' && isTransparent(next))
      open.push(...next.inputs.slice(0, isJoining(next.op) ? MAX_JOINED : 1));
    else found.push(next);
  }
  return found;
}

/** The operations that a value surely comes from, whichever possibility holds; undefined where one is something else. */
export function sureOrigins(
  value: FlowValue,
  isWanted: (result: FlowResult) => boolean,
  isTransparent?: (result: FlowResult) => boolean,
): readonly FlowResult[] | undefined {
  const origins = originsOf(value, isTransparent);
  const results = origins.filter((each) => each.kind === 'result');
  return results.length > 0 && results.length === origins.length && results.every(isWanted) ? results : undefined;
}

/** The value's possibilities that are results. */
export function resultsOf(value: FlowValue): readonly FlowResult[] {
  return possibilities(value).filter((each) => each.kind === 'result');
}
