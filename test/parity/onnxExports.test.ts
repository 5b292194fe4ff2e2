import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { swapSites } from '../../src/compare/sites';
import { readOnnx } from '../../src/fromOnnx/read';
import { itemAt } from '../../src/graph/access';
import { initialise } from '../../src/graph/initialise';
import type { Runtime } from '../../src/run/runtime';
import { differenceOf, readTensor } from '../support/onnxCases';
import { runFile, written } from '../support/onnxRoundTrip';
import { wasmRuntime } from '../support/ort';
import { inRoot } from '../support/paths';

describe("files of the installed PyTorch's exporter", () => {
  let runtime: Runtime;
  const folder = mkdtempSync(join(tmpdir(), 'onnx-'));
  before(async function () {
    this.timeout(300_000);
    runtime = await wasmRuntime();
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
    return runtime.dispose();
  });

  it('compute what PyTorch computes, with the activations that it has', async function () {
    this.timeout(600_000);
    const python = process.env.ACTIVATION_LENS_PYTHON ?? 'python3';
    const told = execFileSync(python, [inRoot('test', 'parity', 'make_onnx_exports.py'), folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const wrong: string[] = [];
    const counts = new Map<string, string>();
    for (const line of told.trim().split('\n')) {
      const [name = '', ...refusal] = line.split(' ');
      if (refusal.length > 0) {
        wrong.push(line);
        continue;
      }
      const at = (file: string) => join(folder, name, file);
      const graph = await readOnnx(new Uint8Array(readFileSync(at('model.onnx'))));
      const input = readTensor(at('test_data_set_0/input_0.pb')).data;
      const expected = readTensor(at('test_data_set_0/output_0.pb')).data;
      const made = await runFile(runtime, written(graph, initialise(graph, 0)), graph, [input]);
      const found = differenceOf(itemAt(made, 0), expected, 1e-5, 1e-4);
      if (found) wrong.push(`${name}: ${found}`);
      const sites = swapSites(graph).map(({ activation }) => activation);
      const kinds = [...new Set(sites)].sort();
      counts.set(name, kinds.map((kind) => `${sites.filter((each) => each === kind).length} ${kind}`).join(', '));
    }
    assert.deepEqual(wrong, []);
    assert.deepEqual(Object.fromEntries(counts), {
      mlp: '3 relu',
      cifar_cnn: '1 leaky_relu, 6 relu',
      resnet14: '13 relu',
      resnet29_silu: '28 silu',
      vit: '3 gelu',
      mistakes: '1 relu, 1 silu, 1 softmax',
      resnet18: '17 relu',
      mobilenet_v3_small: '9 hardsigmoid, 19 hardswish, 14 relu',
      shufflenet_v2_x0_5: '37 relu',
      squeezenet1_1: '26 relu',
      efficientnet_b0: '16 sigmoid, 49 silu',
      convnext: '2 gelu',
      mobilenet_v3_small_9: '9 hardsigmoid, 19 hardswish, 14 relu',
      vit_9: '1 gelu',
    });
  });
});
