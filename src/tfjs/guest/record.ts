/** Runs a model once on tensors without data and says what happened, as plain data. */
import { type DataId, engine, type Tensor, Tensor as TensorClass, util, Variable } from '@tensorflow/tfjs-core';
import { Container } from '@tensorflow/tfjs-layers/dist/engine/container';
import { Layer } from '@tensorflow/tfjs-layers/dist/engine/topology';
import { RNN } from '@tensorflow/tfjs-layers/dist/layers/recurrent';
import { Bidirectional, Wrapper } from '@tensorflow/tfjs-layers/dist/layers/wrappers';
import type { LayerVariable } from '@tensorflow/tfjs-layers/dist/variables';
import type {
  GuestOutcome,
  InputShape,
  LayerSummary,
  NamedTapeTensor,
  Seen,
  SeenLayer,
  SeenRun,
  TapeConstant,
  TapeDType,
  TapeStep,
  TapeTensor,
  TapeWeight,
  TensorId,
} from '../outcome';
import { cellsOf } from './hooks';
import { phrase } from './phrases';
import { constructionOf } from './places';
import { KernelNotRead } from './problems';
import { type LayerRun, seenSoFar } from './seen';
import { enter, originOf, recordRun, type TakenStep, type TapeSource, typeOfData } from './tape';
import { mayDependOnTraining } from './trainingMode';
import { valuesOf } from './values';

/** What an input is to be: named, or in the order of the model's inputs. `null` stands for the batch. */
export interface GivenInput {
  readonly name?: string;
  readonly shape: readonly (number | null)[];
  readonly dtype?: TapeDType;
}

export interface RecordOptions {
  /** What stands for a first dimension that is open. */
  readonly batch: number;
  /** Shapes for what a model leaves open, and for every argument of a function. */
  readonly inputs?: readonly GivenInput[];
  /** Told to the layers' `call`: custom ones may do something else in training. */
  readonly training?: boolean;
  /** Instead of the target's own. */
  readonly name?: string;
}

/** A model, a layer, or a function of tensors. */
// biome-ignore lint/suspicious/noExplicitAny: the user's functions take what they take
export type RecordTarget = Layer | ((...inputs: any[]) => unknown);

const mostConstants = 1 << 21;

/**
 * The tape of a model, or the shapes that it leaves open.
 * @throws ValueNotKnown, KernelNotRead, TapeTooLong, the library's own errors and those of the user's code
 */
export function record(target: RecordTarget, options: RecordOptions): GuestOutcome {
  const name = options.name ?? target.name;
  const wanted = inputsOf(target, options);
  const settled = wanted.map((input) => ({
    ...input,
    shape: input.shape.map((size, dim) => (dim === 0 ? (size ?? options.batch) : size)),
  }));
  if (settled.some(({ shape }) => shape.includes(null))) return { kind: 'open-shapes', inputs: wanted };
  const inputs = settled.map(({ shape, dtype }) => placeholder(shape as number[], dtype));
  let outputs: readonly (readonly [string, Tensor])[] = [];
  const run = recordRun(target, () => {
    outputs = nameOutputs(target, callTarget(target, inputs, options.training ?? false));
  });
  return tapeOf({
    name,
    target,
    inputs: settled.map((input, index) => [input.name, inputs[index] as Tensor] as const),
    outputs,
    steps: run.steps,
    begun: run.begun,
    customGradients: [...run.customGradients],
    declared: declaredShapes(target, wanted),
  });
}

/** What is given in the place of an open size stays open. */
const declaredShapes = (target: RecordTarget, wanted: readonly InputShape[]): (readonly (number | null)[])[] =>
  target instanceof Container ? target.inputs.map(({ shape }) => shape) : wanted.map(({ shape }) => shape);

function placeholder(shape: number[], dtype: TapeDType): Tensor {
  const dataId: DataId = {};
  enter(dataId, { shape, dtype }, null);
  return engine().makeTensorFromTensorInfo({ dataId, shape, dtype });
}

function inputsOf(target: RecordTarget, { inputs = [] }: RecordOptions): InputShape[] {
  if (target instanceof Container) {
    // A sequential model without a layer says so itself.
    if (!target.inputs) (target as never as { build: () => void }).build();
    return target.inputs.map((symbolic, index) => {
      const name = target.inputNames[index] ?? symbolic.name;
      const given =
        inputs.find((input) => input.name === name) ?? (inputs[index]?.name === undefined ? inputs[index] : undefined);
      return {
        name,
        shape: given?.shape ?? symbolic.shape,
        dtype: given?.dtype ?? (symbolic.dtype as TapeDType),
      };
    });
  }
  return inputs.map(({ name, shape, dtype }, index) => ({
    name: name ?? `x${index}`,
    shape,
    dtype: dtype ?? 'float32',
  }));
}

function callTarget(target: RecordTarget, inputs: readonly Tensor[], training: boolean): unknown {
  if (target instanceof Layer)
    return target.apply(inputs.length === 1 ? (inputs[0] as Tensor) : [...inputs], { training });
  return target(...inputs);
}

/** Whatever a model returned, as tensors with names. */
function nameOutputs(target: RecordTarget, returned: unknown): (readonly [string, Tensor])[] {
  const names = target instanceof Container ? target.outputNames : [];
  const found: (readonly [string, Tensor])[] = [];
  const walk = (value: unknown, name: string, depth: number): void => {
    if (value instanceof TensorClass) found.push([names[found.length] ?? name, value]);
    else if (typeof value === 'object' && value !== null && depth < 8) {
      for (const [key, each] of Object.entries(value)) walk(each, name === '' ? key : `${name}.${key}`, depth + 1);
    }
  };
  walk(returned, '', 0);
  if (found.length === 0) throw new TypeError(phrase('noTensor'));
  return found.length === 1 ? found.map(([name, tensor]) => [name === '' ? 'output' : name, tensor] as const) : found;
}

interface Run {
  readonly name: string;
  readonly target: RecordTarget;
  readonly inputs: readonly (readonly [string, Tensor])[];
  readonly outputs: readonly (readonly [string, Tensor])[];
  readonly steps: readonly TakenStep[];
  readonly begun: ReadonlyMap<Variable, DataId>;
  readonly customGradients: readonly string[];
  readonly declared: readonly (readonly (number | null)[])[];
}

const sourceOf = (tensor: Tensor): TapeSource => (tensor instanceof Variable ? tensor : (tensor.dataId as DataId));

/** Steps on which the outputs depend, and what they read that no step of the run made. */
function neededSteps(
  steps: readonly TakenStep[],
  outputs: readonly TapeSource[],
): { kept: TakenStep[]; outside: Set<TapeSource> } {
  const wanted = new Set<TapeSource>(outputs);
  const kept: TakenStep[] = [];
  for (const step of [...steps].reverse()) {
    if (!step.outputs.some((id) => wanted.has(id))) continue;
    kept.push(step);
    for (const id of step.outputs) wanted.delete(id);
    for (const [, source] of step.inputs) wanted.add(source);
  }
  return { kept: kept.reverse(), outside: wanted };
}

function tapeOf(run: Run): GuestOutcome {
  const tensors: TapeTensor[] = [];
  const ids = new Map<TapeSource, TensorId>();
  const idOf = (source: TapeSource): TensorId => {
    const found = ids.get(source);
    if (found !== undefined) return found;
    const shape = source instanceof Variable ? source : typeOfData(source);
    if (!shape) throw new TypeError(phrase('otherBackend'));
    ids.set(source, tensors.length);
    return tensors.push({ shape: [...shape.shape], dtype: shape.dtype as TapeDType }) - 1;
  };
  const inputs: NamedTapeTensor[] = run.inputs.map(([name, tensor]) => ({ name, tensor: idOf(sourceOf(tensor)) }));
  const { kept, outside } = neededSteps(
    run.steps,
    run.outputs.map(([, tensor]) => sourceOf(tensor)),
  );
  for (const [, tensor] of run.inputs) outside.delete(sourceOf(tensor));

  const variables = variablesOf(run.target, kept, outside);
  const constants: TapeConstant[] = [];
  const setup: TapeStep[] = [];
  const making = maker(idOf, constants, setup);
  const weights: TapeWeight[] = variables.map(({ variable, path, trainable }) => {
    const initial = run.begun.get(variable) ?? (variable.dataId as DataId);
    making(initial);
    return { tensor: idOf(variable), name: variable.name, path, trainable, initial: idOf(initial) };
  });
  for (const source of outside) if (!(source instanceof Variable)) making(source);
  const { target } = run;
  const seen = collectSeen(run);
  const trainable = weights.filter((weight) => weight.trainable);
  const elements = (list: readonly TapeWeight[]) =>
    list.reduce((sum, { tensor }) => sum + (tensors[tensor] as TapeTensor).shape.reduce((a, b) => a * b, 1), 0);
  return {
    kind: 'tape',
    name: run.name,
    inputs,
    outputs: run.outputs.map(([name, tensor]) => ({ name, tensor: idOf(sourceOf(tensor)) })),
    steps: kept.map((step) => stepOf(step, idOf)),
    setup,
    constants,
    weights,
    layers: target instanceof Layer ? summary(target, '') : [],
    parameters: { total: elements(weights), trainable: elements(trainable) },
    customGradients: run.customGradients,
    mayDependOnTraining: target instanceof Layer && mayDependOnTraining(target),
    tensors,
    ...(seen && { seen }),
  };
}

const stepOf = (step: TakenStep, idOf: (source: TapeSource) => TensorId): TapeStep => ({
  kind: step.kind,
  name: step.name,
  inputs: step.inputs.map(([key, source]) => [key, idOf(source)] as const),
  outputs: step.outputs.map(idOf),
  attributes: step.attributes,
  path: step.path,
  call: step.call,
  ...(step.at === undefined ? {} : { at: step.at }),
});

/** Enters a tensor that was there before the run: its values where they are known, or the steps that made it. */
function maker(
  idOf: (source: TapeSource) => TensorId,
  constants: TapeConstant[],
  setup: TapeStep[],
): (id: DataId) => void {
  const entered = new Set<object>();
  let elements = 0;
  const enterOne = (id: DataId): void => {
    const stack: { id: DataId; ready: boolean }[] = [{ id, ready: false }];
    for (let top = stack.pop(); top; top = stack.pop()) {
      const origin = originOf(top.id);
      if (top.ready && origin) {
        if (!entered.has(origin.step)) {
          entered.add(origin.step);
          setup.push(stepOf(stepBeforeRun(origin.step), idOf));
        }
        continue;
      }
      if (entered.has(top.id)) continue;
      entered.add(top.id);
      // A large tensor of one value says how it was filled, which is shorter.
      const filled = origin?.step.name === 'Fill';
      const values = filled ? undefined : valuesOf(top.id);
      if (values !== undefined) {
        elements += values.length;
        if (elements > mostConstants) {
          throw new KernelNotRead('tensor', phrase('tooManyValues', String(mostConstants)));
        }
        constants.push({ tensor: idOf(top.id), values: plainNumbers(values as ArrayLike<number>) });
      } else if (origin) {
        stack.push({ id: top.id, ready: true });
        for (const id of origin.step.held) stack.push({ id, ready: false });
      } else {
        throw new KernelNotRead('tensor', phrase('otherRun'));
      }
    }
  };
  return enterOne;
}

/** What a weight was made of is what others held then, not the weights themselves. */
const stepBeforeRun = (step: TakenStep): TakenStep => ({
  ...step,
  inputs: step.inputs.map(([name], index) => [name, step.held[index] as DataId]),
});

const plainNumbers = (values: ArrayLike<number>): (number | string)[] =>
  Array.from(values, (value) => (Number.isFinite(value) ? value : String(value)));

interface HeldVariable {
  readonly variable: Variable;
  readonly path: string;
  readonly trainable: boolean;
}

const joinPath = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`);

// biome-ignore lint/suspicious/noExplicitAny: wrappers keep their layers in fields of their own
const innerLayers = (layer: any): Layer[] => {
  if (layer instanceof Container) return layer.layers;
  if (layer instanceof Bidirectional)
    return [(layer as never as Wings).forwardLayer, (layer as never as Wings).backwardLayer];
  if (layer instanceof RNN) return cellsOf(layer).filter((cell) => constructionOf(cell) !== undefined);
  return layer instanceof Wrapper ? [layer.layer] : [];
};

interface Wings {
  readonly forwardLayer: Layer;
  readonly backwardLayer: Layer;
}

/** The model's own variables in its order, then others that take part, in the order of their making. */
function variablesOf(
  target: RecordTarget,
  steps: readonly TakenStep[],
  outside: ReadonlySet<TapeSource>,
): HeldVariable[] {
  const paths = new Map<Variable, string>();
  const held: HeldVariable[] = [];
  const heldBy = (variable: LayerVariable) => variable.read() as Variable;
  if (target instanceof Layer) {
    const walk = (layer: Layer, path: string): void => {
      for (const inner of innerLayers(layer)) walk(inner, joinPath(path, inner.name));
      for (const variable of layer.weights) {
        if (!paths.has(heldBy(variable))) paths.set(heldBy(variable), path);
      }
    };
    walk(target, '');
    const trained = new Set(target.trainableWeights.map(heldBy));
    for (const variable of target.weights.map(heldBy)) {
      held.push({ variable, path: paths.get(variable) ?? '', trainable: trained.has(variable) });
    }
  }
  const own = new Set(held.map(({ variable }) => variable));
  const others = [...outside].filter((source) => source instanceof Variable && !own.has(source)) as Variable[];
  for (const variable of others.sort((a, b) => a.id - b.id)) {
    const user = steps.find((step) => step.inputs.some(([, source]) => source === variable));
    // What `fit` trains is what the model has for its own.
    const trainable = !(target instanceof Container) && variable.trainable;
    held.push({ variable, path: user?.path ?? '', trainable });
  }
  return held;
}

/** A model and its layers by their paths, and those that ran besides. */
function pathsOf(target: RecordTarget, runs: readonly LayerRun[]): Map<Layer, string> {
  const paths = new Map<Layer, string>();
  const walk = (layer: Layer, path: string): void => {
    for (const inner of innerLayers(layer)) {
      const own = joinPath(path, inner.name);
      if (!paths.has(inner)) paths.set(inner, own);
      walk(inner, own);
    }
  };
  if (target instanceof Layer) {
    paths.set(target, '');
    walk(target, '');
  }
  for (const { layer, path } of runs) if (layer instanceof Layer && !paths.has(layer)) paths.set(layer, path);
  return paths;
}

function collectSeen({ target, declared }: Run): Seen | undefined {
  const found = seenSoFar();
  if (!found) return undefined;
  const paths = pathsOf(target, found.runs);
  return {
    declared,
    layers: [...paths].map(([layer, path]): SeenLayer => {
      const { className, parameters, at } = summaryOf(layer, path);
      const uses = [...(found.uses.get(layer) ?? [])];
      const isModel = layer instanceof Container;
      return { path, isModel, className, parameters, ...(at !== undefined && { at }), uses };
    }),
    runs: found.runs.flatMap(({ layer, path, call, at, inputs, outputs }): SeenRun | readonly never[] => {
      const own = layer instanceof Layer ? paths.get(layer) : undefined;
      if (own === undefined) return [];
      return { path: own, step: { path, call }, ...(at !== undefined && { at }), inputs, outputs };
    }),
    calls: found.calls,
  };
}

function summary(target: Layer, path: string): LayerSummary[] {
  const own = path === '' && !(target instanceof Container) ? [summaryOf(target, target.name)] : [];
  const inside = innerLayers(target).flatMap((layer) => {
    const own = joinPath(path, layer.name);
    return [summaryOf(layer, own), ...summary(layer, own)];
  });
  return [...own, ...inside];
}

function summaryOf(layer: Layer, path: string): LayerSummary {
  const at = constructionOf(layer);
  const { activation } = layer as { activation?: { getClassName?: () => string } };
  return {
    path,
    className: layer.getClassName(),
    outputShape: shapeOf(layer),
    // The parts of a wrapper are built by it, and not marked so.
    parameters: layer.weights.reduce((sum, { shape }) => sum + util.sizeFromShape(shape as number[]), 0),
    ...(typeof activation?.getClassName === 'function' ? { activation: activation.getClassName() } : {}),
    ...(at === undefined ? {} : { at }),
  };
}

function shapeOf(layer: Layer): (number | null)[] | null {
  if (layer.inboundNodes.length === 0) return null;
  const shapes = new Set(layer.inboundNodes.map((node) => JSON.stringify(node.outputShapes)));
  const [first] = layer.inboundNodes[0]?.outputShapes ?? [];
  return shapes.size === 1 && layer.inboundNodes[0]?.outputShapes.length === 1 && Array.isArray(first)
    ? [...(first as (number | null)[])]
    : null;
}
