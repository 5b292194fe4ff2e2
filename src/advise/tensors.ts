/** Which values of code are tensors, beyond doubt. */
import { catalogue } from '../activations/catalogue';
import type { FileFlow } from '../flow/fileFlow';
import { isMoving, originsOf } from '../flow/trace';
import { type BuiltLayer, type FlowResult, type FlowValue, possibilities, type UserFunction } from '../flow/values';
import { isForward } from './parts';
import { takersOf } from './results';

/** Functions of PyTorch that give tensors, besides activations and losses. */
const giving =
  /^(tensor|as_tensor|from_numpy|zeros|ones|full|rand|randn|randint|arange|linspace|zeros_like|ones_like|rand_like|randn_like|cat|stack|matmul|mm|bmm|einsum|mean|sum|exp|log|sqrt|abs|pow|add|mul|sub|div|clamp|where|max_pool|avg_pool|adaptive_avg_pool|adaptive_max_pool|interpolate|pad|one_hot|embedding|linear|conv|conv_transpose|bilinear|batch_norm|layer_norm|group_norm|instance_norm|rms_norm|dropout|alpha_dropout|normalize|cosine_similarity|scaled_dot_product_attention|unfold|fold|pixel_shuffle)$/;
/** Functions that take a tensor first and nothing else. */
const taking =
  /^(linear|conv|conv_transpose|dropout|max_pool|avg_pool|adaptive_avg_pool|batch_norm|layer_norm|interpolate|pad)$/;
/** Methods that tensors alone have. */
const ofTensors =
  /^(view|view_as|unsqueeze|permute|contiguous|detach|log_softmax|softmax|sigmoid|requires_grad_|masked_fill|expand|expand_as|size|backward|unsqueeze_|scatter_|numel)$/;
const arithmetic = /^([-+*/@]|unary [-+])$/;
const losses = /(_loss|cross_entropy|cross_entropy_with_logits|kl_div)$/;

/** Whether a value is a tensor whatever the code does. */
export function isSurelyTensor(value: FlowValue, flow: FileFlow, depth = 0): boolean {
  if (depth > 20) return false;
  const all = possibilities(value);
  return all.length > 0 && all.every((each) => isOneTensor(each, flow, depth + 1));
}

function isOneTensor(value: Exclude<FlowValue, { kind: 'choice' }>, flow: FileFlow, depth: number): boolean {
  if (value.kind === 'parameter') return isUsedAsTensor(value, flow);
  if (value.kind !== 'result') return false;
  const { op, form, inputs } = value;
  const [first] = inputs;
  const isOfTensor = () => first !== undefined && isSurelyTensor(first, flow, depth);
  if (form === 'layer') return !/^(lstm|gru|rnn|multiheadattention)/.test(op);
  if (form === 'function')
    return catalogue.has(op) || giving.test(op) || losses.test(op) || (isMoving(op) && isOfTensor());
  if (form === 'operator')
    return op === '[]' || op.startsWith('.')
      ? isOfTensor()
      : arithmetic.test(op) && inputs.some((each) => isSurelyTensor(each, flow, depth));
  if (/^(item|tolist|numpy|size|dim|numel|backward|shape|stride|type|get_device)$/.test(op)) return false;
  return ofTensors.test(op) || ((isMoving(op) || catalogue.has(op) || giving.test(op)) && isOfTensor());
}

/** Functions that make data, which no model says: batches that stand in for others, labels of real and fake. */
const making =
  /^(?:rand(?:int|n)?|tensor|as_tensor|from_numpy|torch\.(?:cuda\.)?\w*Tensor|full|zeros|ones|(?:full|zeros|ones|rand|randn|randint)_like|one_hot|bernoulli)$/;

/** Whether a value comes from outside: nothing computes it, but for what makes data. */
export function isGiven(value: FlowValue): boolean {
  return originsOf(value).every(
    (each) =>
      each.kind === 'unknown' ||
      each.kind === 'parameter' ||
      // `batch.label` of a batch from outside.
      (each.kind === 'method' && isGiven(each.receiver)) ||
      (each.kind === 'result' && (making.test(each.op) || /^\.?fill$/.test(each.op))),
  );
}

/** Whether something is done to a value that only tensors are for. */
export function isUsedAsTensor(value: FlowValue, flow: FileFlow): boolean {
  return takersOf(flow, value).some((each) => {
    if (each.inputs[0] !== value || each.isMaybe) return false;
    if (each.form === 'layer') return true;
    if (each.form === 'method') return ofTensors.test(each.op);
    return each.form === 'function' && (catalogue.has(each.op) || taking.test(each.op));
  });
}

/** The tensor that a module's `forward` is given first. */
export function isInputOf(value: FlowValue, trail: readonly UserFunction[]): boolean {
  const running = trail.at(-1);
  if (value.kind !== 'parameter' || !running || !isForward(running) || value.default !== undefined) return false;
  return running.code.parameters[1]?.name === value.name;
}

/** Whether a module itself is used where a tensor belongs: as a layer's input, in arithmetic, for a backward pass. */
export function isTakenForTensor(layer: BuiltLayer, flow: FileFlow): boolean {
  return takersOf(flow, layer).some((each: FlowResult) => {
    if (each.inputs[0] !== layer) return arithmetic.test(each.op);
    if (each.form === 'method') return /^\.(backward|item|detach|view|size|mean|sum|squeeze|data|numpy)$/.test(each.op);
    return each.form === 'layer' || arithmetic.test(each.op) || (each.form === 'function' && catalogue.has(each.op));
  });
}
