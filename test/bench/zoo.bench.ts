import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { extractModel } from '../../src/extract/extract';
import { NodeSource } from '../../src/source/node';
import { type Bench, median, type Row } from '../support/bench';
import { testSyntax } from '../support/syntax';

/** Debian's torchvision, which `npm run parity` installs; read as text. */
const folder = '/usr/lib/python3/dist-packages/torchvision/models';
const NAMED = ['resnet50', 'efficientnet_b0', 'vit_b_16', 'swin_t'];

interface Times {
  /** Milliseconds by builder, from opening the first file to the graph, every file parsed anew. */
  readonly fresh: Readonly<Record<string, number>>;
  /** The same with the files' programs at hand: what a reader waits for after an edit. */
  readonly again: Readonly<Record<string, number>>;
  /** Most memory that the process held after a model, in MB. */
  readonly memory: number;
}

/** Functions that take weights: torchvision's classification builders. */
function builders(): { file: string; name: string }[] {
  return readdirSync(folder)
    .filter((file) => /^[a-z]\w*\.py$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      const names = [...text.matchAll(/^def ([a-z]\w*)\(\s*(?:\*,\s*)?(?:weights|pretrained)\b/gm)];
      return names.map(([, name = '']) => ({ file: join(folder, file), name }));
    })
    .filter(({ name }) => !name.startsWith('handle_'));
}

/** @param only the builder to read; all where it is absent */
async function measure(only?: string): Promise<Times> {
  const parser = testSyntax();
  let memory = 0;
  const read = async (times: Record<string, number>, again: boolean) => {
    for (const { file, name } of builders().filter((each) => !only || each.name === only)) {
      // Programs are kept a parser: another object is a parser that has seen no file.
      const syntax = again ? parser : Object.create(parser);
      const inputs = [{ shape: [1, 3, 224, 224], dtype: 'float32' as const }];
      const start = performance.now();
      const extraction = await extractModel({
        syntax,
        source: new NodeSource(),
        file,
        expression: `${name}()`,
        inputs,
      });
      if (!extraction.ok) throw new Error(`${name}: ${extraction.problem.message}`);
      times[name] = performance.now() - start;
      memory = Math.max(memory, process.memoryUsage.rss());
    }
    return times;
  };
  await read({}, false);
  const fresh = await read({}, false);
  const again = await read({}, true);
  return { fresh, again, memory: memory / 2 ** 20 };
}

async function inOwnProcess(...only: string[]): Promise<Times> {
  const { stdout } = await promisify(execFile)(process.execPath, [__filename, 'measure', ...only]);
  return JSON.parse(stdout) as Times;
}

/** Reading torchvision's builders out of their source, in a process of their own. */
export const bench: Bench = async () => {
  if (!existsSync(folder)) return [];
  const { fresh, again, memory } = await inOwnProcess();
  const times = Object.values(fresh);
  const slowest = Object.entries(fresh).reduce((most, each) => (each[1] > most[1] ? each : most));
  const ms = (what: string, value: number): Row => ({ what, value, unit: 'ms' });
  return [
    ...NAMED.map((name) => ms(`extract torchvision ${name}, with the parse`, fresh[name] ?? Number.NaN)),
    ms(`extract torchvision, median of ${times.length} builders`, median(times)),
    ms(`extract torchvision, slowest (${slowest[0]})`, slowest[1]),
    ms('extract torchvision, median again after an edit', median(Object.values(again))),
    {
      what: `memory of a process that reads ${slowest[0]}`,
      value: (await inOwnProcess(slowest[0])).memory,
      unit: 'MB',
    },
    { what: 'memory of a process that reads them all, thrice', value: memory, unit: 'MB' },
  ];
};

if (process.argv[2] === 'measure')
  measure(process.argv[3]).then((times) => process.stdout.write(JSON.stringify(times)));
