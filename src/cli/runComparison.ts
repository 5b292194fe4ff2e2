import type { Report } from '../compare/report';
import type { ExperimentRequest } from '../run/experiment';
import type { RunEvent } from '../run/protocol';
import { runExperiment } from '../run/runExperiment';
import type { CliHost } from './host';
import { withRuntime } from './withRuntime';

/** @throws CliError why it could not be measured */
export const runComparison = (
  host: Pick<CliHost, 'openRuntime'>,
  request: ExperimentRequest,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<Report> => withRuntime(host, signal, (runtime) => runExperiment(request, runtime, emit, signal));
