/** A TensorFlow.js model's text → its graph, or what stands in the way. */
import type { Extraction, ExtractionProblem } from '../extract/extract';
import { itemAt } from '../graph/access';
import type { Fault } from '../graph/fault';
import type { SizeVariation } from '../graph/otherSizes';
import type { TensorTrace } from '../graph/trace';
import type { Graph } from '../graph/types';
import { say, sentence } from '../language/say';
import { shortName } from '../source/path';
import { listNamedModels, listTfjsModels, type TfjsBuilder } from './builders';
import type { TfjsHost, TfjsRequest } from './host';
import { Programs } from './programs';
import { Sealed } from './sealed';
import { problemIn, Unreadable } from './unreadable';
import { readWay, type WayResult } from './wayReading';
import { firstThatReads, waysTo } from './ways';

/** A model as it was read, and its other readings. */
export interface TfjsReading {
  readonly extraction: Extraction;
  readonly batched?: Graph;
  readonly training?: Graph;
  /** What was seen of its tensors, where that was asked for. */
  readonly trace?: TensorTrace;
  /** The same with other sizes, where the model takes others. */
  readonly variation?: SizeVariation;
}

/** Models of a file that are tried where none is named. */
const MOST_MODELS = 4;

/** Reads models, one after the other, in one interpreter that is started when it is first needed. */
export class TfjsReader {
  private sealed: Promise<Sealed> | undefined;

  /** Never rejects for what the text says. */
  async read(request: TfjsRequest, host: TfjsHost): Promise<TfjsReading> {
    const started = performance.now();
    let models: readonly TfjsBuilder[] = [];
    const failed = (problem: ExtractionProblem, fault?: Fault): TfjsReading => ({
      extraction: { ok: false, problem, others: [], parts: [], models, ...(fault && { fault }) },
    });
    try {
      const { file } = request;
      const text = await host.source.read(file);
      if (!text) return failed({ kind: 'no-model', message: say('{0} cannot be read', shortName(file)) });
      models = await listTfjsModels(host.syntax, text);
      if (models.length === 0) models = await listNamedModels(host.syntax, text);
      const asked = request.expression?.trim();
      const choices = asked ? [asked] : models.slice(0, MOST_MODELS).map(({ expression }) => expression);
      if (choices.length === 0) return failed(noModel(file));
      const tools = { sealed: await this.open(host), programs: new Programs(host), request, host };
      const found = await this.readFirst(choices, (choice) =>
        firstThatReads(waysTo(choice, models, request, host), (way) => readWay(way, tools)),
      );
      const milliseconds = performance.now() - started;
      const { batched, training, trace, variation, ...rest } = found;
      return {
        extraction: { ok: true, ...rest, hasModes: training !== undefined, milliseconds, models },
        ...(batched && { batched }),
        ...(training && { training }),
        ...(trace && { trace }),
        ...(variation && { variation }),
      };
    } catch (error) {
      const problem = problemIn(error, request.file);
      if (!problem) throw error;
      return failed(problem, error instanceof Unreadable ? error.fault : undefined);
    }
  }

  /**
   * The first model that can be read; a note says which likelier one can't. What asks for something ends the search: the
   * user may know it.
   */
  private async readFirst(
    choices: readonly string[],
    read: (choice: string) => Promise<WayResult>,
  ): Promise<WayResult> {
    let first: Unreadable | undefined;
    for (const choice of choices) {
      try {
        const found = await read(choice);
        if (!first) return found;
        const message = say('{0} was not read: {1}', itemAt(choices, 0), sentence(first.problem.message));
        return { ...found, graph: { ...found.graph, notes: [...found.graph.notes, { message }] } };
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        first ??= error;
        if (!['unsupported', 'no-model'].includes(first.problem.kind)) break;
      }
    }
    throw first;
  }

  private async open(host: TfjsHost): Promise<Sealed> {
    if ((await this.sealed)?.isBroken) this.sealed = undefined;
    this.sealed ??= host.parts().then((parts) => Sealed.open(parts));
    // A start that failed is tried again at the next reading.
    this.sealed.catch(() => {
      this.sealed = undefined;
    });
    return this.sealed;
  }
}

function noModel(file: string): ExtractionProblem {
  const message = say(
    'There is nothing in {0} that makes a TensorFlow.js model; open the file that builds it, or name what does: createModel()',
    shortName(file),
  );
  return { kind: 'no-model', message };
}
