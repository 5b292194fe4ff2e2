import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { swapSites } from '../../src/compare/sites';
import { OnnxFileReader, parseSizes } from '../../src/editor/onnxFiles';
import { OnnxWriting } from '../../src/editor/onnxWriting';
import { readOnnx } from '../../src/fromOnnx/read';
import type { ToComparePanel } from '../../src/protocol/compare';
import type { ToOnnxPanel } from '../../src/protocol/onnx';
import { nodeThreads } from '../../src/reader/node';
import { Reader } from '../../src/reader/reader';
import { activate, closeAll, eventually, extension, next, openPython, sampleUri, withSetting } from './support';

type Sent<K extends ToOnnxPanel['type']> = Extract<ToOnnxPanel, { type: K }>;
type ReadModelMessage = Extract<ToComparePanel, { type: 'model' }>;

const of =
  <K extends ToOnnxPanel['type']>(type: K) =>
  (message: ToOnnxPanel): message is Sent<K> =>
    message.type === type;
const isModel = (message: ToComparePanel): message is ReadModelMessage => message.type === 'model';

const isStale = (message: ToComparePanel): message is Extract<ToComparePanel, { type: 'stale' }> =>
  message.type === 'stale';

const openWith = (uri: vscode.Uri) => vscode.commands.executeCommand('vscode.openWith', uri, 'activationLens.onnx');
/** As a training that exports again does: the same file, later. */
function writeAgain(path: string, bytes: Uint8Array): void {
  writeFileSync(path, bytes);
  const later = new Date(Date.now() + 5000);
  utimesSync(path, later, later);
}
const compare = (...target: unknown[]) =>
  vscode.commands.executeCommand('activationLens.compareActivations', ...target);

/** The editor's window with some of its questions answered by the test. */
async function answering(answers: Partial<typeof vscode.window>, body: () => Promise<void>): Promise<void> {
  const { window } = vscode;
  const before = Object.fromEntries(Object.keys(answers).map((name) => [name, window[name as keyof typeof window]]));
  Object.assign(window, answers);
  try {
    await body();
  } finally {
    Object.assign(window, before);
  }
}

/** The service behind the page's buttons, since a test can't press them in another process. */
function reader() {
  const script = vscode.Uri.joinPath(extension().extensionUri, 'dist', 'onnx.worker.js').fsPath;
  const thread = new Reader(nodeThreads(script), () => Promise.reject(new Error('no grammar is needed')));
  return { thread, files: new OnnxFileReader(thread, new OnnxWriting(thread)) };
}

describe('ONNX files', () => {
  let folder: string;
  before(activate);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'activation-lens-'));
  });
  afterEach(async () => {
    await closeAll();
    rmSync(folder, { recursive: true });
  });
  const digits = () => readFileSync(sampleUri('digits.onnx').fsPath);

  it('are offered an editor that is not the default one', () => {
    const [editor] = extension().packageJSON.contributes.customEditors;
    assert.deepEqual([editor.viewType, editor.priority], ['activationLens.onnx', 'option']);
  });

  it('show their summary and their activations in it', async () => {
    const api = await activate();
    const [file, model] = [
      next(api.onDidPostToOnnx, 'the file', of('file')),
      next(api.onDidPostToOnnx, 'the model', of('model')),
    ];
    await openWith(sampleUri('digits.onnx'));
    const { summary, size } = await file;
    assert.equal(size, digits().length);
    assert.deepEqual(summary.inputs[0]?.axes, ['batch', 1, 28, 28]);
    assert.ok(summary.operators.some(({ operator }) => operator === 'Conv'));
    const { sites, selected, input, parameters } = await model;
    assert.deepEqual([input, parameters], ['1x1x28x28', 7766]);
    assert.deepEqual(
      sites.map(({ title, paths, written }) => [title, paths[0], written]),
      [
        ['Hardswish', '/stem/stem.2/Mul', true],
        ['Hardswish', '/body/body.2/Mul', true],
        ['ReLU', '/Relu', false],
        ['Sigmoid', '/Sigmoid', false],
        ['GELU', '/act/Mul_1', true],
      ],
    );
    assert.equal(selected.length, 4);
    assert.match(sites[3]?.kept ?? '', /gate/);
  });

  it('are compared by the command, the menu and the active editor, which open nothing as text', async () => {
    const api = await activate();
    await withSetting('compare.autostart', false, async () => {
      const uri = sampleUri('digits.onnx');
      await openWith(uri);
      await eventually('the editor', () => (vscode.window.tabGroups.activeTabGroup.activeTab ? true : undefined));
      for (const target of [[], [uri], [{ file: uri.toString() }]]) {
        await openWith(uri);
        const message = next(api.onDidPostToCompare, 'the model', isModel);
        await compare(...target);
        const { sites, selected, writes, graph } = await message;
        assert.deepEqual([sites.length, selected.length, writes], [5, 4, true]);
        assert.equal(graph.weightsFile, 'digits.onnx');
      }
      assert.ok(vscode.workspace.textDocuments.every(({ uri: each }) => each.toString() !== uri.toString()));
    });
  });

  it('are compared at one place alone', async () => {
    const api = await activate();
    await withSetting('compare.autostart', false, async () => {
      await openWith(sampleUri('digits.onnx'));
      const message = next(api.onDidPostToCompare, 'the model', isModel);
      await compare({ file: sampleUri('digits.onnx').toString(), sites: ['path:/Relu:relu'] });
      const { selected, sites, pointed } = await message;
      assert.deepEqual([selected, pointed], [['path:/Relu:relu'], true]);
      assert.equal(sites.length, 5);
    });
  });

  it('are read again when they change on disk, damaged or not', async () => {
    const api = await activate();
    const path = join(folder, 'changing.onnx');
    writeFileSync(path, digits());
    const first = next(api.onDidPostToOnnx, 'the model', of('model'));
    await openWith(vscode.Uri.file(path));
    await first;
    const damaged = next(api.onDidPostToOnnx, 'why', of('unreadable'));
    writeFileSync(path, digits().subarray(0, 3000));
    assert.match((await damaged).message, /cut off or damaged/);
    const again = next(api.onDidPostToOnnx, 'the model again', of('model'));
    writeFileSync(path, digits());
    await again;
  });

  it('are read again when the weights beside them change, whatever that file is called', async () => {
    const api = await activate();
    const fixtures = vscode.Uri.joinPath(extension().extensionUri, 'test', 'fixtures', 'onnx').fsPath;
    const weights = join(folder, 'gated.onnx.data');
    copyFileSync(join(fixtures, 'gated.onnx'), join(folder, 'renamed.onnx'));
    copyFileSync(join(fixtures, 'gated.onnx.data'), weights);
    const first = next(api.onDidPostToOnnx, 'the model', of('model'));
    await openWith(vscode.Uri.file(join(folder, 'renamed.onnx')));
    await first;
    const missing = next(api.onDidPostToOnnx, 'why', of('unreadable'));
    rmSync(weights);
    assert.match((await missing).message, /gated\.onnx\.data/);
    const again = next(api.onDidPostToOnnx, 'the model again', of('model'));
    copyFileSync(join(fixtures, 'gated.onnx.data'), weights);
    await again;
  });

  it('are said to have changed where a comparison is of an earlier file', async () => {
    const api = await activate();
    const path = join(folder, 'trained.onnx');
    writeFileSync(path, digits());
    await withSetting('compare.autostart', false, async () => {
      // A file outside of the workspace is compared where it is open.
      await openWith(vscode.Uri.file(path));
      const model = next(api.onDidPostToCompare, 'the model', isModel);
      await compare({ file: vscode.Uri.file(path).toString() });
      const { key } = await model;
      // The same again is no other model.
      const same = next(api.onDidPostToCompare, 'the same model', isModel);
      writeAgain(path, digits());
      assert.equal((await same).key, key);
      const stale = next(api.onDidPostToCompare, 'stale', isStale);
      writeAgain(path, digits().subarray(0, 100));
      await stale;
      writeAgain(path, digits());
      const again = next(api.onDidPostToCompare, 'the model again', isModel);
      await compare({ file: vscode.Uri.file(path).toString() });
      await again;
    });
  });

  it('are written with another activation to a new file, and never over themselves', async () => {
    const { thread, files } = reader();
    const path = join(folder, 'model.onnx');
    writeFileSync(path, digits());
    const file = vscode.Uri.file(path);
    try {
      const reading = await files.read(file, undefined, new AbortController().signal);
      const { sites } = reading;
      const chosen = [...sites.keys()].filter((id) => id.includes('/Relu'));
      const choice = { sites: chosen, activations: chosen.map((id) => sites.get(id) ?? '') };
      const offered: string[] = [];
      const pickSilu = (async (items: readonly vscode.QuickPickItem[]) => {
        for (const { label } of items) offered.push(label);
        return items.find(({ label }) => label === 'SiLU');
      }) as unknown as typeof vscode.window.showQuickPick;
      let proposed: vscode.Uri | undefined;
      const saveTo = (target: vscode.Uri | undefined) => async (options?: vscode.SaveDialogOptions) => {
        proposed = options?.defaultUri;
        return target;
      };
      const target = vscode.Uri.file(join(folder, 'new.onnx'));
      await answering({ showQuickPick: pickSilu, showSaveDialog: saveTo(target) }, async () => {
        const { message } = await reading.write(choice);
        assert.match(
          message ?? '',
          /^The model with SiLU was written to .*new\.onnx\.\nIts weights are .* train it further/,
        );
      });
      assert.ok(offered.includes('GELU') && !offered.includes('ReLU') && !offered.includes('GLU'));
      assert.match(proposed?.path ?? '', /\/model-silu\.onnx$/);
      const written = await readOnnx(new Uint8Array(readFileSync(target.fsPath)));
      assert.deepEqual(
        swapSites(written).map(({ activation }) => activation),
        ['hardswish', 'hardswish', 'silu', 'sigmoid', 'gelu'],
      );
      await answering({ showQuickPick: pickSilu, showSaveDialog: saveTo(file) }, () =>
        assert.rejects(reading.write(choice), /never written over/),
      );
      await answering({ showQuickPick: pickSilu, showSaveDialog: saveTo(undefined) }, async () =>
        assert.deepEqual(await reading.write(choice), { message: null }),
      );
      await assert.rejects(reading.write({ ...choice, sites: [] }), /Choose at least one place/);
      assert.deepEqual(readFileSync(path), digits());
      // What was chosen is of another model, whether it changed before the question or during it.
      const late = vscode.Uri.file(join(folder, 'late.onnx'));
      const saveLate = async () => {
        writeAgain(path, digits());
        return late;
      };
      await answering({ showQuickPick: pickSilu, showSaveDialog: saveLate }, async () => {
        await assert.rejects(reading.write(choice), /model\.onnx has changed since the model was read/);
        await assert.rejects(reading.write(choice), /model\.onnx has changed since the model was read/);
      });
      await assert.rejects(Promise.resolve(vscode.workspace.fs.stat(late)));
    } finally {
      thread.dispose();
    }
  });

  it('say what they leave open, and are read with the sizes that are given', async () => {
    assert.deepEqual(parseSizes('height=224, input[2] = 32'), {
      settings: [
        { name: 'height', text: '224' },
        { name: 'input[2]', text: '32' },
      ],
    });
    assert.deepEqual(parseSizes('1x3x32x32').inputs, [{ dtype: 'float32', shape: [1, 3, 32, 32] }]);
    assert.deepEqual(parseSizes(' '), {});
    const { thread, files } = reader();
    try {
      const { messages } = await files.read(sampleUri('digits.onnx'), '1x3x28x28', new AbortController().signal);
      const [about, problem] = messages;
      assert.equal(about?.type, 'file');
      assert.ok(problem?.type === 'unreadable' && problem.sizes === '1x3x28x28');
      const read = await files.read(sampleUri('digits.onnx'), 'batch=4', new AbortController().signal);
      assert.equal(read.input, '4x1x28x28');
      const wrong = await files.read(sampleUri('digits.onnx'), 'a by b', new AbortController().signal);
      assert.equal(wrong.messages[0]?.type, 'unreadable');
    } finally {
      thread.dispose();
    }
  });

  it('do not take the place of an open source file', async () => {
    const api = await activate();
    await withSetting('compare.autostart', false, async () => {
      await openWith(sampleUri('digits.onnx'));
      const { document } = await openPython(
        'from torch import nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(4, 4)\n        self.b = nn.ReLU()\n\n    def forward(self, x):\n        return self.b(self.a(x))\n',
      );
      const message = next(api.onDidPostToCompare, 'the model', isModel);
      await compare();
      assert.equal((await message).file, document.uri.toString());
    });
  });
});
