import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import * as vscode from 'vscode';
import { tools } from '../../src/agents/tools';
import { register as registerServer } from '../../src/editor/agentServer';
import { prepare, register as registerTools } from '../../src/editor/agentTools';
import { activate, closeAll, extension, next, pause } from './support';

const names = ['explain_activation', 'check_code', 'read_model', 'compare_activations'];

function top(): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder);
  return folder.uri;
}
const at = (...parts: string[]) => join(top().fsPath, ...parts);

/** Calls a tool as any extension or agent of the editor does. */
async function invoke(name: string, input: object, token?: vscode.CancellationToken) {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }, token);
  const [part] = content;
  assert.ok(part instanceof vscode.LanguageModelTextPart, JSON.stringify(content));
  return JSON.parse(part.value);
}

describe('tools for agents', () => {
  let outside: string;
  before(activate);
  beforeEach(() => {
    outside = realpathSync(mkdtempSync(join(tmpdir(), 'activation-lens-')));
    mkdirSync(at('agents'), { recursive: true });
  });
  afterEach(async () => {
    await closeAll();
    rmSync(outside, { recursive: true });
    rmSync(at('agents'), { recursive: true });
  });

  it('are known to the editor, with schemas and words for models', () => {
    const known = vscode.lm.tools.filter(({ name }) => names.includes(name));
    assert.deepEqual(known.map(({ name }) => name).sort(), [...names].sort());
    for (const { description, inputSchema } of known) {
      assert.ok(description.length > 80);
      assert.equal((inputSchema as { type?: string }).type, 'object');
    }
  });

  it('explain an activation', async () => {
    const answer = await invoke('explain_activation', { name: 'nn.Mish' });
    assert.equal(answer.title, 'Mish');
  });

  it('check a file, an unsaved editor, and text', async () => {
    const found = await invoke('check_code', { path: at('mistakes.py') });
    assert.ok(found.total > 0);
    assert.equal(found.findings[0].place.file, at('mistakes.py'));
    const own = vscode.Uri.joinPath(top(), 'mlp.py');
    const editor = await vscode.window.showTextDocument(own);
    const clean = await invoke('check_code', { path: own.fsPath });
    const wrong = '\nimport torch.nn.functional as F\nlost = F.cross_entropy(F.softmax(x, dim=1), y)\n';
    await editor.edit((edit) => edit.insert(editor.document.lineAt(editor.document.lineCount - 1).range.end, wrong));
    const unsaved = await invoke('check_code', { path: own.fsPath });
    assert.equal(unsaved.total, clean.total + 1);
    const given = await invoke('check_code', { path: own.fsPath, text: wrong });
    assert.equal(given.findings[0].code, 'softmax-before-cross-entropy');
  });

  it('read a model, and say what to do where it can not be read', async () => {
    const answer = await invoke('read_model', { path: at('cifar_cnn.py') });
    assert.deepEqual(answer.outputs[0].shape.slice(1), [10], JSON.stringify(answer));
    assert.ok(answer.activations.relu > 0);
    const refused = await invoke('read_model', {
      text: 'class Net(nn.Module):\n    def __init__(self, n):\n        self.a = n.b\n',
    });
    assert.equal(refused.error.code, 'unreadable');
    assert.ok(refused.error.next.length > 10);
  });

  it('refuse what is outside in the same words, whether it is there or not', async () => {
    writeFileSync(join(outside, 'there.py'), 'WIDTH = 77\n');
    symlinkSync(outside, at('agents', 'away'));
    symlinkSync(join(outside, 'there.py'), at('agents', 'hidden.py'));
    const refused = new Set<string>();
    for (const path of [
      join(outside, 'there.py'),
      join(outside, 'absent.py'),
      at('agents', 'away', 'there.py'),
      at('agents', 'away', 'absent.py'),
      at('agents', 'hidden.py'),
      `${top().fsPath}/../../../../etc/passwd`,
    ])
      refused.add(JSON.stringify(await invoke('read_model', { path })));
    assert.equal(refused.size, 1, [...refused].join('\n'));
    assert.match([...refused][0] ?? '', /"outside"/);
    // Imports lead out by no link either.
    const code = `from hidden import WIDTH
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, WIDTH)
    def forward(self, x):
        return self.a(x)
`;
    writeFileSync(at('agents', 'net.py'), code);
    const answer = await invoke('read_model', { path: at('agents', 'net.py') });
    assert.doesNotMatch(JSON.stringify(answer), /77/);
  });

  it('refuse wrong arguments', async () => {
    // The editor may look at the schema first.
    const answer = await invoke('check_code', { text: 'x', colour: 'red' }).catch((error: unknown) => String(error));
    assert.match(JSON.stringify(answer), /wrong-argument|colour|schema|input/i);
  });

  it('measure in a tab of their own, without the focus', async () => {
    const api = await activate();
    const editor = await vscode.window.showTextDocument(vscode.Uri.joinPath(top(), 'mlp.py'), {
      viewColumn: vscode.ViewColumn.One,
    });
    const text = `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 8)
        self.act = nn.ReLU()
        self.b = nn.Linear(8, 2)
    def forward(self, x):
        return self.b(self.act(self.a(x)))
`;
    // A model of its own: what is measured of a model is kept, and found again in other tests of it.
    const path = at('agents', 'net.py');
    const wider = text.replaceAll('8', '12');
    writeFileSync(path, `import torch\nfrom torch import nn\n${wider}net = Net()(torch.randn(1, 4))\n`);
    const { agents } = api;
    const report = next(api.onDidReport, 'a report', (each): each is typeof each => each.complete);
    const call = agents.run(
      'compare_activations',
      { path, candidates: ['tanh'], budget_seconds: 5, time_limit_seconds: 120 },
      new AbortController().signal,
    );
    const { isError, answer } = await call;
    assert.equal(isError, false, JSON.stringify(answer));
    await report;
    const { candidates, worthGpuRun } = answer as { candidates: { id: string }[]; worthGpuRun: string };
    assert.deepEqual(
      candidates.map(({ id }) => id),
      ['baseline', 'tanh'],
    );
    assert.equal(worthGpuRun, 'unknown');
    assert.equal(vscode.window.activeTextEditor?.document, editor.document);
    const none = await agents.run(
      'compare_activations',
      { path, candidates: ['relu'], budget_seconds: 1 },
      new AbortController().signal,
    );
    assert.equal(none.isError, true);
    assert.match(JSON.stringify(none.answer), /choose others/);
    const snippet = await agents.run(
      'compare_activations',
      { text, inputs: ['1x4'], candidates: ['silu'], budget_seconds: 2, time_limit_seconds: 120 },
      new AbortController().signal,
    );
    assert.equal(snippet.isError, false, JSON.stringify(snippet.answer));
    const stop = new AbortController();
    const cancelled = agents.run(
      'compare_activations',
      { path: at('cifar_cnn.py'), budget_seconds: 100, time_limit_seconds: 300 },
      stop.signal,
    );
    await pause(1000);
    stop.abort(new Error('enough'));
    await assert.rejects(cancelled, /enough/);
  });

  it('ask before a comparison, what takes long, and code that runs; and before nothing else', () => {
    const asked = (name: string, input: object) => {
      const tool = tools.find((each) => each.name === name);
      assert.ok(tool);
      const { confirmationMessages, invocationMessage } = prepare(tool, input);
      assert.ok(invocationMessage);
      return confirmationMessages?.message;
    };
    const path = at('mlp.py');
    assert.equal(asked('explain_activation', { name: 'gelu' }), undefined);
    assert.equal(asked('check_code', { path }), undefined);
    assert.equal(asked('read_model', { path, time_limit_seconds: 20 }), undefined);
    assert.match(String(asked('read_model', { path, time_limit_seconds: 21 })), /21/);
    assert.match(String(asked('compare_activations', { path })), /20/);
    assert.ok(asked('read_model', { path: at('tfjs_mnist.ts'), run_typescript: true }));
    // A path is a caller's: it makes no link.
    const [, , , compared] = tools;
    assert.ok(compared);
    const { confirmationMessages } = prepare(compared, { path: '/a/[run](command:evil)\u202e.py' });
    assert.doesNotMatch(confirmationMessages?.title ?? '', /\]\(command:|\u202e/);
  });

  it('do without an editor that has no such tools or servers', async () => {
    const { agents } = await activate();
    const program = { command: 'node', script: top() };
    for (const editor of [{}, { lm: undefined }, { lm: {} as typeof vscode.lm }]) {
      registerTools(agents, editor).dispose();
      registerServer(program, '1', editor).dispose();
    }
    registerServer(undefined, '1').dispose();
  });

  it('are served by the terminal’s program, which the editor is offered, over the protocol alone', async () => {
    assert.equal(typeof vscode.lm.registerMcpServerDefinitionProvider, 'function');
    const script = vscode.Uri.joinPath(extension().extensionUri, 'dist', 'cli.js');
    const providers: vscode.McpServerDefinitionProvider[] = [];
    const registerMcpServerDefinitionProvider = (_id: string, provider: vscode.McpServerDefinitionProvider) => {
      providers.push(provider);
      return new vscode.Disposable(() => undefined);
    };
    const editor = { ...vscode, lm: { registerMcpServerDefinitionProvider } as unknown as typeof vscode.lm };
    registerServer({ command: process.execPath, script }, '1.2.3', editor).dispose();
    registerServer({ command: process.execPath, script: vscode.Uri.joinPath(top(), 'absent.js') }, '1', editor);
    const token = new vscode.CancellationTokenSource().token;
    const [offered, absent] = await Promise.all(providers.map((each) => each.provideMcpServerDefinitions(token)));
    assert.deepEqual(absent, []);
    const [definition] = offered ?? [];
    assert.ok(definition instanceof vscode.McpStdioServerDefinition);
    assert.deepEqual(definition.args, [script.fsPath, 'mcp', '--root', top().fsPath]);
    const transport = new StdioClientTransport({
      command: definition.command,
      args: definition.args,
      env: { ...process.env, ELECTRON_RUN_AS_NODE: String(definition.env.ELECTRON_RUN_AS_NODE) } as Record<
        string,
        string
      >,
      stderr: 'pipe',
    });
    const client = new Client({ name: 'test', version: '1' });
    const noise: string[] = [];
    client.onerror = (error) => noise.push(String(error));
    await client.connect(transport);
    try {
      const { tools: listed } = await client.listTools();
      assert.deepEqual(
        listed.map(({ name }) => name),
        names,
      );
      const read = await client.callTool({ name: 'read_model', arguments: { path: at('mlp.py') } });
      assert.equal(read.isError, false, JSON.stringify(read.content));
      const compared = await client.callTool({
        name: 'compare_activations',
        arguments: { path: at('mlp.py'), candidates: ['silu'], budget_seconds: 1, time_limit_seconds: 100 },
      });
      assert.equal(compared.isError, false, JSON.stringify(compared.content));
    } finally {
      await client.close();
    }
    assert.deepEqual(noise, []);
  });
});
