import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { extractModel } from '../../src/python/extract';
import { NodeSource } from '../../src/source/node';
import { type Bench, median, type Row } from '../support/bench';
import { testSyntax } from '../support/syntax';

/** Debian's torchvision, which `npm run parity` installs; read as text. */
const folder = '/usr/lib/python3/dist-packages/torchvision/models';
const NAMED = ['resnet50', 'efficientnet_b0', 'vit_b_16', 'swin_t'];

interface Times {
  /** Milliseconds by builder, from opening the first file to the graph. */
  readonly cold: Readonly<Record<string, number>>;
  /** The same once the process is warm; every file is still read and parsed anew. */
  readonly warm: Readonly<Record<string, number>>;
  /** Most memory that the process ever held, in MB. */
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

async function measure(): Promise<Times> {
  const parser = testSyntax();
  const read = async (times: Record<string, number>, again: boolean) => {
    for (const { file, name } of builders()) {
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
    }
    return times;
  };
  const cold = await read({}, false);
  const warm = await read({}, true);
  return { cold, warm, memory: process.resourceUsage().maxRSS / 1024 };
}

/** Reading torchvision's builders out of their source, in a process of their own. */
export const bench: Bench = async () => {
  if (!existsSync(folder)) return [];
  const { stdout } = await promisify(execFile)(process.execPath, [__filename, 'measure']);
  const { cold, warm, memory } = JSON.parse(stdout) as Times;
  const times = Object.values(warm);
  const slowest = Object.entries(warm).reduce((most, each) => (each[1] > most[1] ? each : most));
  const ms = (what: string, value: number): Row => ({ what, value, unit: 'ms' });
  return [
    ...NAMED.map((name) => ms(`extract torchvision ${name}`, warm[name] ?? Number.NaN)),
    ms(`extract torchvision, median of ${times.length} builders`, median(times)),
    ms(`extract torchvision, slowest (${slowest[0]})`, slowest[1]),
    ms('extract torchvision, median in a fresh process', median(Object.values(cold))),
    { what: 'memory after reading them all twice, at most', value: memory, unit: 'MB' },
  ];
};

if (process.argv[2] === 'measure') measure().then((times) => process.stdout.write(JSON.stringify(times)));
