import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { lossOf, type Task } from '../../src/data/task';
import { taskOf } from '../../src/data/taskOf';
import { measuredBatch } from '../../src/graph/readings';
import { inRoot } from '../support/paths';
import { readText } from '../support/readText';

const textOf = (name: string) => readFileSync(inRoot('test', 'fixtures', 'tasks', `${name}.py`), 'utf8');

/** Models as people write them, what they are for, and the loss. */
const wanted: Readonly<Record<string, readonly [task: Task['kind'], loss: string]>> = {
  nanogpt: ['nextToken', 'cross_entropy'],
  gpt: ['tokens', 'next_token'],
  bert: ['maskedTokens', 'cross_entropy'],
  unet: ['binary', 'bce_with_logits'],
  autoencoder: ['reconstruction', 'bce'],
  vae: ['reconstruction', 'mse'],
  regression: ['numbers', 'mse'],
  logarithms: ['classes', 'nll'],
  lstm: ['classes', 'cross_entropy'],
  several: ['binary', 'bce_with_logits'],
};

describe('what a model is trained for', () => {
  for (const [name, [task, loss]] of Object.entries(wanted))
    it(`is told of ${name}.py`, async () => {
      const { extraction, batched } = await readText(textOf(name));
      const found = taskOf(measuredBatch(extraction.graph, batched));
      assert.equal(found.kind, task);
      assert.equal(lossOf(found).kind, loss);
    });

  it('is told by the first loss of the file that fits what the model gives', async () => {
    const text = (losses: string) =>
      `import torch\nfrom torch import nn\nmodel = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1))\n${losses}\nmodel(torch.randn(2, 8))\n`;
    const kindOf = async (losses: string) => taskOf((await readText(text(losses))).extraction.graph).kind;
    assert.equal(await kindOf(''), 'binary');
    assert.equal(await kindOf('loss = nn.CrossEntropyLoss()'), 'binary');
    assert.equal(await kindOf('a = nn.CrossEntropyLoss()\nb = nn.HuberLoss()'), 'numbers');
    assert.equal(await kindOf('# nn.MSELoss() in a comment is none'), 'binary');
    const lossIn = async (losses: string) => lossOf(taskOf((await readText(text(losses))).extraction.graph));
    assert.deepEqual(await lossIn('a = nn.L1Loss()'), { kind: 'l1' });
    assert.deepEqual(await lossIn('a = nn.SmoothL1Loss(beta=0.5)'), { kind: 'smooth_l1', beta: 0.5 });
    assert.deepEqual(await lossIn('a = nn.SmoothL1Loss(beta=0)'), { kind: 'l1' });
    assert.deepEqual(await lossIn('a = torch.nn.functional.huber_loss(x, y, delta=2)'), { kind: 'huber', delta: 2 });
    assert.deepEqual(await lossIn("a = nn.HuberLoss('mean', 3)"), { kind: 'huber', delta: 3 });
    assert.deepEqual(await lossIn("a = nn.functional.smooth_l1_loss(x, y, None, None, 'mean', 0.1)"), {
      kind: 'smooth_l1',
      beta: 0.1,
    });
    assert.deepEqual(await lossIn("a = nn.HuberLoss('mean')"), { kind: 'huber', delta: 1 });
    assert.deepEqual(await lossIn('width = 2.5\na = nn.HuberLoss(delta=width)'), { kind: 'huber', delta: 2.5 });
    const notes = async (losses: string) =>
      (await readText(text(losses))).extraction.graph.notes.filter(({ message }) => message.includes('delta'));
    assert.deepEqual(await notes('a = nn.HuberLoss(delta=2)'), []);
    // What can't be told is not taken in silence.
    assert.deepEqual(await lossIn('a = nn.HuberLoss(delta=width())'), { kind: 'huber', delta: 1 });
    assert.equal((await notes('a = nn.HuberLoss(delta=width())')).length, 1);
    // A name of a function's own is not the file's.
    const inside = 'width = 2.5\ndef make(width):\n    return nn.HuberLoss(delta=width)';
    assert.deepEqual(await lossIn(inside), { kind: 'huber', delta: 1 });
    assert.equal((await notes(inside)).length, 1);
    assert.equal((await notes('width = 1\nwidth = 2\na = nn.HuberLoss(delta=width)')).length, 1);
  });
});
