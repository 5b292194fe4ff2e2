/** What may hold a part: the models, the builders and the variables that name it, and what is told them so that they make it. */
import type { Files } from '../python/run/files';
import type { Program } from '../python/syntax/ast';
import { isMarkdown } from '../source/markdown';
import { mayMean } from './bindings';
import { isCalled } from './cases';
import { type MakingChoice, readersOf, tablesWith } from './choices';
import { isSettingsFile, MOST_SETTINGS } from './configFiles';
import type { NeedsArgument } from './entry';
import { callsOfKin } from './kin';
import { overlayFiles } from './overlays';
import { filesThatMention, type MakingPlace, settingsMakers } from './places';
import type { ExtractRequest } from './request';
import { aliasesIn } from './slice';
import { makersIn, pathParameter, usersIn } from './users';
import type { PartName } from './within';

/** Files in which a name is looked for, and those of settings. */
const FILES = 12;
const SETTINGS = 3;
/** Calls of its kin. */
const KIN = 2;
/** Programs of one page. */
const BLOCKS = 3;

/** A larger model, or what calls for one in another file. */
export interface Whole extends MakingPlace {
  readonly depth: number;
  /** Nothing else makes it. */
  readonly isVariable?: boolean;
  readonly choice?: MakingChoice | undefined;
}

/** What is made elsewhere, with what it is told for that. */
type Sought = Pick<Whole, 'name' | 'definedIn' | 'choice'>;

/** Looks for what holds a part, each once. */
export class WholeFinder {
  private readonly seen = new Set<string>();
  /** Whether there were more files than are looked at. */
  isCut = false;

  constructor(
    private readonly request: ExtractRequest,
    private readonly files: Files,
    private readonly part: PartName,
  ) {}

  /** Models that name another, in the files that do, nearest first; where a builder needs arguments: the calls of it. */
  async usersOf({ name, definedIn: file, choice }: Sought, depth: number): Promise<Whole[]> {
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
      if (each !== file && depth > 1 && isCalled(program, name))
        for (const block of await this.blocksOf(each, name))
          users.push({ file: each, name, definedIn: file, depth, choice, block });
      for (const user of await this.usersOfTables(program, name, depth)) users.push(user);
      if (left-- <= 0) {
        this.isCut = true;
        break;
      }
    }
    if (depth > 1) {
      const configured = others.filter(isSettingsFile).slice(0, SETTINGS);
      for (const each of configured) users.push({ file: each, name, definedIn: file, depth, choice });
    }
    // The class's own functions that make it tell what calls don't.
    const own = await files.program(file).catch(() => null);
    if (own) for (const maker of makersIn(own, name)) users.push({ file, name: maker, definedIn: file, depth });
    return users.filter((user) => {
      const key = `${user.file}:${user.definedIn}:${user.name}:${user.block}`;
      if (this.seen.has(key) || (user.name === part.name && user.definedIn === part.file)) return false;
      this.seen.add(key);
      return true;
    });
  }

  /** Programs of a page that are read each by itself, after all of them together. */
  private async blocksOf(file: string, name: string): Promise<(number | undefined)[]> {
    const count = isMarkdown(file) ? (await this.files.programsWith(file, name)).length - 1 : 0;
    return [undefined, ...Array.from({ length: Math.min(count, BLOCKS) }, (_, index) => index)];
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

  /** The larger model with the settings that other files make of their command lines, or hold. */
  async withSettings(whole: Whole, { mentions }: NeedsArgument): Promise<Whole[]> {
    const { callers } = this.request;
    if (!callers || whole.makesSettings || isSettingsFile(whole.file)) return [];
    const mentioning = await filesThatMention(callers, mentions, whole.definedIn);
    const makers = (await settingsMakers(this.files, mentioning)).slice(0, SETTINGS);
    const [file, ...alike] = mentioning.filter(isSettingsFile).slice(0, MOST_SETTINGS);
    const held: Whole[] = [];
    if (file !== undefined) for (let nth = 0; nth < SETTINGS; nth++) held.push({ ...whole, file, alike, nth });
    const changes = makers.length > 0 ? await overlayFiles(callers, this.files, whole.name, whole.definedIn) : [];
    return [...makers.map((each) => ({ ...whole, file: each, makesSettings: true, alike: changes })), ...held];
  }

  /** The larger model with what others of its kind are called with. */
  async withKin(whole: Whole, { parameters }: NeedsArgument): Promise<Whole[]> {
    const found: Whole[] = [];
    if (whole.kin !== undefined || whole.file !== whole.definedIn) return found;
    for await (const { file, name } of callsOfKin(this.request, this.files, whole.file, whole.name, parameters)) {
      found.push({ ...whole, file, kin: name });
      if (found.length >= KIN) break;
    }
    return found;
  }

  /** The larger model with files of settings that name the part, where it takes the path of one. */
  async withFiles(whole: Whole): Promise<Whole[]> {
    const { callers } = this.request;
    const program = await this.files.program(whole.definedIn).catch(() => null);
    const parameter = program ? pathParameter(program, whole.name) : undefined;
    if (parameter === undefined || !callers) return [];
    const files = (await callers(this.part.name, whole.definedIn)).filter(isSettingsFile);
    return files.slice(0, SETTINGS).map((text) => ({ ...whole, choice: { name: parameter, text } }));
  }
}
