/** Data that is made up on the spot to suit a model's input, so that training needs neither files nor a network. */

import { Random } from '../compare/random';
import { intAt, sizeAt } from '../graph/access';
import { elements } from '../graph/ops/rule';
import type { Graph, TensorType } from '../graph/types';
import { say } from '../language/say';
import { drawImage } from './channels';
import { batchOf, column, inputTypes, isInteger, rowsOf, sampleBytes, targetOf } from './columns';
import { type Column, type Dataset, mapInPlace, type Samples } from './dataset';
import { familyOf } from './family';
import { smoothFunction } from './functions';
import { phrases } from './phrases';
import { toReachableRange } from './range';
import { drawScene } from './shapes';
import { isOwnTarget, type Task } from './task';
import { drawWindow, maskTokens, partsOf, tokensOf } from './text';

export interface ProceduralOptions {
  /** Samples to train on, to choose by, and to be held out; rounded up to whole batches, two at least. */
  readonly train: number;
  readonly validation: number;
  readonly held: number;
  readonly seed: number;
  /** Of the file that is open: what models of characters learn. */
  readonly text?: string;
}

/** All samples together, in bytes. */
const most = 256 * 2 ** 20;
/** More classes than these aren't told apart by any family. */
const mostClasses = 10;

/** The sets of a dataset; each draws from a stream of its own. */
const setNames = ['train', 'held', 'validation'] as const;
type SetName = (typeof setNames)[number];

/** Writes the first input and the target of all samples of one set. */
type Fill = (input: Column, target: Column, random: Random, set: SetName) => void;

function textFill(graph: Graph, vocabulary: number, text: string | undefined, notes: string[]): Fill {
  const { ids, own } = tokensOf(text, Math.min(vocabulary, rowsOf(graph, 0)));
  if (!own) notes.push(say('The open file is too short to learn from: a built-in paragraph is used.'));
  return (input, _target, random, set) => {
    const length = elements(input.type.shape.slice(1));
    const parts = partsOf(ids.length, length);
    for (let at = 0; at < input.data.length; at += length) drawWindow(ids, parts[set], length, random, input.data, at);
  };
}

/** Phrases with few answers each, which a text would take too long to teach: what follows, or what is masked. */
function phrasesFill(graph: Graph, task: Extract<Task, { kind: 'nextToken' | 'maskedTokens' }>, seed: number): Fill {
  const known = Math.min(task.vocabulary, rowsOf(graph, 0));
  const mask = known - 1;
  const draw = phrases(task.kind === 'maskedTokens' ? Math.max(1, mask) : known, seed);
  return (input, target, random) => {
    const length = elements(input.type.shape.slice(1));
    const sequence = new Int32Array(length + 1);
    for (let n = 0; n < sizeAt(input.type.shape, 0); n++) {
      draw(length + 1, random, sequence);
      input.data.set(sequence.subarray(0, length), n * length);
      if (task.kind === 'nextToken') target.data[n] = intAt(sequence, length);
      else maskTokens(input.data, target.data, n * length, length, mask, random);
    }
  };
}

function sceneFill(graph: Graph, classes: number): Fill {
  return (input, target, random) => {
    const [image, map] = [input.type.shape.slice(1), target.type.shape.slice(1)];
    const [size, places] = [elements(image), elements(map)];
    const [pixels, labels] = [input.data as Float32Array, target.data as Int32Array];
    for (let n = 0; n < sizeAt(input.type.shape, 0); n++)
      drawImage(
        graph,
        image,
        (shape, into, at) => drawScene(classes, shape, map, random, into, at, labels, n * places),
        pixels,
        n * size,
      );
  };
}

/** Brings numbers of about mean 0 and deviation 1 to 0…1. */
const toShare = (x: number) => Math.max(0, Math.min(1, 0.5 + x / 5));

/** Scenes, and for each channel of the target whether things of its kind stand at a place. */
function maskFill(graph: Graph): Fill {
  return (input, target, random, set) => {
    const count = sizeAt(input.type.shape, 0);
    const shape = target.type.shape.slice(1);
    const isLast = graph.conventions === 'tensorflow';
    const places = shape.length === 2 ? shape : isLast ? shape.slice(0, 2) : shape.slice(-2);
    const size = elements(places);
    const kinds = elements(shape) / size;
    const labels = new Int32Array(count * size);
    const map = { type: { dtype: 'int64' as const, shape: [count, ...places] }, data: labels };
    sceneFill(graph, kinds + 1)(input, map, random, set);
    labels.forEach((label, i) => {
      if (label === 0) return;
      const [n, place] = [Math.floor(i / size), i % size];
      const at = isLast ? place * kinds + label - 1 : (label - 1) * size + place;
      target.data[n * size * kinds + at] = 1;
    });
  };
}

/** Samples with a label each; the label is the target only of a task that has classes. */
function labelledFill(graph: Graph, input: TensorType, classes: number, seed: number, labelled: boolean): Fill {
  const family = familyOf(graph, input, classes, seed);
  const size = elements(input.shape.slice(1));
  return (column, target, random) => {
    const count = sizeAt(column.type.shape, 0);
    const answers = elements(target.type.shape.slice(1));
    // Every class as often, in random order.
    const labels = random.shuffle(Array.from({ length: count }, (_, n) => n % classes));
    labels.forEach((label, n) => {
      family.draw(label, random, column.data, n * size);
      if (!labelled) return;
      // Several answers of yes or no to one sample: which of the classes it is.
      if (target.data instanceof Float32Array && answers > 1) target.data[n * answers + (label % answers)] = 1;
      else target.data.fill(label, n * answers, (n + 1) * answers);
    });
  };
}

function randomColumn(type: TensorType, count: number, rows: number, random: Random): Column {
  const made = column(type, count);
  for (let i = 0; i < made.data.length; i++)
    made.data[i] = type.dtype === 'bool' ? 1 : isInteger(type) ? random.integerBelow(rows) : random.normal();
  return made;
}

/**
 * Data for a model, the same for the same seed; training, validation and held-out samples are drawn from streams of their own.
 * @param graph whose inputs have the batch first
 * @param task what it is to be trained for
 * @returns inputs of about mean 0 and deviation 1, at most 256 MiB in all, every class as often
 */
export function proceduralData(graph: Graph, task: Task, options: ProceduralOptions): Dataset {
  const { seed } = options;
  const types = inputTypes(graph);
  const [first = { dtype: 'float32' as const, shape: [1] }, ...others] = types;
  const answer = targetOf(graph, task);
  const notes: string[] = [];
  const yes = task.kind === 'binary' ? elements(answer.shape.slice(1)) : 1;
  const labelled = task.kind === 'classes' || task.kind === 'binary' || task.kind === 'places';
  const wanted =
    task.kind === 'classes' || task.kind === 'places' ? task.classes : task.kind === 'binary' ? Math.max(2, yes) : 10;
  const classes = Math.max(1, Math.min(mostClasses, wanted));

  const images = !isInteger(first) && first.shape.length === 4;
  const scenes = task.kind === 'places' && images && answer.shape.length === 3;
  const masks = task.kind === 'binary' && images && answer.shape.length > 2;
  const follows = task.kind === 'numbers' || (task.kind === 'binary' && !masks && answer.shape.length > 2);
  const fillOf = (): Fill => {
    if (task.kind === 'tokens') return textFill(graph, task.vocabulary, options.text, notes);
    if (task.kind === 'nextToken' || task.kind === 'maskedTokens') return phrasesFill(graph, task, seed);
    if (scenes) return sceneFill(graph, classes);
    if (masks) return maskFill(graph);
    return labelledFill(graph, first, classes, seed, labelled && !follows);
  };
  const fill = fillOf();

  const batch = batchOf(graph);
  const bytes = sampleBytes(graph, task);
  const wholeBatches = (count: number) => Math.max(2, Math.ceil(count / batch)) * batch;
  const counts = {
    train: wholeBatches(options.train),
    validation: wholeBatches(options.validation),
    held: wholeBatches(options.held),
  };
  const { train } = counts;
  const share = Math.min(1, most / bytes / (train + counts.validation + counts.held));
  const fitToShare = (count: number) => (share < 1 ? Math.max(2, Math.floor((count * share) / batch)) * batch : count);
  if (fitToShare(train) < train)
    notes.push(
      say(
        'Samples of {0} KiB: {1} are trained on instead of {2}, so that all take {3} MiB at most.',
        Math.ceil(bytes / 1024),
        fitToShare(train),
        train,
        most / 2 ** 20,
      ),
    );
  if (others.length > 0) notes.push(say('Inputs other than the first are random.'));

  const make = (set: SetName): Samples => {
    const count = fitToShare(counts[set]);
    const random = new Random(setNames.length * seed + setNames.indexOf(set) + 1000);
    const input = column(first, count);
    const echo = { type: { dtype: first.dtype, shape: [count, ...answer.shape.slice(1)] }, data: input.data };
    const target = task.kind === 'tokens' ? input : isOwnTarget(task) ? echo : column(answer, count);
    fill(input, target, random, set);
    const rest = others.map((type, i) => {
      const rows = rowsOf(graph, i + 1);
      return randomColumn(type, count, Number.isFinite(rows) ? rows : 2, random);
    });
    return { count, inputs: [input, ...rest], target };
  };
  const sets = { train: make('train'), validation: make('validation'), held: make('held') };

  if (follows) {
    const [learnt] = sets.train.inputs;
    const follow = learnt && smoothFunction(learnt, answer, seed);
    for (const { inputs, target } of Object.values(sets)) if (inputs[0]) follow?.(inputs[0], target);
  }
  if (task.kind === 'numbers' || (task.kind === 'reconstruction' && !isInteger(first))) {
    const reach = task.kind === 'reconstruction' && task.entropy ? toShare : toReachableRange(graph);
    if (reach) for (const { target } of Object.values(sets)) mapInPlace(target, reach);
  }
  if (follows && task.kind === 'binary')
    for (const { target } of Object.values(sets)) mapInPlace(target, (value) => Number(value > 0));
  return {
    name: nameOf(graph, task, first, classes, seed),
    ...sets,
    ...((task.kind === 'classes' || (task.kind === 'binary' && !masks && !follows)) && { classes }),
    notes,
  };
}

function nameOf(graph: Graph, task: Task, input: TensorType, classes: number, seed: number): Dataset['name'] {
  if (task.kind === 'tokens') return 'text';
  if (task.kind === 'nextToken' || task.kind === 'maskedTokens') return 'phrases';
  if (task.kind === 'numbers') return 'function';
  return familyOf(graph, input, classes, seed).name;
}
