/** Guesses of what a model takes, by how `forward` uses it, by what is written of it, and by the model's settings. */

import { itemAt } from '../graph/access';
import { say } from '../language/say';
import type { Eval } from '../python/natives/context';
import { ExtractionError } from '../python/natives/errors';
import type { Interpreter } from '../python/run/interpreter';
import type { ParameterNode, Program } from '../python/syntax/ast';
import type { Scope } from '../python/values/scope';
import { type PyInstance, PythonError } from '../python/values/values';
import { BesideInputs, list } from './beside';
import type { FedInput } from './calls';
import { demandOf, layerKind, modulesOf, numberOf } from './demands';
import { forwardOf, type InputGuess, type InputOrigin } from './guess';
import { holdsOthers, isObject, isVague, learnHeld, learnName, stagesOf } from './held';
import { imagesNamed } from './imageSizes';
import { dimensionsInAnnotation, dimensionsInRemarks, remarkOfKey, remarksOf, typeInRemarks } from './remarks';
import { BATCH, imageInSettings, lengthsFor, sizesFor, sizesInData } from './settings';
import {
  companion,
  isList,
  isPerSample,
  isTold,
  learnDimensions,
  type Openings,
  plainValue,
  rankOf,
  type ShapeGuess,
  shapeOfUse,
} from './shapes';
import type { FeatureMismatch } from './solve';
import { formatInputSpecs, type TensorSpec, tensorsOf } from './spec';
import { type InputUse, newUse } from './use';
import { usesOf } from './uses';
import { tensorsIn } from './written';

/** Sorts of first layers that are tried. */
const MOST_SORTS = 2;
/** Lengths of token sequences that are tried after the likely ones. */
const LENGTHS = [8, 32, 64, 128, 256, 512, 1];

/** Lengths of other sequences, and numbers of points, that are tried where the likely ones are too few. */
const LONGER = [128, 1024];

/** What an input is by its main use, at a choice of what is left open. */
interface OpenShape extends Openings {
  /** How it was found, at a size. */
  readonly detail: (size: number | string) => string;
  readonly dimensions?: number;
  /** In place of the shape that the use gives. */
  readonly shape?: readonly number[];
  /** Dimensions that an error told otherwise. */
  readonly told?: ReadonlyMap<number, number>;
}

/** An input, by its place, with what it is used for. */
interface Main {
  readonly index: number;
  readonly use: InputUse;
}

export class Guesser {
  /** What `forward` takes, with the types that it is documented to take. */
  readonly parameters: readonly ParameterNode[];
  private readonly contents: BesideInputs;
  private found: readonly Main[] | undefined;

  constructor(
    private readonly ctx: Interpreter,
    private readonly program: Program,
    text: string,
    private readonly model: PyInstance,
    parameters: readonly ParameterNode[],
    /** What the text says of the model's inputs. */
    readonly uses: ReadonlyMap<string, InputUse>,
  ) {
    const code = forwardOf(ctx, model)?.code;
    const remarks = code ? remarksOf(program, text, code) : '';
    this.parameters = parameters.map((parameter) => {
      const use = uses.get(parameter.name);
      const documented =
        parameter.annotation === undefined && !use?.demand && !use?.integer
          ? typeInRemarks(remarks, parameter.name)
          : undefined;
      return documented === undefined ? parameter : { ...parameter, annotation: documented };
    });
    this.contents = new BesideInputs(ctx, model, this.parameters, uses);
    for (const { name, annotation } of parameters) {
      const use = this.uses.get(name);
      const dimensions = dimensionsInAnnotation(annotation) ?? dimensionsInRemarks(remarks, name);
      // `(B, num_queries, d_model)`: what the model has under such a name.
      const sizes = dimensions?.map((each, axis) => `${(axis > 0 ? numberOf(ctx, model, each) : undefined) ?? each}`);
      if (use && sizes) learnDimensions(use, sizes);
      for (const [key, each] of (use?.each ?? use)?.keys ?? []) {
        const said = remarkOfKey(remarks, key);
        if (said.dimensions) learnDimensions(each, said.dimensions);
        if (said.numbers !== undefined && !isTold(each)) each.numbers = said.numbers;
      }
      if (!use) continue;
      learnHeld(use, uses);
      learnName(name, use, parameters.length === 1);
    }
  }

  /** Tensors that the file makes, where they fit what the first input is used for. */
  *fromTensors(scope: Scope): Eval<InputGuess[]> {
    const main = this.mains()[0]?.use;
    const written = yield* tensorsIn(this.ctx, this.program, scope, main?.integer === true);
    const fed = written.filter(({ type }) => !main || fits(type, main));
    const [head] = fed;
    if (!head || this.parameters.some((each) => this.isPut(each))) return [];
    const variant = { size: 32, length: itemAt(lengthsFor(this.ctx, this.model), 0), rank: 2, detail: () => '' };
    const inputs = this.parameters.map((parameter, index): FedInput => {
      const use = this.uses.get(parameter.name);
      const isPlain = companion(parameter.name, head.type) === head.type && !(use && isTold(use));
      const own =
        index === 0
          ? head.type
          : isPlain
            ? (fed[index] ?? head).type
            : this.contents.valueOf(parameter, head.type, variant);
      return { name: parameter.name, value: own };
    });
    if (inputs.length === 0) inputs.push({ name: 'input', value: head.type });
    const detail = say('The input is that of {0} at line {1}, with a batch of {2}', head.call, head.line + 1, BATCH);
    return [{ inputs, origin: 'file', ownBatch: true, detail }];
  }

  /**
   * By the layers that the inputs go through first, then by those that the model registers first.
   * @param anyObject whether to make objects up of which the text only tells what they hold
   */
  fromUses(anyObject = false): InputGuess[] {
    const guesses: InputGuess[] = [];
    // What a dictionary holds under a key of which nothing is told would be made up, and so is an object's class.
    const vague = this.parameters.find(({ name }) => {
      const use = this.uses.get(name);
      return use && holdsOthers(use) && (isVague(name, use) || (isObject(use) && !anyObject));
    });
    if (vague) throw this.question(vague);
    for (const [sort, { index, use }] of this.mains().entries()) {
      for (const [tried, variant] of this.variants(use, sort === 0).entries()) {
        guesses.push(this.guess(index, use, variant, sort === 0 && tried === 0 ? 'first-layer' : 'solved'));
      }
    }
    const image = imageInSettings(this.ctx, this.model);
    if (image) {
      const inputs = this.names().map((name, index) => ({ name, value: index === 0 ? image : companion(name, image) }));
      const detail = say('The input is what the settings of the model name as its size');
      guesses.push({ inputs, origin: 'solved', detail });
    }
    return guesses;
  }

  /** What has to be given, in the form in which it is. */
  private question({ name }: ParameterNode): ExtractionError {
    const { index, use } = this.mains()[0] ?? { index: 0, use: newUse() };
    const [variant] = this.variants(use, true);
    const form =
      variant && formatInputSpecs(this.guess(index, use, variant, 'solved').inputs.map(({ value }) => value));
    const message = say('Nothing tells the shapes of what {0} holds; give them, in the form "{1}"', name, form ?? '');
    return new ExtractionError('needs-input', message, undefined);
  }

  private names(): string[] {
    return this.parameters.length > 0 ? this.parameters.map(({ name }) => name) : ['input'];
  }

  private isPut({ name }: ParameterNode): boolean {
    const use = this.uses.get(name);
    return use !== undefined && holdsOthers(use);
  }

  /** Inputs that tell most, and what they are used for. */
  private mains(): readonly Main[] {
    this.found ??= this.findMains();
    return this.found;
  }

  private findMains(): Main[] {
    const found: Main[] = [];
    const sorts = new Set<string>();
    const add = (index: number, use: InputUse): void => {
      const sort = `${use.integer === true} ${use.demand?.rank}`;
      if (sorts.has(sort) || found.length === MOST_SORTS) return;
      sorts.add(sort);
      found.push({ index, use });
    };
    const told = this.parameters.findIndex((each) => {
      const use = this.uses.get(each.name);
      return use !== undefined && isTold(use) && !plainValue(each, use);
    });
    // Without a parameter of its own, `*args` is what comes in.
    const main = this.parameters.length === 0 ? 'input' : this.parameters[told]?.name;
    const use = main === undefined ? undefined : this.uses.get(main);
    if (use && isTold(use)) add(Math.max(0, told), use);
    // What comes after a change that could not be followed is a hint: an image is likely to have been one before.
    const [{ name: firstName } = { name: 'input' }] = this.parameters;
    const { hint } = this.uses.get(firstName) ?? {};
    const [firstParameter] = this.parameters;
    const holds = firstParameter ? this.isPut(firstParameter) : stagesOf(this.uses.get('input')).length > 0;
    if (hint && told < 0 && hint.space !== undefined && !holds) add(0, { ...newUse(), demand: hint });
    // Dictionaries and tuples tell by what they hold; what the model registers first says nothing of them.
    if (holds) {
      if (found.length === 0) add(0, newUse());
      return found;
    }
    for (const layer of modulesOf(this.ctx, this.model)) {
      const demand = demandOf(this.ctx, layer);
      const weighs = demand !== undefined && !(demand.passes && demand.sizes.size === 0);
      if (!weighs || /^(Layer|Group|RMS)Norm$/.test(layerKind(layer))) continue;
      add(Math.max(0, told), { ...newUse(), demand, layer, integer: demand.integer === true });
      if (found.length === MOST_SORTS) break;
    }
    return found;
  }

  private variants(use: InputUse, isFirst: boolean): OpenShape[] {
    const { ctx, model } = this;
    const { demand } = use;
    const lengths = lengthsFor(ctx, model);
    const length = itemAt(lengths, 0);
    const text = demand?.detail ?? use.hint?.detail;
    const how = (detail: string) =>
      isFirst
        ? say('The input is that of the first layer, {0}', detail)
        : say('The input is that of the first {0}', detail);
    const names = (use.names ?? []).filter(Boolean);
    const plain = (): string => {
      if (text !== undefined) return how(text);
      return names.length > 0
        ? say('The input has the dimensions that forward names: {0}', names)
        : say('The input is a guess by how forward uses it');
    };
    if (demand?.flat !== undefined)
      return flatShapes(demand.flat).map((shape) => ({ size: 32, length, rank: shape.length, shape, detail: plain }));
    if (use.integer === true) {
      const name = this.parameters.find((each) => this.uses.get(each.name) === use)?.name ?? '';
      // Beside other inputs a class is one for each sample.
      const isClass = this.parameters.length > 1 && use.rank === undefined && isPerSample(name);
      const classes: OpenShape[] = isClass ? [{ size: 32, length, rank: 1, shape: [BATCH], detail: plain }] : [];
      const sequences = [...new Set([...lengths, ...LENGTHS])].map((each) => ({
        size: 32,
        length: each,
        rank: 2,
        detail: plain,
      }));
      return [...classes, ...sequences];
    }
    const probe = shapeOfUse(ctx, model, use, { size: 32, length, rank: 2 });
    const dimensions = probe.open.filter((open) => open === 'size').length;
    if (dimensions > 0) {
      const channels = demand?.sizes.get(1);
      const sizes = sizesFor(ctx, model, use.layer, channels, dimensions, sizesInData(this.program));
      const named = dimensions === 2 ? imagesNamed(ctx) : [];
      const images = named.map(({ height, width }) => ({ size: height, ...(width !== height && { across: width }) }));
      return [...images, ...sizes.map((size) => ({ size }))].map(({ size, ...rest }) => ({
        size,
        ...rest,
        // What comes beside a signal is as long.
        length: dimensions === 1 ? size : length,
        rank: 4,
        dimensions,
        detail: (at: number | string) => (text === undefined ? plain() : how(say('{0}, at size {1}', text, at))),
      }));
    }
    if (rankOf(use) !== undefined) {
      const tried = [...new Set([...lengths, ...LONGER])];
      return tried.map((each) => ({ size: 32, length: each, rank: 2, detail: plain }));
    }
    const features = demand?.sizes.get(-1);
    const side = Math.sqrt(features ?? 0);
    const image =
      Number.isInteger(side) && side > 4
        ? [{ size: 32, length, rank: 4, shape: [BATCH, 1, side, side], detail: plain }]
        : [];
    if (!isTold(use) && [...this.uses.values()].some((each) => stagesOf(each).length > 1))
      return [true, false].map((halving) => ({ size: 32, length, rank: 2, halving, detail: plain }));
    // What has a mask or a sequence beside it is one.
    const isBeside = (other: InputUse | undefined) =>
      other !== undefined && other !== use && rankOf(other) === 3 && !other.demand?.sizes.has(0);
    const isSequence = this.parameters.some(({ name }) => /mask$/i.test(name) || isBeside(this.uses.get(name)));
    const ranks = demand?.sizes.has(1) ? [4, 3, 2] : isSequence ? [3, 2] : [2, 3];
    return [...ranks.map((rank) => ({ size: 32, length, rank, detail: plain })), ...image];
  }

  private guess(main: number, use: InputUse, variant: OpenShape, origin: InputOrigin): InputGuess {
    const found = this.shape(use, variant);
    const plain: TensorSpec = { dtype: found.integer ? 'int64' : 'float32', shape: found.shape };
    // That the input comes to the layer first that is registered first is a guess.
    const isOwn = [...this.uses.values()].includes(use);
    if (use.demand && isOwn) this.contents.told.add(plain);
    const holder = this.parameters[main];
    const open = { ...variant, main: this.uses.get(holder?.name ?? '') };
    const held = holder && this.isPut(holder) ? this.contents.valueOf(holder, plain, open) : undefined;
    // What comes beside a dictionary or an object comes beside the first that it holds.
    const first = (held && tensorsOf(held).find(({ shape }) => shape.length > 1)) ?? plain;
    const inputs = this.parameters.map((parameter, index): FedInput => {
      const value =
        index === main
          ? (held ?? (isList(parameter) ? list(first) : first))
          : this.contents.valueOf(parameter, first, open);
      return { name: parameter.name, value, ...(parameter.kind === 'keyword' && { keyword: true }) };
    });
    const { dimensions } = variant;
    const repair = (
      { found: was, wanted, meets = false }: FeatureMismatch,
      isLast: boolean,
    ): InputGuess | undefined => {
      const isFree = (at: number) =>
        found.open[at] !== 'size' && (isLast && !isOwn ? at > 0 : found.open[at] !== undefined);
      const { shape } = found;
      const channels = shape.length > 2 ? itemAt(shape, 1) : 0;
      const places = [...shape.keys()];
      const ways = [
        ...places.filter((at) => shape[at] === was && isFree(at)).map((at) => ({ axis: at, length: wanted })),
        // Channels that a layer told may be put together from several; those that nothing told may become several.
        ...(!meets && channels === was && wanted < was && was % wanted === 0 ? [{ axis: 1, length: wanted }] : []),
        ...(!meets && found.open[1] !== undefined && was > channels && was % channels === 0
          ? [{ axis: 1, length: (wanted * channels) / was }]
          : []),
        // What was made several times as wide on the way is as many times too wide.
        ...places
          .filter((at) => !meets && was % itemAt(shape, at) === 0 && found.open[at] !== 'length' && isFree(at))
          .map((at) => ({ axis: at, length: (wanted * itemAt(shape, at)) / was })),
      ];
      const way = ways.find(
        ({ axis, length }) => Number.isInteger(length) && length >= 1 && length <= 100_000 && length !== shape[axis],
      );
      if (!way) return undefined;
      const { axis, length } = way;
      const told = new Map([...(variant.told ?? []), [axis, length] as const]);
      return this.guess(main, use, { ...variant, told }, 'solved');
    };
    const stages = stagesOf(this.uses.get('input'));
    const all = stages.length > 0 ? this.contents.stages(stages, plain, open) : [first];
    // What `*args` takes.
    const fed =
      inputs.length > 0 ? inputs : all.map((value, at) => ({ name: at === 0 ? 'input' : `input${at}`, value }));
    return {
      inputs: fed,
      told: fed.flatMap(({ value }) => tensorsOf(value)).map((each) => this.contents.told.has(each)),
      origin,
      detail: variant.detail(variant.across === undefined ? variant.size : `${variant.size}×${variant.across}`),
      repair,
      ...(dimensions !== undefined && {
        scale: {
          size: variant.size,
          dimensions,
          at: (size: number, across?: number) =>
            this.guess(main, use, { ...variant, size, ...(across !== undefined && { across }) }, 'solved'),
        },
      }),
    };
  }

  private shape(use: InputUse, variant: OpenShape): ShapeGuess {
    const found = variant.shape
      ? { shape: variant.shape, integer: use.integer === true, open: variant.shape.map(() => undefined) }
      : shapeOfUse(this.ctx, this.model, use, variant);
    return { ...found, shape: found.shape.map((size, axis) => variant.told?.get(axis) ?? size) };
  }
}

/** Images and rows of as many elements as a layer takes flattened. */
function flatShapes(elements: number): number[][] {
  const shapes: number[][] = [];
  for (const channels of [1, 3]) {
    const side = Math.sqrt(elements / channels);
    if (Number.isInteger(side) && side > 4) shapes.push([BATCH, channels, side, side]);
  }
  return [...shapes, [BATCH, elements]];
}

/** Whether a tensor of the file can be what an input is used for. */
function fits({ dtype, shape }: TensorSpec, use: InputUse): boolean {
  if (use.integer === true) return dtype.startsWith('int');
  const { demand } = use;
  if (!demand || (demand.rank !== undefined && demand.rank !== shape.length))
    return !demand || demand.space !== undefined;
  return demand.space === undefined || demand.sizes.get(1) === undefined || shape[1] === demand.sizes.get(1);
}

/** What the text says of a model's inputs, or nothing where a property of the model can't be had. */
export function lookAtUses(ctx: Interpreter, model: PyInstance): ReadonlyMap<string, InputUse> {
  try {
    return usesOf(ctx, model);
  } catch (error) {
    if (error instanceof PythonError || error instanceof ExtractionError) return new Map();
    throw error;
  }
}
