/** Data that is made up on the spot to suit a model's input, so that training needs neither files nor a network. */
import { Random } from '../compare/random';
import { elements } from '../graph/ops/rule';
import { rowsFor } from '../graph/rows';
import type { Graph, TensorType } from '../graph/types';
import type { Column, Dataset, Samples } from './dataset';
import { drawScene, drawShape, shapeKinds } from './shapes';
import { drawSpiral, plane } from './spirals';
import { type Task, targetType as targetTypeOf } from './task';
import { fillWindows, tokensOf } from './text';
import { drawWave, waveKinds } from './waves';

export interface ProceduralOptions {
  /** Samples to train on, and to be held out. */
  readonly train: number;
  readonly held: number;
  readonly seed: number;
  /** Of the file that is open: what models of characters learn. */
  readonly text?: string;
}

/** All samples together, in bytes: what is drawn in a second or two. */
const most = 64 * 2 ** 20;

const isInteger = ({ dtype }: TensorType) => dtype.includes('int');

/** What one family of data fills in for a sample. */
interface Family {
  readonly name: Dataset['name'];
  /** How many classes it can tell apart; at most as many are used. */
  readonly kinds: number;
  /** Fills one sample of the first input; a class is given where the task has any. */
  readonly draw: (label: number, random: Random, into: Float32Array | Int32Array, at: number, index: number) => void;
  readonly notes?: readonly string[];
}

/** A smooth field: a few waves in every dimension, drawn from a seed. */
function field(shape: readonly number[], seed: number): (place: number) => number {
  const random = new Random(seed);
  const waves = Array.from({ length: 6 }, () => ({
    phase: 2 * Math.PI * random.uniform(),
    turns: shape.map(() => 2 * Math.PI * (random.uniform() - 0.5) * 4),
  }));
  return (place) => {
    let [rest, sum] = [place, 0];
    const at = shape.toReversed().map((size) => {
      const index = rest % size;
      rest = Math.floor(rest / size);
      return index / size;
    });
    at.reverse();
    for (const { phase, turns } of waves)
      sum += Math.sin(turns.reduce((angle, turn, i) => angle + turn * (at[i] ?? 0), phase));
    return sum / Math.sqrt(waves.length / 2);
  };
}

function prototypes(shape: readonly number[], classes: number, seed: number): Family {
  const size = elements(shape);
  const fields = Array.from({ length: classes }, (_, label) => {
    const at = field(shape, seed * 31 + label);
    return Float32Array.from({ length: size }, (_value, place) => at(place));
  });
  return {
    name: 'prototypes',
    kinds: classes,
    draw: (label, random, into, at) => {
      const own = fields[label];
      const strength = 0.5 + random.uniform();
      for (let i = 0; i < size; i++) into[at + i] = strength * (own?.[i] ?? 0) + random.normal();
    },
  };
}

/** Each class goes from token to token in its own way, half of the time. */
function motifs(length: number, rows: number, classes: number): Family {
  return {
    name: 'motifs',
    kinds: classes,
    draw: (label, random, into, at) => {
      let token = random.below(rows);
      for (let i = 0; i < length; i++) {
        into[at + i] = token;
        token = random.uniform() < 0.5 ? (token * (2 * label + 3) + label + 1) % rows : random.below(rows);
      }
    },
  };
}

/** The family that suits the first input. */
function familyOf(graph: Graph, type: TensorType, classes: number, seed: number): Family {
  const shape = type.shape.slice(1);
  const floats = (into: Float32Array | Int32Array) => into as Float32Array;
  if (isInteger(type)) {
    const rows = rowsFor(graph, graph.inputs[0]?.value ?? -1);
    return motifs(elements(shape), Number.isFinite(rows) ? rows : 2, classes);
  }
  if (shape.length === 3)
    return {
      name: 'shapes',
      kinds: shapeKinds,
      draw: (label, random, into, at) => drawShape(label, shape, random, floats(into), at),
    };
  if (shape.length === 2)
    return {
      name: 'waves',
      kinds: waveKinds,
      draw: (label, random, into, at) => drawWave(label, shape, random, floats(into), at),
    };
  if (shape.length === 1) {
    const directions = plane(shape[0] ?? 1, seed);
    return {
      name: 'spirals',
      kinds: 10,
      draw: (label, random, into, at) => drawSpiral(label, classes, directions, random, floats(into), at),
    };
  }
  return prototypes(shape, Math.min(classes, 10), seed);
}

function column(type: TensorType, count: number): Column {
  const shape = [count, ...type.shape.slice(1)];
  const length = elements(shape);
  return {
    type: { dtype: type.dtype, shape },
    data: isInteger(type) ? new Int32Array(length) : new Float32Array(length),
  };
}

/** Numbers that follow smoothly from the input: what a regression is to find. */
function follow(input: Column, target: Column, seed: number): void {
  const random = new Random(seed * 17 + 5);
  const [from, to] = [elements(input.type.shape.slice(1)), elements(target.type.shape.slice(1))];
  // A few projections serve all outputs: each is another mixture of their waves.
  const projections = Array.from({ length: 8 }, () =>
    Float32Array.from({ length: from }, () => (1.5 * random.normal()) / Math.sqrt(from)),
  );
  const mixtures = Array.from({ length: Math.min(to, 64) }, () => projections.map(() => random.normal() / 2));
  for (let n = 0; n < (input.type.shape[0] ?? 0); n++) {
    const waves = projections.map((direction) => {
      let sum = 0;
      for (let i = 0; i < from; i++) sum += (direction[i] ?? 0) * (input.data[n * from + i] ?? 0);
      return Math.sin(2 * sum);
    });
    for (let i = 0; i < to; i++) {
      const mixture = mixtures[i % mixtures.length] ?? [];
      target.data[n * to + i] = waves.reduce((sum, wave, k) => sum + wave * (mixture[k] ?? 0), 0);
    }
  }
}

/**
 * Data for a model.
 * @param graph whose inputs have the batch first
 * @param task what it is to be trained for
 */
export function proceduralData(graph: Graph, task: Task, options: ProceduralOptions): Dataset {
  const types = graph.inputs.map(({ value }) => graph.values[value]?.type ?? { dtype: 'float32' as const, shape: [1] });
  const [first = { dtype: 'float32' as const, shape: [1] }, ...others] = types;
  const output = graph.values[graph.outputs[0]?.value ?? -1]?.type ?? first;
  const targetType = targetTypeOf(task, first, output);
  const { seed } = options;
  const wanted = task.kind === 'classes' ? task.classes : task.kind === 'binary' ? 2 : 10;
  const family = familyOf(graph, first, Math.min(10, wanted), seed);
  const classes = Math.min(family.kinds, wanted);
  const notes: string[] = [];

  const batch = first.shape[0] ?? 1;
  const each = [...types, targetType].reduce((sum, { shape }) => sum + 4 * elements(shape.slice(1)), 0);
  const fitting = (count: number, share: number) => {
    const fits = Math.floor((most * share) / each / batch) * batch;
    return Math.max(2 * batch, Math.min(Math.ceil(count / batch) * batch, fits));
  };
  if (others.length > 0) notes.push('Inputs other than the first are random.');
  const tokens = task.kind === 'tokens' ? tokensOf(options.text, Math.min(task.vocabulary, rows(graph, 0))) : undefined;

  const make = (count: number, held: boolean): Samples => {
    const random = new Random(2 * seed + (held ? 1 : 0) + 1000);
    const input = column(first, count);
    const target: Column = task.kind === 'reconstruction' || task.kind === 'tokens' ? input : column(targetType, count);
    const size = elements(first.shape.slice(1));
    const answers = elements(targetType.shape.slice(1));
    if (tokens) fillWindows(tokens.ids, input, held, random);
    else if (task.kind === 'places' && !isInteger(first) && first.shape.length === 4)
      for (let n = 0; n < count; n++)
        drawScene(
          Math.min(10, task.classes),
          first.shape.slice(1),
          targetType.shape.slice(1),
          random,
          input.data as Float32Array,
          n * size,
          target.data as Int32Array,
          n * answers,
        );
    else {
      // Every class as often, in random order.
      const labels = random.shuffled(Array.from({ length: count }, (_, n) => n % classes));
      labels.forEach((label, n) => {
        family.draw(label, random, input.data, n * size, n);
        if (task.kind === 'classes' || task.kind === 'binary' || task.kind === 'places')
          target.data.fill(label, n * answers, (n + 1) * answers);
      });
      if (task.kind === 'numbers') follow(input, target, seed);
    }
    const rest = others.map((type, i) => {
      const made = column(type, count);
      const limit = rows(graph, i + 1);
      for (let k = 0; k < made.data.length; k++)
        made.data[k] = isInteger(type) ? random.below(limit) : type.dtype === 'bool' ? 1 : random.normal();
      return made;
    });
    return { count, inputs: [input, ...rest], target };
  };

  const name: Dataset['name'] = tokens ? 'text' : task.kind === 'numbers' ? 'function' : family.name;
  if (tokens && !tokens.own) notes.push('The open file is too short to learn from: a built-in paragraph is used.');
  return {
    name,
    train: make(fitting(options.train, 0.75), false),
    held: make(fitting(options.held, 0.25), true),
    ...((task.kind === 'classes' || task.kind === 'binary') && { classes }),
    notes,
  };
}

/** Rows of the table that an input of indices picks from. */
function rows(graph: Graph, input: number): number {
  const found = rowsFor(graph, graph.inputs[input]?.value ?? -1);
  return Number.isFinite(found) ? found : 2;
}
