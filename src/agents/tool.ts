import { type ArgumentFields, type ArgumentsOf, readArguments } from './fields';
import type { AgentHost } from './host';

/** What a tool answers: plain data, bounded (`bounded.ts`). */
export type ToolAnswer = Readonly<Record<string, unknown>>;

/** One tool, for every host. */
export interface Tool {
  /** `verb_noun`. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** For models: English whatever the editor speaks. */
  readonly description: string;
  readonly fields: ArgumentFields;
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
    tell: (answer: ToolAnswer) => void,
  ) => Promise<ToolAnswer>;
}

/** A tool from its table of arguments. */
export const toolOf = <const F extends ArgumentFields>(
  tool: Omit<Tool, 'run' | 'fields'> & {
    readonly fields: F;
    readonly run: (
      host: AgentHost,
      asked: ArgumentsOf<F>,
      signal: AbortSignal,
      tell: (answer: ToolAnswer) => void,
    ) => Promise<ToolAnswer>;
  },
): Tool => ({
  ...tool,
  run: (host, given, signal, tell) => tool.run(host, readArguments(tool.fields, given), signal, tell),
});
