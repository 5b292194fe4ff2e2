/** What code shows of a tensor's dimensions. */
import type { FlowResult, FlowValue } from '../flow/values';
import { isElementwise, isKeeping, isSoftmax, numberOf, optionOf } from './operations';

const MAX_STEPS = 64;

/** The operations that lead to a value by their first inputs, nearest first; each has its possibilities. */
export function* waysBack(value: FlowValue | undefined): Generator<FlowResult> {
  const open: FlowValue[] = value ? [value] : [];
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const next = open.pop();
    if (!next) return;
    if (next.kind === 'choice') for (const each of next.of) open.push(each);
    else if (next.kind === 'result') {
      yield next;
      for (const each of next.inputs.slice(0, 1)) open.push(each);
    }
  }
}

/** Operations that keep the number of dimensions: layers, activations, dropout. */
function isOfSameRank(result: FlowResult): boolean {
  return (
    result.op === 'linear' ||
    result.op === 'batch_norm' ||
    result.op === 'layer_norm' ||
    isElementwise(result) ||
    isSoftmax(result) ||
    isKeeping(result)
  );
}

/** Whether a tensor surely has two dimensions, of which the first is the batch. */
export function isBatchOfVectors(value: FlowValue | undefined): boolean {
  if (value?.kind === 'choice') return value.of.every(isBatchOfVectors);
  for (const each of waysBack(value)) {
    if (isOfSameRank(each)) {
      if (each.inputs[0]?.kind === 'choice') return isBatchOfVectors(each.inputs[0]);
      continue;
    }
    // A bag is one vector for each text.
    return each.op === 'embeddingbag' || isFlattened(each);
  }
  return false;
}

/** `nn.Flatten()`, `flatten(1)`, `view(x.size(0), -1)`, `view(-1, 784)`. */
function isFlattened(result: FlowResult): boolean {
  const { op, args, form, layer } = result;
  if (op === 'flatten') {
    const start = optionOf(result, 0, 'start_dim');
    const end = optionOf(result, 1, 'end_dim');
    return (end === undefined || numberOf(end) === -1) && (layer && !start ? true : numberOf(start) === 1);
  }
  if (op !== 'view' && op !== 'reshape') return false;
  const sizes = form === 'method' ? args : args.slice(1);
  if (sizes.length !== 2 || sizes.some(({ isSpread, name }) => isSpread || name !== undefined)) return false;
  return sizes.some(({ value }) => numberOf(value) === -1) && sizes.some(({ value }) => numberOf(value) !== -1);
}
