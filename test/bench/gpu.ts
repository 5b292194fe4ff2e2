// What a machine's GPU makes of all this, as one table: scripts/gpu.mjs bundles and starts it.
import { catalogue } from '../../src/activations/catalogue';
import { defaultPlan } from '../../src/compare/plan';
import type { Report } from '../../src/compare/report';
import { closeBrowser, openTestPage, type PanelPage } from '../support/browser';
import { allowedOnGpu, operatorCases } from '../support/cases';
import { smallCnn } from '../support/models';
import type { About } from './pages/peers';
import { raceActivation, raceModels, withPeers } from './peers.bench';

/** A line of the table: what, how it is, and beside what. */
export type Line = readonly [what: string, result: string, beside: string];

/** Shares of the time, all of it and each part at most; the parts' sum stays below, for the browsers' starts. */
const shares = { all: 0.95, operators: 0.3, half: 0.15, models: 0.2, alone: 0.25 };

/** Milliseconds for a browser to start, with an adapter, and to end. */
const starting = 30_000;
const ending = 10_000;

/** Cases that are asked for at once. */
const chunk = 40;

const firstLine = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]?.slice(0, 200) ?? '';

class Clock {
  private readonly start = performance.now();

  constructor(private readonly whole: number) {}

  /** Milliseconds that a part has left. */
  until(part: number): () => number {
    const end = Math.min(performance.now() + part, this.start + this.whole);
    return () => end - performance.now();
  }
}

class TimeIsOver extends Error {}

/** What a body gives, or an error once the time is over: it is left alone then, and ends with its browser. */
async function within<T>(left: number, body: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  if (left <= 0) throw new TimeIsOver('its time was over');
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeIsOver('its time was over')), left);
  });
  const running = body();
  running.catch(() => {});
  try {
    return await Promise.race([running, over]);
  } finally {
    clearTimeout(timer);
  }
}

interface OpResult {
  readonly name: string;
  readonly error: number | null;
  readonly fallbacks: readonly string[];
  readonly message?: string;
}

/** The cases of `operators on WebGPU` in runner.test.ts. */
async function operators(left: () => number): Promise<Line[]> {
  const cases = operatorCases();
  const results: OpResult[] = [];
  const panel = await openTestPage('ops');
  try {
    await panel.message('ready');
    for (let first = 0; first < cases.length && left() > 0; first += chunk) {
      await panel.send({ type: 'cases', cases: cases.slice(first, first + chunk), wasm: panel.resources.wasm });
      const answer = await within(left(), () => panel.message('results', Math.max(1, left())));
      results.push(...(answer.results as OpResult[]));
    }
  } catch (error) {
    if (!(error instanceof TimeIsOver) && left() > 0) throw error;
  } finally {
    await panel.close();
  }
  const isRight = ({ name, error, fallbacks, message }: OpResult) =>
    message === undefined && error !== null && error <= allowedOnGpu(name) && fallbacks.length === 0;
  const failed = results.filter((each) => !isRight(each));
  // Beside what is allowed: a sine's may be larger.
  const share = ({ name, error }: OpResult) => (error ?? Number.POSITIVE_INFINITY) / allowedOnGpu(name);
  const worst = results.reduce<OpResult | undefined>(
    (most, each) => (most === undefined || share(each) > share(most) ? each : most),
    undefined,
  );
  const missing = cases.length - results.length;
  return [
    [
      'operators on WebGPU',
      `${results.length - failed.length} passed, ${failed.length} failed${missing ? `, ${missing} did not fit` : ''}`,
      worst ? `worst relative error ${worst.error?.toExponential(1) ?? 'unknown'} (${worst.name})` : '',
    ],
    ...failed.map(({ name, error, fallbacks, message }): Line => {
      const why = message ?? `relative error ${error?.toExponential(1)}`;
      return [`failed: ${name}`, firstLine(why), fallbacks.length ? `on the CPU: ${fallbacks.join(', ')}` : ''];
    }),
  ];
}

/** What the worker says in the end, an error included. */
async function reportOf(panel: PanelPage, left: number): Promise<Report> {
  const failed = panel.message('error', left).then(({ message }) => Promise.reject(new Error(String(message))));
  const done = panel.message('done', left).then(({ report }) => report as Report);
  failed.catch(() => {});
  done.catch(() => {});
  return Promise.race([done, failed]);
}

/** The product's own comparison: its check of a new adapter, and half precision where the adapter has it. */
async function comparison(half: boolean, left: () => number): Promise<Line[]> {
  const graph = smallCnn();
  const plan = defaultPlan(graph, ['silu', 'gelu', 'tanh'], { budget: 20_000 });
  const panel = await openTestPage('runner');
  try {
    await panel.message('ready');
    const order = { type: 'compare', graph, file: 'cnn.py', language: 'en', backend: 'webgpu' };
    const request = { ...order, plan: { ...plan, measures: ['cost'], half } };
    await panel.send({ type: 'run', request, resources: panel.resources });
    const report = await within(left(), () => reportOf(panel, left()));
    const checked = panel.posted.find((each) => (each as { type?: string }).type === 'checked');
    const { problem } = (checked as { check?: { problem?: string } } | undefined)?.check ?? {};
    const ran = `a comparison of a small CNN ran on ${report.environment.backend}`;
    const errors = report.candidates.map(({ id, scores, error }): Line => {
      const told = scores?.halfError?.samples[0];
      return [`half precision: small CNN, ${id}`, told?.toExponential(1) ?? error ?? 'no number', 'single precision'];
    });
    return [
      ['the check of a new adapter', checked ? (problem ?? 'its numbers are right') : 'was not done', ran],
      ...(half ? errors : [['half precision', 'not measured: the adapter has no `shader-f16`', ''] as const]),
    ];
  } finally {
    await panel.close();
  }
}

const ratioOf = ({ peer, ratio }: { peer?: string; ratio?: number }) =>
  peer && ratio !== undefined ? `${ratio.toFixed(2)} × ${peer}` : '';

/** Starts the browser with the machine's own adapter, or with one in software where it has none. */
async function findAdapter(): Promise<void> {
  process.env.ACTIVATION_LENS_ADAPTER = 'gpu';
  const ask = async () => {
    const { page, close } = await openTestPage('ops');
    const found = await page.evaluate(async () => Boolean(await navigator.gpu?.requestAdapter()));
    await close();
    return found;
  };
  // A GPU process without a driver may hang as well as fail.
  if (await within(starting, ask).catch(() => false)) return;
  await within(ending, closeBrowser).catch(() => {});
  process.env.ACTIVATION_LENS_ADAPTER = 'software';
}

/** All of it, as lines of the table, within so many minutes. */
export async function measureGpu(minutes: number, progress: (text: string) => void): Promise<Line[]> {
  const whole = minutes * 60_000;
  const clock = new Clock(shares.all * whole);
  const lines: Line[] = [];
  const part = async (name: string, share: number, body: (left: () => number) => Promise<void>) => {
    const bound = share * whole;
    const left = clock.until(bound);
    progress(name);
    try {
      await body(left);
    } catch (error) {
      const why = error instanceof TimeIsOver ? `the rest did not fit into ${Math.round(bound / 1000)} s` : '';
      lines.push([name, why || `stopped: ${firstLine(error)}`, '']);
    }
  };
  progress('looking for an adapter');
  await findAdapter();
  progress(`taking the adapter: ${process.env.ACTIVATION_LENS_ADAPTER}`);
  const all = async () => {
    const about = await withPeers(async (page) => ({
      ...(await page.evaluate(() => (globalThis as unknown as { about(): Promise<About> }).about())),
      version: `Chromium ${page.context().browser()?.version()}`,
    }));
    const { adapter, fallback = '', software, runtimes, half, clockStep, version } = about;
    if (adapter === undefined) throw new Error(`there is no WebGPU adapter, in software neither: ${fallback}`);
    lines.push(
      ['date', new Date().toISOString().slice(0, 10), `${process.platform}, ${process.arch}`],
      ['adapter', adapter, software ? '**software: its times say nothing about a GPU**' : 'a GPU'],
      ['browser', version, ''],
      ['runtimes', runtimes, ''],
      ['`shader-f16`', half ? 'yes' : 'no', ''],
      [
        '`timestamp-query`',
        clockStep === undefined ? 'no' : `yes, steps of ${Number(clockStep.toPrecision(2))} ms`,
        '',
      ],
    );
    await part('operators on WebGPU', shares.operators, async (left) => {
      lines.push(...(await operators(left)));
    });
    await part('the check of a new adapter, half precision', shares.half, async (left) => {
      lines.push(...(await comparison(half, left)));
    });
    await within(ending, closeBrowser).catch(() => {});
    // What a browser is doing when its part's time is over ends with it.
    const bounded = (left: () => number, body: Parameters<typeof withPeers<void>>[0]) =>
      withPeers((page) => within(left(), () => body(page)));
    const skip = (what: string, error: unknown) => lines.push([what, `none: ${firstLine(error)}`, '']);
    await part('models beside their peers', shares.models, (left) =>
      bounded(left, (page) =>
        raceModels(
          page,
          'webgpu',
          (row) => lines.push([row.what, `${row.value.toFixed(2)} ms`, ratioOf(row)]),
          (what, error) => left() > 0 && skip(what, error),
        ),
      ),
    );
    const [elements, repeats] = software ? [2 ** 20, 1] : [2 ** 24, 16];
    await part('activations alone', shares.alone, (left) =>
      bounded(left, async (page) => {
        for (const { id, shape } of catalogue.values()) {
          // PReLU's slope is a weight.
          if (shape !== 'elementwise' || id === 'prelu') continue;
          try {
            const row = await raceActivation(page, id, 'webgpu', elements, repeats);
            lines.push([row.what, `${row.value.toFixed(3)} ms`, ratioOf(row)]);
          } catch (error) {
            if (left() <= 0) return;
            skip(`${id} alone`, error);
          }
        }
      }),
    );
  };
  try {
    await within(shares.all * whole, all);
  } catch (error) {
    lines.push(['stopped', firstLine(error), '']);
  }
  return lines;
}

/** The lines as a table in Markdown. */
export function tableOf(lines: readonly Line[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const row = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [row(['what', 'result', 'beside']), '|---|---|---|', ...lines.map(row), ''].join('\n');
}
