import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { detect } from '../../src/detect/detect';
import { extractModel } from '../../src/extract/extract';
import { resolveSites, siteAt } from '../../src/resolve/join';
import { NodeSource } from '../../src/source/node';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

describe('sites joined with the model', () => {
  async function joined(sample: string, expression?: string) {
    const file = inRoot('samples', sample);
    const sites = await detect(testSyntax(), { file, text: readFileSync(file, 'utf8'), version: 1 });
    const extraction = await extractModel({
      syntax: testSyntax(),
      source: new NodeSource(),
      file,
      ...(expression ? { expression } : {}),
    });
    assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
    return { graph: extraction.graph, ...resolveSites(extraction.graph, sites) };
  }

  for (const sample of ['cifar_cnn.py', 'resnet.py', 'mlp.py', 'vit.py'])
    it(`${sample}: every activation node has its site, or none names it`, async () => {
      const { graph, sites, unnamed } = await joined(sample);
      const activations = graph.nodes.flatMap(({ op }, index) => (op.kind === 'activation' ? [index] : []));
      const nodes = sites.flatMap(({ nodes: made }) => made);
      assert.deepEqual(
        [...nodes, ...unnamed].sort((a, b) => a - b),
        activations,
      );
      assert.ok(activations.length > 0);
      if (sample === 'cifar_cnn.py') assert.deepEqual(unnamed, []);
    });

  it('a place that holds several sites, or none, names no one', async () => {
    const text = 'import torch.nn as nn\npair = (nn.ReLU(), nn.GELU())\n';
    const sites = await detect(testSyntax(), { file: 'a.py', text, version: 1 });
    const place = (column: number, endColumn: number, file = 'a.py') => ({
      file,
      line: 1,
      column,
      endLine: 1,
      endColumn,
    });
    assert.equal(siteAt(sites, place(0, 29)), undefined);
    assert.equal(siteAt(sites, place(0, 4)), undefined);
    assert.equal(siteAt(sites, place(8, 17))?.activation, 'relu');
    assert.equal(siteAt(sites, place(8, 17, 'b.py')), undefined);
    assert.equal(siteAt(sites, place(17, 25))?.activation, 'gelu');
  });
});
