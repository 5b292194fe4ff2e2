import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ShapesOffer } from '../../src/editor/shapesOffer';
import {
  activate,
  closeAll,
  eventually,
  lensTitles,
  openPython,
  openSample,
  openText,
  pause,
  positionOf,
  sampleUri,
  withSetting,
} from './support';

const code = `import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.head = nn.Linear(8, 10)

    def forward(self, x):
        x = self.conv(x)
        x = x.mean((2, 3))
        return self.head(x)
`;

const tfjs = `import * as tf from '@tensorflow/tfjs';

export function createModel() {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 8, activation: 'relu', inputShape: [4] }));
  model.add(tf.layers.dense({ units: 2 }));
  return model;
}
`;

/** What stands at the ends of lines, by the code of the line. */
async function hints(document: vscode.TextDocument): Promise<Record<string, string>> {
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  const found = await vscode.commands.executeCommand<vscode.InlayHint[]>(
    'vscode.executeInlayHintProvider',
    document.uri,
    whole,
  );
  return Object.fromEntries(
    found.map(({ position, label }) => [document.lineAt(position.line).text.trim(), String(label)]),
  );
}

const shown = (document: vscode.TextDocument, count: number) =>
  eventually(`${count} hints`, async () => {
    const found = await hints(document);
    return Object.keys(found).length === count ? found : undefined;
  });

async function hoverAt(document: vscode.TextDocument, text: string, offset: number): Promise<string> {
  return eventually(`shapes over ${text}`, async () => {
    const found = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      positionOf(document, text, offset),
    );
    return found
      .flatMap(({ contents }) => contents)
      .flatMap((each) => (each instanceof vscode.MarkdownString ? each.value : []))
      .find((value) => value.includes('for an input of'));
  });
}

describe('shapes', () => {
  before(activate);
  afterEach(closeAll);

  it('stand at the ends of lines once they are wanted, and go with the text that they are of', async () => {
    const { document } = await openPython(code);
    assert.deepEqual(await hints(document), {});
    await withSetting('shapes', 'calls', async () => {
      assert.deepEqual(await shown(document, 2), {
        'x = self.conv(x)': 'B×8×H/2×W/2',
        'return self.head(x)': 'B×10',
      });
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, new vscode.Position(12, '        return self.head(x'.length), '.re');
      await vscode.workspace.applyEdit(edit);
      assert.deepEqual(await hints(document), {}, 'stale');
      await pause(1500);
      assert.deepEqual(await hints(document), {}, 'a line that is half typed');
      const end = new vscode.WorkspaceEdit();
      end.insert(document.uri, new vscode.Position(12, '        return self.head(x.re'.length), 'lu()');
      await vscode.workspace.applyEdit(end);
      assert.equal((await shown(document, 2))['return self.head(x.relu())'], 'B×10');
    });
    await withSetting('shapes', 'all', async () => {
      const found = await shown(document, 5);
      assert.equal(found['x = x.mean((2, 3))'], 'B×8');
      assert.equal(found['self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1)'], '224 parameters');
    });
  });

  it('leave the end of a line to a problem that is told there', async () => {
    const text = code.replace('return self.head(x)', 'x = self.head(x)\n        return nn.functional.softmax(x)');
    const { document } = await openPython(text);
    await withSetting('shapes', 'all', async () => {
      const line = 'return nn.functional.softmax(x)';
      await eventually('hints without the line of the problem', async () => {
        const found = await hints(document);
        return 'x = self.head(x)' in found && !(line in found) ? true : undefined;
      });
      await withSetting('hints.enabled', false, async () => {
        await eventually('a hint where no problem is told', async () =>
          line in (await hints(document)) ? true : undefined,
        );
      });
    });
  });

  it('are in the hover of a layer, a call and a tensor, whether hints are shown or not', async () => {
    const { document } = await openPython(code);
    assert.match(
      await hoverAt(document, 'nn.Conv2d', 4),
      /`conv` · float32\n\n`B×3×H×W` → `B×8×H\/2×W\/2`\n\n224 parameters/,
    );
    assert.match(await hoverAt(document, 'self.conv(x)', 6), /receptive field 3×3/);
    assert.match(await hoverAt(document, 'x.mean', 0), /^`B×8×H\/2×W\/2` · float32/);
    assert.match(await hoverAt(document, 'x = x.mean', 0), /^`B×8` · float32/);
    // What `forward` is given, and what an attribute holds where it is assigned.
    assert.match(await hoverAt(document, '(self, x)', 7), /^`B×3×H×W` · float32/);
    assert.match(await hoverAt(document, 'self.conv = ', 6), /`conv` · float32\n\n`B×3×H×W` → `B×8×H\/2×W\/2`/);
  });

  it('are in the hover of a layer that a parent class constructs', async () => {
    const { document } = await openPython(`from torch import nn

class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 8), nn.ReLU())

class Middle(Base):
    pass

class Net(Middle):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.head(x)

model = Net()
`);
    assert.match(await hoverAt(document, 'in self.layers', 9), /\*\*Sequential\*\* · `layers`/);
  });

  it('are in the hover of an attribute that is read: a tensor, or a layer of its class', async () => {
    const { document } = await openPython(`import torch
from torch import nn

class Other(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Linear(5, 5)

class Net(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.first = nn.Parameter(torch.zeros(1, width))
        self.layers = nn.Sequential(nn.Linear(width, 4), nn.ReLU())

    def forward(self, x, scale: torch.Tensor = None):
        x = x + self.first
        for layer in self.layers:
            x = layer(x)
        return x
`);
    assert.match(await hoverAt(document, '+ self.first', 8), /^`1×16` · float32/);
    assert.match(await hoverAt(document, 'in self.layers', 9), /\*\*Sequential\*\* · `layers`/);
    assert.match(await hoverAt(document, 'x, scale', 0), /^`B×16` · float32/);
    await withSetting('shapeNames', true, async () => {
      await eventually('the name of an argument', async () =>
        (await hoverAt(document, '+ self.first', 8)).startsWith('`1×width`') ? true : undefined,
      );
      assert.match(await hoverAt(document, '+ self.first', 8), /width = 16$/);
    });
  });

  it('are offered above a model until somebody sets them or closes the file, and never again', async () => {
    const values = new Map<string, unknown>();
    const memento: vscode.Memento = {
      keys: () => [...values.keys()],
      get: <T>(key: string, byDefault?: T) => (values.has(key) ? values.get(key) : byDefault) as T,
      update: async (key, value) => void values.set(key, value),
    };
    for (const end of ['set', 'closed'] as const) {
      values.clear();
      const { document } = await openPython(code);
      const other = await vscode.workspace.openTextDocument(sampleUri('mlp.py'));
      const offer = new ShapesOffer(memento);
      let ends = 0;
      offer.onDidEnd(() => ends++);
      assert.ok(offer.isOpenFor(document));
      assert.ok(offer.isOpenFor(document), 'it was seen, and stays');
      assert.ok(!offer.isOpenFor(other), 'one file at a time');
      if (end === 'set') await withSetting('shapes', 'off', async () => undefined);
      await closeAll();
      await eventually('the end of the offer', () => (ends > 0 ? true : undefined));
      assert.ok(!offer.isOpenFor(other), end);
      offer.dispose();
      const again = new ShapesOffer(memento);
      assert.ok(!again.isOpenFor(other), `${end}, after a restart`);
      again.dispose();
    }
  });

  it('come with the size of the model, which its lens has once it was read', async () => {
    const { document } = await openSample('cifar_cnn.py');
    await eventually('the size', async () =>
      (await lensTitles(document)).find((title) => title === '204,794 parameters · 10 M multiply-adds at 1×3×32×32'),
    );
  });

  it('of TensorFlow.js stand where the file was asked for, and nowhere before', async () => {
    await withSetting('compare.autostart', false, () =>
      withSetting('shapes', 'all', async () => {
        const api = await activate();
        const started = api.startedThreads().filter((form) => form === 'tfjs').length;
        const { document } = await openText('typescript', tfjs);
        assert.deepEqual(await hints(document), {});
        await pause(1500);
        assert.deepEqual(await hints(document), {}, 'nobody asked');
        assert.equal(api.startedThreads().filter((form) => form === 'tfjs').length, started);
        await vscode.commands.executeCommand('activationLens.compareActivations', {
          file: document.uri.toString(),
          expression: 'createModel()',
        });
        const lines = {
          'const model = tf.sequential();': '58 parameters',
          "model.add(tf.layers.dense({ units: 8, activation: 'relu', inputShape: [4] }));": 'B×8 · 40 parameters',
          'model.add(tf.layers.dense({ units: 2 }));': 'B×2 · 18 parameters',
        };
        assert.deepEqual(await shown(document, 3), lines);
        assert.match(
          await hoverAt(document, 'tf.layers.dense({ units: 2', 12),
          /\*\*Dense\*\* · `dense_Dense2` · float32\n\n`B×8` → `B×2`\n\n18 parameters · 16 multiply-adds/,
        );
        await eventually('the size', async () =>
          (await lensTitles(document)).find((title) => title === '58 parameters · 48 multiply-adds at 1×4'),
        );
        const edit = new vscode.WorkspaceEdit();
        const line = document.lineAt(positionOf(document, 'units: 2').line);
        edit.insert(document.uri, line.range.end, '\n  model.add(tf.layers.re');
        await vscode.workspace.applyEdit(edit);
        assert.deepEqual(await hints(document), {}, 'stale');
        await pause(1500);
        assert.deepEqual(await hints(document), {}, 'a line that is half typed');
        const end = new vscode.WorkspaceEdit();
        end.insert(document.uri, document.lineAt(line.lineNumber + 1).range.end, 'LU());');
        await vscode.workspace.applyEdit(end);
        assert.deepEqual(await shown(document, 4), { ...lines, 'model.add(tf.layers.reLU());': 'B×2' });
      }),
    );
  });

  it('say on its line what TensorFlow.js refuses, in a file that was asked for', async () => {
    await withSetting('compare.autostart', false, async () => {
      const { document } = await openText('typescript', tfjs.replace('inputShape: [4]', 'inputShape: []'));
      const problems = () =>
        vscode.languages.getDiagnostics(document.uri).filter(({ message }) => /incompatible|expected/.test(message));
      await vscode.commands.executeCommand('activationLens.compareActivations', {
        file: document.uri.toString(),
        expression: 'createModel()',
      });
      const [problem] = await eventually('the problem', () => (problems().length > 0 ? problems() : undefined));
      assert.equal(problem?.range.start.line, 4);
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, positionOf(document, 'inputShape: []', 13), '4');
      await vscode.workspace.applyEdit(edit);
      await eventually('none', () => (problems().length === 0 ? true : undefined));
    });
  });
});
