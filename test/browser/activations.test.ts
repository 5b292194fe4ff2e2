import assert from 'node:assert/strict';
import { catalogue, defaultParameters } from '../../src/activations/catalogue';
import type { Activation } from '../../src/activations/types';
import { GraphBuilder } from '../../src/graph/builder';
import type { ActivationParameters, Graph } from '../../src/graph/types';
import { backward, gradientOf } from '../support/backward';
import { openTestPage } from '../support/browser';
import { mixed } from '../support/rule';

/** Finite normal single-precision numbers: a grid, and decades up to the largest and down to the least. */
const points = Array.from(
  Float32Array.from([
    ...Array.from({ length: 801 }, (_, i) => (i - 400) / 10),
    ...[88, 88.8, 104, 3.4e38, 1.2e-38, ...Array.from({ length: 598 }, (_, i) => 10 ** ((i - 296) / 8))].flatMap(
      (x) => [x, -x],
    ),
  ]),
);

interface Deviation {
  readonly of: (name: string, what: 'value' | 'slope') => boolean;
  readonly at: (x: number) => boolean;
  /** The largest error there; without one anything may come out. */
  readonly bound?: number;
}

/** Where single precision on a GPU knowingly gives less than 1e-5. */
const deviations: readonly Deviation[] = [
  // WGSL promises sine and cosine to 2^-11 within ±π, and nothing beyond; far out even their argument is rounded away.
  { of: (name) => /^(sine|snake) /.test(name), at: (x) => Math.abs(x) <= 40, bound: 2 ** -11 },
  { of: (name) => /^(sine|snake) /.test(name), at: (x) => Math.abs(x) > 40 },
  // The cube under the tanh overflows, and the slope is 0·∞: PyTorch's kernel gives NaN there too.
  { of: (name, what) => /^gelu .*tanh/.test(name) && what === 'slope', at: (x) => Math.abs(x) > 1e12 },
];

interface Case {
  readonly name: string;
  readonly activation: Activation;
  readonly parameters: ActivationParameters;
  readonly graph: Graph;
}

/** One activation as a model whose outputs are its values and its gradient. */
function caseOf(activation: Activation, parameters: ActivationParameters): Case {
  const builder = new GraphBuilder();
  const type = { dtype: 'float32', shape: [points.length] } as const;
  const x = builder.input(type);
  const y = builder.emit1({ kind: 'activation', activation: activation.id, parameters }, x);
  const forward = builder.finish({
    name: activation.id,
    inputs: [{ name: 'x', value: x }],
    outputs: [{ name: 'y', value: y }],
    state: [],
  });
  const both = backward(forward, new Set(['input0']), true);
  const graph = { ...both, outputs: [{ name: 'y', value: y }, ...both.outputs] };
  return { name: `${activation.id} ${JSON.stringify(parameters)}`, activation, parameters, graph };
}

function cases(): Case[] {
  return [...catalogue.values()].flatMap((activation) => {
    // PReLU's slope is a weight: its cases are in runner.test.ts.
    if (!activation.value || activation.shape !== 'elementwise' || activation.id === 'prelu') return [];
    const usual = caseOf(activation, defaultParameters(activation));
    return activation.id === 'gelu' ? [usual, caseOf(activation, { approximate: 'tanh' })] : [usual];
  });
}

describe('activations on WebGPU, at finite normal numbers', function () {
  this.timeout(600_000);

  it('are their definitions in double precision', async () => {
    const all = cases();
    const inputs = [{ shape: [points.length], dtype: 'float32', data: points }];
    const panel = await openTestPage('ops');
    await panel.message('ready');
    const models = all.map(({ name, graph }) => ({ name, graph, inputs }));
    await panel.send({ type: 'models', models, wasm: panel.resources.wasm });
    const { results } = (await panel.message('results', 590_000)) as unknown as {
      results: { readonly outputs: readonly (readonly number[])[]; readonly message?: string }[];
    };
    await panel.close();
    const cotangent = mixed('cotangent0', points.length);
    const wrong: string[] = [];
    for (const [i, { name, activation, parameters, graph }] of all.entries()) {
      const result = results[i];
      if (!result || result.message !== undefined) {
        wrong.push(`${name}: ${result?.message ?? 'no result'}`);
        continue;
      }
      for (const [at, output] of graph.outputs.entries()) {
        const what = output.name === gradientOf('input0') ? 'slope' : 'value';
        const expected = points.map((x, k) =>
          what === 'value'
            ? (activation.value?.(x, parameters) ?? 0)
            : (activation.derivative?.(x, parameters) ?? 0) * (cotangent[k] ?? 0),
        );
        const bad = points.filter((x, k) => {
          const known = deviations.find((each) => each.of(name, what) && each.at(x));
          const bound = known ? (known.bound ?? Number.POSITIVE_INFINITY) : 1e-5;
          return !close(result.outputs[at]?.[k] ?? Number.NaN, expected[k] ?? 0, bound);
        });
        if (bad.length) {
          const k = points.indexOf(bad[0] ?? 0);
          wrong.push(
            `${name} ${what}: ${bad.length} from ${Math.min(...bad)} to ${Math.max(...bad)}; at ${bad[0]} ${result.outputs[at]?.[k]}, not ${expected[k]}`,
          );
        }
      }
    }
    assert.deepEqual(wrong, []);
  });
});

function close(actual: number, expected: number, bound: number): boolean {
  if (bound === Number.POSITIVE_INFINITY || actual === Math.fround(expected)) return true;
  return Math.abs(actual - expected) <= bound * Math.max(1, Math.abs(expected));
}
