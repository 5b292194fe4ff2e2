import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ActiveModels } from '../../src/editor/activeModels';
import type { Documents } from '../../src/editor/documents';
import { register } from '../../src/editor/statusItem';
import type { ToComparePanel } from '../../src/protocol/compare';
import { activate, closeAll, eventually, next, openPython, openText, pause, positionOf, withSetting } from './support';

type Model = Extract<ToComparePanel, { type: 'model' }>;
const isModel = (message: ToComparePanel): message is Model => message.type === 'model';

/** Stands for the editor's list of choices: shows nothing, and keeps what it was given. */
class PlayedPick {
  title = '';
  placeholder = '';
  busy = false;
  items: readonly vscode.QuickPickItem[] = [];
  activeItems: readonly vscode.QuickPickItem[] = [];
  selectedItems: readonly vscode.QuickPickItem[] = [];
  isDisposed = false;
  private readonly accepted = new vscode.EventEmitter<void>();
  readonly onDidAccept = this.accepted.event;
  private readonly hidden = new vscode.EventEmitter<void>();
  readonly onDidHide = this.hidden.event;

  show(): void {}

  dispose(): void {
    this.isDisposed = true;
  }

  hide(): void {
    this.hidden.fire();
  }

  choose(label: string): void {
    const item = this.items.find((each) => each.label === label);
    assert.ok(item, `${label} among ${this.items.map((each) => each.label)}`);
    this.selectedItems = [item];
    this.accepted.fire();
  }
}

/** Runs something while the test plays the lists that the editor would show. */
async function withPicks(body: (next: () => Promise<PlayedPick>) => Promise<void>): Promise<void> {
  const { window } = vscode;
  const { createQuickPick } = window;
  const shown: PlayedPick[] = [];
  const make = () => {
    const pick = new PlayedPick();
    shown.push(pick);
    return pick;
  };
  Object.assign(window, { createQuickPick: make });
  try {
    await body(() => eventually('a list of choices', () => shown.shift()));
  } finally {
    Object.assign(window, { createQuickPick });
  }
}

const labels = (pick: PlayedPick, heading: string): string[] => {
  const start = pick.items.findIndex(
    ({ label, kind }) => kind === vscode.QuickPickItemKind.Separator && label === heading,
  );
  if (start < 0) return [];
  const rest = pick.items.slice(start + 1);
  const end = rest.findIndex(({ kind }) => kind === vscode.QuickPickItemKind.Separator);
  return rest.slice(0, end < 0 ? undefined : end).map(({ label, description }) => `${label} ${description ?? ''}`);
};

async function actionsAt(document: vscode.TextDocument, text: string, offset = 2) {
  const at = positionOf(document, text, offset);
  const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    new vscode.Range(at, at),
    vscode.CodeActionKind.Refactor.value,
  );
  return found.filter(({ command }) => command?.command.startsWith('activationLens.'));
}

describe('the first contact', () => {
  before(activate);
  afterEach(closeAll);

  it('offers what can be compared where no model stands in front, and runs no code to find it', async () => {
    const api = await activate();
    const compare = () => vscode.commands.executeCommand('activationLens.compareActivations');
    await withSetting('compare.autostart', false, () =>
      withPicks(async (shown) => {
        const done = compare();
        const pick = await shown();
        assert.ok(labels(pick, 'samples').includes('Open a sample: MLP A small perceptron for tables'));
        await eventually('the end of the search', () => (pick.busy ? undefined : true));
        await pause(200);
        const models = labels(pick, 'models of the workspace');
        for (const each of ['CifarCNN cifar_cnn.py:27', 'digits.onnx '])
          assert.ok(models.includes(each), models.join('\n'));
        assert.ok(
          models.some((each) => / tfjs_mnist\.ts:/.test(each)),
          models.join('\n'),
        );
        const message = next(api.onDidPostToCompare, 'the model', isModel);
        pick.choose('CifarCNN');
        await done;
        assert.equal((await message).expression, 'CifarCNN');
        assert.match(vscode.window.activeTextEditor?.document.uri.path ?? '', /cifar_cnn\.py$/);
        assert.ok(pick.isDisposed);
        assert.ok(!api.startedThreads().includes('tfjs'));
      }),
    );
  });

  it('does nothing where the list is closed', async () => {
    await withPicks(async (shown) => {
      const done = vscode.commands.executeCommand('activationLens.compareActivations');
      (await shown()).hide();
      await done;
    });
  });

  it('opens a sample that may be edited, and compares it', async () => {
    const api = await activate();
    await withSetting('compare.autostart', false, () =>
      withPicks(async (shown) => {
        await openText('plaintext', 'no model');
        const done = vscode.commands.executeCommand('activationLens.compareActivations');
        const pick = await shown();
        const message = next(api.onDidPostToCompare, 'the model', isModel);
        pick.choose('Open a sample: MLP');
        await done;
        assert.equal((await message).label, 'mlp.py');
        const document = vscode.window.activeTextEditor?.document;
        assert.equal(document?.uri.scheme, 'untitled');
        assert.equal(document?.languageId, 'python');
        assert.match(document?.getText() ?? '', /class MLP/);
      }),
    );
  });

  it('offers to explain, to replace, to compare and to check the model at each kind of activation, and nothing elsewhere', async () => {
    const { document } = await openPython(`import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self, act_layer=nn.SiLU, activation='relu'):
        super().__init__()
        self.act = nn.LeakyReLU(0.2)
        self.layer = nn.TransformerEncoderLayer(8, 2, activation='gelu')

    def forward(self, x):
        return F.mish(self.act(x))
`);
    for (const [text, title] of [
      ['nn.SiLU', 'SiLU'],
      ["'relu'", 'ReLU'],
      ['nn.LeakyReLU', 'LeakyReLU'],
      ["'gelu'", 'GELU'],
      ['F.mish', 'Mish'],
    ] as const) {
      const actions = await eventually(`actions at ${text}`, async () => {
        const found = await actionsAt(document, text);
        return found.length > 0 ? found : undefined;
      });
      assert.deepEqual(
        actions.map((each) => each.title),
        [`Explain ${title}`, `Replace ${title} with…`, `Compare others in place of ${title}`, 'Check this model'],
      );
    }
    for (const text of ['super', 'class Net', 'return', 'self.layer'])
      assert.deepEqual(await actionsAt(document, text), []);
    const script = await openText(
      'typescript',
      "import * as tf from '@tensorflow/tfjs';\nconst y = tf.layers.dense({ units: 2, activation: 'relu' });\n",
    );
    // No model is in it.
    assert.equal((await actionsAt(script.document, "'relu'")).length, 3);
  });

  it('replaces at the place that an action names, with what each costs in the list', async () => {
    const editor = await openPython('import torch.nn as nn\n\nact = nn.ReLU()\nother = nn.GELU()\n');
    const { window } = vscode;
    const { showQuickPick } = window;
    let offered: readonly vscode.QuickPickItem[] = [];
    const choose = async (items: readonly vscode.QuickPickItem[]) => {
      offered = items;
      return items.find(({ label }) => label === 'Mish');
    };
    const [, replace] = await eventually('actions', async () => {
      const found = await actionsAt(editor.document, 'nn.ReLU');
      return found.length === 3 ? found : undefined;
    });
    editor.selection = new vscode.Selection(3, 10, 3, 10);
    Object.assign(window, { showQuickPick: choose });
    try {
      await vscode.commands.executeCommand(replace?.command?.command ?? '', ...(replace?.command?.arguments ?? []));
    } finally {
      Object.assign(window, { showQuickPick });
    }
    assert.ok(offered.length > 10 && offered.every(({ detail }) => (detail ?? '').length > 5));
    assert.match(editor.document.getText(), /^act = nn\.Mish\(\)\nother = nn\.GELU\(\)$/m);
  });

  it('tells what is wrong elsewhere since another activation stands there, and mends it', async () => {
    const { document } = await openPython(`import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 8)
        self.act = nn.ReLU()
        self.out = nn.Linear(8, 2)
        nn.init.kaiming_normal_(self.fc.weight, nonlinearity='relu')

    def forward(self, x):
        return self.out(self.act(self.fc(x)))
`);
    const { window } = vscode;
    const { showQuickPick, showInformationMessage } = window;
    const told: string[] = [];
    const play = {
      showQuickPick: async (items: readonly vscode.QuickPickItem[]) => items.find(({ label }) => label === 'Tanh'),
      showInformationMessage: async (text: string, action: string) => {
        told.push(text);
        return action;
      },
    };
    Object.assign(window, play);
    try {
      await vscode.commands.executeCommand('activationLens.replaceActivation', {
        ...{ file: document.uri.toString(), line: 6, column: 19, endLine: 6, endColumn: 28 },
      });
      await eventually('the mended line', () => (/nonlinearity='tanh'/.test(document.getText()) ? true : undefined));
    } finally {
      Object.assign(window, { showQuickPick, showInformationMessage });
    }
    assert.match(told[0] ?? '', /^Since this change, Untitled-\d+, line 9: These weights are scaled for ReLU/);
    assert.match(document.getText(), /self\.act = nn\.Tanh\(\)/);
  });

  it('says in the status bar what the file has, without looking for it, and hides where that is set', async () => {
    const { document } = await openPython('import torch.nn as nn\nmodel = nn.Sequential(nn.ReLU())\n');
    const range = { file: document.uri.toString(), line: 1, column: 0, endLine: 1, endColumn: 5 };
    const { window, commands } = vscode;
    const { createStatusBarItem } = window;
    const { registerCommand } = commands;
    const item = { text: '', shown: false, show: () => undefined, hide: () => undefined, dispose: () => undefined };
    Object.assign(item, { show: () => (item.shown = true), hide: () => (item.shown = false) });
    Object.assign(window, { createStatusBarItem: () => item });
    Object.assign(commands, { registerCommand: () => new vscode.Disposable(() => undefined) });
    const changed = new vscode.EventEmitter<void>();
    const advised = new vscode.EventEmitter<vscode.TextDocument>();
    const models = [{ name: 'model', expression: 'model', range, score: 1 }];
    const active = { document, models, onDidChange: changed.event };
    let sites: readonly { readonly form: string }[] | undefined;
    const documents = { knownSites: () => sites, onDidChangeAdvice: advised.event };
    let registered: vscode.Disposable | undefined;
    try {
      registered = register(documents as unknown as Documents, active as unknown as ActiveModels);
      assert.deepEqual([item.shown, item.text], [true, '$(graph-line) model']);
      sites = [{ form: 'module' }, { form: 'mention' }];
      advised.fire(document);
      assert.equal(item.text, '$(graph-line) model · activations: 1');
      const { accessibilityInformation } = item as unknown as vscode.StatusBarItem;
      assert.equal(accessibilityInformation?.label, 'model · activations: 1: compare activation functions');
      models.push({ ...models[0], name: 'Other $(x)' } as (typeof models)[0]);
      changed.fire();
      assert.equal(item.text, '$(graph-line) model and 1 more · activations: 1');
      await withSetting('statusBar.enabled', false, async () => {
        await eventually('no entry', () => (item.shown ? undefined : true));
      });
      models.length = 0;
      changed.fire();
      assert.equal(item.shown, false);
    } finally {
      registered?.dispose();
      Object.assign(window, { createStatusBarItem });
      Object.assign(commands, { registerCommand });
    }
  });
});
