import { Command, Option } from 'commander';
import { type FindingSeverity, type HealthReport, severities } from '../health/report';
import { runHealth } from '../run/health';
import { withCancelling } from './cancelling';
import { healthLines } from './healthText';
import type { CliHost } from './host';
import { type ReadModel, readModel } from './model';
import { modelArgument, parsePositive, type ReadOptions, withReadOptions } from './options';
import { progressTo } from './progress';
import { weightsFrom, weightsOption } from './weights';
import { withRuntime } from './withRuntime';

interface CheckOptions extends ReadOptions {
  readonly weights?: string;
  readonly budget?: number;
  readonly failOn: FindingSeverity;
  readonly json?: boolean;
}

async function check(
  host: CliHost,
  { graph, batched, training, file }: ReadModel,
  options: CheckOptions,
  signal: AbortSignal,
): Promise<HealthReport> {
  const weights = options.weights === undefined ? undefined : await weightsFrom(options.weights, graph, options.part);
  const request = {
    graph,
    file,
    ...(batched && { batched }),
    ...(training && { training }),
    ...(weights && { weights }),
    ...(options.budget !== undefined && { budget: options.budget * 1000 }),
  };
  return withRuntime(host, signal, (runtime) => runHealth(request, runtime, progressTo(host), signal));
}

/** `activation-lens check FILE[:EXPR]`; `onFindings` is told where any are as bad as `--fail-on`. */
export function checkCommand(host: CliHost, onFindings: () => void): Command {
  return withReadOptions(new Command('check'))
    .description(
      'Measure the health of a model as it stands: signal and gradient by layer, dead units, weights, 8 bits. Ends with 1 where something is wrong.',
    )
    .argument(...modelArgument)
    .option(...weightsOption)
    .addOption(
      new Option('--fail-on <severity>', 'end with 1 from this severity on')
        .choices(severities.toReversed())
        .default('warning'),
    )
    .option('--budget <seconds>', 'time for measuring, at most; 30 unless given', parsePositive)
    .option('--json', 'print the report as JSON')
    .action((target: string, options: CheckOptions) =>
      withCancelling(async (signal) => {
        const model = await readModel(host, target, options, signal, true);
        const report = await check(host, model, options, signal);
        if (options.json) host.json(report);
        else host.out(healthLines(report));
        const worst = severities.indexOf(options.failOn);
        if (report.findings.some(({ severity }) => severities.indexOf(severity) <= worst)) onFindings();
      }),
    );
}
