import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { librariesFor } from '../../src/cli/libraries';
import { extractModel } from '../../src/extract/extract';
import type { InputSpec } from '../../src/extract/spec';
import { LibrarySource } from '../../src/source/libraries';
import { NodeSource } from '../../src/source/node';
import { type Bench, median, type Row } from '../support/bench';
import { testSyntax } from '../support/syntax';

/** Debian's torchvision, which `npm run parity` installs; read as text. */
const folder = '/usr/lib/python3/dist-packages/torchvision/models';
const NAMED = ['resnet50', 'efficientnet_b0', 'vit_b_16', 'swin_t'];

/** Of timm's more than thousand builders every so many is read. */
const STEP = 13;
/** Milliseconds that half of timm's builders may take, once their library has been parsed. */
const LIMIT = 300;

interface Builder {
  readonly file: string;
  readonly name: string;
  readonly inputs?: readonly InputSpec[];
}

interface Times {
  /** Milliseconds by builder, from opening the first file to the graph, every file parsed anew. */
  readonly fresh: Readonly<Record<string, number>>;
  /** The same with the files' programs at hand: what a reader waits for after an edit. */
  readonly again: Readonly<Record<string, number>>;
  /** Builders that are not read. */
  readonly unread: readonly string[];
  /** Most memory that the process held after a model, in MB. */
  readonly memory: number;
}

function buildersIn(models: string, definition: RegExp): Builder[] {
  return readdirSync(models)
    .filter((file) => /^[a-z]\w*\.py$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(models, file), 'utf8');
      return [...text.matchAll(definition)].map(([, name = '']) => ({ file: join(models, file), name }));
    });
}

/** Functions that take weights: torchvision's classification builders. */
function torchvision(): Builder[] {
  const inputs = [{ shape: [1, 3, 224, 224], dtype: 'float32' as const }];
  return buildersIn(folder, /^def ([a-z]\w*)\(\s*(?:\*,\s*)?(?:weights|pretrained)\b/gm)
    .filter(({ name }) => !name.startsWith('handle_'))
    .map((builder) => ({ ...builder, inputs }));
}

/** What timm registers, where the active environment (`VIRTUAL_ENV`) has it: by name alone. */
async function timm(): Promise<Builder[]> {
  const models = (await librariesFor(__filename, [])).map((each) => join(each, 'timm', 'models')).find(existsSync);
  const all = models === undefined ? [] : buildersIn(models, /^@register_model\s+def (\w+)\(/gm);
  return all.filter((_, index) => index % STEP === 0);
}

/** Times builders with all files to parse and with none, after a time in which code warms up. */
async function measure(builders: readonly Builder[], warmUp: readonly Builder[] = builders): Promise<Times> {
  const parser = testSyntax();
  let memory = 0;
  const unread = new Set<string>();
  const read = async (each: readonly Builder[], again: boolean) => {
    const times: Record<string, number> = {};
    for (const { file, name, inputs } of each) {
      // Programs are kept a parser: another object is a parser that has seen no file.
      const syntax = again ? parser : Object.create(parser);
      // The folder that holds the library: timm's own files name it.
      const source = new LibrarySource(new NodeSource(), [dirname(dirname(dirname(file)))]);
      const start = performance.now();
      const extraction = await extractModel({ syntax, source, file, expression: `${name}()`, inputs });
      times[name] = performance.now() - start;
      memory = Math.max(memory, process.memoryUsage.rss());
      if (!extraction.ok) unread.add(`${name}: ${extraction.problem.message}`);
    }
    return times;
  };
  await read(warmUp, false);
  const fresh = await read(builders, false);
  await read(builders, true);
  const again = await read(builders, true);
  return { fresh, again, unread: [...unread], memory: memory / 2 ** 20 };
}

async function inOwnProcess(...args: string[]): Promise<Times> {
  const { stdout } = await promisify(execFile)(process.execPath, [__filename, 'measure', ...args]);
  return JSON.parse(stdout) as Times;
}

const ms = (what: string, value: number): Row => ({ what, value, unit: 'ms' });
const megabytes = (what: string, value: number): Row => ({ what, value, unit: 'MB' });

async function torchvisionRows(): Promise<Row[]> {
  if (!existsSync(folder)) return [];
  const { fresh, again, unread, memory } = await inOwnProcess('torchvision');
  if (unread.length > 0) throw new Error(unread.join('\n'));
  const times = Object.values(fresh);
  const slowest = Object.entries(fresh).reduce((most, each) => (each[1] > most[1] ? each : most));
  return [
    ...NAMED.map((name) => ms(`extract torchvision ${name}, with the parse`, fresh[name] ?? Number.NaN)),
    ms(`extract torchvision, median of ${times.length} builders`, median(times)),
    ms(`extract torchvision, slowest (${slowest[0]})`, slowest[1]),
    ms('extract torchvision, median again after an edit', median(Object.values(again))),
    megabytes(`memory of a process that reads ${slowest[0]}`, (await inOwnProcess('torchvision', slowest[0])).memory),
    megabytes('memory of a process that reads them all, four times', memory),
  ];
}

async function timmRows(): Promise<Row[]> {
  const count = (await timm()).length;
  if (count === 0) return [];
  const { fresh, again, unread, memory } = await inOwnProcess('timm');
  for (const each of unread) console.error(`not read: ${each}`);
  const value = median(Object.values(again));
  return [
    ms(`extract timm, median of ${count} builders (${count - unread.length} read)`, median(Object.values(fresh))),
    { ...ms('extract timm, median again after an edit', value), peer: `its limit, ${LIMIT} ms`, ratio: value / LIMIT },
    megabytes('memory of a process that reads them, three times', memory),
  ];
}

/** Reading the builders of torchvision and timm out of their source, in processes of their own. */
export const bench: Bench = async () => [...(await torchvisionRows()), ...(await timmRows())];

async function main([which, only]: readonly string[]): Promise<void> {
  const all = which === 'timm' ? await timm() : torchvision();
  const builders = all.filter((each) => !only || each.name === only);
  process.stdout.write(JSON.stringify(await measure(builders, which === 'timm' ? builders.slice(0, 8) : builders)));
}

if (process.argv[2] === 'measure') main(process.argv.slice(3));
