import assert from 'node:assert/strict';
import type { Report } from '../../src/compare/report';
import { swapSites } from '../../src/compare/sites';
import { GraphBuilder } from '../../src/graph/builder';
import type { Graph } from '../../src/graph/types';
import { openPanel, type PanelPage, textIsRead } from '../support/browser';
import { modelMessage } from '../support/reports';

/** Two convolutions, each followed by ReLU, on an 8×8 image: small enough for a GPU in software. */
function smallGraph(): Graph {
  const builder = new GraphBuilder();
  const float = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;
  const x = builder.input(float(1, 3, 8, 8));
  const weights = [float(4, 3, 3, 3), float(4, 4, 3, 3)].map((type) =>
    builder.storage(type, true, { kind: 'uniform', low: -0.5, high: 0.5 }),
  );
  let value = x;
  for (const [index, weight] of weights.entries()) {
    builder.origin = { path: `layers.${2 * index}`, call: 0 };
    value = builder.emit1(
      { kind: 'conv', stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 },
      value,
      builder.storageAt(weight).value,
      null,
    );
    builder.origin = { path: `layers.${2 * index + 1}`, call: 0 };
    value = builder.emit1({ kind: 'activation', activation: 'relu', parameters: {} }, value, null);
  }
  return builder.finish({
    name: 'Small',
    inputs: [{ name: 'x', value: x }],
    outputs: [{ name: 'output', value }],
    state: weights.map((storage, index) => ({
      name: `layers.${2 * index}.weight`,
      storage,
      kind: 'parameter',
      persistent: true,
    })),
  });
}

describe('compare panel with its runner', function () {
  this.timeout(600_000);
  let panel: PanelPage | undefined;
  afterEach(async () => {
    await panel?.close();
    panel = undefined;
  });

  /** @param budget milliseconds, in which a GPU in software is to have measured all */
  async function open(budget: number): Promise<PanelPage> {
    const graph = smallGraph();
    const found = swapSites(graph);
    const opened = await openPanel('compare', { answer: textIsRead });
    await opened.message('ready');
    await opened.send(opened.resources);
    await opened.send({ type: 'device', device: 'webgpu' });
    const candidates = modelMessage().candidates.map((option) => ({
      ...option,
      selected: ['gelu', 'prelu'].includes(option.activation),
    }));
    const model = { graph, expression: 'Small()', sites: found, selected: found.map((site) => site.id), candidates };
    await opened.send(modelMessage({ ...model, budget, autostart: true }));
    return opened;
  }

  it('runs a model on the GPU with each candidate', async () => {
    panel = await open(60_000);
    const { report } = (await panel.message('report', 590_000)) as { report: Report };
    const said = await panel.page.locator('.banners').innerText();
    assert.equal(report.complete, true, said);
    assert.equal(report.environment.backend, 'webgpu', report.environment.fallback);
    assert.deepEqual(
      report.candidates.map((candidate) => [candidate.id, candidate.error, candidate.signal?.length]),
      [
        ['baseline', undefined, 2],
        ['prelu', undefined, 2],
        ['gelu', undefined, 2],
      ],
    );
    for (const candidate of report.candidates) assert.ok((candidate.latency?.median ?? 0) > 0);
    const [written, prelu] = report.candidates;
    assert.ok((written?.signal?.[0]?.zeros ?? 0) > 0.2, 'ReLU makes zeros');
    assert.ok((prelu?.addedParameters ?? 0) > 0, 'PReLU adds parameters');
    await panel.page.locator('tr[data-candidate="gelu"]').waitFor();
    await panel.page.locator('.pictures .chart').first().waitFor();
    assert.deepEqual(panel.problems, []);
  });

  it('is free at once when the run is cancelled, and runs again', async () => {
    panel = await open(1500);
    await panel.page.locator('.status progress').waitFor();
    await panel.page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await panel.page.getByRole('button', { name: /^Run( again)?$/ }).click({ timeout: 2000 });
    await panel.page.getByRole('button', { name: 'Cancel', exact: true }).waitFor();
    await panel.page.getByRole('button', { name: 'Run again', exact: true }).waitFor({ timeout: 500_000 });
    const said = await panel.page.locator('.banners').innerText();
    const last = panel.posted.findLast((message) => (message as { type: string }).type === 'report');
    assert.equal((last as { report: Report } | undefined)?.report.complete, true, said);
    assert.deepEqual(panel.problems, []);
  });
});
