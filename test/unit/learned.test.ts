import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { catalogue, findActivation } from '../../src/activations/catalogue';
import { activationRules } from '../../src/activations/differentiation';
import { operationOf } from '../../src/activations/operation';
import { GraphBuilder } from '../../src/graph/builder';
import { differentiate } from '../../src/graph/differentiate/index';
import type { ActivationParameters } from '../../src/graph/types';
import { evaluate } from '../support/evaluate';
import { inRoot } from '../support/paths';

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Case {
  readonly activation: string;
  readonly parameters: ActivationParameters;
  /** x, then the weights. */
  readonly inputs: readonly Numbers[];
  readonly upstream: Numbers;
  readonly output: Numbers;
  /** Of the inputs. */
  readonly gradients: readonly Numbers[];
}

const cases = JSON.parse(readFileSync(inRoot('test/fixtures/learned.json'), 'utf8')) as Case[];

describe('what an activation learns', () => {
  it('has values and gradients as autograd has them', () => {
    for (const { activation, parameters, inputs, upstream, output, gradients } of cases) {
      const entry = findActivation(activation);
      assert.ok(entry);
      const builder = new GraphBuilder();
      const ids = inputs.map(({ shape }) => builder.input({ dtype: 'float64', shape }));
      const y = builder.emit1(operationOf(entry, parameters), ...ids);
      const type = { dtype: 'float64', shape: upstream.shape } as const;
      const weights = builder.emit1({ kind: 'constant', data: upstream.data, type });
      const weighted = builder.emit1({ kind: 'binary', function: 'mul' }, y, weights);
      const loss = builder.emit1({ kind: 'reduce', function: 'sum', dims: [], keepdim: false }, weighted);
      const graph = builder.finish({ name: activation, inputs: [], outputs: [], state: [] });
      const made = differentiate(graph, loss, ids, activationRules);
      const known = new Map(
        inputs.map(({ shape, data }, i) => [ids[i] ?? 0, { shape: [...shape], data: Float64Array.from(data) }]),
      );
      evaluate(made.builder.finish({ name: activation, inputs: [], outputs: [], state: [] }), known);
      const near = (value: number | undefined, wanted: Numbers, what: string) => {
        const got = known.get(value ?? -1);
        assert.deepEqual(got?.shape, wanted.shape, what);
        for (const [i, each] of wanted.data.entries())
          assert.ok(Math.abs((got?.data[i] ?? Number.NaN) - each) <= 1e-10 * (1 + Math.abs(each)), `${what} at ${i}`);
      };
      near(y, output, activation);
      gradients.forEach((wanted, i) => {
        near(made.gradients.get(ids[i] ?? -1), wanted, `${activation}: the gradient of its input ${i}`);
      });
    }
    const named = new Set(cases.map(({ activation }) => activation));
    for (const { id, learned } of catalogue.values()) assert.equal(named.has(id), learned !== undefined, id);
  });
});
