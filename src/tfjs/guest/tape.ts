/**
 * How every tensor came about. A tensor's data is its `DataId`, an object that stands for bytes which nobody has; what a
 * kernel returned knows the step that made it, whether a run is being recorded or not: the first value of a weight is
 * made before the run.
 */
import { type DataId, engine, type Tensor, Variable } from '@tensorflow/tfjs-core';
import type { StepKind, TapeAttribute, TapeDType } from '../outcome';
import { phrase } from './phrases';
import { noteFailure, surroundings } from './places';
import { TapeTooLong } from './problems';
import { noteRun } from './seen';

/** What a step reads: a variable as itself, whatever it holds, everything else by its data. */
export type TapeSource = DataId | Variable;

export interface Shaped {
  readonly shape: number[];
  readonly dtype: TapeDType;
}

export interface TakenStep {
  readonly kind: StepKind;
  readonly name: string;
  readonly inputs: readonly (readonly [string, TapeSource])[];
  /** The data of the inputs when it was taken: a variable's may be others since. */
  readonly held: readonly DataId[];
  readonly attributes: readonly (readonly [string, TapeAttribute])[];
  readonly outputs: readonly DataId[];
  readonly path: string;
  readonly call: number;
  readonly at: string | undefined;
}

/** Values of a tensor that was given some: typed arrays, or bytes of strings. */
export type TensorValues = ArrayLike<number> | readonly Uint8Array[];

interface TapeOrigin {
  readonly step: TakenStep;
  readonly index: number;
}

const origins = new WeakMap<DataId, TapeOrigin>();
const shapes = new WeakMap<DataId, Shaped>();
const known = new WeakMap<DataId, TensorValues>();

export const originOf = (id: DataId): TapeOrigin | undefined => origins.get(id);
export const typeOfData = (id: DataId): Shaped | undefined => shapes.get(id);
export const valuesGiven = (id: DataId): TensorValues | undefined => known.get(id);

/** Notes what a tensor was made with; without values it is one that only data would fill. */
export function enter(id: DataId, shaped: Shaped, values: TensorValues | null): void {
  shapes.set(id, shaped);
  if (values !== null) known.set(id, values);
}

/** One run that is being recorded. */
export interface Recording {
  readonly steps: TakenStep[];
  readonly customGradients: Set<string>;
  /** What each variable held before the run, or when the run first met it. */
  readonly begun: Map<Variable, DataId>;
  /** What stands for the values that variables were given in the run. */
  readonly written: Map<DataId, DataId>;
  /** How often each path has run. */
  readonly calls: Map<string, number>;
}

/** Layers that are running, outermost first. */
interface LayerFrame {
  readonly layer: object;
  readonly path: string;
  readonly call: number;
}

let recording: Recording | undefined;
let frames: LayerFrame[] = [];

const mostSteps = 100_000;

export const isRecording = (): boolean => recording !== undefined;

/** Runs `body` and returns the steps that it took, in order. */
export function recordRun(root: object, body: () => void): Recording {
  const variables = Object.values(engine().registeredVariables);
  const begun = new Map(variables.map((each) => [each, each.dataId as DataId]));
  const run: Recording = { steps: [], customGradients: new Set(), begun, written: new Map(), calls: new Map() };
  const before = [recording, frames] as const;
  recording = run;
  frames = [{ layer: root, path: '', call: 0 }];
  try {
    body();
  } finally {
    [recording, frames] = before;
  }
  return run;
}

/**
 * Runs `body` as part of a layer, so that what it does goes by the layer's path.
 * @param inputs what the layer is given
 */
export function runInLayer<T>(layer: { readonly name: string }, inputs: unknown, body: () => T): T {
  const above = frames[frames.length - 1];
  if (!recording || !above || above.layer === layer) return body();
  const path = above.path === '' ? layer.name : `${above.path}/${layer.name}`;
  const call = recording.calls.get(path) ?? 0;
  recording.calls.set(path, call + 1);
  const frame = { layer, path, call };
  frames.push(frame);
  try {
    return noteRun(frame, inputs, body);
  } catch (error) {
    noteFailure(layer, error);
    throw error;
  } finally {
    frames.pop();
  }
}

/** Says that a gradient of the user's own stands around what follows. */
export function noteCustomGradient(): void {
  recording?.customGradients.add(surroundings.placeHere() ?? '');
}

function attributeOf(value: unknown): TapeAttribute | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return Array.from(value as ArrayLike<unknown>, (each) => attributeOf(each) ?? null);
  }
  return undefined;
}

/** What a step reads: a variable that the run itself has given a value is that value. */
function sourceOf(tensor: Pick<Tensor, 'dataId'>): TapeSource {
  const id = tensor.dataId as DataId;
  if (!(tensor instanceof Variable)) return id;
  if (!recording) return tensor;
  const { begun, written } = recording;
  if (!begun.has(tensor)) begun.set(tensor, id);
  if (begun.get(tensor) === id) return tensor;
  let value = written.get(id);
  if (value === undefined) {
    const { shape, dtype } = tensor;
    // It may have been given what another variable began with, whose data is then its own.
    const source = [...begun].find(([other, data]) => data === id && other !== tensor)?.[0] ?? id;
    const inputs = [{ key: 'x', source, data: id }];
    value = enterStep('kernel', 'Written', inputs, {}, [{ shape, dtype: dtype as TapeDType }])[0]?.dataId ?? id;
    written.set(id, value);
  }
  return value;
}

interface TakenOutput {
  dataId: DataId;
  shape: number[];
  dtype: TapeDType;
}

/**
 * A step that was taken: what it returns has no data, and knows where it came from.
 * @throws TapeTooLong
 */
export function take(
  kind: StepKind,
  name: string,
  inputs: readonly (readonly [string, Pick<Tensor, 'dataId'>])[],
  attributes: Readonly<Record<string, unknown>>,
  outputs: readonly Shaped[],
): TakenOutput[] {
  const read = inputs.map(([key, tensor]) => ({ key, source: sourceOf(tensor), data: tensor.dataId as DataId }));
  return enterStep(kind, name, read, attributes, outputs);
}

function enterStep(
  kind: StepKind,
  name: string,
  inputs: readonly { readonly key: string; readonly source: TapeSource; readonly data: DataId }[],
  attributes: Readonly<Record<string, unknown>>,
  outputs: readonly Shaped[],
): TakenOutput[] {
  const frame = frames[frames.length - 1];
  const infos = outputs.map(({ shape, dtype }) => {
    const dataId: DataId = {};
    enter(dataId, { shape, dtype }, null);
    return { dataId, shape, dtype };
  });
  const step: TakenStep = {
    kind,
    name,
    inputs: inputs.map(({ key, source }) => [key, source] as const),
    held: inputs.map(({ data }) => data),
    attributes: Object.entries(attributes).flatMap(([key, value]) => {
      const plain = attributeOf(value);
      return plain === undefined ? [] : [[key, plain] as const];
    }),
    outputs: infos.map(({ dataId }) => dataId),
    path: frame?.path ?? '',
    call: frame?.call ?? 0,
    at: surroundings.placeHere(),
  };
  infos.forEach(({ dataId }, index) => {
    origins.set(dataId, { step, index });
  });
  if (recording) {
    if (recording.steps.length >= mostSteps) {
      throw new TapeTooLong(phrase('tooManySteps', String(mostSteps)));
    }
    recording.steps.push(step);
  }
  return infos;
}

/** The same, as tensors: what stands for a whole layer or activation. */
export function takeTensors(
  kind: StepKind,
  name: string,
  inputs: readonly (readonly [string, Tensor])[],
  attributes: Readonly<Record<string, unknown>>,
  outputs: readonly Shaped[],
): Tensor[] {
  return take(kind, name, inputs, attributes, outputs).map((info) => engine().makeTensorFromTensorInfo(info));
}
