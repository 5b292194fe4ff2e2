import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance as hostPerformance } from 'node:perf_hooks';
import { activationsOf } from '../../src/graph/activations';
import { measuredBatch, nodesIn } from '../../src/graph/readings';
import type { FromWorker, ReadResult } from '../../src/reader/messages';
import { nodeThreads } from '../../src/reader/node';
import { Reader } from '../../src/reader/reader';
import type { ModelReading } from '../../src/reader/readers';
import type { StartThread } from '../../src/reader/thread';
import { MemorySource } from '../support/python';
import { testReader } from '../support/reader';
import { readGrammar } from '../support/syntax';

const file = 'model.py';

/** A model whose `__init__` does this as well. */
const model = (...lines: string[]) =>
  [
    'import torch',
    'from torch import nn',
    'class Net(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    '        self.layer = nn.Linear(4, 4)',
    '        self.act = nn.ReLU()',
    ...lines.map((line) => `        ${line}`),
    '    def forward(self, x):',
    '        return self.act(self.layer(x))',
    '',
  ].join('\n');

const sourceOf = (text: string) => new MemorySource({ [file]: text });
const reads = (reader: ModelReading, text = model()) => reader.read({ file }, { source: sourceOf(text) });

function assertRead({ extraction }: ReadResult): void {
  assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
}

function assertEnded({ extraction }: ReadResult, kind: string, message: RegExp): void {
  assert.ok(!extraction.ok, 'it was read');
  assert.equal(extraction.problem.kind, kind, extraction.problem.message);
  assert.match(extraction.problem.message, message);
}

describe('the reader', () => {
  it('reads in its thread, with what its host answers', async () => {
    const source = new MemorySource({
      [file]:
        'from torch import nn\nfrom parts.blocks import make\nnet = make()\nclass Net(nn.Sequential):\n    pass\n',
      'parts/blocks.py': 'from torch import nn\ndef make():\n    return nn.Sequential(nn.Linear(4, 2), nn.ReLU())\n',
    });
    const result = await testReader().read({ file, expression: 'make()' }, { source });
    assertRead(result);
  });

  it('tells what a host refuses, in its words', async () => {
    const source = {
      read: async () => Promise.reject(new Error('model.py is too long')),
      resolve: async () => undefined,
    };
    await assert.rejects(testReader().read({ file }, { source }), /model\.py is too long/);
    assertRead(await reads(testReader()));
  });

  it('reads with a larger batch where it is asked to', async () => {
    const request = { file, compared: true, inputs: [{ dtype: 'float32' as const, shape: [1, 4] }] };
    const { extraction, batched } = await testReader().read(request, { source: sourceOf(model()) });
    assert.ok(extraction.ok);
    assert.deepEqual(batched?.values[batched.inputs[0]?.value ?? -1]?.type.shape, [16, 4]);
  });

  it('takes the larger batch where the input was found inside of a function, whose values are numbered otherwise', async () => {
    const text = [
      'import torch',
      'from torch import nn',
      'class Net(nn.Module):',
      '    def __init__(self):',
      '        super().__init__()',
      '        self.fc, self.act, self.head = nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)',
      '    def forward(self, x):',
      '        return self.head(self.act(self.fc(x)))',
      'def main():',
      '    net = Net()',
      '    return net(torch.randn(1, 4))',
    ].join('\n');
    const { extraction, batched } = await testReader().read({ file, compared: true }, { source: sourceOf(text) });
    assert.ok(extraction.ok && batched);
    const measured = measuredBatch(extraction.graph, batched);
    assert.notEqual(measured, extraction.graph);
    assert.deepEqual(measured.values[measured.inputs[0]?.value ?? -1]?.type.shape, [16, 4]);
    for (const [id, { initialiser }] of extraction.graph.storages.entries())
      assert.equal(measured.storages[id]?.initialiser, initialiser);
  });

  it('takes the larger batch where another number of samples takes other nodes, with the same activations at their places', async () => {
    const text = [
      'import torch',
      'from torch import nn',
      'class Net(nn.Module):',
      '    def __init__(self):',
      '        super().__init__()',
      '        self.token = nn.Parameter(torch.zeros(1, 1, 4))',
      '        self.fc, self.act, self.head = nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)',
      '    def forward(self, x):',
      '        x = torch.cat((self.token.expand(x.shape[0], -1, -1), x), dim=1)',
      '        return self.head(self.act(self.fc(x)))[:, 0]',
      'Net()(torch.randn(2, 3, 4))',
    ].join('\n');
    for (const own of [1, 2]) {
      const inputs = [{ dtype: 'float32' as const, shape: [own, 3, 4] }];
      const request = { file, compared: true, inputs };
      const { extraction, batched } = await testReader().read(request, { source: sourceOf(text) });
      assert.ok(extraction.ok && batched);
      assert.equal(batched.nodes.length === extraction.graph.nodes.length, own > 1);
      const measured = measuredBatch(extraction.graph, batched);
      assert.deepEqual(measured.values[measured.inputs[0]?.value ?? -1]?.type.shape, [16, 3, 4]);
      const placed = activationsOf(measured).map(({ node }) => node);
      const here = activationsOf(extraction.graph).map(({ node }) => node);
      assert.deepEqual(nodesIn(here, extraction.graph, measured), placed);
      for (const [id, { initialiser }] of extraction.graph.storages.entries())
        assert.equal(measured.storages[id]?.initialiser, initialiser);
    }
    // Another model is none of its readings.
    const other = await testReader().read(
      { file, compared: true },
      { source: sourceOf(text.replace('nn.ReLU', 'nn.SiLU')) },
    );
    const { extraction } = await testReader().read({ file }, { source: sourceOf(text) });
    assert.ok(extraction.ok);
    assert.equal(measuredBatch(extraction.graph, other.batched), extraction.graph);
  });

  it('puts readings that a user waits for before the others', async () => {
    const order: string[] = [];
    const add = (name: string, urgent: boolean) =>
      testReader()
        .read({ file }, { source: sourceOf(model()), urgent })
        .then(() => order.push(name));
    await Promise.all([add('running', false), add('quiet', false), add('urgent', true), add('urgent too', true)]);
    // What runs and nobody waits for makes way, and is begun anew.
    assert.deepEqual(order, ['urgent', 'urgent too', 'running', 'quiet']);
  });

  it('gives up what runs for nobody while a user waits, also in the midst of it, and reads it afterwards', async () => {
    const order: string[] = [];
    const endless = model('count = 0', 'while True:', '    count = count + 1');
    const quiet = testReader()
      .read({ file, budget: { milliseconds: 3000 } }, { source: sourceOf(endless) })
      .then(({ extraction }) => order.push(extraction.ok ? 'read' : extraction.problem.kind));
    await new Promise((resolve) => setTimeout(resolve, 300));
    assertRead(await testReader().read({ file }, { source: sourceOf(model()), urgent: true }));
    order.push('urgent');
    await quiet;
    assert.deepEqual(order, ['urgent', 'budget']);
  });

  it('ends a reading that is cancelled', async () => {
    const abort = new AbortController();
    const endless = testReader().read(
      { file },
      { source: sourceOf(model('while True:', '    pass')), signal: abort.signal },
    );
    setTimeout(() => abort.abort(), 50);
    assertEnded(await endless, 'cancelled', /cancelled/);
    assertRead(await reads(testReader()));
  });
});

describe('a thread and its jobs', () => {
  const unread = (kind: 'cancelled' | 'budget', message: string): ReadResult => ({
    extraction: { ok: false, problem: { kind, message }, others: [], parts: [], models: [] },
  });

  /** Threads that say nothing by themselves; what each is told, and how to let it speak. */
  function played() {
    const threads: { hear(message: FromWorker): void; told: string[]; ended: boolean }[] = [];
    const start: StartThread = (hear) => {
      const thread = { hear, told: [] as string[], ended: false };
      threads.push(thread);
      return {
        post: ({ type }) => thread.told.push(type),
        end: () => {
          thread.ended = true;
        },
      };
    };
    return { threads, reader: new Reader(start, readGrammar) };
  }
  const soon = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  it('takes no result of a thread that was ended for that of the next job', async () => {
    const { threads, reader } = played();
    const abort = new AbortController();
    const first = reader.read({ file }, { source: sourceOf(''), signal: abort.signal });
    await soon();
    abort.abort();
    assertEnded(await first, 'cancelled', /cancelled/);
    const second = reader.read({ file }, { source: sourceOf('') });
    await soon();
    assert.deepEqual([threads.length, threads[0]?.ended], [2, true]);
    threads[0]?.hear({ type: 'result', result: unread('budget', 'of the first') });
    threads[1]?.hear({ type: 'result', result: unread('budget', 'of the second') });
    assertEnded(await second, 'budget', /of the second/);
    reader.dispose();
  });

  it('starts nothing for what was cancelled while the thread was started', async () => {
    let begin = () => {};
    const posted: string[] = [];
    const start: StartThread = () =>
      new Promise((resolve) => {
        begin = () => resolve({ post: ({ type }) => posted.push(type), end: () => {} });
      });
    const reader = new Reader(start, readGrammar);
    const abort = new AbortController();
    const job = reader.read({ file }, { source: sourceOf(''), signal: abort.signal });
    abort.abort();
    begin();
    assertEnded(await job, 'cancelled', /cancelled/);
    assert.deepEqual(posted, []);
    reader.dispose();
  });

  it('cancels what runs and what waits when it is disposed, and ends the thread', async () => {
    const { threads, reader } = played();
    const jobs = [1, 2].map(() => reader.read({ file }, { source: sourceOf('') }));
    await soon();
    reader.dispose();
    for (const job of jobs) assertEnded(await job, 'cancelled', /cancelled/);
    assert.deepEqual(
      threads.map(({ ended }) => ended),
      [true],
    );
  });
});

describe('a thread that does not answer', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'activation-lens-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** A reader whose thread does this at each message. */
  function reader(body: string, megabytes?: number): Reader {
    const script = join(folder, `${Math.random()}.js`);
    writeFileSync(script, `require('node:worker_threads').parentPort.on('message', () => { ${body} });`);
    return new Reader(nodeThreads(script, megabytes), readGrammar);
  }
  const alive = "require('node:worker_threads').parentPort.postMessage({ type: 'alive' });";
  const read = (hanging: Reader, signal?: AbortSignal) =>
    hanging.read({ file, budget: { milliseconds: 300 } }, { source: sourceOf(model()), signal });

  it('is ended after a silence, and its host has little to do meanwhile', async () => {
    const hanging = reader(`${alive} while (true);`);
    const busy: number[] = [];
    // Each reading starts a thread of its own. The least of three counts: others use this machine, too.
    for (let times = 0; times < 3; times++) {
      const before = hostPerformance.eventLoopUtilization();
      assertEnded(await read(hanging), 'budget', /one step of its code took more than 0\.3 s/);
      busy.push(hostPerformance.eventLoopUtilization(before).active);
    }
    assert.ok(Math.min(...busy) < 50, `the host was busy for ${busy.map((each) => each.toFixed(0)).join(', ')} ms`);
    hanging.dispose();
  });

  it('is ended when it is cancelled', async () => {
    const hanging = reader(`${alive} while (true);`);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 10);
    const slow = hanging.read({ file }, { source: sourceOf(model()), signal: abort.signal });
    assertEnded(await slow, 'cancelled', /cancelled/);
    hanging.dispose();
  });

  it('is ended when it needs too much memory', async () => {
    const hungry = reader(
      `setInterval(() => { ${alive} }, 50); globalThis.kept = [];
      const grow = () => { kept.push(new Array(1e5).fill(0.5)); setImmediate(grow); }; grow();`,
      64,
    );
    const result = await hungry.read({ file }, { source: sourceOf(model()) });
    assertEnded(result, 'budget', /more than 64 MB of memory/);
    hungry.dispose();
  });

  it('fails the reading where it breaks', async () => {
    const broken = reader("throw new Error('broken');");
    await assert.rejects(read(broken), /broken/);
    await assert.rejects(read(broken), /broken/);
    broken.dispose();
  });
});
