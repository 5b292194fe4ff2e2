import type { Report } from '../compare/report';
import { excerpt, MESSAGE } from '../language/legible';
import type { ExperimentRequest } from '../run/experiment';
import type { RunEvent } from '../run/protocol';
import { runExperiment } from '../run/runExperiment';
import { CliError, type CliHost } from './host';

/** Starts ONNX Runtime, measures, and ends it. @throws CliError why it could not be measured */
export async function runComparison(
  { openRuntime }: Pick<CliHost, 'openRuntime'>,
  request: ExperimentRequest,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<Report> {
  const runtime = await openRuntime();
  try {
    return await runExperiment(request, runtime, emit, signal);
  } catch (error) {
    if (signal.aborted) throw new CliError('cancelled');
    throw new CliError(excerpt(runtime.explain(error), MESSAGE));
  } finally {
    await runtime.dispose();
  }
}
