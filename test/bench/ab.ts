// One side of an A/B comparison of two checkouts (`npm run bench ab`): times what people wait for and prints, as JSON,
// milliseconds of processor time by what was timed. The inputs come from the folder that is named, so that both sides
// read the same files; the code is that of the checkout for which this file was bundled.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { detectTree } from '../../src/detect/detect';
import type { ActivationSite } from '../../src/detect/site';
import { explainSite } from '../../src/explain/hover';
import { extractModel } from '../../src/extract/extract';
import { NodeSource } from '../../src/source/node';
import type { LanguageId, Tree } from '../../src/syntax/syntax';
import { testSyntax } from '../support/syntax';

interface Task {
  readonly what: string;
  run(): unknown;
  /** Milliseconds of processor time, where they are not those of one run. */
  time?(): Promise<number>;
}

const [inputs = '.', only = ''] = process.argv.slice(2);
const syntax = testSyntax();
const languages: Readonly<Record<string, LanguageId>> = { '.py': 'python', '.ts': 'typescript', '.tsx': 'tsx' };
const read = (...parts: string[]) => readFileSync(join(inputs, ...parts), 'utf8');

/** What a tree names. Older checkouts find it at once, not in steps. */
function sitesOf(tree: Tree, language: LanguageId, file: string, text: string): readonly ActivationSite[] {
  const steps: Iterator<void, { readonly sites: readonly ActivationSite[] }> | readonly ActivationSite[] = detectTree(
    tree,
    language,
    { file, text, version: 1 },
  );
  if (!('next' in steps)) return steps;
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value.sites;
  }
}

/** Detection in trees that are there already, so that the parser's time hides nothing. */
async function detection(what: string, texts: readonly (readonly [file: string, text: string])[]): Promise<Task> {
  const parsed = await Promise.all(
    texts.map(async ([file, text]) => {
      const language = languages[extname(file)] ?? 'typescript';
      return { file, text, language, tree: await syntax.parse(language, text) };
    }),
  );
  return {
    what: `detect ${what}`,
    run: () => parsed.map(({ file, text, language, tree }) => sitesOf(tree, language, file, text)),
  };
}

const folder = (...parts: string[]) =>
  readdirSync(join(inputs, ...parts))
    .filter((name) => extname(name) in languages)
    .map((name) => [name, read(...parts, name)] as const);

/** A file's classes and functions again and again, under other names, to so many lines. */
function long(lines: number, text: string): string {
  const copies = Math.ceil(lines / text.split('\n').length);
  return Array.from({ length: copies }, (_, i) =>
    text.replace(/^(class|def|export function) (\w+)/gm, `$1 $2${i}`),
  ).join('\n');
}

const hoverOptions = {
  theme: 'dark',
  language: 'en',
  links: { explain: 'command:explain', compare: 'command:compare', documentation: 'https://pytorch.org/docs' },
} as const;

async function hovers(): Promise<Task[]> {
  const inPython = async (text: string): Promise<readonly ActivationSite[]> => {
    const tree = await syntax.parse('python', text);
    const sites = sitesOf(tree, 'python', 'a.py', text);
    tree.delete();
    return sites;
  };
  const known = await inPython(read('test', 'fixtures', 'detect', 'spellings.py'));
  const [leaky] = await inPython('from torch import nn\nact = nn.LeakyReLU(0.5)\n');
  if (!leaky) throw new Error('nn.LeakyReLU is no activation');
  let slope = 0;
  return [
    { what: `${known.length} hovers, seen before`, run: () => known.map((site) => explainSite(site, hoverOptions)) },
    {
      what: '20 hovers with parameters not seen before',
      run: () => {
        for (let i = 0; i < 20; i++) {
          slope += 1e-5;
          explainSite({ ...leaky, parameters: { negative_slope: { value: slope } } }, hoverOptions);
        }
      },
    },
  ];
}

interface Model {
  readonly file: string;
  readonly expression?: string | undefined;
  readonly inputs?: { readonly shape: number[]; readonly dtype: 'float32' }[] | undefined;
}

/** Models as they are first read: a parser that has seen no file keeps no programs. */
function extraction(what: string, models: readonly Model[]): Task {
  const run = async () => {
    const fresh: typeof syntax = Object.create(syntax);
    for (const { file, ...request } of models) {
      const extracted = await extractModel({
        syntax: fresh,
        source: new NodeSource(),
        file: join(inputs, file),
        // A busy machine takes its time.
        budget: { milliseconds: 600_000 },
        ...request,
      });
      if (!extracted.ok) throw new Error(`${file}: ${extracted.problem.message}`);
    }
  };
  return { what: `extract ${what}`, run };
}

function extractions(): Task[] {
  const samples: Model[] = [
    { file: 'samples/mlp.py' },
    { file: 'samples/cifar_cnn.py' },
    { file: 'samples/resnet.py', expression: 'ResNet(Bottleneck, [3, 4, 6])' },
    { file: 'samples/vit.py', expression: 'ViT(depth=12)' },
  ];
  const cases: readonly Model[] = JSON.parse(read('test', 'fixtures', 'models.json'));
  const fixtures = [...new Set(cases.map(({ file }) => file))].filter((file) => file.startsWith('test/'));
  return [
    ...samples.map((sample) => extraction(sample.expression ?? sample.file, [sample])),
    ...fixtures.map((file) => {
      // A dozen at most, from all over the file.
      const all = cases.filter((each) => each.file === file);
      const models = all.filter((_, index) => index % Math.ceil(all.length / 12) === 0);
      return extraction(
        `${models.length} models of ${basename(file)}`,
        models.map(({ expression, inputs }) => ({ file, expression, inputs })),
      );
    }),
  ];
}

/** Debian's torchvision, which `npm run parity` installs; both sides read the same one. */
const ZOO = '/usr/lib/python3/dist-packages/torchvision/models';

/** The median of every fifth of torchvision's builders, with all files to parse or with none. */
function zoo(what: string, again: boolean): Task {
  const builders = readdirSync(ZOO)
    .filter((name) => /^[a-z]\w*\.py$/.test(name))
    .flatMap((name) => {
      const text = readFileSync(join(ZOO, name), 'utf8');
      return [...text.matchAll(/^def ([a-z]\w*)\(\s*\*,\s*weights\b/gm)].map(([, builder]) => ({
        file: join(ZOO, name),
        expression: `${builder}()`,
      }));
    })
    .filter((_, index) => index % 5 === 0);
  const inputs = [{ shape: [1, 3, 224, 224], dtype: 'float32' as const }];
  const known: typeof syntax = Object.create(syntax);
  const read = async () => {
    const times: number[] = [];
    for (const builder of builders) {
      const parser = again ? known : Object.create(syntax);
      const before = process.cpuUsage();
      const extracted = await extractModel({ syntax: parser, source: new NodeSource(), ...builder, inputs });
      const { user, system } = process.cpuUsage(before);
      if (!extracted.ok) throw new Error(`${builder.expression}: ${extracted.problem.message}`);
      times.push((user + system) / 1000);
    }
    return times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
  };
  return {
    what: `extract torchvision, median of ${builders.length} builders${what}`,
    run: read,
    time: async () => {
      await read();
      return read();
    },
  };
}

/** Milliseconds of processor time, at least, in which code warms up and is timed. */
const [WARM, MEASURED] = [100, 200];

/**
 * Milliseconds of processor time that one run takes, after it has run for a while. What other programs take meanwhile
 * does not count, nor does what a task waits for: these wait for nothing.
 */
async function timed({ run, time }: Task): Promise<number> {
  if (time) return time();
  await spend(WARM, run);
  return spend(MEASURED, run);
}

/** Runs it for so many milliseconds of processor time, at least once, and gives the mean of a run. */
async function spend(milliseconds: number, run: Task['run']): Promise<number> {
  const before = process.cpuUsage();
  for (let runs = 1; ; runs++) {
    await run();
    const { user, system } = process.cpuUsage(before);
    const spent = (user + system) / 1000;
    if (spent >= milliseconds) return spent / runs;
  }
}

async function main(): Promise<void> {
  const tasks = [
    ...(await hovers()),
    await detection('the samples', folder('samples')),
    await detection('the fixtures', folder('test', 'fixtures', 'detect')),
    await detection('10,000 lines of Python', [['vit.py', long(10_000, read('samples', 'vit.py'))]]),
    await detection('2,000 lines of TypeScript', [['mnist.ts', long(2000, read('samples', 'tfjs_mnist.ts'))]]),
    ...extractions(),
    ...(existsSync(ZOO) ? [zoo('', false), zoo(', again after an edit', true)] : []),
  ];
  const times: Record<string, number> = {};
  for (const task of tasks.filter(({ what }) => what.includes(only))) times[task.what] = await timed(task);
  process.stdout.write(JSON.stringify(times));
}

main();
