/** Shapes and counts as people read them. */
import { itemAt, lastOf } from '../graph/access';
import { say } from '../language/say';
import { type Dimension, type KnownShape, type ModelShapes, UNKNOWN } from './types';

/** `1×64×H/2×W/2`; a tensor without dimensions is a scalar. */
export const shapeText = ({ dimensions }: Pick<KnownShape, 'dimensions'>): string =>
  dimensions.length === 0 ? say('scalar') : dimensions.join('×');

/** Whether anything is known of a shape but how many dimensions it has. */
export const isKnown = ({ dimensions }: KnownShape): boolean =>
  dimensions.length === 0 || dimensions.some((each) => each !== UNKNOWN);

/** Shapes of one moment that are written out. */
const MOST_SHAPES = 3;

/** The shapes of several tensors: `1×8, 1×16`, and alike ones once, `1×8 (3)`. */
export function shapesText(shapes: readonly KnownShape[]): string {
  const texts = shapes.map(shapeText);
  if (texts.length > 1 && texts.every((each) => each === texts[0])) return `${texts[0]} (${texts.length})`;
  return texts.length > MOST_SHAPES ? `${texts.slice(0, MOST_SHAPES).join(', ')}, …` : texts.join(', ');
}

/** What a place has each time that it runs, as one text: where shapes differ, the range of each dimension. */
export function runsText(runs: readonly (readonly KnownShape[])[]): string {
  const [first, ...others] = runs;
  if (!first) return '';
  const isAlike = (run: readonly KnownShape[]) =>
    run.length === first.length && run.every((each, index) => each.sizes.length === itemAt(first, index).sizes.length);
  if (others.length === 0) return shapesText(first);
  if (!others.every(isAlike)) return `${shapesText(first)} … ${shapesText(lastOf(runs))}`;
  return shapesText(
    first.map((shape, index) => ({
      ...shape,
      dimensions: shape.dimensions.map((_, axis) =>
        rangeOf(
          runs.map((run) => itemAt(run, index)),
          axis,
        ),
      ),
    })),
  );
}

/** `64–512`: the smallest and the largest of a dimension. */
function rangeOf(shapes: readonly KnownShape[], axis: number): Dimension {
  const sorted = [...shapes].sort((a, b) => itemAt(a.sizes, axis) - itemAt(b.sizes, axis));
  const [least, most] = [itemAt(itemAt(sorted, 0).dimensions, axis), itemAt(lastOf(sorted).dimensions, axis)];
  if (shapes.some(({ dimensions }) => dimensions[axis] === UNKNOWN)) return UNKNOWN;
  return least === most ? least : `${least}–${most}`;
}

/** The names and numbers of which a formula is made. */
export const termsOf = (dimension: Dimension): readonly string[] =>
  typeof dimension === 'number' ? [] : dimension.split(/[()·/+−²]/);

/** Characters of a line's end that the editor shows, unless the user has it show others. */
const ROOM = 43;

/**
 * The same for the end of a line, where little room is: of sizes that follow arguments alone, the longest have their numbers
 * until it fits.
 */
export function shortRunsText(runs: readonly (readonly KnownShape[])[], { names }: Pick<ModelShapes, 'names'>): string {
  const told = new Set(names.map(({ name }) => name));
  const isNumber = (dimension: Dimension) =>
    termsOf(dimension).every((term) => /^\d*$/.test(term) || told.has(term)) && typeof dimension === 'string';
  const dimensions = new Set(runs.flat().flatMap((shape) => shape.dimensions.filter(isNumber)));
  const longestFirst = [...dimensions].sort((a, b) => String(b).length - String(a).length);
  let short = runs;
  for (const dimension of longestFirst) {
    if (runsText(short).length <= ROOM) break;
    short = short.map((run) =>
      run.map((shape) => ({
        ...shape,
        dimensions: shape.dimensions.map((each, axis) => (each === dimension ? itemAt(shape.sizes, axis) : each)),
      })),
    );
  }
  return runsText(short);
}

const UNITS = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
] as const;

/** `1,792`; from a million on three digits of it: `11.7 M`. */
export function countText(count: number): string {
  const unit = UNITS.find(([least]) => count >= least);
  return unit ? `${Number((count / unit[0]).toPrecision(3))} ${unit[1]}` : count.toLocaleString('en');
}

export const parametersText = (count: number): string =>
  count === 1 ? say('1 parameter') : say('{0} parameters', count < 1e6 ? countText(count) : count.toLocaleString('en'));

/** The parameters of several modules that one line constructs: `1,792–36,928 parameters`. */
export function parameterRange(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? parametersText(least) : say('{0}–{1} parameters', countText(least), countText(most));
}

export const multiplyAddsText = (count: number): string => say('{0} multiply-adds', countText(count));
