import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Report } from '../../src/compare/report';
import type { ToComparePanel } from '../../src/protocol/compare';
import { activate, closeAll, eventually, next, openText, pause, positionOf, withSetting } from './support';

type Model = Extract<ToComparePanel, { type: 'model' }>;
const isModel = (message: ToComparePanel): message is Model => message.type === 'model';

const isUnreadable = (message: ToComparePanel): message is Extract<ToComparePanel, { type: 'unreadable' }> =>
  message.type === 'unreadable';

const compare = (target: unknown) => vscode.commands.executeCommand('activationLens.compareActivations', target);

const code = `import * as tf from '@tensorflow/tfjs';

export function createModel() {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 8, activation: 'relu', inputShape: [4] }));
  model.add(tf.layers.dense({ units: 8, activation: 'relu' }));
  model.add(tf.layers.dense({ units: 2, activation: 'softmax' }));
  return model;
}
`;

async function hoverAt(document: vscode.TextDocument, text: string): Promise<string> {
  const found = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    positionOf(document, text, 3),
  );
  const contents = found.flatMap((hover) => hover.contents);
  return contents.map((each) => (each instanceof vscode.MarkdownString ? each.value : '')).join('\n');
}

const roleIn = (hover: string) => /In `createModel\(\)`: [^\n]*/.exec(hover)?.[0];

describe('TensorFlow.js models', () => {
  before(activate);
  afterEach(closeAll);

  it('runs nothing of a file that nobody asked for', async () => {
    const api = await activate();
    const started = api.startedThreads().filter((form) => form === 'tfjs').length;
    const { document } = await openText('typescript', code);
    const lenses = await eventually('a lens', async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        document.uri,
      );
      return found.some(({ command }) => command?.title === 'Compare activations') ? found : undefined;
    });
    assert.ok(lenses.length > 0);
    assert.match(await eventually('a hover', async () => (await hoverAt(document, "'relu'")) || undefined), /ReLU/);
    const editor = vscode.window.activeTextEditor;
    await editor?.edit((edit) => edit.insert(new vscode.Position(1, 0), '// typed\n'));
    await pause(2500);
    assert.equal(roleIn(await hoverAt(document, "'relu'")), undefined);
    assert.equal(api.startedThreads().filter((form) => form === 'tfjs').length, started);
  });

  it('reads a model on request, then says what its activations mean and follows edits', async () => {
    const api = await activate();
    await withSetting('compare.autostart', false, async () => {
      const { document } = await openText('typescript', code);
      // Who wants to know more of the model before somebody asks for it learns nothing, and no less afterwards.
      await withSetting('shapes', 'all', async () => {
        const all = new vscode.Range(0, 0, document.lineCount, 0);
        await vscode.commands.executeCommand('vscode.executeInlayHintProvider', document.uri, all);
      });
      const message = next(api.onDidPostToCompare, 'the model', isModel);
      await compare({ file: document.uri.toString(), expression: 'createModel()' });
      const { graph, sites, input, selected } = await message;
      assert.equal(input, '1x4');
      assert.equal(graph.conventions, 'tensorflow');
      assert.deepEqual(
        sites.map(({ activation, source }) => [activation, source?.line]),
        [
          ['relu', 4],
          ['relu', 5],
          ['softmax', 6],
        ],
      );
      assert.equal(selected.length, 2);
      const role = await eventually('a hover with the role', async () => roleIn(await hoverAt(document, "'relu'")));
      assert.equal(role, 'In `createModel()`: 1 of 2 ReLU; after a linear layer; feeds a linear layer');
      const line = "  model.add(tf.layers.dense({ units: 8, activation: 'relu' }));\n";
      await vscode.window.activeTextEditor?.edit((edit) => edit.insert(new vscode.Position(5, 0), line));
      const changed = await eventually('the role in the changed text', async () => {
        const found = roleIn(await hoverAt(document, "'relu'"));
        return found?.includes('of 3') ? found : undefined;
      });
      assert.match(changed, /1 of 3 ReLU/);
    });
  });

  it('asks for an argument by name', async () => {
    const api = await activate();
    const { window } = vscode;
    const { showInputBox } = window;
    const asked: (vscode.InputBoxOptions | undefined)[] = [];
    const answer = async (options?: vscode.InputBoxOptions) => {
      asked.push(options);
      return options?.value?.replace('units=', '16');
    };
    Object.assign(window, { showInputBox: answer });
    try {
      await withSetting('compare.autostart', false, async () => {
        const open = code.replace('createModel()', 'createModel(units: number)').replaceAll('units: 8', 'units');
        const { document } = await openText('typescript', open);
        const message = next(api.onDidPostToCompare, 'the model', isModel);
        await compare({ file: document.uri.toString() });
        const { graph, expression } = await message;
        assert.equal(expression, 'createModel(16)');
        assert.equal(asked.length, 1);
        assert.match(asked[0]?.title ?? '', /needs units/);
        assert.deepEqual(graph.storages[0]?.type.shape, [4, 16]);
      });
    } finally {
      Object.assign(window, { showInputBox });
    }
  });

  it('asks before every reading in a workspace that is not trusted', async () => {
    const api = await activate();
    const { window, workspace } = vscode;
    const { showWarningMessage } = window;
    const trusted = Object.getOwnPropertyDescriptor(workspace, 'isTrusted');
    const asked: string[] = [];
    let answer: string | undefined;
    const answering = async (question: string, options: vscode.MessageOptions, ...actions: string[]) => {
      assert.ok(options.modal);
      asked.push(question);
      return actions.find((action) => action === answer);
    };
    Object.assign(window, { showWarningMessage: answering });
    Object.defineProperty(workspace, 'isTrusted', { configurable: true, get: () => false });
    try {
      await withSetting('compare.autostart', false, async () => {
        const { document } = await openText('typescript', code);
        const target = { file: document.uri.toString(), expression: 'createModel()' };
        const refused = next(api.onDidPostToCompare, 'a refusal', isUnreadable);
        await compare(target);
        assert.match((await refused).obstacles[0]?.message ?? '', /only when you ask for it/);
        answer = 'Read the Model';
        for (const count of [2, 3]) {
          const message = next(api.onDidPostToCompare, 'the model', isModel);
          await compare(target);
          await message;
          assert.equal(asked.length, count);
        }
        // No hover reads it by itself.
        await pause(500);
        assert.equal(roleIn(await hoverAt(document, "'relu'")), undefined);
        assert.equal(asked.length, 3);
      });
    } finally {
      Object.assign(window, { showWarningMessage });
      if (trusted) Object.defineProperty(workspace, 'isTrusted', trusted);
      else Reflect.deleteProperty(workspace, 'isTrusted');
    }
  });

  it('measures a model on this machine', async () => {
    const api = await activate();
    await withSetting('compare.candidates', ['silu'], () =>
      withSetting('compare.budget', 10, async () => {
        const { document } = await openText('typescript', code);
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
      }),
    );
  }).timeout(180_000);
});
