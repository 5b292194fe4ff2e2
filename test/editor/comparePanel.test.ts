import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { settingOption } from '../../src/editor/candidateOptions';
import { drawnFunctions } from '../../src/editor/drawnFunctions';
import { ComparePanel } from '../../src/panel/comparePanel';
import { ComparePanels } from '../../src/panel/comparePanels';
import type { CompareServices, Reading } from '../../src/panel/compareServices';
import { admit, refusal } from '../../src/panel/folders';
import { resourceRoots } from '../../src/panel/html';
import type { DeviceChoice, ToComparePanel } from '../../src/protocol/compare';
import type { CompareTarget } from '../../src/protocol/model';
import type { StoredComparison } from '../../src/protocol/stored';
import { modelMessage, reportOf } from '../support/reports';
import { closeAll, eventually, extension, openPython, pause } from './support';

/** A panel of the editor's whose page the test plays. */
class FakePanel {
  readonly sent: ToComparePanel[] = [];
  private readonly received = new vscode.EventEmitter<unknown>();
  private readonly disposed = new vscode.EventEmitter<void>();
  readonly title = 'test';
  readonly onDidDispose = this.disposed.event;
  private readonly viewed = new vscode.EventEmitter<unknown>();
  readonly onDidChangeViewState = this.viewed.event;
  visible = true;
  readonly webview = {
    html: '',
    options: {} as vscode.WebviewOptions,
    cspSource: 'https://resources',
    onDidReceiveMessage: this.received.event,
    asWebviewUri: (uri: vscode.Uri) => uri,
    postMessage: async (message: ToComparePanel) => this.sent.push(message) > 0,
  };
  iconPath: vscode.Uri | undefined;

  see(visible: boolean): void {
    this.visible = visible;
    this.viewed.fire(undefined);
  }

  say(message: unknown): void {
    this.received.fire(message);
  }

  dispose(): void {
    this.disposed.fire();
  }

  of<K extends ToComparePanel['type']>(type: K): Extract<ToComparePanel, { type: K }>[] {
    return this.sent.filter((each): each is Extract<ToComparePanel, { type: K }> => each.type === type);
  }
}

const file = 'file:///workspace/cifar_cnn.py';
const { pointed: _, key: __, ...model } = modelMessage();

/** Nobody chose where comparisons run. */
const device: CompareServices['device'] = {
  get: () => 'auto',
  set: () => undefined,
  onDidChange: new vscode.EventEmitter<DeviceChoice>().event,
};

function readingOf(request: CompareTarget, more: Partial<Reading> = {}): Reading {
  const done = {
    apply: async () => ({ edits: 3, undo: async () => undefined }),
    preview: async () => undefined,
    write: async () => ({ message: 'written' }),
  };
  const watch = () => new vscode.Disposable(() => undefined);
  return { message: model, request, keyFor: (data = '') => `aa${data}`, isStale: () => false, watch, ...done, ...more };
}

/** A comparison in a panel that the test plays, and what it asked the editor for. */
function open(services: Partial<CompareServices> = {}, pinned?: StoredComparison) {
  const panel = new FakePanel();
  const revealed: string[] = [];
  const reads: { request: CompareTarget; signal: AbortSignal }[] = [];
  const kept: StoredComparison[] = [];
  const adapters: string[] = [];
  const whole: CompareServices = {
    language: () => 'en',
    read: async (request, _ask, signal) => {
      reads.push({ request, signal });
      return readingOf(request);
    },
    readAgain: async (request) => readingOf(request),
    find: async (key) => kept.find((each) => each.key === key),
    keep: (comparison) => kept.unshift(comparison),
    chooseWeights: async () => undefined,
    chooseData: async () => undefined,
    adapters: { keys: () => ['a GPU'], keep: (key) => adapters.push(key) },
    device,
    setting: settingOption,
    curves: drawnFunctions,
    explain: () => undefined,
    reveal: (source) => revealed.push(source.file),
    copy: async () => undefined,
    savePicture: async () => undefined,
    save: async () => undefined,
    ...services,
  };
  const host = panel as unknown as vscode.WebviewPanel;
  const compare = new ComparePanel(host, extension().extensionUri, whole, { file }, false, pinned);
  return { compare, panel, revealed, reads, kept, adapters };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('the host of the compare panel', () => {
  afterEach(closeAll);

  it('answers what is asked, or says why not', async () => {
    const { panel, reads } = open({
      save: async () => {
        throw new Error('the disk is full');
      },
    });
    panel.say({ type: 'apply', id: 'early', activation: 'gelu', parameters: {}, sites: [] });
    await settle();
    assert.ok('error' in (panel.of('reply')[0] ?? {}), 'no model was read yet');
    panel.say({ type: 'ready' });
    await settle();
    panel.say({ type: 'apply', id: 'a', activation: 'gelu', parameters: {}, sites: ['site-0'] });
    panel.say({ type: 'export', id: 'b', report: reportOf([], true) });
    panel.say({ type: 'read', id: 'c', input: '1x3' });
    // Is none: refused before anybody sees it.
    panel.say({ type: 'export', id: 'd', report: { version: 1, model: {}, candidates: [] } });
    await settle();
    const replies = new Map(panel.of('reply').map(({ id, ...rest }) => [id, rest]));
    assert.deepEqual(replies.get('a'), { type: 'reply', ok: { edits: 3 } });
    assert.deepEqual(replies.get('b'), { type: 'reply', error: 'the disk is full' });
    assert.deepEqual(replies.get('c'), { type: 'reply', ok: null });
    assert.equal(replies.has('d'), false);
    assert.equal(reads.at(-1)?.request.input, '1x3');
    panel.dispose();
  });

  it('reads while the page is loaded, once, and tells what it has when the page is ready', async () => {
    let finish: () => void = () => undefined;
    const read = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { compare, panel, reads } = open({
      read: async (request, _ask, signal) => {
        reads.push({ request, signal });
        await read;
        return readingOf(request);
      },
    });
    compare.begin();
    await settle();
    assert.deepEqual([reads.length, panel.of('reading').length], [1, 0]);
    panel.say({ type: 'ready' });
    await settle();
    assert.deepEqual(panel.of('reading'), [{ type: 'reading' }]);
    finish();
    await settle();
    assert.equal(panel.of('model').length, 1);
    panel.dispose();
    const early = open();
    early.compare.begin();
    await settle();
    assert.equal(early.panel.of('model').length, 0);
    early.panel.say({ type: 'ready' });
    await settle();
    assert.deepEqual([early.reads.length, early.panel.of('model').length], [1, 1]);
    early.panel.dispose();
  });

  it('remembers the GPUs that compute right, and tells them to its page', async () => {
    const { panel, adapters } = open();
    panel.say({ type: 'ready' });
    await settle();
    assert.deepEqual(
      panel.of('resources').map(({ checked }) => checked),
      [['a GPU']],
    );
    panel.say({ type: 'checked', key: 'another GPU' });
    assert.deepEqual(adapters, ['another GPU']);
    panel.dispose();
  });

  it('saves a report with the model that was read, which a script is made of', async () => {
    const saved: unknown[] = [];
    const { panel } = open({
      save: async (report, message) => {
        saved.push(report.created, message?.file, message?.sites.length);
      },
    });
    panel.say({ type: 'ready' });
    await settle();
    const report = reportOf([], true);
    panel.say({ type: 'export', id: 'a', report });
    await settle();
    assert.deepEqual(saved, [report.created, file, model.sites.length]);
    panel.dispose();
  });

  it('gives up a reading that the page gives up, and one whose panel is closed', async () => {
    const signals: AbortSignal[] = [];
    const { panel } = open({
      read: (_request, _ask, signal) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
    });
    panel.say({ type: 'read', id: 'a' });
    panel.say({ type: 'cancel', id: 'a' });
    panel.say({ type: 'read', id: 'b' });
    await settle();
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, false],
    );
    panel.dispose();
    assert.ok(signals[1]?.aborted);
  });

  it('shows the files of its reading in the editor, and no others', async () => {
    const { panel, revealed } = open({
      read: async (request) => {
        const source = { file: 'file:///library/blocks.py', line: 1, column: 0, endLine: 1, endColumn: 1 };
        return readingOf(request, {
          message: { type: 'unreadable', obstacles: [{ message: 'no', source }], parts: [], models: [] },
        });
      },
    });
    panel.say({ type: 'ready' });
    await settle();
    for (const shown of [file, 'file:///library/blocks.py', 'file:///etc/passwd', 'command:x', 'https://example.org/'])
      panel.say({ type: 'reveal', source: { file: shown, line: 0, column: 0, endLine: 0, endColumn: 0 } });
    assert.deepEqual(revealed, [file, 'file:///library/blocks.py']);
    panel.dispose();
  });

  it('admits the folder of chosen weights alone, and does not read again for it', async () => {
    const weights = {
      file: 'file:///w/net.pt',
      label: 'net.pt',
      uri: 'file:///w/net.pt',
      matched: 1,
      total: 1,
      problems: [],
    };
    const { panel, reads } = open({
      read: async (request, _ask, signal) => {
        reads.push({ request, signal });
        return readingOf(request, { message: { ...model, weights } });
      },
    });
    const roots = () => panel.webview.options.localResourceRoots?.map(String) ?? [];
    const own = resourceRoots(extension().extensionUri).map(String);
    assert.deepEqual(roots(), own);
    panel.say({ type: 'ready' });
    await settle();
    assert.deepEqual(roots(), [...own, 'file:///w']);
    // The page starts anew.
    assert.equal(panel.of('model').length, 0);
    panel.say({ type: 'ready' });
    await settle();
    assert.deepEqual(panel.of('model')[0]?.weights, weights);
    assert.equal(reads.length, 1);
    panel.dispose();
  });

  it('opens no disk to the page', async () => {
    for (const folder of ['file:///', 'file:///c%3A/', 'file:///C%3A', 'vscode-remote://host/'])
      assert.ok(refusal(vscode.Uri.parse(folder)), folder);
    for (const folder of ['file:///home', 'file:///c%3A/data', 'vscode-remote://host/a'])
      assert.equal(refusal(vscode.Uri.parse(folder)), undefined, folder);
    const { webview } = new FakePanel();
    const view = webview as unknown as vscode.Webview;
    assert.equal(admit(view, vscode.Uri.parse('file:///a/b')), true);
    assert.equal(admit(view, vscode.Uri.parse('file:///a/b/c')), false);
    assert.equal(admit(view, vscode.Uri.parse('file:///a/bc')), true);
    const weights = { file: 'file:///w.pt', label: 'w.pt', uri: 'file:///w.pt', matched: 1, total: 1, problems: [] };
    const { panel } = open({ read: async (request) => readingOf(request, { message: { ...model, weights } }) });
    panel.say({ type: 'ready' });
    await settle();
    const told = panel.of('model')[0]?.weights;
    assert.deepEqual([told?.uri, told?.matched, told?.problems.length], [undefined, 0, 1]);
    panel.say({ type: 'data', id: 'a', choose: true });
    panel.dispose();
  });

  it('reads again after an edit while it is seen, and tells what came of it', async () => {
    const { document } = await openPython('x = 1\n');
    const read = { text: document.getText(), key: 'aa' };
    const edit = async (text: string, key: string) => {
      Object.assign(read, { key });
      const change = new vscode.WorkspaceEdit();
      change.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
      await vscode.workspace.applyEdit(change);
    };
    let again = 0;
    const readNow = (request: CompareTarget): Reading => {
      const seen = document.getText();
      const { key } = read;
      return readingOf(request, { keyFor: () => key, isStale: () => document.getText() !== seen });
    };
    const { panel } = open({
      read: async (request) => readNow(request),
      readAgain: async (request) => {
        again += 1;
        return readNow(request);
      },
    });
    const told = () => panel.sent.map(({ type }) => type).filter((type) => type === 'model' || type === 'stale');
    const until = async (...types: string[]) => {
      await eventually(types.join(), () => (told().join() === types.join() ? true : undefined));
      await pause(1000);
      assert.deepEqual(told(), types);
    };
    panel.say({ type: 'ready' });
    await until('model');
    await edit('# a comment\nx = 1\n', 'aa');
    await until('model', 'model');
    await edit('x = 2\n', 'bb');
    await until('model', 'model', 'stale');
    assert.equal(again, 2);
    // The text of the reading before: nothing need be read.
    await edit('# a comment\nx = 1\n', 'aa');
    await until('model', 'model', 'stale', 'model');
    assert.equal(again, 2);
    panel.see(false);
    await edit('# two\nx = 1\n', 'aa');
    await pause(1000);
    assert.equal(again, 2);
    panel.see(true);
    await until('model', 'model', 'stale', 'model', 'model');
    assert.equal(again, 3);
    panel.dispose();
  }).timeout(60_000);

  it('keeps what was measured under its key, and shows it when such a model is read', async () => {
    const { panel, kept } = open();
    const report = reportOf(['gelu'], true);
    panel.say({ type: 'ready' });
    await settle();
    assert.equal(panel.of('stored').length, 0);
    panel.say({ type: 'report', report });
    assert.deepEqual(
      kept.map(({ key, label, request }) => [key, label, request]),
      [['aa', 'samples/cifar_cnn.py', { file }]],
    );
    panel.say({ type: 'read', id: 'a' });
    await settle();
    assert.deepEqual(panel.of('stored'), [{ type: 'stored', report, key: 'aa' }]);
    // Before the model, which would run else.
    const order = panel.sent.map(({ type }) => type).filter((type) => type === 'stored' || type === 'model');
    assert.deepEqual(order, ['model', 'stored', 'model']);
    panel.dispose();
    const other = open({}, { version: 1, key: 'cc', modelKey: 'cc', label: 'other.py', request: { file }, report });
    other.panel.say({ type: 'ready' });
    await settle();
    assert.deepEqual(other.panel.of('stored'), [{ type: 'stored', report, key: 'cc' }]);
    other.panel.dispose();
  });

  it('takes back what it wrote, once, and has the text read before a run', async () => {
    let undone = 0;
    const { panel, reads } = open({
      read: async (request, ask, signal) => {
        reads.push({ request, signal });
        assert.equal(ask, reads.length > 1);
        const undo = async () => {
          undone += 1;
        };
        return readingOf(request, { apply: async () => ({ edits: 1, undo }) });
      },
    });
    panel.say({ type: 'ready' });
    await settle();
    panel.say({ type: 'undo', id: 'early' });
    panel.say({ type: 'apply', id: 'a', activation: 'gelu', parameters: {}, sites: ['site-0'] });
    await settle();
    for (const id of ['b', 'c']) panel.say({ type: 'undo', id });
    await settle();
    panel.say({ type: 'refresh', id: 'd' });
    await settle();
    const replies = new Map(panel.of('reply').map(({ id, ...rest }) => [id, rest]));
    assert.ok('error' in (replies.get('early') ?? {}));
    assert.deepEqual(replies.get('b'), { type: 'reply', ok: null });
    assert.ok('error' in (replies.get('c') ?? {}));
    assert.deepEqual(replies.get('d'), { type: 'reply', ok: null });
    assert.equal(undone, 1);
    assert.equal(reads.length, 2);
    panel.dispose();
  });

  it('opens a file whose name no editor would write', () => {
    const read = () => new Promise(() => undefined);
    const services = { language: () => 'en', device, read } as unknown as CompareServices;
    const { registerWebviewPanelSerializer, createWebviewPanel } = vscode.window;
    const titles: string[] = [];
    const panel = new FakePanel();
    Object.assign(vscode.window, {
      registerWebviewPanelSerializer: () => new vscode.Disposable(() => undefined),
      createWebviewPanel: (_type: string, title: string) => {
        titles.push(title);
        return panel;
      },
    });
    try {
      const panels = new ComparePanels(extension().extensionUri, services);
      panels.open({ file: 'file:///%E0%A4%A.py' });
      panels.dispose();
    } finally {
      Object.assign(vscode.window, { registerWebviewPanelSerializer, createWebviewPanel });
    }
    assert.equal(titles.length, 1);
    assert.match(titles[0] ?? '', /%E0%A4%A\.py/);
  });
});
