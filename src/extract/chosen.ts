/** A class or a builder of which nothing tells the arguments, with usual sizes where it takes nothing else. */
import { itemAt } from '../graph/access';
import type { Graph } from '../graph/types';
import { say } from '../language/say';
import { defaultBudget } from '../python/natives/budget';
import { ExtractionError } from '../python/natives/errors';
import { shortName } from '../source/path';
import { Attempt } from './attempt';
import type { ArgumentOrigin } from './caller';
import type { CallParts } from './callParts';
import type { NeedsArgument } from './entry';
import type { ReadingTask } from './evaluation';
import { isOutward, settingOf } from './layerSettings';
import { parseExpression } from './parse';
import { describe } from './problems';
import type { TracedModel } from './search';
import { MANNERS, type SizeManner } from './sizeManners';
import { usualArguments } from './usualSizes';

/** Milliseconds for trying sizes. */
const TRYING = 5000;

/** What was read, and the call that was. */
interface ChosenReading extends TracedModel {
  readonly origin: ArgumentOrigin;
  readonly expression: string;
}

/** What the project tells of its own. */
interface OwnWord {
  /** What is known of a call of which a part is not: it stands. */
  readonly parts: CallParts | undefined;
  /** Whether the project builds it, with what could not be read. */
  mayBeBuilt(): Promise<boolean>;
}

/**
 * Reads a class or a builder with sizes that are usual for what its parameters are called.
 * @param name by which the file knows it
 * @returns undefined where a parameter is no size or setting of a layer, or the code refuses what was tried
 */
export async function readWithUsualSizes(
  task: ReadingTask,
  name: string,
  { needed, beside, range, refusal }: NeedsArgument,
  deadline: number,
  { parts, mayBeBuilt }: OwnWord,
): Promise<ChosenReading | undefined> {
  const { request } = task;
  if (refusal !== undefined) return undefined;
  const end = Math.min(deadline, performance.now() + TRYING);
  const tried = new Set<string>();
  const open = needed.filter((each) => !parts?.known.has(each.name));
  const manners = [...mannersFor(parts)];
  for (let turn = 0; turn < manners.length; turn++) {
    const manner = { turn, ...itemAt(manners, turn) };
    const chosen = usualArguments(open, beside, manner, parts?.known);
    if (!chosen) return undefined;
    const given = Array.from(chosen, ([parameter, value]) => `${parameter}=${value}`);
    const all = [...(parts?.known ?? []), ...chosen].sort(
      ([one], [other]) => beside.indexOf(one) - beside.indexOf(other),
    );
    const text = `${name}(${all.map(([parameter, value]) => `${parameter}=${value}`).join(', ')})`;
    const milliseconds = end - performance.now();
    if (milliseconds <= 0 || request.signal?.aborted) return undefined;
    const expression = tried.has(text) ? undefined : await parseExpression(request.syntax, text);
    tried.add(text);
    if (!expression) continue;
    const budget = { ...defaultBudget, ...request.budget, milliseconds };
    const read = await readOne({ ...task, budget, entry: { kind: 'expression', expression, text } });
    if (read === 'unreadable') return undefined;
    if ('refusal' in read) {
      const inward = manner.inward === undefined ? inwardAsked(read.refusal) : undefined;
      if (inward !== undefined) manners.splice(turn + 1, 0, { ...manner, turn, inward });
    }
    if ('refusal' in read || hasEmptyState(read.graph)) continue;
    const message = parts ? noteBeside(given, name, parts, chosen) : noteOf(given, name, await mayBeBuilt());
    const source = parts?.source ?? range;
    const origin = { message, isGuess: true, ...(parts && { source }) };
    const note = { message, ...(source && { source }) };
    const graph = { ...read.graph, notes: [note, ...read.graph.notes] };
    return { ...read, graph, origin, expression: text };
  }
  return undefined;
}

/** As wide as the project's call says, first: what comes out may be as many as there are classes. */
function mannersFor(parts: CallParts | undefined): readonly SizeManner[] {
  const isWidth = ([name, value]: readonly [string, string]) =>
    settingOf(name) === 'width' && !isOutward(name) && !/[2-9]$/.test(name) && /^[1-9]\d*$/.test(value);
  const [, width] = [...(parts?.known ?? [])].find(isWidth) ?? [];
  const [first] = MANNERS;
  return width === undefined || !first ? MANNERS : [{ ...first, width: Number(width) }, ...MANNERS];
}

/** What is told of the choice beside what a call of the project gives. */
function noteBeside(
  given: readonly string[],
  name: string,
  { unknown, source }: CallParts,
  chosen: ReadonlyMap<string, string>,
): string {
  const place = `${shortName(source.file)}:${source.line + 1}`;
  const left = unknown.filter((each) => !chosen.has(each)).map((each) => say('the default of {0}', each));
  return say(
    'Chosen here: {0}, which the call of {1} at {2} gives with what could not be read; write {1}(…) with yours',
    [...given, ...left],
    name,
    place,
  );
}

/** What is told of the choice. */
function noteOf(given: readonly string[], name: string, mayBeBuilt: boolean): string {
  if (mayBeBuilt)
    return given.length > 1
      ? say(
          '{0} are chosen here: what the project builds {1} with could not be read; write {1}(…) with yours',
          given,
          name,
        )
      : say(
          '{0} is chosen here: what the project builds {1} with could not be read; write {1}(…) with yours',
          given,
          name,
        );
  return given.length > 1
    ? say('{0} are chosen here: nothing in the project builds {1}; write {1}(…) with yours', given, name)
    : say('{0} is chosen here: nothing in the project builds {1}; write {1}(…) with yours', given, name);
}

/** Why the code refused what was tried. */
interface Refused {
  readonly refusal: string;
}

/**
 * The channels that must come in, as an error says: what is added to what went in has several times as many; a layer takes
 * what others are made into.
 */
function inwardAsked(refusal: string): number | undefined {
  const added = /size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton dimension 1/;
  const [, one, other] = added.exec(refusal) ?? [];
  const ratio = Number(one) / Number(other);
  if (Number.isInteger(ratio) && ratio > 1 && ratio <= MOST_TIMES) return Number(one);
  const [, found] = /to have \d+ channels, but got (\d+) channels/.exec(refusal) ?? [];
  return found === undefined ? undefined : Number(found);
}

/** How many times as wide as its middle a block is. */
const MOST_TIMES = 8;

/** @returns 'unreadable' where other sizes would not help */
async function readOne(task: ReadingTask): Promise<TracedModel | 'unreadable' | Refused> {
  let last: Refused = { refusal: '' };
  for (const anyShape of [false, true]) {
    try {
      return await new Attempt(task).run(false, anyShape);
    } catch (error) {
      if (describe(error, task.request.file, null) === undefined) throw error;
      last = { refusal: error instanceof Error ? error.message : '' };
      if (!(error instanceof ExtractionError) || error.kind === 'shape') return last;
      if (error.kind !== 'needs-input') return 'unreadable';
    }
  }
  return last;
}

/** Whether a size was so small that a layer is left with nothing. */
const hasEmptyState = ({ state, storages }: Graph): boolean =>
  state.some(({ storage }) => storages[storage]?.type.shape.includes(0));
