/** A model whose arguments or input nothing tells by itself: as a larger model builds and feeds it. */
import { say } from '../language/say';
import { defaultBudget } from '../python/natives/budget';
import { ExtractionError } from '../python/natives/errors';
import type { Files } from '../python/run/files';
import type { Program } from '../python/syntax/ast';
import { Attempt } from './attempt';
import { mayMean } from './bindings';
import { type MakingChoice, readersOf, tablesWith } from './choices';
import { isSettingsFile } from './configFiles';
import { NeedsArgument, NoModel } from './entry';
import type { OwnPart } from './evaluation';
import type { ParsedSetting } from './given';
import { filesThatMention, type MakingPlace, openPlace, settingsMakers } from './places';
import { describe } from './problems';
import type { ExtractRequest } from './request';
import type { TracedModel } from './search';
import { aliasesIn, callSites, ownName } from './slice';
import { makersIn, pathParameter, usersIn } from './users';
import type { PartName, Within } from './within';

/** Milliseconds for looking at larger models, and how many are. */
const LOOKING = 4000;
const MOST = 16;
/** Models that hold the part and don't run it, after which no further ones are looked at. */
const MOST_MADE = 3;
/** Files in which a name is looked for, and how many models may stand around another. */
const FILES = 12;
const SETTINGS = 3;
const DEPTH = 4;

/** What came of it: the model, or what stood in the way of one that was found. */
export interface PartReading {
  readonly attempt: Attempt;
  readonly place: Within;
  readonly read?: TracedModel;
  readonly error?: unknown;
}

/** A larger model, or what calls for one in another file. */
interface Whole extends MakingPlace {
  readonly depth: number;
  /** Nothing else makes it. */
  readonly isVariable?: boolean;
  readonly choice?: MakingChoice | undefined;
}

/** What is made elsewhere, with what it is told for that. */
type Sought = Pick<Whole, 'name' | 'definedIn' | 'choice'>;

/** Looks for models that hold a part, and reads the part as the first does that makes and runs it. */
export class WholeSearch {
  private readonly seen = new Set<string>();
  /** When looking ends: what was found may take longer to read. */
  private readonly end: number;
  /** Parts that were made, but not called. */
  private readonly made: { readonly whole: Whole; readonly place: Within }[] = [];
  private failed: PartReading | undefined;
  private tried = 0;

  constructor(
    private readonly request: ExtractRequest,
    private readonly files: Files,
    private readonly part: PartName,
    private readonly settings: readonly ParsedSetting[],
    private readonly deadline: number,
  ) {
    this.end = Math.min(deadline, performance.now() + LOOKING);
  }

  async run(): Promise<PartReading | undefined> {
    const { part } = this;
    const open = await this.usersOf({ name: part.name, definedIn: part.file }, 1);
    for (let whole = open.shift(); whole && !this.isOver(); whole = open.shift()) {
      const found = await this.look(whole);
      if (found instanceof NeedsArgument)
        for (const each of (await this.withSettings(whole, found)).toReversed()) open.unshift(each);
      if (found === 'elsewhere' && !whole.choice) for (const each of await this.withFiles(whole)) open.unshift(each);
      if (found === 'elsewhere' || found instanceof NeedsArgument) {
        if (whole.depth < DEPTH && !whole.isVariable)
          for (const user of await this.usersOf(whole, whole.depth + 1)) open.push(user);
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
    return this.tried >= MOST || this.made.length >= MOST_MADE || performance.now() > this.end;
  }

  /** Models that name another, in the files that do, nearest first; where a builder needs arguments: the calls of it. */
  private async usersOf({ name, definedIn: file, choice }: Sought, depth: number): Promise<Whole[]> {
    const { files, part } = this;
    const others = (await this.request.callers?.(name, file)) ?? [];
    const users: Whole[] = [];
    const code = others.filter((other) => other !== file && !isSettingsFile(other));
    let left = FILES;
    for (const each of [file, ...code]) {
      const program = await files.program(each).catch(() => null);
      // Others have something else of that name.
      if (!program || !(await mayMean(files, program, name, file))) continue;
      for (const user of usersIn(program, name)) users.push({ file: each, definedIn: each, depth, ...user });
      const isCalled = each !== file && depth > 1 && callSites(program.body, ownName(name)).length > 0;
      if (isCalled) users.push({ file: each, name, definedIn: file, depth, choice });
      for (const user of await this.usersOfTables(program, name, depth)) users.push(user);
      if (left-- <= 0) break;
    }
    if (depth > 1) {
      const configured = others.filter(isSettingsFile).slice(0, SETTINGS);
      for (const each of configured) users.push({ file: each, name, definedIn: file, depth, choice });
    }
    // The class's own functions that make it tell what calls don't.
    const own = await files.program(file).catch(() => null);
    if (own) for (const maker of makersIn(own, name)) users.push({ file, name: maker, definedIn: file, depth });
    return users.filter((user) => {
      const key = `${user.file}:${user.definedIn}:${user.name}`;
      if (this.seen.has(key) || (user.name === part.name && user.definedIn === part.file)) return false;
      this.seen.add(key);
      return true;
    });
  }

  /** Builders of other files that look into a table of one, told under which key it has a class. */
  private async usersOfTables(program: Program, name: string, depth: number): Promise<Whole[]> {
    const { files, request } = this;
    const users: Whole[] = [];
    for (const [table, text] of tablesWith(program, aliasesIn(program.body, name))) {
      const others = (await request.callers?.(table, program.file)) ?? [];
      for (const file of others.filter((each) => each.endsWith('.py')).slice(0, FILES)) {
        const other = await files.program(file).catch(() => null);
        if (!other || !(await mayMean(files, other, table, program.file))) continue;
        for (const [reader, parameter] of readersOf(other, table))
          users.push({ file, name: reader, definedIn: file, depth, choice: { name: parameter, text } });
      }
    }
    return users;
  }

  /** The larger model with the settings that other files make of their command lines. */
  private async withSettings(whole: Whole, { mentions }: NeedsArgument): Promise<Whole[]> {
    const { callers } = this.request;
    if (!callers || whole.makesSettings) return [];
    const files = await settingsMakers(this.files, await filesThatMention(callers, mentions, whole.definedIn));
    return files.slice(0, SETTINGS).map((file) => ({ ...whole, file, makesSettings: true }));
  }

  /** The larger model with files of settings that name the part, where it takes the path of one. */
  private async withFiles(whole: Whole): Promise<Whole[]> {
    const { callers } = this.request;
    const program = await this.files.program(whole.definedIn).catch(() => null);
    const parameter = program ? pathParameter(program, whole.name) : undefined;
    if (parameter === undefined || !callers) return [];
    const files = (await callers(this.part.name, whole.definedIn)).filter(isSettingsFile);
    return files.slice(0, SETTINGS).map((text) => ({ ...whole, choice: { name: parameter, text } }));
  }

  /** @returns 'elsewhere' where what stands around the larger model may tell more, and what it needs where that is why */
  private async look(whole: Whole): Promise<PartReading | 'elsewhere' | NeedsArgument | undefined> {
    const { part, request } = this;
    const { file, definedIn, makesSettings, choice, name: text } = whole;
    const place = { part, file, definedIn, makesSettings, choice, text, index: 0 };
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
      // Its own defaults can't make it: others may say how. Or it hands the class on.
      if (attempt.refused !== undefined || error instanceof NoModel) return 'elsewhere';
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
  const { file, text: name, definedIn = file, makesSettings, choice, part } = place;
  const whole = { file, name, definedIn, makesSettings, choice };
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
  const [open, own] = [(await openPlace(request.syntax, files, place)).at(-1), await files.program(part.file)];
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
