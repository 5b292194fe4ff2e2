// The suite of the extension host in a browser, which is a web worker: few tests, none of which needs Node.
// Mocha's build for browsers wants a page to draw on, so the tests are run by the few lines at the end.
import * as vscode from 'vscode';
import type { Api } from '../../src/editor/api';

/** Asks a provider until it answers: it may come a moment after the document. */
async function eventually<T>(what: string, ask: () => Thenable<T | undefined>): Promise<T> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined && !(Array.isArray(answer) && answer.length === 0)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`${what}: no answer within 30 s`);
}

function uriOf(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('no folder is open');
  return vscode.Uri.joinPath(folder.uri, name);
}

async function open(name: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uriOf(name));
  await vscode.window.showTextDocument(document);
  return document;
}

const tests: Readonly<Record<string, () => void | Promise<void>>> = {
  'runs in a web worker': () => {
    if (typeof process !== 'undefined') throw new Error('this is Node');
  },

  activates: async () => {
    const extension = vscode.extensions.getExtension('activation-lens.activation-lens');
    if (!extension) throw new Error('the extension is not there');
    await extension.activate();
  },

  'hovers over an activation': async () => {
    const document = await open('cifar_cnn.py');
    const offset = document.getText().indexOf('nn.ReLU');
    if (offset < 0) throw new Error('cifar_cnn.py has no nn.ReLU');
    const at = document.positionAt(offset + 'nn.Re'.length);
    const hovers = await eventually('hover', () =>
      vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, at),
    );
    const text = hovers.flatMap(({ contents }) =>
      contents.map((part) => (typeof part === 'string' ? part : part.value)),
    );
    if (!text.some((part) => part.includes('ReLU')))
      throw new Error(`the hover says: ${text.join('\n').slice(0, 500)}`);
  },

  'answers agents': async () => {
    const call = async (name: string, input: object) => {
      const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
      return JSON.parse((content[0] as vscode.LanguageModelTextPart).value);
    };
    const explained = await call('explain_activation', { name: 'gelu' });
    if (explained.title !== 'GELU') throw new Error(JSON.stringify(explained).slice(0, 500));
    const read = await call('read_model', { path: uriOf('cifar_cnn.py').path });
    if (!(read.activations?.relu > 0)) throw new Error(JSON.stringify(read).slice(0, 500));
    const refused = await call('read_model', { path: '/etc/passwd' });
    if (refused.error?.code !== 'outside') throw new Error(JSON.stringify(refused).slice(0, 500));
  },

  // Its model is read in a worker inside this worker.
  'says what an activation means in its model': async () => {
    const document = await open('cifar_cnn.py');
    const at = document.positionAt(document.getText().indexOf('nn.ReLU') + 'nn.Re'.length);
    await eventually('role', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        at,
      );
      const parts = hovers.flatMap(({ contents }) => contents);
      return parts.find((part) => /\d of \d+ ReLU/.test(typeof part === 'string' ? part : part.value));
    });
  },

  'puts a lens above the model': async () => {
    const document = await open('cifar_cnn.py');
    await eventually('lens', () =>
      vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 10),
    );
  },

  'reads TensorFlow.js and ONNX models where they are asked for': async () => {
    const extension = vscode.extensions.getExtension<Api>('activation-lens.activation-lens');
    const api = await extension?.activate();
    for (const name of ['tfjs_mnist.ts', 'digits.onnx']) {
      const read = new Promise<string>((resolve) => {
        api?.onDidPostToCompare((message) => {
          if (message.type === 'model') resolve(message.expression);
          if (message.type === 'unreadable') resolve(message.obstacles[0]?.message ?? 'unreadable');
        });
      });
      const file = uriOf(name).toString();
      await vscode.commands.executeCommand('activationLens.compareActivations', { file });
      const found = await read;
      if (!['createModel()', 'digits'].includes(found)) throw new Error(found);
    }
  },

  'finds the mistakes': async () => {
    const document = await open('mistakes.py');
    await eventually('problems', async () => vscode.languages.getDiagnostics(document.uri));
  },
};

/** What the editor calls when it is started for tests. */
export async function run(): Promise<void> {
  console.log('in-editor suite: started');
  const failing: string[] = [];
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      console.log(`  ✔ ${name}`);
    } catch (error) {
      failing.push(`${name}: ${String(error).split('\n')[0]}`);
      console.log(`  ✘ ${name}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  const passed = Object.keys(tests).length - failing.length;
  for (const line of failing) console.log(`in-editor suite: failed: ${line}`);
  console.log(`in-editor suite: ${passed} passed, ${failing.length} failed`);
  if (failing.length) throw new Error(`${failing.length} tests failed`);
}
