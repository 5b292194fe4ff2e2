/** Functions that run ops on the tensors that they are given: how they are called, and what with. */
import type { TfjsBuilder } from './builders';
import type { TensorFeed } from './feeds';
import { phrase } from './phrases';
import type { GuestInput } from './request';

/** A function as one of its tensors alone. */
export interface ForwardCall {
  readonly code: string;
  /** Names of the parameters that are tensors. */
  readonly tensors: readonly string[];
  /** Expressions for what is said of each tensor's shape, best first. */
  readonly feeds: readonly (readonly TensorFeed[])[];
}

const order: Readonly<Record<TensorFeed['kind'], number>> = { shape: 0, filter: 1, rank: 2 };

/** A builder of outputs as a function of tensors; what else it takes is not known. */
export function forwardCall({ path, parameters, feeds }: TfjsBuilder): ForwardCall {
  const told = new Set(feeds.map(({ parameter }) => parameter));
  const typed = parameters.filter(({ name, type }) => told.has(name) || /\bTensor/.test(type ?? ''));
  const [first] = parameters;
  const tensors = new Set((typed.length > 0 ? typed : first ? [first] : []).map(({ name }) => name));
  const last = parameters.findLastIndex(({ name, isNeeded }) => isNeeded || tensors.has(name));
  const names = parameters.filter(({ name }) => tensors.has(name)).map(({ name }) => name);
  const given = parameters.slice(0, last + 1).map(({ name, isNeeded }) => {
    if (tensors.has(name)) return `$t${names.indexOf(name)}`;
    return isNeeded ? `$unknown(${JSON.stringify(phrase('argument', name))})` : 'undefined';
  });
  return {
    code: `(${names.map((_, index) => `$t${index}`).join(', ')}) => ${path}(${given.join(', ')})`,
    tensors: names,
    feeds: names.map((name) =>
      feeds
        .filter(({ parameter }) => parameter === name)
        .map((feed) => ({ ...feed, text: feed.text.replace(/\bthis\b/g, `(${path.replace(/\.[^.]*$/, '')})`) }))
        .sort((a, b) => order[a.kind] - order[b.kind]),
    ),
  };
}

/** Where the size of the channels stands in the shape of an op's weights, and how many sizes lie before it in its input. */
function inputOf(op: string | undefined, filter: readonly number[]): (number | null)[] | undefined {
  const from = (at: number, spatial: number) => {
    const channels = filter.at(at);
    return channels === undefined ? undefined : [null, ...new Array<null>(spatial).fill(null), channels];
  };
  switch (op) {
    case 'matMul':
    case 'dot':
      return filter.length === 2 ? from(0, 0) : undefined;
    case 'conv1d':
      return from(-2, 1);
    case 'conv2d':
    case 'depthwiseConv2d':
    case 'separableConv2d':
      return from(-2, 2);
    case 'conv3d':
      return from(-2, 3);
    case 'conv2dTranspose':
      return from(-1, 2);
    default:
      return undefined;
  }
}

/**
 * The shape of a tensor of which a file says something; null where a size is open, the batch's among them.
 * @param told the values of the feed's expression
 */
export function shapeOfFeed(
  { kind, op, text }: TensorFeed,
  told: readonly number[] | undefined,
): GuestInput | undefined {
  if (kind === 'rank') return { shape: new Array<null>(Number(text)).fill(null) };
  if (!told) return undefined;
  if (kind === 'filter') {
    const shape = inputOf(op, told);
    return shape && { shape };
  }
  return { shape: told.map((size, dim) => (size < 0 || (dim === 0 && size === 1) ? null : size)) };
}
