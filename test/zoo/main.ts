import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, relative, resolve } from 'node:path';
import { projectCallers } from '../../src/cli/callers';
import { librariesFor } from '../../src/cli/libraries';
import { nodeThreads } from '../../src/reader/node';
import { Reader } from '../../src/reader/reader';
import { LibrarySource } from '../../src/source/libraries';
import { NodeSource } from '../../src/source/node';
import { readGrammar, testSyntax } from '../support/syntax';
import { type Exclusion, findModels, type ZooModel } from './find';
import { Judge } from './judge';
import { type Outcome, readAlone } from './read';
import { reportLines } from './report';

export interface ZooOptions {
  /** Checkouts, and the Python files of each. */
  readonly folders: readonly { readonly root: string; readonly files: readonly string[] }[];
  readonly worker: string;
  readonly judge?: string | undefined;
  readonly judgeScript: string;
  readonly library: readonly string[];
  readonly only?: string | undefined;
  readonly sample?: number | undefined;
  readonly seed: number;
  readonly seconds: number;
  readonly json?: string | undefined;
  readonly list: boolean;
  readonly out: (line: string) => void;
  readonly progress: (line: string) => void;
}

/** Reads every model of the checkouts, and prints what came of it. */
export async function runZoo(options: ZooOptions): Promise<void> {
  const { out, progress, judge: python } = options;
  const pattern = options.only === undefined ? undefined : new RegExp(options.only);
  const reader = new Reader(nodeThreads(options.worker), readGrammar);
  const outcomes: Outcome[] = [];
  const exclusions: Exclusion[] = [];
  const place = ({ file, name }: ZooModel) => {
    const root = options.folders.find((each) => file.startsWith(each.root))?.root ?? '';
    return `${basename(root)}/${relative(root, file)}:${name}`;
  };
  const chosen = new Map<string, ZooModel[]>();
  for (const { root, files } of options.folders) {
    progress(`looking for models in ${root}`);
    const census = await findModels(testSyntax(), root, files);
    exclusions.push(...census.exclusions);
    const models = census.models.filter((model) => !pattern || pattern.test(place(model)));
    chosen.set(root, models);
  }
  const all = [...chosen.values()].flat();
  const drawn = new Set(options.sample === undefined ? all : sampleOf(all, options.sample, options.seed));
  if (options.list) {
    for (const model of drawn) out(place(model));
    return;
  }
  let done = 0;
  for (const [root, models] of chosen) {
    const judge =
      python === undefined ? undefined : new Judge(python, options.judgeScript, root, 1000 * options.seconds);
    const callers = projectCallers();
    for (const model of models.filter((each) => drawn.has(each))) {
      const source = new LibrarySource(new NodeSource([root]), await librariesFor(model.file, options.library, {}));
      const { outcome, question } = await readAlone(reader, source, model, 1000 * options.seconds, callers);
      if (question && judge) outcome.verdict = await judge.ask(question);
      outcomes.push(outcome);
      done += 1;
      const verdict = outcome.verdict
        ? `, ${outcome.verdict.verdict === 'wrong' ? 'WRONG' : outcome.verdict.verdict}`
        : '';
      progress(`${done}/${drawn.size} ${place(model)}: ${outcome.outcome}${verdict} (${outcome.milliseconds} ms)`);
    }
    judge?.close();
  }
  reader.dispose();
  for (const line of reportLines(outcomes, exclusions, place)) out(line);
  if (options.json !== undefined) {
    const short = <M extends { readonly file: string; readonly name: string }>(model: M) => ({
      ...model,
      file: place({ ...model, kind: 'class' }).replace(/:[^:]*$/, ''),
    });
    const data = { models: outcomes.map(short), exclusions: exclusions.map(short) };
    await writeFile(options.json, `${JSON.stringify(data, undefined, 1)}\n`);
  }
}

/** Some of the models, the same for the same seed. */
function sampleOf(models: readonly ZooModel[], count: number, seed: number): ZooModel[] {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  const draw = (): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
    return (state ^ (state >>> 13)) >>> 0;
  };
  return models
    .map((model) => ({ model, key: draw() }))
    .sort((a, b) => a.key - b.key)
    .slice(0, count)
    .map(({ model }) => model);
}

/** @throws Error where a path that was named is not there. */
export function requirePath(path: string): string {
  if (!existsSync(path)) throw new Error(`${path}: there is no such file or folder`);
  return resolve(path);
}
