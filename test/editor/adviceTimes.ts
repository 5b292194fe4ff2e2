import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, openPython, pause } from './support';

const block = (index: number) => `
class Block${index}(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)
        self.norm = nn.BatchNorm2d(width)
        self.act = nn.ReLU()

    def forward(self, x):
        return F.silu(x + self.act(self.norm(self.conv(x))))
`;

/** A model and its training, some three hundred lines long; what stands behind \`return\` is typed. */
const text = `import torch.nn as nn
import torch.nn.functional as F
${Array.from({ length: 25 }, (_, index) => block(index)).join('\n')}

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(*[Block1(8) for _ in range(4)])
        self.head = nn.Linear(8, 10)

    def forward(self, x):
        x = self.head(self.blocks(x).mean((2, 3)))
        return x


def train(loader, optimizer):
    net = Net()
    criterion = nn.CrossEntropyLoss()
    for x, y in loader:
        loss = criterion(net(x), y)
        loss.backward()
`;

const TURNS = 7;

/**
 * Tells how long after a keystroke a problem is shown, and how long after another it is gone: run by `npm run bench` in a
 * fresh editor.
 */
export async function run(): Promise<void> {
  await activate();
  const editor = await openPython(text);
  const { document } = editor;
  const place = document.positionAt(text.indexOf('return x\n\n\ndef train') + 'return '.length);
  const hasProblem = () =>
    vscode.languages
      .getDiagnostics(document.uri)
      .some(({ code }) => typeof code === 'object' && code.value === 'softmax-before-cross-entropy');
  const replace = async (length: number, by: string, isWanted: () => boolean) => {
    const start = performance.now();
    await editor.edit((edit) => edit.replace(new vscode.Range(place, place.translate(0, length)), by));
    while (!isWanted()) {
      assert.ok(performance.now() - start < 60_000, 'the advice did not follow the text');
      await pause(5);
    }
    return performance.now() - start;
  };
  const mistake = 'F.softmax(x, 1)';
  const shown: number[] = [];
  const gone: number[] = [];
  await pause(3000);
  for (let turn = 0; turn < TURNS; turn++) {
    shown.push(await replace(1, mistake, hasProblem));
    await pause(1000);
    gone.push(await replace(mistake.length, 'x', () => !hasProblem()));
    await pause(1000);
  }
  const median = (all: number[]) => all.sort((a, b) => a - b)[all.length >> 1];
  console.log(`time of a keystroke to a problem shown: ${median(shown)} ms`);
  console.log(`time of a keystroke to a problem gone: ${median(gone)} ms`);
}
