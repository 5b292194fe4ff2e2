import type { Program } from '../python/syntax/ast';
import type { Store } from './store';
import type { BuiltLayer, FlowResult, FlowValue, LayerBuild } from './values';

/** A file of the workspace that an import means. */
export type FindModule = (from: string, module: string, level: number) => Program | undefined;

/** What the operations of a file's code are, and what goes into each. */
export interface FileFlow {
  /** Each operation as often as it was met, in the order in which it runs. */
  readonly results: readonly FlowResult[];
  /** Each layer as often as it is built. */
  readonly built: readonly LayerBuild[];
  /** How many operations, containers and callers take a result. */
  usesOf(result: FlowResult): number;
  /** The attribute or variable that holds a layer or a list of them. */
  nameOf(id: number): string | undefined;
  /** Whether somebody gives a layer another weight than its own: a tied one. */
  isReweighted(layer: BuiltLayer): boolean;
  /** What variables, attributes and containers hold in the end. */
  readonly store: Store;
}

/** What a model gives, by its class's name, where its graph was read. */
export type ModelAnswers = (name: string) => FlowValue | undefined;
