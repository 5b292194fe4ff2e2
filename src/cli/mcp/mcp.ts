import { Command } from 'commander';
import type { CliHost } from '../host';
import type { ServeOptions } from './server';

/** `activation-lens mcp`: the tools for agents, over the Model Context Protocol. */
export function mcpCommand(host: CliHost): Command {
  const collect = (value: string, before: readonly string[]) => [...before, value];
  return new Command('mcp')
    .description(
      'Serve the tools for coding agents (explain_activation, check_code, read_model, compare_activations) over the Model Context Protocol, on standard input and output.',
    )
    .option(
      '--root <FOLDER>',
      'folder whose files may be read, instead of those that the client tells; once for each',
      collect,
      [],
    )
    .option('--library <FOLDER>', 'folder of libraries besides those of the environment; once for each', collect, [])
    .action(async (options: ServeOptions) => {
      const { serve } = await import('./server');
      await serve(host, options);
    });
}
