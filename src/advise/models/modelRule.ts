import type { SourceRange } from '../../graph/types';
import type { Language } from '../../language/say';
import type { FindingWords } from '../report';
import type { Messages, Rule } from '../rule';
import type { CodeTexts } from '../texts';
import type { ModelGraph } from './modelGraph';

/** A model as rules look at it. */
export interface ModelContext {
  readonly model: ModelGraph;
  /** The code builds it with these arguments: its sizes are no mere defaults. */
  readonly isBuilt: boolean;
  /** The texts of the user's files. */
  readonly texts: CodeTexts;
  readonly language: Language;
}

/**
 * What one run of one place says: a finding, or that all is well there. A place is told where some run is at fault and
 * none is well: a class that is used rightly elsewhere is not wrong by itself.
 */
export interface ModelVerdict<K extends string> {
  readonly at: SourceRange;
  /** What the verdict is about, where that is more than the place. */
  readonly about?: string;
  /** Nothing where all is well. */
  readonly words?: Omit<FindingWords<K>, 'at'>;
  /** The nodes that it is about. */
  readonly nodes?: readonly number[];
}

/** A rule that looks at a model's graph for what its namesake looks for in the syntax. */
export interface ModelRule<K extends string = string> {
  readonly rule: Pick<Rule, 'code' | 'severity' | 'isOptional'>;
  readonly messages: Messages<K>;
  check(context: ModelContext): Iterable<ModelVerdict<K>>;
}
