/** Models: what they are made of, and the losses that they are compiled with. */
import type { Code } from './code';
import { applyLayer, opaque, settingOf } from './layers';
import type { ScriptRun } from './run';
import {
  chooseOf,
  numberOf,
  possibilities,
  type ScriptArgument,
  type ScriptValue,
  type TfjsLayer,
  type TfjsModel,
  type TfjsResult,
  textOf,
  unknown,
} from './values';

/** `tf.sequential({layers: […]})` */
export function buildSequential(run: ScriptRun, args: readonly ScriptArgument[], at: Code): TfjsModel {
  const model: TfjsModel = { kind: 'model', id: run.newId() };
  const config = args[0]?.value;
  run.memory.fill(model.id, { items: [] });
  if (config?.kind === 'unknown' || config?.kind === 'choice') run.memory.fill(model.id, { items: [unknown] });
  const layers = config?.kind === 'object' ? run.memory.contents(config.id).properties.get('layers')?.value : undefined;
  if (layers?.kind === 'array') for (const layer of run.memory.contents(layers.id).items) addTo(run, model, layer, at);
  else if (layers) run.memory.fill(model.id, { items: [unknown] });
  return model;
}

/** `tf.model({inputs, outputs})` */
export function buildFunctional(run: ScriptRun, args: readonly ScriptArgument[]): TfjsModel {
  const model: TfjsModel = { kind: 'model', id: run.newId() };
  const config = args[0]?.value;
  const outputs =
    config?.kind === 'object' ? run.memory.contents(config.id).properties.get('outputs')?.value : undefined;
  const items = outputs?.kind === 'array' ? run.memory.contents(outputs.id).items : [outputs ?? unknown];
  for (const item of items) run.use(item);
  run.memory.fill(model.id, { items });
  return model;
}

/** What a model gives: one value, or one for each output. */
export function outputsOf(run: ScriptRun, model: TfjsModel): readonly ScriptValue[] {
  return run.memory.contents(model.id).items;
}

function addTo(run: ScriptRun, model: TfjsModel, added: ScriptValue, at: Code): void {
  const items = outputsOf(run, model);
  const isFirst = items.length === 0;
  const all = possibilities(added);
  const addOne = (each: ScriptValue): ScriptValue => {
    const before = isFirst ? inputOf(run, each, at) : chooseOf(items);
    if (each.kind === 'layer') return applyLayer(run, each, before, at);
    if (each.kind === 'model') return runModel(run, each, [before], at);
    return opaque(run, [before], at);
  };
  run.memory.fill(model.id, { items: [run.choosing(all, () => chooseOf(all.map(addOne)))] });
}

/** What goes into the first layer of a model. */
function inputOf(run: ScriptRun, layer: ScriptValue, at: Code): ScriptValue {
  const shape = layer.kind === 'layer' ? inputShapeOf(run, layer) : undefined;
  return run.record({ op: 'input', inputs: [], form: 'function', at, layer: undefined, ...(shape && { shape }) });
}

function inputShapeOf(run: ScriptRun, layer: TfjsLayer): readonly (number | undefined)[] | undefined {
  const inputDim = settingOf(layer, 'inputDim');
  if (inputDim && layer.type === 'dense') return [numberOf(inputDim)];
  const whole = settingOf(layer, 'batchInputShape');
  if (whole) return shapeOf(run, whole)?.slice(1);
  return shapeOf(run, settingOf(layer, 'inputShape'));
}

export function shapeOf(run: ScriptRun, value: ScriptValue | undefined): readonly (number | undefined)[] | undefined {
  if (value?.kind !== 'array') return undefined;
  const { items } = run.memory.contents(value.id);
  return items.some((each) => each.kind === 'unknown' && each.isMany) ? undefined : items.map(numberOf);
}

/** A model run as a whole. */
function runModel(run: ScriptRun, model: TfjsModel, inputs: readonly ScriptValue[], at: Code): TfjsResult {
  const outputs = outputsOf(run, model);
  const output = outputs.length === 1 ? outputs[0] : undefined;
  return run.record({
    op: output ? 'model' : '?',
    inputs,
    form: 'function',
    at,
    layer: undefined,
    ...(output && { output }),
  });
}

export function callModel(
  run: ScriptRun,
  model: TfjsModel,
  name: string,
  args: readonly ScriptArgument[],
  at: Code,
): ScriptValue {
  const [first] = args;
  switch (name) {
    case 'add':
      if (first) addTo(run, model, first.value, at);
      return unknown;
    case 'getLayer':
      for (const output of outputsOf(run, model)) useAll(run, output);
      return unknown;
    case 'pop':
      run.memory.fill(model.id, { items: [unknown] });
      return unknown;
    case 'compile':
      if (first) compile(run, model, first.value, at);
      return unknown;
    case 'apply':
    case 'predict':
    case 'predictOnBatch':
    case 'call':
      return runModel(run, model, first ? [first.value] : [], at);
    default:
      return unknown;
  }
}

/** Any layer of a model may be used by itself. */
function useAll(run: ScriptRun, output: ScriptValue, known = new Set<ScriptValue>()): void {
  for (const each of possibilities(output)) {
    if (each.kind !== 'result' || known.has(each)) continue;
    known.add(each);
    run.use(each);
    for (const input of each.inputs) useAll(run, input, known);
  }
}

function compile(run: ScriptRun, model: TfjsModel, config: ScriptValue, at: Code): void {
  const property = config.kind === 'object' ? run.memory.contents(config.id).properties.get('loss') : undefined;
  const outputs = outputsOf(run, model);
  if (!property) return;
  const { value: loss } = property;
  if (loss.kind === 'array') {
    const losses = run.memory.contents(loss.id).items;
    if (losses.length === outputs.length)
      for (const [index, output] of outputs.entries())
        noteSetting(run, losses[index] ?? unknown, output, placeIn(property.at, index));
  } else if (loss.kind === 'object') {
    for (const [name, each] of run.memory.contents(loss.id).properties) {
      const output = outputs.find((one) => one.kind === 'result' && layerName(one) === name);
      if (output) noteSetting(run, each.value, output, each.at);
    }
  } else for (const output of outputs) noteSetting(run, loss, output, property.at ?? at);
}

/** An element of an array that is written out; else the whole. */
function placeIn(code: Code, index: number): Code {
  return (code.type === 'array' ? code.children[index] : undefined) ?? code;
}

function layerName({ layer }: TfjsResult): string | undefined {
  return layer && textOf(settingOf(layer, 'name'));
}

/** The names of losses of `tf.metrics` and `tf.losses` that have others. */
const synonyms: Readonly<Record<string, string>> = { mse: 'meanSquaredError', MSE: 'meanSquaredError' };

export function lossNamed(name: string): string {
  return synonyms[name] ?? name;
}

function noteSetting(run: ScriptRun, loss: ScriptValue, output: ScriptValue, at: Code): void {
  if (loss.kind === 'function') {
    // A function of the file's computes it of the target and of what the model gives.
    const given: readonly ScriptArgument[] = [unknown, output].map((value) => ({ value, at }));
    run.inline(loss, given);
    return;
  }
  const names = possibilities(loss).map((each) => {
    if (each.kind === 'library') return /^tf\.(?:losses\.|metrics\.)?(\w+)$/.exec(each.name)?.[1];
    return textOf(each);
  });
  const known = names.filter((each) => each !== undefined).map(lossNamed);
  if (known.length === names.length) run.noteLoss({ losses: known, form: 'setting', at, of: output });
}
