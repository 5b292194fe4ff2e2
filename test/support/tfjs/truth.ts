/** The real TensorFlow.js, in Node on its CPU backend: what the judges take for true. */
import * as core from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import * as layers from '@tensorflow/tfjs-layers';

export const tf = { ...core, ...layers };

export interface Made {
  readonly target: layers.LayersModel | ((...inputs: core.Tensor[]) => unknown);
  readonly inputs: readonly {
    readonly shape: readonly (number | null)[];
    readonly dtype?: string;
    readonly below?: number;
  }[];
}

/** Numbers that look drawn, the same everywhere: between −1 and 1, in eighths of no pattern. */
export function noise(seed: number, count: number): Float32Array {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32) * 2 - 1;
  });
}

/** Values of an input: numbers of words where it has an end. */
export function inputValues(seed: number, count: number, below: number | undefined): Float32Array {
  const drawn = noise(seed, count);
  return below === undefined ? drawn : drawn.map((each) => Math.floor(((each + 1) / 2) * below));
}

export interface Truth {
  readonly outputs: readonly {
    readonly shape: readonly number[];
    readonly dtype: string;
    readonly values: ArrayLike<number>;
  }[];
  /** Values of the variables, in the model's order, or in that of their making. */
  readonly weights: readonly {
    readonly name: string;
    readonly values: ArrayLike<number>;
    readonly trainable: boolean;
  }[];
  /** Of Σ outputs · noise, by the variable's place; undefined where nothing depends on it. */
  readonly gradients: readonly (ArrayLike<number> | undefined)[];
  /** Why there are none: the library lacks some, and fails in others of its own layers. */
  readonly withoutGradients?: string;
  readonly inputs: readonly Float32Array[];
  readonly layers: readonly {
    readonly className: string;
    readonly outputShape: unknown;
    readonly parameters: number;
  }[];
  readonly parameters: number;
}

const flat = (value: unknown): core.Tensor[] =>
  value instanceof core.Tensor ? [value] : Object.values(value as Record<string, unknown>).flatMap(flat);

/** Sets every floating variable to numbers of its own: variances must not be negative. */
function fill(variables: readonly core.Variable[]): void {
  variables.forEach((variable, index) => {
    if (variable.dtype !== 'float32') return;
    const drawn = noise(1000 + index, variable.size);
    const positive = /variance/.test(variable.name);
    variable.assign(
      core.tensor(
        drawn.map((each) => (positive ? Math.abs(each) + 0.5 : each * 0.5)),
        variable.shape,
      ),
    );
  });
}

/** Differences of a loss to both sides of each element of the variables. */
function differences(loss: () => core.Scalar, variables: readonly core.Variable[]): Record<string, Float32Array> {
  const step = 5e-4;
  return Object.fromEntries(
    variables.map((variable) => {
      const base = Float32Array.from(variable.dataSync());
      const at = (index: number, by: number) => {
        const moved = base.slice();
        moved[index] = (moved[index] as number) + by;
        variable.assign(core.tensor(moved, variable.shape));
        return loss().dataSync()[0] as number;
      };
      const slopes = base.map((_, index) => (at(index, step) - at(index, -step)) / (2 * step));
      variable.assign(core.tensor(base, variable.shape));
      return [variable.name, slopes];
    }),
  );
}

export type Gradients = 'library' | 'differences' | 'none';

/** Names of the variables that there are. */
const variableNames = () => new Set(Object.keys(core.engine().registeredVariables));

/** What the real library makes of a piece of code, with weights by the rule. */
export function truthOf(make: string, batch: number, gradients: Gradients = 'library'): Truth {
  return quietly(() => {
    const before = variableNames();
    return truthOfMade(new Function(`return (${make})`)()(tf) as Made, before, batch, gradients);
  });
}

/** The same of code that may wait. @param makes gives a model or a function, and what it is given */
export async function truthWhenMade(makes: () => Promise<Made>, batch: number): Promise<Truth> {
  const before = variableNames();
  const made = await makes();
  return quietly(() => truthOfMade(made, before, batch, 'library'));
}

function quietly<T>(run: () => T): T {
  const warn = console.warn;
  console.warn = () => {};
  try {
    return run();
  } finally {
    console.warn = warn;
  }
}

/** @param before names of variables that are none of its own */
function truthOfMade(
  { target, inputs: described }: Made,
  before: ReadonlySet<string>,
  batch: number,
  gradients: Gradients,
): Truth {
  const isModel = target instanceof layers.LayersModel;
  const shapes = described.length > 0 || !isModel ? described : target.inputs.map(({ shape }) => ({ shape }));
  const inputs = shapes.map((each, index) => {
    const shape = each.shape.map((size, dim) => size ?? (dim === 0 ? batch : Number.NaN));
    const { dtype, below } = each as Made['inputs'][number];
    const values = inputValues(index, core.util.sizeFromShape(shape), below);
    return { values, tensor: core.tensor(values, shape, (dtype as 'float32' | undefined) ?? 'float32') };
  });
  const run = () =>
    flat(
      isModel
        ? target.apply(
            inputs.length === 1 ? (inputs[0] as { tensor: core.Tensor }).tensor : inputs.map(({ tensor }) => tensor),
          )
        : target(...inputs.map(({ tensor }) => tensor)),
    );
  // Layers of a custom model are built as they run.
  core.tidy(() => void run());
  const registered = Object.values(core.engine().registeredVariables).filter(({ name }) => !before.has(name));
  const own = isModel
    ? target.weights.map((weight) => weight.read() as core.Variable)
    : registered.sort((a, b) => a.id - b.id);
  fill(own);
  const filled = own.map((variable) => variable.dataSync().slice());
  const outputs = run();
  // What a run leaves in a variable is no weight of the model's.
  own.forEach((variable, index) => {
    variable.assign(core.tensor(filled[index] as Float32Array, variable.shape, variable.dtype));
  });
  const trained = isModel
    ? new Set(target.trainableWeights.map((weight) => weight.read() as core.Variable))
    : undefined;
  const trainable = own.map(
    (variable) => variable.dtype === 'float32' && (trained?.has(variable) ?? variable.trainable),
  );
  const wanted = own.filter((_, index) => trainable[index]);
  const lossOf = () =>
    run().reduce<core.Scalar>((sum, output, index) => {
      if (output.dtype !== 'float32') return sum;
      const weights = core.tensor(noise(5000 + index, output.size), output.shape);
      return core.add(sum, core.sum(core.mul(output, weights)));
    }, core.scalar(0));
  let withoutGradients: string | undefined;
  let found: readonly (ArrayLike<number> | undefined)[] = own.map(() => undefined);
  if (gradients === 'differences') {
    const slopes = differences(lossOf, wanted);
    found = own.map((variable) => slopes[variable.name]);
  } else if (gradients === 'library' && wanted.length > 0) {
    try {
      const { grads } = core.variableGrads(lossOf, wanted);
      found = own.map((variable) => grads[variable.name]?.dataSync());
    } catch (error) {
      withoutGradients = String(error);
    }
  }
  return {
    outputs: outputs.map((output) => ({ shape: output.shape, dtype: output.dtype, values: output.dataSync() })),
    weights: own.map((variable, index) => ({
      name: variable.name,
      values: filled[index] ?? [],
      trainable: trainable[index] ?? false,
    })),
    gradients: found,
    ...(withoutGradients !== undefined && { withoutGradients }),
    inputs: inputs.map(({ values }) => values),
    layers: isModel
      ? target.layers.map((layer) => ({
          className: layer.getClassName(),
          outputShape: layer.outputShape,
          parameters: layer.countParams(),
        }))
      : [],
    parameters: isModel ? target.countParams() : own.reduce((sum, { size }) => sum + size, 0),
  };
}
