import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Report } from '../../src/compare/report';
import type { Api } from '../../src/editor/api';
import type { ToComparePanel } from '../../src/protocol/compare';
import { activate, closeAll, eventually, next, openPython, openSample, positionOf, withSetting } from './support';

type Model = Extract<ToComparePanel, { type: 'model' }>;
const isModel = (message: ToComparePanel): message is Model => message.type === 'model';
const isUnreadable = (message: ToComparePanel): message is Extract<ToComparePanel, { type: 'unreadable' }> =>
  message.type === 'unreadable';

const isStored = (message: ToComparePanel): message is Extract<ToComparePanel, { type: 'stored' }> =>
  message.type === 'stored';
const isModelOrStale = (message: ToComparePanel): message is Extract<ToComparePanel, { type: 'model' | 'stale' }> =>
  message.type === 'model' || message.type === 'stale';

const compare = (target: unknown) => vscode.commands.executeCommand('activationLens.compareActivations', target);

/** The same with a checkpoint that the user chooses. */
async function compareWith(weights: string, target: unknown): Promise<void> {
  const { window } = vscode;
  const { showOpenDialog } = window;
  Object.assign(window, { showOpenDialog: async () => [vscode.Uri.parse(weights)] });
  try {
    await vscode.commands.executeCommand('activationLens.compareWithWeights', target);
  } finally {
    Object.assign(window, { showOpenDialog });
  }
}

/** The first line of a document that says what was measured, and what a click there does. */
async function measuredHint(
  api: Api,
  document: vscode.TextDocument,
): Promise<{ readonly line: number; readonly command: vscode.Command } | undefined> {
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  const never = new vscode.CancellationTokenSource().token;
  const [hint] = (await api.measuredHints.provideInlayHints(document, all, never)) ?? [];
  const [part] = typeof hint?.label === 'object' ? hint.label : [];
  return hint && part?.command && { line: hint.position.line, command: part.command };
}

/** Measures another model, and lays its comparison beside an earlier one. */
async function layBeside(api: Api, earlier: Report): Promise<void> {
  const { document } = await openPython(
    'import torch.nn as nn\nNet = lambda: nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2))\nnet = Net()\n',
  );
  const done = next(api.onDidReport, 'another report', (each: Report): each is Report => each.complete, 150_000);
  await compare({ file: document.uri.toString(), expression: 'net' });
  const later = await done;
  assert.notEqual(later.model.parameters, earlier.model.parameters);
  const { window } = vscode;
  const { showQuickPick } = window;
  Object.assign(window, { showQuickPick: async (items: readonly vscode.QuickPickItem[]) => items[0] });
  try {
    await vscode.commands.executeCommand('activationLens.compareBeside');
  } finally {
    Object.assign(window, { showQuickPick });
  }
  const page = await eventually('the page with both', () =>
    vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'activation-lens-beside'),
  );
  const at = ({ model }: Report) => page.getText().indexOf(`${model.parameters} parameters`);
  assert.ok(at(earlier) > 0 && at(later) > at(earlier), page.getText());
}

/** A file system of files that can be read. */
class OnlyFiles implements vscode.FileSystemProvider {
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;
  constructor(private readonly files: ReadonlyMap<string, Uint8Array>) {}

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }
  stat({ path }: vscode.Uri): vscode.FileStat {
    return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: this.readFile(vscode.Uri.file(path)).length };
  }
  readFile({ path }: vscode.Uri): Uint8Array {
    const found = this.files.get(path);
    if (!found) throw vscode.FileSystemError.FileNotFound(path);
    return found;
  }
  readDirectory(): never {
    throw vscode.FileSystemError.NoPermissions();
  }
  createDirectory = this.readDirectory;
  writeFile = this.readDirectory;
  delete = this.readDirectory;
  rename = this.readDirectory;
}

describe('compare', () => {
  afterEach(closeAll);

  it('reads the model of a sample and sends it to the page', async () => {
    const api = await activate();
    await withSetting('compare.autostart', false, async () => {
      const { document } = await openSample('mlp.py');
      const message = next(api.onDidPostToCompare, 'the model', isModel);
      await compare({ file: document.uri.toString() });
      const { graph, sites, selected, candidates, models, label, autostart } = await message;
      assert.ok(graph.nodes.some((node) => node.op.kind === 'activation'));
      assert.ok(sites.length > 0);
      const known = new Set(sites.map((site) => site.id));
      assert.ok(selected.length > 0 && selected.every((id) => known.has(id)));
      assert.ok(candidates.some((candidate) => candidate.selected));
      assert.ok(models.length > 0);
      assert.match(label, /mlp\.py$/);
      assert.equal(autostart, false);
    });
  });

  it('measures the model on this machine', async () => {
    const api = await activate();
    await withSetting('compare.candidates', ['silu'], () =>
      withSetting('compare.budget', 10, async () => {
        const { document } = await openSample('mlp.py');
        const done = next(
          api.onDidReport,
          'a complete report',
          (report: Report): report is Report => report.complete,
          150_000,
        );
        await compare({ file: document.uri.toString() });
        const report = await done;
        const [baseline, candidate] = report.candidates;
        assert.ok(baseline?.latency && baseline.latency.median > 0);
        assert.ok(candidate?.latency?.ratio, candidate?.error);
        assert.ok(candidate.signal && candidate.signal.length > 0);
        // The tab is closed: it comes back with its results, from the lens and from the list.
        await closeAll();
        const reopened = next(api.onDidPostToCompare, 'the report', isStored);
        await compare({ file: document.uri.toString() });
        assert.equal((await reopened).report.created, report.created);
        await closeAll();
        const { window } = vscode;
        const { showQuickPick } = window;
        const listed: vscode.QuickPickItem[] = [];
        const pick = async (items: readonly vscode.QuickPickItem[]) => {
          for (const item of items) listed.push(item);
          return items[0];
        };
        Object.assign(window, { showQuickPick: pick });
        try {
          const chosen = next(api.onDidPostToCompare, 'the report', isStored);
          await vscode.commands.executeCommand('activationLens.openRecentComparison');
          assert.equal((await chosen).report.created, report.created);
        } finally {
          Object.assign(window, { showQuickPick });
        }
        const [{ label, description, detail } = { label: '' }] = listed;
        assert.equal(label, report.model.name);
        assert.match(description ?? '', /mlp\.py$/);
        assert.match(detail ?? '', /SiLU/);
        // A hover of what was swapped says what came of it.
        const hover = await eventually('a hover with the result', async () => {
          const found = await vscode.commands.executeCommand<vscode.Hover[]>(
            'vscode.executeHoverProvider',
            document.uri,
            positionOf(document, 'nn.ReLU', 4),
          );
          const texts = found
            .flatMap(({ contents }) => contents)
            .map((each) => (typeof each === 'object' ? each.value : ''));
          return texts.map((text) => /^Compared [^\n]*/m.exec(text)?.[0]).find((text) => text !== undefined);
        });
        assert.match(hover, /^Compared .*: .*\.$/);
        // So does the end of its line, and a click opens the report.
        const part = await eventually('a hint with the result', () => measuredHint(api, document));
        const shown = await vscode.commands.executeCommand<vscode.InlayHint[]>(
          'vscode.executeInlayHintProvider',
          document.uri,
          new vscode.Range(0, 0, document.lineCount, 0),
        );
        assert.ok(shown.some(({ position }) => position.line === part.line));
        assert.equal(part.line, positionOf(document, 'nn.ReLU').line);
        await closeAll();
        const clicked = next(api.onDidPostToCompare, 'the report', isStored);
        await vscode.commands.executeCommand(part.command.command, ...(part.command.arguments ?? []));
        assert.equal((await clicked).report.created, report.created);
        await layBeside(api, report);
      }),
    );
  }).timeout(240_000);

  it('lays a checkpoint over the model, and says what of it fits', async () => {
    const api = await activate();
    const files = new Map<string, Uint8Array>();
    const provider = vscode.workspace.registerFileSystemProvider('lens-weights', new OnlyFiles(files));
    try {
      await withSetting('compare.autostart', false, async () => {
        const { document } = await openSample('mlp.py');
        const uri = document.uri.toString();
        const plain = next(api.onDidPostToCompare, 'the model', isModel);
        await compare({ file: uri, weights: '' });
        const { graph, weights: none } = await plain;
        assert.equal(none, undefined);
        const [first] = graph.state;
        const { type } = graph.storages[first?.storage ?? -1] ?? {};
        assert.ok(first && type);
        const bytes = 4 * type.shape.reduce((product, size) => product * size, 1);
        const entry = { dtype: 'F32', shape: type.shape, data_offsets: [0, bytes] };
        const header = new TextEncoder().encode(JSON.stringify({ [first.name]: entry }));
        const file = new Uint8Array(8 + header.length + bytes);
        new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
        file.set(header, 8);
        files.set('/checkpoints/w.safetensors', file);
        files.set('/checkpoints/broken.pt', new Uint8Array([1, 2, 3]));
        for (const [path, matched, problem] of [
          ['/checkpoints/w.safetensors', 1, /Missing key\(s\) in state_dict/],
          ['/checkpoints/broken.pt', 0, /no zip archive/],
        ] as const) {
          const message = next(api.onDidPostToCompare, 'the model', isModel);
          await compareWith(`lens-weights:${path}`, { file: uri });
          const { weights } = await message;
          assert.equal(weights?.matched, matched);
          assert.equal(weights.total, graph.state.length);
          assert.match(weights.problems.join(), problem);
          // The page loads the file itself.
          assert.equal(weights.uri?.includes('w.safetensors') ?? false, matched > 0);
        }
        // The choice is remembered, until initial weights are asked for.
        const again = next(api.onDidPostToCompare, 'the model', isModel);
        await compare({ file: uri });
        assert.equal((await again).weights?.file, 'lens-weights:/checkpoints/broken.pt');
        const cleared = next(api.onDidPostToCompare, 'the model', isModel);
        await compare({ file: uri, weights: '' });
        assert.equal((await cleared).weights, undefined);
      });
    } finally {
      provider.dispose();
    }
  });

  it('opens nothing for a file that is neither open nor of the workspace, nor with weights that a link names', async () => {
    const api = await activate();
    const { window } = vscode;
    const { showInformationMessage } = window;
    const said: string[] = [];
    Object.assign(window, { showInformationMessage: async (text: string) => said.push(text) });
    let posted = 0;
    const listening = api.onDidPostToCompare(() => {
      posted += 1;
    });
    try {
      const { document } = await openPython('from torch import nn\nact = nn.ReLU()\n');
      const uri = document.uri.toString();
      const [folder] = vscode.workspace.workspaceFolders ?? [];
      const targets = [
        { file: 'file:///etc/passwd.py' },
        { file: `${folder?.uri.toString() ?? 'file:///w'}/../../etc/passwd.py` },
        { file: uri, weights: 'file:///etc/weights.pt' },
        { file: uri, site: { file: uri } },
        { file: uri, expression: 1 },
      ];
      for (const target of targets) await compare(target);
      assert.equal(said.length, targets.length);
      assert.equal(posted, 0);
    } finally {
      listening.dispose();
      Object.assign(window, { showInformationMessage });
    }
  });

  it('says that a file has no model', async () => {
    const api = await activate();
    const { document } = await openPython('print("hello")\n');
    const message = next(api.onDidPostToCompare, 'a refusal', isUnreadable);
    await compare({ file: document.uri.toString() });
    const { obstacles } = await message;
    assert.ok(obstacles.length === 1 && (obstacles[0]?.message.length ?? 0) > 10);
  });

  it('asks for a checkpoint first, where the command says so; without one nothing opens', async () => {
    const api = await activate();
    const { window } = vscode;
    const { showOpenDialog } = window;
    const answers = [undefined, [vscode.Uri.parse('lens-weights:/none.pt')]];
    const asked: vscode.OpenDialogOptions[] = [];
    const answer = async (options: vscode.OpenDialogOptions) => {
      asked.push(options);
      return answers.shift();
    };
    Object.assign(window, { showOpenDialog: answer });
    try {
      await withSetting('compare.autostart', false, async () => {
        const { document } = await openSample('mlp.py');
        const uri = document.uri.toString();
        const withWeights = () => vscode.commands.executeCommand('activationLens.compareWithWeights', { file: uri });
        const message = next(api.onDidPostToCompare, 'the model', isModel);
        await withWeights();
        await withWeights();
        const { weights } = await message;
        assert.equal(weights?.file, 'lens-weights:/none.pt');
        assert.equal(weights.problems.length, 1);
        assert.equal(asked.length, 2);
        assert.ok(asked[0]?.filters?.[Object.keys(asked[0].filters)[0] ?? '']?.includes('safetensors'));
        const cleared = next(api.onDidPostToCompare, 'the model', isModel);
        await compare({ file: uri, weights: '' });
        assert.equal((await cleared).weights, undefined);
      });
    } finally {
      Object.assign(window, { showOpenDialog });
    }
  });

  it('asks for a missing argument once, and remembers the answer', async () => {
    const api = await activate();
    const { window } = vscode;
    const { showInputBox } = window;
    const asked: vscode.InputBoxOptions[] = [];
    const answer = async (options: vscode.InputBoxOptions) => {
      asked.push(options);
      return options.value?.replace('labels=', 'labels="abc"').replace('width=', 'width=5');
    };
    Object.assign(window, { showInputBox: answer });
    try {
      await withSetting('compare.autostart', false, async () => {
        const lines = [
          'from torch import nn',
          'class Classifier(nn.Module):',
          '    def __init__(self, width, labels):',
          '        super().__init__()',
          '        self.body = nn.Sequential(nn.Linear(4, width), nn.ReLU(), nn.Linear(width, len(labels)))',
          '    def forward(self, x):',
          '        return self.body(x)',
        ];
        const { document } = await openPython(`${lines.join('\n')}\n`);
        const uri = document.uri.toString();
        for (let time = 0; time < 2; time += 1) {
          const message = next(api.onDidPostToCompare, 'the model', isModel);
          await compare({ file: uri });
          assert.equal((await message).expression, 'Classifier(width=5, labels="abc")');
        }
        assert.equal(asked.length, 1);
        const [{ value, valueSelection, validateInput } = {}] = asked;
        assert.equal(value, 'Classifier(width=, labels=)');
        assert.deepEqual(valueSelection, [17, 17]);
        assert.ok(validateInput?.(value ?? ''));
        assert.equal(validateInput?.('Classifier(width=5, labels="abc")'), undefined);
      });
    } finally {
      Object.assign(window, { showInputBox });
    }
  });

  it('reads a layer that nobody builds with usual sizes, and says that they are a guess', async () => {
    const api = await activate();
    await withSetting('compare.autostart', false, async () => {
      const lines = [
        'from torch import nn',
        'class Gate(nn.Module):',
        '    def __init__(self, in_features):',
        '        super().__init__()',
        '        self.body = nn.Sequential(nn.Linear(in_features, 8), nn.ReLU(), nn.Linear(8, in_features))',
        '    def forward(self, x):',
        '        return self.body(x)',
      ];
      const { document } = await openPython(`${lines.join('\n')}\n`);
      const message = next(api.onDidPostToCompare, 'the model', isModel);
      await compare({ file: document.uri.toString() });
      const { expression, guessesArguments } = await message;
      assert.deepEqual([expression, guessesArguments], ['Gate(in_features=64)', true]);
    });
  });

  it('tells all that can’t be read, and reads a submodule that can', async () => {
    const api = await activate();
    await withSetting('compare.autostart', false, async () => {
      const lines = [
        'import torch',
        'from torch import nn',
        'class Net(nn.Module):',
        '    def __init__(self):',
        '        super().__init__()',
        '        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())',
        '    def forward(self, x):',
        '        return torch.geqrf(self.stem(x)) + torch.linalg.qr(x)',
      ];
      const { document } = await openPython(`${lines.join('\n')}\n`);
      const uri = document.uri.toString();
      const refused = next(api.onDidPostToCompare, 'a refusal', isUnreadable);
      await compare({ file: uri });
      const { obstacles, parts } = await refused;
      assert.equal(obstacles.length, 2);
      assert.ok(obstacles.every(({ source }) => source?.line === 7));
      assert.deepEqual(parts, [{ path: 'stem', name: 'Sequential' }]);
      const read = next(api.onDidPostToCompare, 'the part', isModel);
      await compare({ file: uri, part: 'stem' });
      const { part, graph, inputOrigin } = await read;
      assert.deepEqual([part, graph.name, inputOrigin], ['stem', 'Net.stem', 'model']);
      // The choice is remembered, until the whole model is asked for.
      const again = next(api.onDidPostToCompare, 'the part again', isModel);
      await compare({ file: uri });
      assert.equal((await again).part, 'stem');
      const whole = next(api.onDidPostToCompare, 'a refusal again', isUnreadable);
      await compare({ file: uri, part: '' });
      assert.equal((await whole).obstacles.length, 2);
    });
  });

  it('reads again after an edit: a comment moves places, another layer makes it stale, an undo takes that back', async () => {
    const api = await activate();
    await withSetting('compare.autostart', false, async () => {
      const text = 'import torch.nn as nn\nmodel = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))\n';
      const editor = await openPython(text);
      const told: ToComparePanel['type'][] = [];
      const listening = api.onDidPostToCompare(({ type }) => told.push(type));
      const edit = async (change: (edit: vscode.TextEditorEdit) => void) => {
        const message = next(api.onDidPostToCompare, 'what became of the edit', isModelOrStale);
        await editor.edit(change);
        return message;
      };
      try {
        const message = next(api.onDidPostToCompare, 'the model', isModel);
        await compare({ file: editor.document.uri.toString() });
        const first = await message;
        const commented = await edit((change) => change.insert(new vscode.Position(0, 0), '# a comment\n'));
        assert.ok(commented.type === 'model');
        assert.equal(commented.key, first.key);
        assert.equal(commented.sites[0]?.source?.line, 2);
        const swapped = await edit((change) =>
          change.replace(new vscode.Range(2, 0, 2, 200), editor.document.lineAt(2).text.replace('ReLU', 'GELU')),
        );
        assert.ok(swapped.type === 'model');
        assert.equal(swapped.key, first.key);
        assert.equal(swapped.sites[0]?.activation, 'gelu');
        assert.ok(!told.includes('stale'));
        const inner = editor.document
          .lineAt(2)
          .text.replace('Linear(4, 4)', 'Linear(4, 8)')
          .replace('(4, 2)', '(8, 2)');
        const wider = await edit((change) => change.replace(new vscode.Range(2, 0, 2, 200), inner));
        assert.equal(wider.type, 'stale');
        const undone = next(api.onDidPostToCompare, 'the model again', isModel);
        await vscode.window.showTextDocument(editor.document);
        await vscode.commands.executeCommand('undo');
        assert.equal((await undone).key, first.key);
      } finally {
        listening.dispose();
      }
    });
  });
});
