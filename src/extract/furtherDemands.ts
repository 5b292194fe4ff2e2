/** What functions ask of a tensor by the weight that they are given, and what layers ask of their further arguments. */

import { say } from '../language/say';
import type { Interpreter } from '../python/run/interpreter';
import type { PyInstance } from '../python/values/values';
import { type Demand, layerKind, numberOf } from './demands';

/**
 * What a function asks of its first argument: `F.conv2d(x, self.weight)`, `torch.matmul(x, self.weight)`.
 * @param weight its shape
 * @param groups of a convolution
 */
export function demandOfFunction(name: string, weight: readonly number[], groups = 1): Demand | undefined {
  const convolution = /^conv(_transpose)?([123])d$/.exec(name);
  if (convolution) {
    const space = Number(convolution[2]);
    const channels = convolution[1] ? weight[0] : weight[1] === undefined ? undefined : weight[1] * groups;
    if (channels === undefined || weight.length !== space + 2) return undefined;
    const detail = say('{0} with {1} input channels', name, channels);
    const sides = Array.from({ length: space }, (_, index) => index + 2);
    return { rank: space + 2, sizes: new Map([[1, channels]]), space: sides, detail };
  }
  const features = name === 'linear' ? weight.at(-1) : MULTIPLIES.test(name) ? weight.at(-2) : undefined;
  if (features !== undefined) {
    const detail = say('{0} with {1} input features', name, features);
    return { sizes: new Map([[-1, features]]), detail };
  }
  if (name === 'embedding') return { sizes: new Map(), integer: true, detail: say('Embedding, which takes indices') };
  return undefined;
}

const MULTIPLIES = /^(?:matmul|mm|bmm|addmm|@)$/;

/** What arithmetic with a weight asks of a tensor: the dimensions at the end that are not stretched. */
export function demandOfArithmetic(weight: readonly number[]): Demand {
  const sizes = weight.flatMap((size, index) => (size > 1 ? [[index - weight.length, size] as const] : []));
  return { sizes: new Map(sizes), passes: true };
}

/** Of a tensor, or of those that a tuple holds. */
interface FurtherDemands {
  readonly whole?: Demand;
  readonly parts?: readonly Demand[];
}

/** What a layer asks of an argument after the first, or of what that one holds: the state of a recurrent layer is a tuple. */
export function furtherDemands(ctx: Interpreter, layer: PyInstance, name: number | string): FurtherDemands {
  const kind = layerKind(layer);
  const number = (key: string) => numberOf(ctx, layer, key);
  const recurrent = /^(LSTM|GRU|RNN)(Cell)?$/.exec(kind);
  if (recurrent && (name === 1 || name === 'hx')) {
    const hidden = number('hidden_size');
    const layers = (number('num_layers') ?? 1) * (ctx.lookup(layer, 'bidirectional') === true ? 2 : 1);
    if (hidden === undefined) return {};
    const state = (features: number): Demand =>
      recurrent[2]
        ? { rank: 2, sizes: new Map([[1, features]]) }
        : {
            rank: 3,
            sizes: new Map([
              [0, layers],
              [2, features],
            ]),
            batch: 1,
          };
    return recurrent[1] === 'LSTM'
      ? { parts: [state(number('proj_size') || hidden), state(hidden)] }
      : { whole: state(hidden) };
  }
  const attended =
    kind === 'MultiheadAttention' ? { 1: 'kdim', 2: 'vdim', key: 'kdim', value: 'vdim' }[name] : undefined;
  if (attended !== undefined) {
    const features = number(attended) ?? number('embed_dim');
    const batch = ctx.lookup(layer, 'batch_first') === true ? 0 : 1;
    return features === undefined ? {} : { whole: { rank: 3, sizes: new Map([[-1, features]]), batch } };
  }
  const second = kind === 'Bilinear' && (name === 1 || name === 'input2') ? number('in2_features') : undefined;
  return second === undefined ? {} : { whole: { sizes: new Map([[-1, second]]) } };
}
