import assert from 'node:assert/strict';
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
  let longest = 0;
  let isWatched = true;
  const watch = (before: number): void => {
    const now = performance.now();
    longest = Math.max(longest, now - before);
    if (isWatched) setImmediate(() => watch(now));
  };
  const times: number[] = [];
  const stretches: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    [isWatched, longest] = [true, 0];
    setImmediate(() => watch(performance.now()));
    await editor.edit((edit) => edit.insert(place, 'F.relu'));
    await editor.edit((edit) => edit.delete(new vscode.Range(place, place.translate(0, 'F.relu'.length))));
    times.push(await showShapes(document));
    isWatched = false;
    stretches.push(longest);
    await pause(500);
  }
  const median = (all: number[]) => all.sort((a, b) => a - b)[all.length >> 1];
  console.log(`time of the longest stretch that the host is blocked for shapes: ${median(stretches)} ms`);
  console.log(`time of a keystroke to the shapes of its text: ${median(times)} ms`);
  console.log(`memory of nine more models that are open with their shapes: ${await measureGrowth()} MB`);
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
