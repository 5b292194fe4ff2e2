/** What models of transformers take: the library documents what its names of inputs hold, whichever model takes them. */

import { itemAt } from '../graph/access';
import { say } from '../language/say';
import type { Interpreter } from '../python/run/interpreter';
import type { ParameterNode } from '../python/syntax/ast';
import { PyInstance, PyList, PyTuple, type PyValue } from '../python/values/values';
import { layerKind, modulesOf } from './demands';
import { allParameters, type InputGuess } from './guess';
import { BATCH, lengthsFor } from './settings';
import type { TensorSpec } from './spec';

/** One second of sound, as its models sample it. */
const SECOND = 16_000;
/** Frames of features of sound, where nothing says how many. */
const FRAMES = 128;
/** The answers that a model of multiple choice is given. */
const CHOICES = 2;
const IMAGE_SIZE = 224;
/** What stands beside text where a model reads both. */
const BESIDE_TEXT = ['pixel_values', 'input_values', 'input_features'];
/** Settings of the parts that a model has for a kind of input. */
const PARTS = ['vision_config', 'audio_config', 'encoder'];

/** Ways to feed a model of transformers by what the library documents, the fullest first; none for other models. */
export function documentedInputs(ctx: Interpreter, model: PyInstance): InputGuess[] {
  if (!model.cls.mro.some(({ name }) => name === 'PreTrainedModel')) return [];
  const parameters = allParameters(ctx, model);
  const has = (name: string) => parameters.some((each) => each.name === name);
  const declared = ctx.lookup(model, 'main_input_name');
  const main = typeof declared === 'string' && has(declared) ? declared : parameters[0]?.name;
  if (main === undefined) return [];
  const needed = [main, ...parameters.filter(isNeeded).map(({ name }) => name)];
  if (has('decoder_input_ids')) needed.push('decoder_input_ids');
  const beside = main === 'input_ids' ? BESIDE_TEXT.filter(has) : has('input_ids') ? ['input_ids'] : [];
  const ways = beside.length > 0 ? [[...needed, ...beside], needed] : [needed];
  return ways.flatMap((names) => guessOf(ctx, model, [...new Set(names)]));
}

const isNeeded = ({ default: value }: ParameterNode): boolean => value === undefined;

function guessOf(ctx: Interpreter, model: PyInstance, names: readonly string[]): InputGuess[] {
  const inputs: { name: string; value: TensorSpec; keyword: true }[] = [];
  for (const name of names) {
    const value = specOf(ctx, model, name);
    if (!value) return [];
    inputs.push({ name, value, keyword: true });
  }
  const detail = say('The input is what transformers documents for {0}', names);
  return [{ inputs, origin: 'first-layer', detail }];
}

/** What an input of this name holds, where the model's settings tell its sizes. */
function specOf(ctx: Interpreter, model: PyInstance, name: string): TensorSpec | undefined {
  const float = (...shape: readonly number[]): TensorSpec => ({ dtype: 'float32', shape: [BATCH, ...shape] });
  const setting = (each: string) => numberIn(ctx, model, each);
  switch (name) {
    case 'input_ids':
    case 'decoder_input_ids': {
      const choices = model.cls.name.endsWith('ForMultipleChoice') ? [CHOICES] : [];
      return { dtype: 'int64', shape: [BATCH, ...choices, itemAt(lengthsFor(ctx, model), 0)] };
    }
    case 'pixel_values': {
      const channels = setting('num_channels') ?? firstChannels(ctx, model);
      if (channels === undefined) return undefined;
      const frames = setting('num_frames');
      const [height, width] = imageSize(ctx, model);
      return float(...(frames === undefined ? [] : [frames]), channels, height, width);
    }
    case 'input_values': {
      const bins = setting('num_mel_bins');
      const frames = setting('max_length');
      // Patches of a spectrogram, or the sound itself.
      return bins !== undefined && frames !== undefined ? float(frames, bins) : float(SECOND);
    }
    case 'input_features': {
      const bins = setting('num_mel_bins');
      const positions = setting('max_source_positions');
      // A convolution halves the length before there are positions.
      if (bins !== undefined && positions !== undefined) return float(bins, 2 * positions);
      const features = setting('input_feat_per_channel');
      return features === undefined ? undefined : float(FRAMES, features * (setting('input_channels') ?? 1));
    }
    default:
      return undefined;
  }
}

/** Channels that the first convolution of images takes. */
function firstChannels(ctx: Interpreter, model: PyInstance): number | undefined {
  const convolution = modulesOf(ctx, model).find((each) => /^Conv[23]d$/.test(layerKind(each)));
  return convolution === undefined ? undefined : sizeIn(ctx.lookup(convolution, 'in_channels'));
}

/** Settings of the model, and of its parts. */
function settingsOf(ctx: Interpreter, model: PyInstance): PyInstance[] {
  const config = ctx.lookup(model, 'config');
  if (!(config instanceof PyInstance)) return [];
  const parts = PARTS.map((name) => ctx.lookup(config, name));
  return [config, ...parts.filter((each) => each instanceof PyInstance)];
}

function imageSize(ctx: Interpreter, model: PyInstance): readonly [number, number] {
  for (const settings of settingsOf(ctx, model)) {
    const size = ctx.lookup(settings, 'image_size');
    const sides = size instanceof PyTuple || size instanceof PyList ? size.items.map(sizeIn) : [sizeIn(size)];
    const [height, width = height] = sides;
    if (height !== undefined && width !== undefined && sides.length <= 2) return [height, width];
  }
  return [IMAGE_SIZE, IMAGE_SIZE];
}

function numberIn(ctx: Interpreter, model: PyInstance, name: string): number | undefined {
  for (const settings of settingsOf(ctx, model)) {
    const value = sizeIn(ctx.lookup(settings, name));
    if (value !== undefined) return value;
  }
  return undefined;
}

const sizeIn = (value: PyValue | undefined): number | undefined =>
  typeof value === 'bigint' && value > 0n && value <= 100_000n ? Number(value) : undefined;
