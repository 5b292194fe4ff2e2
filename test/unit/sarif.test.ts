import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { main } from '../../src/cli';
import { inRoot } from '../support/paths';
import { testReader } from '../support/reader';
import { testSyntax } from '../support/syntax';

/** What is read of a log here; the schema says the rest. */
interface SarifLog {
  readonly runs: readonly {
    readonly results: readonly {
      readonly ruleId: string;
      readonly fixes?: readonly { readonly artifactChanges: readonly unknown[] }[];
      readonly relatedLocations?: readonly unknown[];
    }[];
    readonly invocations: readonly { readonly toolExecutionNotifications: readonly unknown[] }[];
  }[];
}

/** The schema is of draft 4, of which it uses nothing that draft 7 has not, but for the name of its `id`. */
function sarifSchema(): object {
  const path = inRoot('test', 'fixtures', 'sarif', 'sarif-schema-2.1.0.json');
  const { id, $schema: _, ...schema } = JSON.parse(readFileSync(path, 'utf8'));
  return { $id: id, ...schema };
}

const isUri = (text: string) => URL.canParse(text);
const formats = {
  uri: isUri,
  'uri-reference': (text: string) => URL.canParse(text, 'file:///'),
  'date-time': (text: string) => !Number.isNaN(Date.parse(text)),
};
const validate = new Ajv({ strict: false, allErrors: true, formats }).compile<SarifLog>(sarifSchema());

function assertValid(log: unknown): asserts log is SarifLog {
  assert.ok(validate(log), JSON.stringify(validate.errors, undefined, 2));
}

describe('SARIF, by its own schema', () => {
  let folder: string;
  const at = (...parts: string[]) => join(folder, ...parts);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'activation-lens-'));
    for (const name of [
      'no_nonlinearity.py',
      'inplace_reuse.py',
      'unknown_name.py',
      'log1p_exp.py',
      'loss_class_called.py',
    ])
      cpSync(inRoot('test', 'fixtures', 'advise', name), at(name));
    cpSync(inRoot('test', 'fixtures', 'advise-corpus', 'lightning_mnist.faulty.py'), at('ünser modell.py'));
    cpSync(inRoot('samples', 'tfjs_mnist.ts'), at('tfjs_mnist.ts'));
    const output = '    def forward(self, x):\n        return x.softmax(1)\n';
    writeFileSync(at('net.py'), `from torch import nn\n\n\nclass Net(nn.Module):\n${output}`);
    writeFileSync(
      at('train.py'),
      'from torch import nn\nfrom net import Net\n\nloss = nn.CrossEntropyLoss()(Net()(x), y)\n',
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function lint(...argv: string[]): Promise<string> {
    let out = '';
    const keep = (text: string) => {
      out += text;
    };
    await main(['lint', ...argv], { syntax: testSyntax(), reader: testReader(), out: keep, err: () => undefined });
    return out;
  }

  it('is valid for findings with fixes and places in other files, and for what was not looked at', async () => {
    writeFileSync(at('deep.py'), `import torch\ny = ${'('.repeat(3000)}torch.relu(x)${')'.repeat(3000)}\n`);
    const log: unknown = JSON.parse(await lint('--format', 'sarif', folder));
    assertValid(log);
    const results = log.runs.flatMap((run) => run.results);
    assert.ok(results.length > 20, `${results.length} results`);
    assert.ok(new Set(results.map(({ ruleId }) => ruleId)).size >= 6);
    assert.ok(results.some(({ fixes }) => fixes?.some(({ artifactChanges }) => artifactChanges.length > 0)));
    assert.ok(results.some(({ relatedLocations }) => (relatedLocations?.length ?? 0) > 0));
    const skipped = log.runs.flatMap((run) => run.invocations.flatMap((each) => each.toolExecutionNotifications));
    assert.ok(skipped.length > 0);
  });

  it('is valid where nothing is found, and where a baseline leaves something', async () => {
    const baseline = at('baseline.json');
    await lint('--write-baseline', baseline, folder);
    const none: unknown = JSON.parse(await lint('--format', 'sarif', '--baseline', baseline, folder));
    assertValid(none);
    assert.deepEqual(
      none.runs.flatMap(({ results }) => results),
      [],
    );
    appendFileSync(at('train.py'), 'z = torch.log(torch.softmax(x, 1))\n');
    const one: unknown = JSON.parse(await lint('--format', 'sarif', '--baseline', baseline, folder));
    assertValid(one);
    assert.deepEqual(
      one.runs.flatMap(({ results }) => results.map(({ ruleId }) => ruleId)),
      ['log-of-softmax'],
    );
  });

  it('is refused where it is none, so that the schema says something', async () => {
    const log = JSON.parse(await lint('--format', 'sarif', at('net.py')));
    assertValid(log);
    const [run] = log.runs;
    const without = { ...log, runs: [{ ...run, results: [{ ruleId: 'no-message', levels: 'loud' }] }] };
    assert.ok(!validate(without));
    assert.ok(!validate({ ...log, version: '2.0.0' }));
  });
});
