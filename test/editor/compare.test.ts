import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Report } from '../../src/compare/report';
import type { ToComparePanel } from '../../src/protocol/compare';
import { activate, closeAll, next, openPython, openSample, withSetting } from './support';

type Model = Extract<ToComparePanel, { type: 'model' }>;
const isModel = (message: ToComparePanel): message is Model => message.type === 'model';
const isUnreadable = (message: ToComparePanel): message is Extract<ToComparePanel, { type: 'unreadable' }> =>
  message.type === 'unreadable';

const compare = (target: unknown) => vscode.commands.executeCommand('activationLens.compareActivations', target);

describe('compare', () => {
  afterEach(closeAll);

  it('reads the model of a sample and sends it to the page', async () => {
    const api = await activate();
    await withSetting('compare.autostart', false, async () => {
      const { document } = await openSample('mlp.py');
      const message = next(api.onDidPostToCompare, 'the model', isModel);
      await compare({ uri: document.uri.toString() });
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
      withSetting('compare.budget', 2, async () => {
        const { document } = await openSample('mlp.py');
        const done = next(
          api.onDidReport,
          'a complete report',
          (report: Report): report is Report => report.complete,
          150_000,
        );
        await compare({ uri: document.uri.toString() });
        const report = await done;
        const [baseline, candidate] = report.candidates;
        assert.ok(baseline?.latency && baseline.latency.median > 0);
        assert.ok(candidate?.latency?.ratio, candidate?.error);
        assert.ok(candidate.signal && candidate.signal.length > 0);
      }),
    );
  }).timeout(180_000);

  it('says that a file has no model', async () => {
    const api = await activate();
    const { document } = await openPython('print("hello")\n');
    const message = next(api.onDidPostToCompare, 'a refusal', isUnreadable);
    await compare({ uri: document.uri.toString() });
    assert.ok((await message).message.length > 10);
  });

  it('says that the source has changed since the model was read', async () => {
    const api = await activate();
    await withSetting('compare.autostart', false, async () => {
      const text = 'import torch.nn as nn\nmodel = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))\n';
      const editor = await openPython(text);
      const message = next(api.onDidPostToCompare, 'the model', isModel);
      await compare({ uri: editor.document.uri.toString() });
      await message;
      const stale = next(
        api.onDidPostToCompare,
        'stale',
        (each): each is Extract<ToComparePanel, { type: 'stale' }> => each.type === 'stale',
      );
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '# a comment\n'));
      await stale;
    });
  });
});
