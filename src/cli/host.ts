import type { ModelReading, OnnxFiles } from '../reader/readers';
import type { Runtime } from '../run/runtime';
import type { Source } from '../source/source';
import type { Syntax } from '../syntax/syntax';
import type { Terminal } from './terminal';

/** What commands need of the terminal they run in. */
export interface CliHost extends Terminal {
  readonly syntax: Syntax;
  readonly source: Source;
  /** Reads models, and writes ONNX files with other activations. */
  readonly reader: ModelReading & OnnxFiles;
  /** The text of a rule's page, by the rule's code. */
  readonly rulePage: (code: string) => string | undefined;
  /** Whether the package has ONNX Runtime for the terminal: that of the editor has it not. */
  readonly canMeasure: () => boolean;
  /** Starts ONNX Runtime. It is large: it is loaded where it runs. */
  readonly openRuntime: () => Promise<Runtime>;
}

/** Usage or input that can't be read, a line each: the frame prints it on standard error and exits with 2. */
export class CliError extends Error {
  override name = 'CliError';
  readonly lines: readonly string[];

  constructor(...lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}
