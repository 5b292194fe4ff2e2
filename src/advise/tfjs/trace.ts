/** Where tensors come from. */
import { isWeighted, settingOf } from './layers';
import { numberOf, type ScriptValue, type TfjsResult } from './values';

/** Layers, functions and methods that move numbers and change none, but for dropout's zeros. */
const moving: ReadonlySet<string> = new Set(
  `dropout spatialDropout1d alphaDropout gaussianDropout flatten reshape permute identity squeeze expandDims cast clone
  asType toFloat as1D as2D as3D as4D as5D reshapeAs keep transpose slice gather`.split(/\s+/),
);

export function isMoving({ op }: TfjsResult): boolean {
  return moving.has(op);
}

/** More steps than any expression of a model takes. */
const MAX_STEPS = 64;

/** Where the numbers of a value come from: each possibility, with what is looked through taken away. */
export function originsOf(
  value: ScriptValue,
  isTransparent: (result: TfjsResult) => boolean = isMoving,
): readonly ScriptValue[] {
  const found: ScriptValue[] = [];
  const open: ScriptValue[] = [value];
  for (let steps = 0; open.length > 0; steps++) {
    const next = open.pop() as ScriptValue;
    if (steps > MAX_STEPS) return [{ kind: 'unknown' }];
    if (next.kind === 'choice') for (const each of next.of) open.push(each);
    else if (next.kind === 'result' && next.op === 'model' && next.output) open.push(next.output);
    else if (next.kind === 'result' && isTransparent(next) && next.inputs[0]) open.push(next.inputs[0]);
    else found.push(next);
  }
  return found;
}

/** The operations that a value surely comes from, whichever possibility holds; undefined where one is something else. */
export function sureOrigins(
  value: ScriptValue,
  isWanted: (result: TfjsResult) => boolean,
  isTransparent?: (result: TfjsResult) => boolean,
): readonly TfjsResult[] | undefined {
  const origins = originsOf(value, isTransparent);
  const results = origins.filter((each) => each.kind === 'result');
  return results.length > 0 && results.length === origins.length && results.every(isWanted) ? results : undefined;
}

const same =
  /^(dropout|spatialDropout1d|alphaDropout|gaussianDropout|gaussianNoise|batchNormalization|layerNormalization|masking|identity)$/;

/** How many numbers the last axis of a value has, where the code tells. */
export function lastSizeOf(value: ScriptValue, depth = 0): number | undefined {
  if (depth > MAX_STEPS) return undefined;
  const sizes = originsOf(value, () => false).map((each) =>
    each.kind === 'result' ? lastSizeOfResult(each, depth) : undefined,
  );
  const [first] = sizes;
  return sizes.every((each) => each === first) ? first : undefined;
}

function lastSizeOfResult(result: TfjsResult, depth: number): number | undefined {
  const { op, form, layer, shape, inputs } = result;
  if (op === 'input') return shape?.at(-1);
  const number = (name: string) => (layer ? numberOf(settingOf(layer, name)) : undefined);
  if (form === 'layer' && /^(dense|lstm|gru|simpleRNN)$/.test(op)) return number('units');
  if (isWeighted(result) && op !== 'depthwiseConv2d') return number('filters');
  if (op === 'embedding') return number('outputDim');
  const [input] = inputs;
  return input && (same.test(op) || isActivationOp(result)) ? lastSizeOf(input, depth + 1) : undefined;
}

const functions = /^(relu|relu6|softmax|sigmoid|tanh|elu|selu|leaky_relu|prelu|softplus|log_softmax|silu|mish|gelu)$/;

/** Whether it is an activation that gives a tensor of the shape that goes in. */
export function isActivationOp({ op, form }: TfjsResult): boolean {
  return form === 'setting' ? op !== '?' : functions.test(op) || op === 'hardtanh' || op === 'threshold';
}

/** How many axes a value has, the batch among them, where the code tells. */
export function rankOf(value: ScriptValue, depth = 0): number | undefined {
  if (depth > MAX_STEPS) return undefined;
  const ranks = originsOf(value, () => false).map((each) =>
    each.kind === 'result' ? rankOfResult(each, depth) : undefined,
  );
  const [first] = ranks;
  return ranks.every((each) => each === first) ? first : undefined;
}

function rankOfResult(result: TfjsResult, depth: number): number | undefined {
  const { op, shape, inputs } = result;
  if (op === 'input') return shape && shape.length + 1;
  if (op === 'flatten') return 2;
  if (op === 'conv2d') return 4;
  const [input] = inputs;
  const keeps = op === 'dense' || same.test(op) || isActivationOp(result);
  return input && keeps ? rankOf(input, depth + 1) : undefined;
}
