import * as vscode from 'vscode';

/** What a hover is measured on: a model like those that people write, a few hundred lines long. */
function model(): string {
  const block = (index: number) => `
class Block${index}(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)
        self.norm = nn.BatchNorm2d(width)
        self.act = nn.LeakyReLU(0.${index + 10})

    def forward(self, x):
        return F.silu(x + self.act(self.norm(self.conv(x))))
`;
  const blocks = Array.from({ length: 30 }, (_, index) => block(index));
  return ['import torch.nn as nn', 'import torch.nn.functional as F', '', ...blocks].join('\n');
}

/** Milliseconds for which the editor waits under the pointer before it asks: its setting `editor.hover.delay`. */
const HOVER_DELAY = 300;

const waited = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function timed(work: () => PromiseLike<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Tells how long the extension takes to activate and to answer hovers: run by `npm run bench` in a fresh editor. */
export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension('activation-lens.activation-lens');
  if (!extension) throw new Error('the extension is not there');
  if (extension.isActive) throw new Error('the extension is active before anything asked for it');
  // What the editor's own start takes is not ours.
  await waited(3000);
  console.log(`time of activation: ${await timed(() => extension.activate())} ms`);
  const document = await vscode.workspace.openTextDocument({ language: 'python', content: model() });
  const text = document.getText();
  const hover = async (index: number) => {
    const place = document.positionAt(index + 4);
    const found = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      place,
    );
    if (found.length === 0) throw new Error('there was no hover');
  };
  const places = [...text.matchAll(/nn\.LeakyReLU/g)].map(({ index }) => index);
  const [first = 0, ...others] = places;
  await waited(HOVER_DELAY);
  console.log(`time of the first hover: ${await timed(() => hover(first))} ms`);
  // The roles are read behind the first hover.
  await waited(3000);
  const median = async (all: readonly number[]) => {
    const times: number[] = [];
    for (const place of all) times.push(await timed(() => hover(place)));
    return times.sort((a, b) => a - b)[times.length >> 1];
  };
  console.log(`time of hovers with parameters not seen before: ${await median(others)} ms`);
  console.log(`time of hovers seen before: ${await median(others)} ms`);
  // What the editor itself takes to ask and to answer.
  const nothing = document.positionAt(0);
  const empty: number[] = [];
  for (let turn = 0; turn < others.length; turn++)
    empty.push(await timed(() => vscode.commands.executeCommand('vscode.executeHoverProvider', document.uri, nothing)));
  console.log(`time of hovers over nothing: ${empty.sort((a, b) => a - b)[empty.length >> 1]} ms`);
}
