import { parseAnswer } from './answer';
import type { GuestAnswer, GuestDecision, GuestDependency, GuestInput, GuestRequest } from './request';
import { type Sealed, SealedError } from './sealed';

/** The modules of a program as the interpreter is given them. */
export interface SealedProgram {
  readonly entry: string;
  /** Texts by the names under which stacks show them. */
  readonly texts: ReadonlyMap<string, string>;
  readonly dependencies: Readonly<Record<string, Readonly<Record<string, GuestDependency>>>>;
  /** As `GuestRequest` has it. */
  readonly scripts: readonly string[];
  readonly usual: Readonly<Record<string, string>>;
}

/** What one run is about. */
export interface GuestQuestion {
  /** The module in whose scope the expression stands; the program's entry unless given. */
  readonly entry?: string;
  readonly expression: string;
  readonly measure?: readonly string[];
  readonly inputs?: readonly GuestInput[] | undefined;
  readonly batch: number;
  readonly training: boolean;
  readonly traced: boolean;
  readonly decided: Readonly<Record<string, boolean>>;
}

/** Milliseconds for one run: the host ends a thread that is silent for longer. */
const LONGEST = 3000;
/** Milliseconds for one that takes a decision the other way: there are several, and most end as soon as the first did. */
const LONGEST_FLIP = 1000;
/** Saved models that one model may be made of. */
const MOST_FILES = 8;
/** Decisions on what is not known that are taken the other way, one by one. */
const MOST_FLIPS = 12;

/** Runs a program's expression in the interpreter. */
export class GuestSession {
  /** Texts of saved models, by the path that the code gives. */
  readonly files = new Map<string, string>();

  constructor(
    private readonly sealed: Sealed,
    private readonly program: SealedProgram,
    /** The text of a saved model; undefined where the workspace has none. */
    private readonly fileOf: (path: string) => Promise<string | undefined>,
    /** Says that the reading goes on, and gives way to what the host says. @throws where it is given up */
    private readonly breathe: () => Promise<void>,
  ) {}

  /** One run, with the files that it asks for. @throws SealedError where a limit ended it */
  async run(asked: GuestQuestion, milliseconds = LONGEST): Promise<GuestAnswer> {
    for (let count = 0; ; count++) {
      await this.breathe();
      const request: GuestRequest = {
        entry: this.program.entry,
        ...asked,
        dependencies: this.program.dependencies,
        scripts: this.program.scripts,
        usual: this.program.usual,
        files: Object.fromEntries(this.files),
      };
      const answer = parseAnswer(this.sealed.run(this.program.texts, JSON.stringify(request), milliseconds));
      const path = answer.problem?.kind === 'needs-file' ? answer.problem.what : undefined;
      if (path === undefined || count >= MOST_FILES) return answer;
      const text = await this.fileOf(path);
      if (text === undefined) return answer;
      this.files.set(path, text);
    }
  }

  /** The question with the decision by which there is a model, where the usual ones make none; undefined: none does. */
  async making(asked: GuestQuestion, { decisions }: GuestAnswer): Promise<GuestQuestion | undefined> {
    for (const { id, taken } of decisions.slice(0, MOST_FLIPS)) {
      const other = { ...asked, decided: { ...asked.decided, [id]: !taken } };
      try {
        if (!(await this.run(other, LONGEST_FLIP)).problem) return other;
      } catch (error) {
        if (!(error instanceof SealedError)) throw error;
      }
    }
    return undefined;
  }

  /**
   * The decision on what is not known that makes a difference: taken the other way, it gives another model or another
   * error. Undefined where none does, so that the answer stands.
   */
  async decisive(asked: GuestQuestion, answer: GuestAnswer): Promise<GuestDecision | undefined> {
    const first = essenceOf(answer);
    const matters = async (flipped: readonly GuestDecision[]) => {
      const decided = { ...asked.decided, ...Object.fromEntries(flipped.map(({ id, taken }) => [id, !taken])) };
      try {
        const other = await this.run({ ...asked, decided }, LONGEST_FLIP);
        // Where there is a model, the code did not go that way.
        return other.problem?.kind !== 'no-model' && essenceOf(other) !== first;
      } catch (error) {
        // Taken that way, the code does not come to an end.
        if (error instanceof SealedError) return true;
        throw error;
      }
    };
    const open = answer.decisions.filter(({ id }) => !Object.hasOwn(asked.decided, id));
    for (const decision of open.slice(0, MOST_FLIPS)) if (await matters([decision])) return decision;
    const rest = open.slice(MOST_FLIPS);
    return rest.length > 0 && (await matters(rest)) ? rest[0] : undefined;
  }
}

/** What two runs have in common where they made the same model, or failed in the same way: places are no part of it. */
function essenceOf({ outcome, problem }: GuestAnswer): string {
  if (problem) return JSON.stringify([problem.kind, problem.message, problem.what]);
  return JSON.stringify(outcome ?? null, (key, value) => (key === 'at' || key === 'seen' ? undefined : value));
}
