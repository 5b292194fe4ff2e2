/** A model whose arguments or input nothing tells by itself: as a larger model builds and feeds it. */
import { say } from '../language/say';
import { defaultBudget } from '../python/natives/budget';
import { ExtractionError } from '../python/natives/errors';
import type { Files } from '../python/run/files';
import { Attempt } from './attempt';
import type { MakingChoice } from './choices';
import { NeedsArgument, NoModel } from './entry';
import type { OwnPart } from './evaluation';
import type { ParsedSetting } from './given';
import { type MakingPlace, openPlace } from './places';
import { describe } from './problems';
import type { ExtractRequest } from './request';
import type { TracedModel } from './search';
import { type Whole, WholeFinder } from './wholeFinder';
import type { PartName, Within } from './within';

/** Milliseconds for looking at larger models, and how many are: unasked, and where sizes would be chosen otherwise. */
const LOOKING = 4000;
const MOST = 16;
const MOST_ASKED = 60;
/** Models that hold the part and don't run it, after which no further ones are looked at. */
const MOST_MADE = 3;
/** How many models may stand around another. */
const DEPTH = 4;

/** What came of it: the model, or what stood in the way of one that was found. */
export interface PartReading {
  readonly attempt: Attempt;
  readonly place: Within;
  readonly read?: TracedModel;
  readonly error?: unknown;
}

/** Looks for models that hold a part, and reads the part as the first does that makes and runs it. */
export class WholeSearch {
  readonly finder: WholeFinder;
  /** When looking ends: what was found may take longer to read. */
  private readonly end: number;
  /** Parts that were made, but not called. */
  private readonly made: { readonly whole: Whole; readonly place: Within }[] = [];
  private failed: PartReading | undefined;
  private tried = 0;
  /** Whether a larger model may hold the part and was not looked at to its end. */
  isCut = false;

  constructor(
    private readonly request: ExtractRequest,
    private readonly files: Files,
    private readonly part: PartName,
    private readonly settings: readonly ParsedSetting[],
    private readonly deadline: number,
  ) {
    this.end = Math.min(deadline, performance.now() + LOOKING);
    this.finder = new WholeFinder(request, files, part);
  }

  async run(): Promise<PartReading | undefined> {
    const { part } = this;
    const open = await this.finder.usersOf({ name: part.name, definedIn: part.file }, 1);
    for (let whole = open.shift(); whole && !this.isOver(); whole = open.shift()) {
      const found = await this.look(whole);
      if (found instanceof NeedsArgument)
        for (const each of (await this.finder.withSettings(whole, found)).toReversed()) open.unshift(each);
      if (found === 'elsewhere' && !whole.choice)
        for (const each of await this.finder.withFiles(whole)) open.unshift(each);
      if (found === 'elsewhere' || found instanceof NeedsArgument) {
        if (whole.depth < DEPTH && !whole.isVariable)
          for (const user of await this.finder.usersOf(whole, whole.depth + 1)) open.push(user);
        if (found instanceof NeedsArgument && !whole.isVariable)
          for (const each of await this.finder.withKin(whole, found)) open.push(each);
      } else if (found) return found;
    }
    // What nothing feeds is built as it is there, and its input is a guess.
    for (const { whole, place } of this.made.slice(0, 2)) {
      const result = await this.read(whole, place, undefined);
      if (result.read) return result;
    }
    return this.failed;
  }

  private isOver(): boolean {
    if (this.request.signal?.aborted)
      throw new ExtractionError('cancelled', say('Reading the model was cancelled'), undefined);
    const most = this.request.choosesSizes ? MOST_ASKED : MOST;
    const isOver = this.tried >= most || this.made.length >= MOST_MADE || performance.now() > this.end;
    this.isCut ||= isOver;
    return isOver;
  }

  /** @returns 'elsewhere' where what stands around the larger model may tell more, and what it needs where that is why */
  private async look(whole: Whole): Promise<PartReading | 'elsewhere' | NeedsArgument | undefined> {
    const { part, request } = this;
    const { file, definedIn, makesSettings, block, kin, alike, nth, choice, name: text } = whole;
    const place = { part, file, definedIn, makesSettings, block, kin, alike, nth, choice, text, index: 0 };
    this.tried += 1;
    const attempt = await this.attempt(whole);
    if (!attempt) return undefined;
    try {
      const { count, isWhole, fed } = await attempt.observe(part, this.end, !request.inputs?.length);
      if (count === 0) return 'elsewhere';
      if (isWhole) {
        const result = await this.read(whole, place, undefined);
        return result.read && result;
      }
      if (!fed) {
        this.made.push({ whole, place });
        return request.inputs?.length ? this.read(whole, place, undefined) : undefined;
      }
      const result = await this.read(whole, { ...place, index: fed.index }, fed.inputs);
      if (result.read) return result;
    } catch (error) {
      if (error instanceof NeedsArgument) return error;
      if (describe(error, whole.file, null) === undefined) throw error;
      // It hands the class on.
      if (error instanceof NoModel) return 'elsewhere';
      this.isCut = true;
      // Its own defaults can't make it: others may say how.
      if (attempt.refused !== undefined) return 'elsewhere';
    }
    return undefined;
  }

  private async attempt(whole: Whole, reading?: { place: Within; inputs: PartInputs }): Promise<Attempt | undefined> {
    const { request, files, part } = this;
    return attemptWithin(request, files, whole, part, this.settings, reading ? this.deadline : this.end, reading);
  }

  private async read(whole: Whole, place: Within, inputs: PartInputs): Promise<PartReading> {
    const attempt = await this.attempt(whole, { place, inputs });
    if (!attempt) throw new Error(`${whole.file} is gone`);
    try {
      return { attempt, place, read: await attempt.run() };
    } catch (error) {
      if (describe(error, whole.file, null) === undefined) throw error;
      const result = { attempt, place, error };
      if (attempt.hasPart) this.failed ??= result;
      return result;
    }
  }
}

type PartInputs = OwnPart['inputs'];

/** The larger model of an earlier reading again. */
export async function readAsBefore(
  request: ExtractRequest,
  files: Files,
  place: Within,
  settings: readonly ParsedSetting[],
  deadline: number,
): Promise<PartReading | undefined> {
  const { file, text: name, definedIn = file, makesSettings, block, kin, alike, nth, choice, part } = place;
  const whole = { file, name, definedIn, makesSettings, block, kin, alike, nth, choice };
  const attempt = await attemptWithin(request, files, whole, part, settings, deadline, {
    place,
    inputs: undefined,
  });
  return attempt && { attempt, place, read: await attempt.run() };
}

async function attemptWithin(
  request: ExtractRequest,
  files: Files,
  place: MakingPlace & { readonly choice?: MakingChoice | undefined },
  part: PartName,
  settings: readonly ParsedSetting[],
  deadline: number,
  reading: { place: Within; inputs: PartInputs } | undefined,
): Promise<Attempt | undefined> {
  const places = await openPlace(request.syntax, files, place);
  const [open, own] = [place.block === undefined ? places.at(-1) : places[place.block], await files.program(part.file)];
  if (!open || !own) return undefined;
  const milliseconds = Math.max(1, deadline - performance.now());
  return new Attempt({
    request,
    budget: { ...defaultBudget, ...request.budget, milliseconds },
    files,
    ...open,
    settings: place.choice ? [...settings, { name: place.choice.name, value: place.choice.text }] : settings,
    within: reading && { ...reading, program: own, source: (await files.text(part.file)) ?? '' },
  });
}
