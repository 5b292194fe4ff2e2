import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { activationRules } from '../../src/activations/differentiation';
import type { Loss } from '../../src/graph/losses';
import type { Optimiser } from '../../src/graph/optimise';
import { trainingGraph } from '../../src/graph/train';
import { trainingStep } from '../../src/graph/trainingStep';
import type { TensorData } from '../../src/graph/types';
import type { Runtime } from '../../src/run/runtime';
import { extractCase, type ModelCase } from '../support/modelCases';
import { wasmRuntime } from '../support/ort';
import { inRoot } from '../support/paths';
import { mixed, ruledInput } from '../support/rule';
import { trainSteps } from '../support/trainSteps';

interface StepsCase extends Pick<ModelCase, 'file' | 'expression' | 'inputs'> {
  readonly loss: {
    readonly kind: Loss['kind'];
    readonly ignored?: number;
    readonly smoothing?: number;
    readonly beta?: number;
    readonly delta?: number;
  };
  readonly optimiser: {
    readonly kind: Optimiser['kind'];
    readonly lr: number;
    readonly momentum?: number;
    readonly weight_decay?: number;
    readonly nesterov?: boolean;
    readonly betas?: readonly [number, number];
  };
  readonly losses: readonly number[];
  /** How far PyTorch's own single precision is from these: relative for losses, absolute for parameters. */
  readonly own: number;
  readonly parameters: readonly {
    readonly name: string;
    readonly step: number;
    readonly own: number;
    readonly data: readonly number[];
  }[];
}

const cases = JSON.parse(readFileSync(inRoot('test/fixtures/training/steps.json'), 'utf8')) as StepsCase[];
const IGNORED = -100;

function lossOf({ kind, smoothing = 0, beta = 1, delta = 1 }: StepsCase['loss']): Loss {
  switch (kind) {
    case 'cross_entropy':
      return { kind, ignoreIndex: IGNORED, labelSmoothing: smoothing };
    case 'smooth_l1':
      return { kind, beta };
    case 'huber':
      return { kind, delta };
    default:
      return { kind };
  }
}

function optimiserOf({ kind, momentum = 0, weight_decay, nesterov = false, betas }: StepsCase['optimiser']): Optimiser {
  return kind === 'sgd'
    ? { kind, momentum, nesterov, weightDecay: weight_decay ?? 0 }
    : { kind, betas: betas ?? [0.9, 0.999], eps: 1e-8, weightDecay: weight_decay ?? 0.01 };
}

/** Targets by the rule, as reference_steps.py has them. */
function targetOf({ loss, inputs }: StepsCase, shape: readonly number[], outputs: readonly number[]): TensorData {
  if (loss.kind === 'next_token') return ruledInput(0, inputs[0] ?? { shape, dtype: 'int64' });
  const u = mixed(
    'target',
    shape.reduce((product, size) => product * size, 1),
  );
  if (loss.kind !== 'cross_entropy') return Float32Array.from(u, (x) => (/^bce/.test(loss.kind) ? (x + 1) / 2 : x));
  const { ignored = 0 } = loss;
  return Array.from(u, (x, i) =>
    ignored && i % ignored === 0 ? IGNORED : Math.floor(((x + 1) / 2) * (outputs[1] ?? 1)),
  );
}

describe('steps of training, against PyTorch', () => {
  let runtime: Runtime;
  before(async () => {
    runtime = await wasmRuntime();
  });
  after(() => runtime.dispose());

  for (const one of cases) {
    it(`${one.expression}, ${one.loss.kind}, ${one.optimiser.kind}`, async () => {
      const extraction = await extractCase(one, true);
      assert.ok(extraction.ok, extraction.ok ? '' : extraction.problem.message);
      const graph = trainingGraph(extraction.graph);
      const step = trainingStep(graph, lossOf(one.loss), optimiserOf(one.optimiser), activationRules);
      const outputs = graph.values[graph.outputs[0]?.value ?? -1]?.type.shape ?? [];
      const target = step.values[step.inputs.at(-2)?.value ?? -1]?.type.shape ?? [];
      const count = one.losses.length;
      const made = await trainSteps(runtime, step, one.inputs, targetOf(one, target, outputs), one.optimiser.lr, count);
      for (const [i, expected] of one.losses.entries()) {
        const error = Math.abs((made.losses[i] ?? Number.NaN) - expected) / Math.max(expected, 1e-3);
        assert.ok(error <= Math.max(1e-5, 10 * one.own), `loss of step ${i}: ${made.losses[i]}, not ${expected}`);
      }
      for (const { name, step: stride, own, data } of one.parameters) {
        const storage = step.state.find((entry) => entry.name === name)?.storage ?? -1;
        const ours = Array.from(made.storages[storage] ?? []).filter((_, at) => at % stride === 0);
        for (const [i, expected] of data.entries()) {
          const error = Math.abs((ours[i] ?? Number.NaN) - expected);
          assert.ok(error <= Math.max(1e-5, 10 * own), `${name} at ${i * stride}: ${ours[i]}, not ${expected}`);
        }
      }
    });
  }
});
