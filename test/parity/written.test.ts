import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entryOf, findActivation } from '../../src/activations/catalogue';
import { swapSites } from '../../src/compare/sites';
import { itemAt } from '../../src/graph/access';
import { swap } from '../../src/graph/swap';
import { inRoot } from '../support/paths';
import { type Form, modelWith, spelledOut } from '../support/spelledOut';
import { distance, outputOf, readText } from '../support/writtenModels';

const forms: readonly Form[] = ['inline', 'function', 'lambda', 'class', 'autograd'];

/** What PyTorch gives for each text. */
function judge(texts: readonly string[]): number[][] {
  const folder = mkdtempSync(join(tmpdir(), 'written-'));
  try {
    const given = join(folder, 'models.json');
    writeFileSync(given, JSON.stringify(texts));
    const python = process.env.ACTIVATION_LENS_PYTHON ?? 'python3';
    const script = inRoot('test', 'parity', 'reference_written.py');
    const printed = execFileSync(python, ['-W', 'ignore', script, given], { encoding: 'utf8' });
    return printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as number[]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it('every way to write an activation out, in every form, is what PyTorch computes, and ReLU in its place too', async function () {
  this.timeout(600_000);
  const models = spelledOut.flatMap(({ activation, parameters = {}, ways, slope }) =>
    forms.flatMap((form) =>
      ways.flatMap((way) => {
        const text = modelWith(way, form, slope);
        return text === undefined ? [] : [{ title: `${activation} ${form}: ${way}`, activation, parameters, text }];
      }),
    ),
  );
  const relu = modelWith('F.relu(x)', 'inline');
  assert.ok(relu);
  const [plain, ...wanted] = judge([relu, ...models.map(({ text }) => text)]);
  assert.ok(plain);
  assert.ok(models.length > 400);
  for (const [i, { title, activation, parameters, text }] of models.entries()) {
    const graph = await readText(text);
    const outputs = itemAt(wanted, i);
    // Constants are kept in single precision.
    assert.ok(distance(outputOf(graph), outputs) < 1e-6, `${title}: as written ${distance(outputOf(graph), outputs)}`);
    const [site, ...more] = swapSites(graph);
    assert.deepEqual([site?.activation, more.length, site?.kept], [activation, 0, undefined], title);
    const entry = findActivation(activation);
    assert.ok(site && entry);
    for (const [name, value] of Object.entries(parameters)) assert.equal(site.parameters[name], value, title);
    const named = distance(outputOf(swap(graph, site.nodes, entry, site.parameters)), outputs);
    assert.ok(named < 1e-4, `${title}: by name ${named}`);
    const swapped = distance(outputOf(swap(graph, site.nodes, entryOf('relu'), {})), plain);
    assert.ok(swapped < 1e-12, `${title}: with ReLU ${swapped}`);
  }
});
