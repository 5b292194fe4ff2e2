/** A comparison from beginning to end. */
import type { MeasureName, Report } from '../compare/report';
import { type CompareRequest, Comparison } from './comparison';
import { measureCompression } from './measures/compression';
import { measureLatency, measureStep } from './measures/cost';
import { measureFlow } from './measures/flow';
import { measureLearning } from './measures/learning';
import type { RunEvent } from './protocol';
import type { Runtime } from './runtime';

export type { CompareRequest } from './comparison';

/** How the budget is shared out. Compiling isn't counted. */
const shares = { flow: 0.2, latency: 0.4, step: 0.2, compression: 0.2 } as const;

/**
 * Swaps, compiles and measures; emits reports as they grow and the last one as `done`.
 * @throws PlanError, RuntimeError with messages for the user; the signal's reason when it is aborted. Sessions are
 * released in every case; the runtime remains the caller's.
 */
export async function runComparison(
  request: CompareRequest,
  runtime: Runtime,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<Report> {
  const comparison = new Comparison(request, runtime, emit, signal);
  const { budget } = request.plan;
  const has = (...names: MeasureName[]) => names.some((name) => comparison.measures.has(name));
  comparison.send(true);
  if (has('signal', 'gradient')) await measureFlow(comparison, budget * shares.flow);
  comparison.send(true);
  if (has('cost')) {
    await measureLatency(comparison, budget * shares.latency);
    await measureStep(comparison, budget * shares.step);
  }
  comparison.send(true);
  if (has('compression', 'drift')) await measureCompression(comparison, budget * shares.compression);
  if (has('learning')) await measureLearning(comparison);
  const report = comparison.report(true);
  emit({ type: 'done', report });
  return report;
}
