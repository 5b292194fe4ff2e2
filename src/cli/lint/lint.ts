import { isAbsolute, relative, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { Advice, Severity } from '../../advise/advice';
import type { RuleSettings } from '../../advise/configuration';
import { advise } from '../../advise/engine';
import { mayComputeLoss, neighboursOf } from '../../advise/neighbours';
import { languageOf } from '../../detect/language';
import type { Skipped } from '../../detect/skipped';
import type { SourceRange } from '../../graph/types';
import type { Program } from '../../python/syntax/ast';
import { parseProgram } from '../../python/syntax/parse';
import type { NotebookText } from '../../source/notebook';
import type { SourceText } from '../../source/source';
import { projectSearch } from '../callers';
import { eachFile, note } from '../files';
import { CliError, type CliHost } from '../host';
import { annotation } from './annotations';
import { leaveOutKnown, writeBaseline } from './baseline';
import { type Finding, findingOf, place } from './finding';
import { type Mended, mend, patchOf, write } from './fixing';
import { Measuring } from './measuring';
import { LintModels } from './models';
import { sarif } from './sarif';
import { LintScope, type ScopeOptions } from './scope';
import { concise, full, summary } from './text';

interface LintOptions extends ScopeOptions {
  readonly format: 'text' | 'concise' | 'json' | 'sarif' | 'github';
  readonly fix?: true;
  readonly unsafeFixes?: true;
  readonly diff?: true;
  readonly models?: true;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly failOn: Severity;
  readonly stdinFilename: string;
  readonly measure?: true;
}

const severities: readonly Severity[] = ['information', 'warning', 'error'];
/** Files with a loss that may import one that is named alone. */
const MAX_USERS = 20;

/** `lint PATH...`; `onProblems` is told where any were found. */
export function lintCommand(host: CliHost, onProblems: () => void): Command {
  const codes = (text: string, before: readonly string[] = []) => [
    ...before,
    ...text.split(',').map((each) => each.trim()),
  ];
  return new Command('lint')
    .description('Report mistakes around activation functions. Ends with 1 where there are any.')
    .argument('<PATH...>', 'files and folders; - is standard input')
    .addOption(
      new Option('--format <format>', 'how to print')
        .choices(['text', 'concise', 'json', 'sarif', 'github'])
        .default('text'),
    )
    .option('--select <codes>', 'only these rules, those that are off included', codes)
    .option('--ignore <codes>', 'without these rules', codes)
    .option('--config <file>', 'settings, instead of the nearest activation-lens.json or pyproject.toml')
    .option('--fix', 'mend what can be mended safely')
    .option('--unsafe-fixes', 'with --fix and --diff: also what changes what the code computes')
    .option('--diff', 'print what --fix would change, and change nothing')
    .option('--models', 'read the models of each file, without running them, and look at their graphs as well')
    .option('--baseline <file>', 'leave out the findings that the file knows')
    .option('--write-baseline <file>', 'write the findings down as known')
    .addOption(
      new Option('--fail-on <severity>', 'end with 1 from this severity on')
        .choices([...severities])
        .default('information'),
    )
    .option(
      '--measure',
      'read the models, and measure on them what a finding costs at initialisation, on made-up inputs',
    )
    .option('--stdin-filename <name>', 'what standard input is called', 'stdin.py')
    .action(async (paths: string[], options: LintOptions) => {
      const linting = new Linting(host, options, paths);
      try {
        await linting.run();
      } finally {
        await linting.dispose();
      }
      if (linting.isFailed) onProblems();
    });
}

class Linting {
  isFailed = false;
  private readonly findings = new Map<string, Finding>();
  private readonly skipped: Skipped[] = [];
  private readonly mended: Mended[] = [];
  private readonly scope: LintScope;
  private readonly measuring: Measuring | undefined;
  private readonly search = projectSearch();
  private readonly models: LintModels | undefined;
  /** How files are called that were asked for, by their whole paths. */
  private readonly names = new Map<string, string>();

  constructor(
    private readonly host: CliHost,
    private readonly options: LintOptions,
    private readonly paths: readonly string[],
  ) {
    this.scope = new LintScope(host.source, options);
    if (options.measure && paths.includes('-'))
      throw new CliError('--measure reads models from files, not from standard input');
    this.models = options.models && new LintModels(host);
    this.measuring = options.measure ? new Measuring(host) : undefined;
  }

  async dispose(): Promise<void> {
    await this.measuring?.dispose();
  }

  async run(): Promise<void> {
    if (this.paths.includes('-')) {
      if (this.paths.length > 1) throw new CliError('standard input is read alone: lint -');
      await this.look({ file: this.options.stdinFilename, text: await standardInput(), version: 0 }, undefined);
    } else await eachFile(this.host, this.paths, (text, notebook) => this.look(text, notebook));
    const all = [...this.findings.values()].sort(
      (a, b) => compare(a.range.file, b.range.file) || (a.cell ?? 0) - (b.cell ?? 0) || a.range.line - b.range.line,
    );
    if (this.models) this.host.err(`${this.models.read} of ${this.models.tried} models were read`);
    const { baseline, writeBaseline: written } = this.options;
    if (written !== undefined) {
      await writeBaseline(written, all);
      this.host.err(`${all.length} known findings are written to ${written}`);
      return;
    }
    const found = baseline === undefined ? all : await leaveOutKnown(baseline, all);
    this.print(found);
    const { failOn } = this.options;
    this.isFailed = found.some(({ severity }) => severities.indexOf(severity) >= severities.indexOf(failOn));
  }

  /** Files are compared by their whole paths, and told as they were named. */
  private async look(named: SourceText, notebook: NotebookText | undefined): Promise<void> {
    const settings = await this.scope.of(named.file);
    if (!settings) return;
    const text = { ...named, file: resolve(named.file) };
    this.names.set(text.file, named.file);
    const tell = (each: Skipped) => {
      const skipped = { ...each, range: this.asNamed(each.range) };
      this.host.err(note(skipped, notebook));
      this.skipped.push(skipped);
    };
    let now = text;
    if (this.isMending && notebook)
      this.host.err(`${named.file}: cells of a notebook are mended in the editor; left as they are`);
    else if (this.isMending) now = await this.mend(text, settings);
    for (const advice of await this.adviceFor(now, settings, tell)) {
      const { file, line, column } = advice.range;
      const isOwn = file === text.file;
      // What a project leaves out is not told through what imports it.
      if (!isOwn && !(await this.scope.of(file))) continue;
      const source = isOwn ? now.text : ((await this.host.source.read(file))?.text ?? '');
      const key = `${advice.code} ${file} ${line} ${column}`;
      const measured = this.findings.get(key)?.measured ?? (await this.measuring?.measure(advice, source));
      const told = { ...this.renameFiles(advice), ...(measured && { measured }) };
      this.findings.set(key, findingOf(told, source, isOwn ? notebook : undefined));
    }
  }

  private asNamed(range: SourceRange): SourceRange {
    const isRelative = this.paths.every((path) => !isAbsolute(path));
    const file = this.names.get(range.file) ?? (isRelative ? relative('', range.file) : range.file);
    return { ...range, file };
  }

  private renameFiles(advice: Advice): Advice {
    return {
      ...advice,
      range: this.asNamed(advice.range),
      related: advice.related.map((each) => ({ ...each, range: this.asNamed(each.range) })),
      fixes: advice.fixes.map((fix) => ({
        ...fix,
        edits: fix.edits.map((edit) => ({ ...edit, range: this.asNamed(edit.range) })),
      })),
    };
  }

  private async adviceFor(
    text: SourceText,
    settings: RuleSettings,
    tell: (skipped: Skipped) => void = () => undefined,
  ): Promise<Advice[]> {
    const { syntax, source } = this.host;
    const findNeighbours = async (program: Program) => {
      const isNamed = this.paths.some((path) => resolve(path) === text.file);
      const users = isNamed ? (await this.search(mayComputeLoss, text.file)).slice(0, MAX_USERS) : [];
      return neighboursOf(syntax, source, text, program, users);
    };
    const options = { settings, tell, isEverywhere: true };
    if (!this.models || (languageOf(text.file) ?? 'python') !== 'python')
      return advise(syntax, text, { ...options, findNeighbours });
    const neighbours = await findNeighbours(await parseProgram(syntax, text.text, text.file));
    return this.models.advise(text, neighbours, options);
  }

  private get isMending(): boolean {
    return Boolean(this.options.fix || this.options.diff);
  }

  private async mend(text: SourceText, settings: RuleSettings): Promise<SourceText> {
    const { fix, diff, unsafeFixes, stdinFilename } = this.options;
    const found = await mend(text.file, text.text, Boolean(unsafeFixes), (now) =>
      this.adviceFor({ ...text, text: now }, settings),
    );
    const mended = { ...found, file: this.names.get(text.file) ?? text.file };
    const isInput = this.paths.includes('-') && mended.file === stdinFilename;
    if (mended.count > 0) this.mended.push(mended);
    if (diff) return text;
    if (isInput) this.host.help.writeOut(mended.after);
    else if (fix && mended.count > 0) await write(mended);
    return { ...text, text: mended.after };
  }

  private print(found: readonly Finding[]): void {
    const { format, diff } = this.options;
    const { out, err, json } = this.host;
    if (diff) {
      for (const each of this.mended) out(patchOf(each));
      return;
    }
    const count = this.mended.reduce((sum, each) => sum + each.count, 0);
    if (count > 0) err(`${count} mended in ${this.mended.length} file${this.mended.length === 1 ? '' : 's'}`);
    // What was mended of standard input stands on standard output.
    if (this.isMending && this.paths.includes('-')) {
      for (const each of found) err(concise(each));
      return;
    }
    switch (format) {
      case 'json':
        json(found.map(asJson));
        return;
      case 'sarif':
        json(sarif(found, this.skipped, (code) => this.host.rulePage(code)));
        return;
      case 'github':
        for (const each of found) out(annotation(each));
        return;
      case 'concise':
        for (const each of found) out(concise(each));
        return;
      default:
        for (const each of found) out(full(each));
        if (found.length > 0) out(summary(found));
    }
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

async function standardInput(): Promise<string> {
  process.stdin.setEncoding('utf8');
  let text = '';
  for await (const part of process.stdin) text += part;
  return text;
}

const asJson = (finding: Finding) => {
  const { range, cell, code, severity, message, hint, related, fixes, measured } = finding;
  return {
    file: range.file,
    ...(cell !== undefined && { cell }),
    ...place(finding),
    code,
    severity,
    message,
    hint,
    related: related.map((each) => ({ file: each.range.file, ...place(each), message: each.message })),
    fixes: fixes.map(({ title, preferred, edits }) => ({
      title,
      isSafe: preferred,
      edits: edits.map((edit) => ({ file: edit.range.file, ...place(edit), text: edit.text })),
    })),
    ...(measured && { measured }),
  };
};
