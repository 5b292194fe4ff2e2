/** The tools for agents, and how one is run: within a time, one long call at a time. */
import { quote } from './bounded';
import { checkCode } from './checkCode';
import { compareActivations } from './compareActivations';
import { explainActivation } from './explainActivation';
import { type ArgumentFields, type JsonSchema, schemaOf } from './fields';
import type { AgentHost } from './host';
import { readModel } from './readModel';
import type { Tool, ToolAnswer } from './tool';
import { ToolError } from './toolError';

export const tools: readonly Tool[] = [explainActivation, checkCode, readModel, compareActivations];

/** Seconds for a call that says nothing of time. */
export const USUAL_SECONDS = 20;
const MOST_SECONDS = 3600;
/** Calls that wait for the one that runs. */
const MOST_WAITING = 4;

const timeField = {
  time_limit_seconds: {
    kind: 'number',
    least: 1,
    most: MOST_SECONDS,
    description: `When the call is ended at the latest; ${USUAL_SECONDS} by default. Ask the user before much more.`,
  },
} as const satisfies ArgumentFields;

/** What callers are told of a tool's arguments. */
export const inputSchema = (tool: Tool): JsonSchema & { readonly type: 'object' } =>
  schemaOf(tool.isLong ? { ...tool.fields, ...timeField } : tool.fields);

/** Seconds that a call asks for; undefined where it names none that could be. */
export function secondsOf(given: unknown): number | undefined {
  const seconds = (given as { readonly time_limit_seconds?: unknown } | null | undefined)?.time_limit_seconds;
  const isTime = typeof seconds === 'number' && seconds >= 1 && seconds <= MOST_SECONDS;
  return seconds === undefined ? USUAL_SECONDS : isTime ? seconds : undefined;
}

/** What came of a call. */
export interface ToolOutcome {
  readonly isError: boolean;
  readonly answer: ToolAnswer;
}

/** Runs tools for one host. */
export class ToolRunner {
  /** Ends when the call that runs does, and those before it that wait. */
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(private readonly host: AgentHost) {}

  /**
   * Never rejects for what a caller or a file may have done wrong.
   * @throws the signal's reason when it is aborted
   */
  async run(name: string, given: unknown, signal: AbortSignal): Promise<ToolOutcome> {
    try {
      const tool = tools.find((each) => each.name === name);
      if (!tool)
        throw new ToolError(
          'unknown-tool',
          'There is no such tool.',
          `Call one of ${tools.map((each) => each.name).join(', ')}.`,
        );
      const answer = tool.isLong
        ? await this.runLong(tool, given, signal)
        : await tool.run(this.host, given, signal, () => undefined);
      return { isError: false, answer };
    } catch (error) {
      signal.throwIfAborted();
      return { isError: true, answer: errorAnswer(error) };
    }
  }

  private async runLong(tool: Tool, given: unknown, signal: AbortSignal): Promise<ToolAnswer> {
    const seconds = secondsOf(given);
    if (seconds === undefined)
      throw new ToolError(
        'wrong-argument',
        `time_limit_seconds must be a number from 1 to ${MOST_SECONDS}.`,
        'Call again with another one, or without it.',
      );
    if (this.waiting > MOST_WAITING)
      throw new ToolError('busy', 'Other calls are waiting already.', 'Wait for their answers, then call again.');
    this.waiting++;
    const before = this.last;
    const mine = before.then(() => {
      signal.throwIfAborted();
      return this.runWithin(seconds, tool, given, signal);
    });
    this.last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      this.waiting--;
    }
  }

  /** What is true so far stands in the place of an answer that takes too long. */
  private async runWithin(seconds: number, tool: Tool, given: unknown, signal: AbortSignal): Promise<ToolAnswer> {
    const { time_limit_seconds: _, ...rest } = (given ?? {}) as Readonly<Record<string, unknown>>;
    const ending = new AbortController();
    const end = () => ending.abort(signal.reason);
    signal.addEventListener('abort', end);
    const timer = setTimeout(() => ending.abort(new TimeUp()), 1000 * seconds);
    let soFar: ToolAnswer | undefined;
    try {
      return await tool.run(this.host, rest, ending.signal, (answer) => {
        soFar = answer;
      });
    } catch (error) {
      if (signal.aborted || !(ending.signal.reason instanceof TimeUp)) throw error;
      const less = tool.measures ? 'fewer candidates or a smaller budget_seconds' : 'a part of the model';
      const next = `Call again with time_limit_seconds above ${seconds}, or with ${less}.`;
      if (soFar) return { ...soFar, endedAfterSeconds: seconds, next };
      throw new ToolError('too-long', `It did not end within ${seconds} seconds.`, next);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    }
  }
}

class TimeUp extends Error {}

function errorAnswer(error: unknown): ToolAnswer {
  if (error instanceof ToolError) {
    const { code, message, next, details } = error;
    return { error: { code, message, next, ...details } };
  }
  // What others throw may have text of a file in it.
  const reason = quote(error instanceof Error ? error.message : String(error));
  const next = 'Try another file or a part of it, and tell the user the reason.';
  return { error: { code: 'failed', message: 'The call failed.', next, reason } };
}
