import assert from 'node:assert/strict';
import { type Profiler, Session } from 'node:inspector/promises';
import * as vscode from 'vscode';
import { activate, openPython, pause } from './support';

/** A residual network of which nothing tells the input's size, so that it is read with several. */
const text = `import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, cin, cout, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(cout)
        self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(cout)
        self.short = nn.Conv2d(cin, cout, 1, stride)

    def forward(self, x):
        out = F.relu(self.norm1(self.conv1(x)))
        out = self.norm2(self.conv2(out))
        return F.relu(out + self.short(x))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        widths = [64, 64, 64, 128, 128, 256, 256, 512, 512]
        self.stem = nn.Conv2d(3, 64, 7, 2, 3)
        pairs = zip(widths, widths[1:])
        self.blocks = nn.Sequential(*[Block(a, b, b // a) for a, b in pairs])
        self.head = nn.Linear(512, 10)

    def forward(self, x):
        x = self.blocks(self.stem(x))
        return self.head(x.mean((2, 3)))
`;

const TURNS = 7;
/** Microseconds between two looks at what is running. */
const INTERVAL = 200;
/** Models that are open at the same time, each of other sizes. */
const MODELS = 10;

/**
 * Tells how long after a keystroke the shapes of the new text stand there, and what open models take of memory: run by
 * `npm run bench` in a fresh editor.
 */
export async function run(): Promise<void> {
  await activate();
  const editor = await openPython(text);
  const { document } = editor;
  const configuration = vscode.workspace.getConfiguration('activationLens');
  await configuration.update('shapes', 'all', vscode.ConfigurationTarget.Global);
  const place = document.positionAt(text.indexOf('self.head(x.mean'));
  await showShapes(document);
  await pause(3000);
  const times: number[] = [];
  const stretches: number[] = [];
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
  for (let turn = 0; turn < TURNS; turn++) {
    // What it takes to begin is none of it.
    await session.post('Profiler.start');
    await pause(100);
    const seen = new Turns();
    await editor.edit((edit) => edit.insert(place, 'F.relu'));
    await editor.edit((edit) => edit.delete(new vscode.Range(place, place.translate(0, 'F.relu'.length))));
    times.push(await showShapes(document));
    const { profile } = await session.post('Profiler.stop');
    seen.end();
    stretches.push(longestStretch(profile, seen));
    await pause(500);
  }
  const median = (all: number[]) => all.sort((a, b) => a - b)[all.length >> 1];
  console.log(`time of the longest stretch that the host is blocked for shapes: ${median(stretches)} ms`);
  console.log(`time of a keystroke to the shapes of its text: ${median(times)} ms`);
  console.log(`memory of nine more models that are open with their shapes: ${await measureGrowth()} MB`);
}

/** Notes when the host came to what waited, in microseconds of the profiler's clock. */
class Turns {
  readonly at: number[] = [];
  private isOver = false;

  constructor() {
    this.note();
  }

  end(): void {
    this.isOver = true;
  }

  private note(): void {
    this.at.push(Number(process.hrtime.bigint()) / 1000);
    if (!this.isOver) setImmediate(() => this.note());
  }
}

/**
 * Milliseconds that the extension took of one turn of its host, at most; with the native work of that turn, for a message is
 * unpacked before it arrives. How long a turn took would tell less: other extensions and the editor itself take longer ones.
 */
function longestStretch({ nodes, samples = [], timeDeltas = [], startTime }: Profiler.Profile, turns: Turns): number {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = new Set<number>();
  const mark = (id: number, isWithin: boolean): void => {
    const node = byId.get(id);
    if (!node) return;
    const isOwn = isWithin || /[/\\]dist[/\\]extension\.js$/.test(node.callFrame.url);
    if (isOwn) own.add(id);
    for (const child of node.children ?? []) mark(child, isOwn);
  };
  mark(nodes[0]?.id ?? 0, false);
  let [longest, at, turn, ours, native] = [0, startTime, 0, 0, 0];
  for (const [index, id] of samples.entries()) {
    const took = timeDeltas[index] ?? 0;
    at += took;
    while (at > (turns.at[turn] ?? Number.POSITIVE_INFINITY)) {
      [ours, native] = [0, 0];
      turn++;
    }
    if (own.has(id)) ours += took;
    else if (/^\((?:program|garbage collector)\)$/.test(byId.get(id)?.callFrame.functionName ?? '')) native += took;
    if (ours > 0) longest = Math.max(longest, ours + native);
  }
  return longest / 1000;
}

/** Milliseconds until the document has hints. */
async function showShapes(document: vscode.TextDocument): Promise<number> {
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  const start = performance.now();
  for (;;) {
    const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
      'vscode.executeInlayHintProvider',
      document.uri,
      all,
    );
    if (hints.length > 0) return performance.now() - start;
    assert.ok(performance.now() - start < 60_000, 'no hints came');
    await pause(20);
  }
}

/** What the extension's process takes more of memory with more models open, its thread for reading included. */
async function measureGrowth(): Promise<number> {
  const now = () => process.memoryUsage().rss / 2 ** 20;
  const before = now();
  for (let model = 1; model < MODELS; model++) {
    const { document } = await openPython(text.replaceAll('512', String(512 - 32 * model)));
    await showShapes(document);
  }
  return now() - before;
}
