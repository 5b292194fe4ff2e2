/** Optimisers as parts of a graph: PyTorch's formulas, their state in storages beside the parameters. */
import type { GraphBuilder } from './builder';
import { Emit } from './emit';
import type { StorageId, StorageUpdate, ValueId } from './types';

export type Optimiser =
  | { readonly kind: 'sgd'; readonly momentum: number; readonly weightDecay: number; readonly nesterov?: boolean }
  | {
      readonly kind: 'adamw';
      readonly betas: readonly [number, number];
      readonly eps: number;
      readonly weightDecay: number;
    };

/** PyTorch's defaults. */
export const adamw: Optimiser = { kind: 'adamw', betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.01 };

export interface OptimiserStep {
  /** New values of the parameters and of the optimiser's state. */
  readonly updates: readonly StorageUpdate[];
  /** Storages that the optimiser added. */
  readonly state: readonly StorageId[];
}

interface TrainedParameter {
  readonly storage: StorageId;
  readonly gradient: ValueId;
}

/** Elements up to which parameters are updated together: an operator for each takes longer to start than to run. */
const SMALL = 2 ** 16;

/** What one formula updates: a parameter, or small ones behind each other. */
interface UpdatedShare {
  readonly value: ValueId;
  readonly gradient: ValueId;
  /** Takes the new value apart. */
  readonly write: (made: ValueId) => void;
}

function sharesOf(
  e: Emit,
  parameters: readonly TrainedParameter[],
  write: (storage: StorageId, value: ValueId) => void,
): UpdatedShare[] {
  const weightOf = ({ storage }: TrainedParameter) => e.builder.storageAt(storage).value;
  const isSmall = (each: TrainedParameter) => e.count(weightOf(each)) <= SMALL;
  const small = parameters.filter(isSmall);
  const alone = small.length < 2 ? parameters : parameters.filter((each) => !isSmall(each));
  const shares = alone.map((each) => ({
    value: weightOf(each),
    gradient: each.gradient,
    write: (made: ValueId) => write(each.storage, made),
  }));
  if (small.length < 2) return shares;
  const flat = (x: ValueId) => e.reshape(x, [e.count(x)]);
  const together: UpdatedShare = {
    value: e.cat(
      small.map((each) => flat(weightOf(each))),
      0,
    ),
    gradient: e.cat(
      small.map(({ gradient }) => flat(gradient)),
      0,
    ),
    write: (made) => {
      let start = 0;
      for (const each of small) {
        const value = weightOf(each);
        const end = start + e.count(value);
        write(each.storage, e.reshape(e.slice(made, 0, start, end), e.shape(value)));
        start = end;
      }
    },
  };
  return [together, ...shares];
}

/**
 * Adds one step of an optimiser.
 * @param parameters storages with their gradients
 * @param rate the learning rate, a scalar
 */
export function addOptimiser(
  builder: GraphBuilder,
  optimiser: Optimiser,
  parameters: readonly TrainedParameter[],
  rate: ValueId,
): OptimiserStep {
  const e = new Emit(builder);
  const state: StorageId[] = [];
  const updates: StorageUpdate[] = [];
  const keep = (shape: readonly number[]): { readonly id: StorageId; readonly value: ValueId } => {
    const id = builder.storage({ dtype: 'float32', shape }, false, { kind: 'constant', value: 0 });
    state.push(id);
    return { id, value: builder.storageAt(id).value };
  };
  const write = (storage: StorageId, value: ValueId): ValueId => {
    updates.push({ storage, value });
    return value;
  };

  const shares = sharesOf(e, parameters, write);
  if (optimiser.kind === 'sgd') {
    const { momentum, weightDecay, nesterov = false } = optimiser;
    for (const { value, gradient, write: writeBack } of shares) {
      const decayed = weightDecay === 0 ? gradient : e.add(gradient, e.binaryScalar('mul', value, weightDecay));
      let direction = decayed;
      if (momentum !== 0) {
        const { id, value: before } = keep(e.shape(value));
        const velocity = write(id, e.add(e.binaryScalar('mul', before, momentum), decayed));
        direction = nesterov ? e.add(decayed, e.binaryScalar('mul', velocity, momentum)) : velocity;
      }
      writeBack(e.sub(value, e.mul(direction, rate)));
    }
    return { updates, state };
  }

  const { betas, eps, weightDecay } = optimiser;
  // 1 − βᵗ, from the powers so far: a power of a step count would be one more thing to round.
  const corrections = betas.map((beta) => {
    const { id, value } = keep([]);
    // Starts at zero: what is kept is 1 − βᵗ itself, which grows by (1 − β)·βᵗ⁻¹.
    const rest = e.sub(e.scalar(1, value), value);
    return write(id, e.add(value, e.binaryScalar('mul', rest, 1 - beta)));
  });
  const [first, second] = corrections;
  if (first === undefined || second === undefined) throw new RangeError('AdamW has two betas');
  const size = e.div(rate, first);
  const root = e.unary('sqrt', second);
  const shrink = weightDecay === 0 ? undefined : e.sub(e.scalar(1, rate), e.binaryScalar('mul', rate, weightDecay));
  for (const { value, gradient, write: writeBack } of shares) {
    const shape = e.shape(value);
    const [mean, square] = [keep(shape), keep(shape)];
    const blend = (before: ValueId, now: ValueId, beta: number) =>
      e.add(e.binaryScalar('mul', before, beta), e.binaryScalar('mul', now, 1 - beta));
    const m = write(mean.id, blend(mean.value, gradient, betas[0]));
    const v = write(square.id, blend(square.value, e.mul(gradient, gradient), betas[1]));
    const scale = e.binaryScalar('add', e.div(e.unary('sqrt', v), root), eps);
    const decayed = shrink === undefined ? value : e.mul(value, shrink);
    writeBack(e.sub(decayed, e.mul(e.div(m, scale), size)));
  }
  return { updates, state };
}
