import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { quickMeasures } from '../compare/measures/index';
import { defaultLearning } from '../compare/report';
import { type NamedReport, writeBeside } from '../exports/beside';
import { withCancelling } from './cancelling';
import { measure } from './compare';
import type { CliHost } from './host';
import { parseTarget, readModel } from './model';
import { parsePositive, parseWhole, type ReadOptions, withReadOptions } from './options';
import { checkOut, parseRevision } from './revision';

interface Options extends ReadOptions {
  readonly budget: number;
  readonly seed: number;
  readonly learn?: boolean;
  readonly json?: boolean;
  readonly markdown?: string;
}

/** `activation-lens beside BEFORE AFTER`. */
export function pairCommand(host: CliHost): Command {
  return withReadOptions(new Command('beside'))
    .description('Measure two versions of a model as they are written, and lay them beside each other.')
    .argument('<BEFORE>', 'as for compare, or that of a Git revision: HEAD~1:model.py, main:model.py:Net')
    .argument('<AFTER>', 'the same')
    .option('--budget <seconds>', 'time for measuring each', parsePositive, 10)
    .option('--learn', 'train each for a short while, too')
    .option('--seed <number>', 'of the initial weights and the inputs', parseWhole, 0)
    .option('--json', 'print both reports as JSON')
    .option('--markdown <OUT>', 'write the table for an issue, too')
    .action((before: string, after: string, options: Options) =>
      withCancelling(async (signal) => {
        const reports: NamedReport[] = [];
        for (const target of [before, after]) reports.push(await measureTarget(host, target, options, signal));
        const [first, second] = reports;
        if (!first || !second) return;
        const text = writeBeside(first, second);
        if (options.json) host.json({ before: first.report, after: second.report });
        // For the eye: what Markdown would take for marks is told by a backslash.
        else
          host.out(
            text
              .trimEnd()
              .replace(/\\(?=[^\w\s])/g, '')
              .split('\n'),
          );
        if (options.markdown !== undefined) await writeFile(options.markdown, text);
      }),
    );
}

async function measureTarget(
  host: CliHost,
  target: string,
  options: Options,
  signal: AbortSignal,
): Promise<NamedReport> {
  const named = existsSync(target) ? undefined : parseRevision(target);
  const { file, expression } = parseTarget(named?.rest ?? target);
  const out = named && (await checkOut(named.revision, file));
  try {
    host.err(`measuring ${target}`);
    const model = await readModel(
      host,
      [out?.file ?? file, ...(expression === undefined ? [] : [expression])].join(':'),
      options,
      signal,
      true,
    );
    const plan = { ...defaultLearning, learnBudget: defaultLearning.budget / 1000, measure: quickMeasures, with: [] };
    const report = await measure(host, model, { ...plan, ...options }, signal);
    return { name: target, report };
  } finally {
    await out?.dispose();
  }
}
