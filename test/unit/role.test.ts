import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { findActivation } from '../../src/activations/catalogue';
import { detect } from '../../src/detect/detect';
import { roleLine } from '../../src/explain/roleLine';
import { extractModel } from '../../src/extract/extract';
import type { Language } from '../../src/language/say';
import { resolveSites } from '../../src/resolve/join';
import { Roles } from '../../src/resolve/role';
import { NodeSource } from '../../src/source/node';
import { inRoot } from '../support/paths';
import { testSyntax } from '../support/syntax';

/** What the hover says of each site of a sample that its likeliest model runs, by line. */
async function lines(sample: string, expression: string, language: Language = 'en'): Promise<string[]> {
  const file = inRoot('samples', sample);
  const sites = await detect(testSyntax(), { file, text: readFileSync(file, 'utf8'), version: 1 });
  const found = await extractModel({ syntax: testSyntax(), source: new NodeSource(), file, expression });
  assert.ok(found.ok);
  return resolveSites(found.graph, sites).sites.flatMap(({ site, nodes }) =>
    nodes.length === 0
      ? []
      : roleLine(
          new Roles(found.graph, found.expression).of(nodes),
          findActivation(site.activation)?.title ?? '',
          language,
        ).markdown,
  );
}

describe('what a site means in its model', () => {
  it('tells how many of the activations it makes, and what they stand between', async () => {
    assert.deepEqual(await lines('cifar_cnn.py', 'CifarCNN()'), [
      'In `CifarCNN()`: 3 of 6 ReLU; after a normalisation; feeds a convolution',
      'In `CifarCNN()`: 3 of 6 ReLU; after a normalisation; feeds a pooling',
      'In `CifarCNN()`: its only LeakyReLU; after a linear layer; feeds a linear layer',
    ]);
  });

  it('looks through reshapes and scales, to layers and products of matrices', async () => {
    assert.deepEqual(await lines('vit.py', 'ViT(depth=2)'), [
      'In `ViT(depth=2)`: all 2 Softmax; after a product of matrices; feeds a product of matrices',
      'In `ViT(depth=2)`: all 2 GELU; after a linear layer; feeds a linear layer',
    ]);
  });

  it('counts each neighbour where a site makes activations in several places, and knows a residual sum', async () => {
    assert.deepEqual(await lines('resnet.py', 'resnet14()'), [
      'In `resnet14()`: all 13 ReLU; after a normalisation (7×), a residual sum (6×); feeds a convolution (12×), a residual sum (4×), a pooling (1×)',
    ]);
  });

  it('says it in Chinese', async () => {
    assert.deepEqual(
      (await lines('cifar_cnn.py', 'CifarCNN()', 'zh-cn'))[0],
      '在 `CifarCNN()` 中：6 个 ReLU 中的 3 个；前面是归一化；送往卷积',
    );
  });

  it('keeps a model written at length from breaking the hover', () => {
    const role = { model: `Net(\n  \`x\`,\n  "${'y'.repeat(80)}")`, made: 1, total: 2, after: [], before: [] };
    const line = roleLine(role, 'ReLU', 'en').markdown;
    assert.ok(/^In `Net\( 'x', "y+…y+"\)`: 1 of 2 ReLU$/.test(line), line);
    assert.ok(line.length < 70);
  });
});
