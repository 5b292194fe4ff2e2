import type { ArgumentsOf, Fields } from './fields';
import type { AgentHost } from './host';

/** What a tool answers: plain data, bounded (`bounded.ts`). */
export type Answer = Readonly<Record<string, unknown>>;

/** One tool, for every host. */
export interface Tool {
  /** `verb_noun`. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** For models: English whatever the editor speaks. */
  readonly description: string;
  readonly fields: Fields;
  /** It reads models or measures: one such call at a time, within a time. */
  readonly isLong: boolean;
  /** It needs a runtime for models. */
  readonly measures?: true;
  /**
   * @param tell is given an answer that is true so far, which stands where the time ends
   * @throws ToolError
   */
  readonly run: (
    host: AgentHost,
    given: unknown,
    signal: AbortSignal,
    tell: (answer: Answer) => void,
  ) => Promise<Answer>;
}

/** A tool from its table of arguments. */
export const toolOf = <const F extends Fields>(
  tool: Omit<Tool, 'run' | 'fields'> & {
    readonly fields: F;
    readonly run: (
      host: AgentHost,
      asked: ArgumentsOf<F>,
      signal: AbortSignal,
      tell: (answer: Answer) => void,
    ) => Promise<Answer>;
  },
  read: (fields: F, given: unknown) => ArgumentsOf<F>,
): Tool => ({ ...tool, run: (host, given, signal, tell) => tool.run(host, read(tool.fields, given), signal, tell) });
