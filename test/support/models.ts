import { GraphBuilder } from '../../src/graph/builder';
import type { Graph, Initialiser, SourceRange, StateEntry, ValueId } from '../../src/graph/types';

const normal = (deviation: number): Initialiser => ({ kind: 'normal', mean: 0, deviation });

const at = (line: number): SourceRange => ({ file: 'cnn.py', line, column: 8, endLine: line, endColumn: 15 });

/**
 * A small CNN as the evaluator would hand it over: two blocks of convolution, batch norm and ReLU from one line in a
 * loop, a ReLU called twice as a function, a head with softmax.
 */
export function smallCnn(batch = 2): Graph {
  const builder = new GraphBuilder();
  const state: StateEntry[] = [];
  const parameter = (name: string, shape: readonly number[], initialiser: Initialiser, trainable = true): ValueId => {
    const storage = builder.storage({ dtype: 'float32', shape }, trainable, initialiser);
    state.push({ name, storage, kind: trainable ? 'parameter' : 'buffer', persistent: true });
    return builder.storageAt(storage).value;
  };
  const constant = (value: number): Initialiser => ({ kind: 'constant', value });
  const relu = { kind: 'activation', activation: 'relu', parameters: {} } as const;

  const input = builder.input({ dtype: 'float32', shape: [batch, 3, 12, 12] });
  let x = input;
  let channels = 3;
  for (const [i, width] of [8, 12].entries()) {
    const path = `blocks.${i}`;
    builder.origin = { path: `${path}.conv`, call: 0 };
    x = builder.emit1(
      { kind: 'conv', stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 },
      x,
      parameter(`${path}.conv.weight`, [width, channels, 3, 3], normal(0.2)),
      parameter(`${path}.conv.bias`, [width], normal(0.1)),
    );
    builder.origin = { path: `${path}.norm`, call: 0 };
    x = builder.emit1(
      { kind: 'batch_norm', eps: 1e-5, momentum: 0.1 },
      x,
      parameter(`${path}.norm.weight`, [width], constant(1)),
      parameter(`${path}.norm.bias`, [width], constant(0)),
      parameter(`${path}.norm.running_mean`, [width], constant(0), false),
      parameter(`${path}.norm.running_var`, [width], constant(1), false),
    );
    builder.origin = { path: `${path}.act`, call: 0, source: at(20), site: at(10) };
    x = builder.emit1(relu, x);
    channels = width;
  }
  builder.origin = { path: '', call: 0, source: at(30) };
  x = builder.emit1({ kind: 'adaptive_pool', function: 'avg', output: [1, 1] }, x);
  x = builder.emit1({ kind: 'reshape', shape: [batch, channels] }, x);
  for (const name of ['hidden', 'again']) {
    builder.origin = { path: name, call: 0, source: at(31) };
    x = builder.emit1(
      { kind: 'linear' },
      x,
      parameter(`${name}.weight`, [channels, channels], normal(0.3)),
      parameter(`${name}.bias`, [channels], normal(0.1)),
    );
    builder.origin = { path: '', call: 0, source: at(name === 'hidden' ? 32 : 33) };
    x = builder.emit1(relu, x);
  }
  builder.origin = { path: '', call: 0, source: at(34) };
  x = builder.emit1({ kind: 'activation', activation: 'softmax', parameters: { dim: 1 } }, x);
  return builder.finish({
    name: 'SmallCnn',
    inputs: [{ name: 'x', value: input }],
    outputs: [{ name: 'y', value: x }],
    state,
  });
}
