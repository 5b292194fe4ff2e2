import assert from 'node:assert/strict';
import { learningTime } from '../../src/compare/learning';
import { quickMeasures } from '../../src/compare/measures/index';
import { defaultPlan } from '../../src/compare/plan';
import { defaultLearning, type Report } from '../../src/compare/report';
import type { RunEvent } from '../../src/run/protocol';
import { runExperiment } from '../../src/run/runExperiment';
import type { Runtime } from '../../src/run/runtime';
import type { Session } from '../../src/run/session';
import { TimePlan } from '../../src/run/timePlan';
import { smallCnn } from '../support/models';
import { wasmRuntime } from '../support/ort';

const candidates = ['leaky_relu', 'gelu', 'silu', 'mish', 'tanh'];

/** A device whose clock goes on by so much with each session that it compiles and each pass that it runs, in milliseconds. */
class SlowDevice {
  clock = 0;
  /** What can't be interrupted: the longest that was asked of it at once. */
  longest = 0;

  /** @param first what a session's first pass takes more than the others, on a GPU */
  constructor(
    private readonly compiling: number,
    private readonly running: number,
    private readonly first?: number,
  ) {}

  readonly now = () => this.clock;

  private pass(milliseconds: number): void {
    this.clock += milliseconds;
    this.longest = Math.max(this.longest, milliseconds);
  }

  slowDown(runtime: Runtime): Runtime {
    const slow: Runtime = Object.create(runtime);
    slow.clockResolution = async () => 0.1;
    if (this.first !== undefined) Object.defineProperty(slow, 'device', { value: 'webgpu' });
    slow.createSession = async (...asked) => {
      const session: Session = Object.create(await runtime.createSession(...asked));
      const { run } = session;
      this.pass(this.compiling);
      session.run = (feeds) => {
        this.pass(this.running);
        return run.call(session, feeds);
      };
      let more = this.first ?? 0;
      session.time = async (_, passes = 1) => {
        const milliseconds = more + this.running * passes;
        more = 0;
        this.pass(milliseconds);
        return milliseconds;
      };
      return session;
    };
    return slow;
  }
}

describe('the time of a comparison', function () {
  this.timeout(60_000);
  const graph = smallCnn();
  let runtime: Runtime;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  async function run(device: SlowDevice, budget: number): Promise<{ report: Report; remaining: number[] }> {
    const remaining: number[] = [];
    const emit = (event: RunEvent) => {
      if (event.type === 'progress' && event.remaining !== undefined) remaining.push(event.remaining);
    };
    const plan = defaultPlan(graph, candidates, { budget });
    const request = { graph, file: 'cnn.py', plan };
    const never = new AbortController().signal;
    const report = await runExperiment(request, device.slowDown(runtime), emit, never, { now: device.now });
    return { report, remaining };
  }

  // Compiling and running, each from what is nothing to what takes a good part of the ten seconds.
  for (const [compiling, running] of [
    [1, 0.2],
    [50, 20],
    [400, 60],
    [1200, 300],
    [60, 900],
    [4000, 900],
  ] as const)
    it(`is kept where a session takes ${compiling} ms and a pass ${running} ms, but for the last step`, async () => {
      const budget = 10_000;
      const device = new SlowDevice(compiling, running);
      const { report, remaining } = await run(device, budget);
      assert.equal(report.complete, true);
      // Nothing under way can be ended: one compilation, and a tenth for what was foretold wrong.
      assert.ok(device.clock <= 1.1 * budget + device.longest, `${device.clock} ms`);
      assert.ok(remaining.every((left, i) => left <= (remaining[i - 1] ?? budget)));
      const [written] = report.candidates;
      assert.ok(written?.latency, 'the model as written is measured whatever it takes');
    });

  it('leaves nothing out where there is enough of it', async () => {
    const { report } = await run(new SlowDevice(50, 20), 10_000);
    assert.equal(report.skipped, undefined);
    for (const { latency, step, compression } of report.candidates) assert.ok(latency && step && compression);
  });

  it('is enough as it says it would be', async () => {
    const { report } = await run(new SlowDevice(600, 100), 10_000);
    const { skipped = [] } = report;
    assert.ok(skipped.length > 0);
    const seconds = Math.max(...skipped.map((each) => each.seconds));
    assert.ok(seconds > 10 && seconds <= 120, `${seconds} s`);
    const { report: longer } = await run(new SlowDevice(600, 100), seconds * 1000);
    assert.equal(longer.skipped, undefined);
  });

  it('goes to the first measures first, and tells what of the others was left out', async () => {
    const { report } = await run(new SlowDevice(1200, 300), 10_000);
    const [first, ...others] = report.skipped ?? [];
    assert.ok(first);
    assert.ok(report.candidates[1]?.latency?.median, 'what is asked for most is answered on a slow device, too');
    const left = [first, ...others].flatMap(({ measures }) => measures);
    assert.ok(left.includes('compression') && left.includes('drift'), left.join());
    for (const { measures, candidates: ids } of report.skipped ?? [])
      for (const { id, latency, step, scores } of report.candidates) {
        if (ids && !ids.includes(id)) continue;
        if (measures.includes('latency')) assert.equal(latency, undefined);
        if (measures.includes('step')) assert.equal(step, undefined);
        if (measures.includes('compression')) assert.equal(scores?.snrChannel, undefined);
      }
  });

  it('tells what a pass takes on a GPU from one that compiles nothing', async () => {
    const { report } = await run(new SlowDevice(100, 20, 1500), 10_000);
    // With the first pass's time for each of the rounds none of them would fit.
    const [written, ...others] = report.candidates;
    assert.ok((written?.latency?.median ?? 0) < 30);
    assert.ok(others.filter(({ latency }) => latency).length >= 3, JSON.stringify(report.skipped));
  });

  it('does not count what has to be waited for before training', async () => {
    const device = new SlowDevice(50, 20);
    let waits = 0;
    let latencies = 0;
    const emit = (event: RunEvent) => {
      if (event.type === 'report' && waits === 0)
        latencies = event.report.candidates.filter((each) => each.latency).length;
    };
    const beforeTraining = async () => {
      waits++;
      device.clock += 30_000;
    };
    const request = { graph, file: 'cnn.py', plan: defaultPlan(graph, candidates, { budget: 10_000 }) };
    const never = new AbortController().signal;
    const options = { now: device.now, beforeTraining };
    const report = await runExperiment(request, device.slowDown(runtime), emit, never, options);
    assert.equal(waits, 1);
    assert.equal(latencies, candidates.length + 1, 'the forward pass is told before');
    assert.equal(report.skipped, undefined);
    const failing = { now: device.now, beforeTraining: () => Promise.reject(new Error('wrong numbers')) };
    await assert.rejects(
      runExperiment(request, device.slowDown(runtime), () => {}, never, failing),
      /wrong numbers/,
    );
  });

  it('leaves a rough time of training where its pass was not timed alone', async () => {
    const device = new SlowDevice(20, 300);
    const measures = ['gradient'] as const;
    const plan = { ...defaultPlan(graph, candidates, { budget: 10_000 }), measures };
    const never = new AbortController().signal;
    const request = { graph, file: 'cnn.py', plan };
    const report = await runExperiment(request, device.slowDown(runtime), () => {}, never, { now: device.now });
    assert.equal(report.roughStep, 300);
    assert.ok((learningTime(report, defaultLearning, []) ?? 0) > 300 * defaultLearning.steps * defaultLearning.seeds);
  });

  it('is not spent on a comparison with nothing', async () => {
    const { report } = await run(new SlowDevice(8000, 1000), 10_000);
    assert.deepEqual(
      report.skipped?.flatMap(({ measures }) => measures),
      [
        'latency',
        ...quickMeasures.filter((name) => ['signal', 'similarity', 'gradient'].includes(name)),
        'step',
        'compression',
        'drift',
      ],
    );
    assert.deepEqual(report.skipped?.[0]?.candidates, candidates);
    assert.ok(report.candidates.slice(1).every(({ scores, latency }) => !scores && !latency));
  });

  it('foretells by the node', () => {
    let clock = 0;
    const plan = new TimePlan(1000, () => clock);
    const part = plan.begin(['signal'], 0.5);
    assert.ok(part.admits('baseline', 100));
    clock = 200;
    part.note(100, 150, 50);
    assert.ok(part.admits('gelu', 390));
    assert.ok(!part.admits('silu', 410));
    clock = 610;
    const next = plan.begin(['drift'], 0.5);
    // Two of them, at 200 ms a graph or two a node, would not fit.
    assert.ok(!next.admits('baseline', 210));
    assert.ok(!next.admits('gelu', 1), 'nothing is compared without the model as written');
    assert.deepEqual(plan.listSkipped(), [
      { measures: ['signal'], seconds: 5, candidates: ['silu'] },
      { measures: ['drift'], seconds: 5 },
    ]);
  });
});
