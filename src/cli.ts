import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { pairCommand } from './cli/beside';
import { checkCommand } from './cli/check';
import { compareCommand } from './cli/compare';
import { detectCommand } from './cli/detect';
import { explainCommand } from './cli/explain';
import { extractCommand } from './cli/extract';
import { CliError, type CliHost } from './cli/host';
import { lintCommand } from './cli/lint/lint';
import { mcpCommand } from './cli/mcp/mcp';
import { terminal, type Write } from './cli/terminal';
import { excerpt, MESSAGE } from './language/legible';
import { nodeThreads } from './reader/node';
import { Reader, type ReadPart } from './reader/reader';
import { Readers } from './reader/readers';
import { NodeSource } from './source/node';
import { type ReadGrammar, Syntax } from './syntax/syntax';

/** What a test puts in the place of the terminal and the disk. */
interface Io extends Partial<Pick<CliHost, 'syntax' | 'source' | 'reader' | 'rulePage' | 'openRuntime'>> {
  readonly out?: Write;
  readonly err?: Write;
}

/** The rules' pages lie beside the build, where they were installed with it. */
function rulePage(code: string): string | undefined {
  try {
    return readFileSync(join(__dirname, '..', 'docs', 'rules', `${code}.md`), 'utf8');
  } catch {
    return undefined;
  }
}

/** Runs a command line. @returns 0 done, 1 lint or check found problems, 2 usage or unreadable input; what `compare --decide` says. */
export async function main(argv: readonly string[], { out, err, ...more }: Io = {}): Promise<number> {
  const readGrammar: ReadGrammar = (file) => readFile(join(__dirname, 'grammars', file));
  const readPart: ReadPart = (name) => readFile(join(__dirname, 'sealed', name));
  const thread = (name: string) => nodeThreads(join(__dirname, `${name}.worker.js`));
  const host: CliHost = {
    syntax: new Syntax(readGrammar),
    reader: new Readers({
      python: new Reader(thread('reader'), readGrammar),
      tfjs: new Reader(thread('tfjs'), readGrammar, undefined, readPart),
      onnx: new Reader(thread('onnx'), readGrammar),
    }),
    source: new NodeSource(),
    rulePage,
    canMeasure: () => existsSync(join(__dirname, 'ort-node')),
    openRuntime: async () => (await import('./cli/runtime')).openRuntime(),
    ...terminal(out, err),
    ...more,
  };
  let code = 0;
  const program = new Command('activation-lens').description(
    'Activation functions in model code: find, explain, check and compare them. No Python is run; TensorFlow.js code runs in a sealed interpreter.',
  );
  program.addCommand(detectCommand(host));
  program.addCommand(explainCommand(host));
  const fail = () => {
    code = 1;
  };
  program.addCommand(lintCommand(host, fail));
  program.addCommand(checkCommand(host, fail));
  program.addCommand(extractCommand(host));
  program.addCommand(
    compareCommand(host, (decided) => {
      code = decided;
    }),
  );
  program.addCommand(pairCommand(host));
  program.addCommand(mcpCommand(host));
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput(host.help);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof CliError) host.err(error.lines);
    else host.err(excerpt(error instanceof Error ? error.message : String(error), MESSAGE));
    return 2;
  }
}

if (require.main === module) {
  // A reader that has seen enough (`| head`) closes the pipe: that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
