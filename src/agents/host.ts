/** What the tools need of where they run: a terminal behind a pipe, or an editor. */
import type { RuleSettings } from '../advise/configuration';
import type { Report } from '../compare/report';
import type { FindCell } from '../extract/relocate';
import type { ModelReading } from '../reader/readers';
import type { Source } from '../source/source';
import type { Syntax } from '../syntax/syntax';
import type { ModelArguments } from './readSubject';
import type { Subject } from './subject';

/** Everything that may be read for one call; outside of it nothing is, and nothing is told to be there. */
export interface Reach {
  /** Files inside of the roots, and libraries for what code imports. */
  readonly source: Source;
  /** Places in cells, where the source gives a notebook as one text. */
  readonly cells: FindCell;
  /** The notebooks that were read so. */
  readonly notebooks: () => readonly string[];
  /** Files inside of the roots that may call a name. */
  readonly callers: (name: string, file: string) => Promise<readonly string[]>;
  /** Files inside of the roots with a loss that may be fed by a file. */
  readonly users: (file: string) => Promise<readonly string[]>;
}

export interface AgentHost {
  readonly syntax: Syntax;
  readonly reader: ModelReading;
  /**
   * The host's own name of a file inside of the roots, links resolved.
   * @throws ToolError, the same whether there is a file or not, for a path outside
   */
  readonly admit: (path: string) => Promise<string>;
  /** What a text without a file is called, in a folder where imports of the project are found. */
  readonly nameFor: (ending: string) => Promise<string>;
  readonly reach: (file: string, signal: AbortSignal) => Promise<Reach>;
  /** Rules as the project sets them; undefined where it leaves the file out. */
  readonly rulesFor: (file: string) => Promise<RuleSettings | undefined>;
  /** Whether the TypeScript of a file may be run, in the sealed interpreter, besides what the call says. */
  readonly mayRun: (file: string) => Promise<boolean>;
  /** A file's name as an absolute path. */
  readonly pathOf: (file: string) => string;
  /**
   * Measures a model with other activations.
   * @param tell is given what is known so far
   * @throws ToolError where it can't be measured here
   */
  readonly compare: (order: CompareOrder, signal: AbortSignal, tell: (report: Report) => void) => Promise<Report>;
}

export interface CompareOrder {
  readonly subject: Subject;
  readonly model: ModelArguments;
  /** The catalogue's ids; none: the usual ones. */
  readonly candidates: readonly string[];
  /** Milliseconds for measuring. */
  readonly budget: number;
  /** Short training runs, too, with the milliseconds for them. */
  readonly learning?: { readonly budget: number; readonly seeds?: number; readonly steps?: number };
}
