import { GraphBuilder } from '../../src/graph/builder';
import { elements } from '../../src/graph/ops/rule';
import type { DType, Graph } from '../../src/graph/types';

export interface Model {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly dtype?: DType;
  /** Rows of an embedding that reads the input. */
  readonly rows?: number;
  /** The activation that makes the output. */
  readonly last?: string;
}

/** A graph with an input and an output of these shapes and nothing in between: all that data is made to suit. */
export function model({ input, output, dtype = 'float32', rows, last }: Model): Graph {
  const builder = new GraphBuilder();
  const x = builder.input({ dtype, shape: input });
  if (rows !== undefined) {
    const table = builder.storage({ dtype: 'float32', shape: [rows, 4] }, true, { kind: 'constant', value: 0 });
    builder.emit({ kind: 'embedding', paddingIndex: null }, [x, builder.storageAt(table).value]);
  }
  const made = builder.emit1({
    kind: 'constant',
    data: new Float32Array(elements(output)),
    type: { dtype: 'float32', shape: output },
  });
  const y = last ? builder.emit1({ kind: 'activation', activation: last, parameters: {} }, made) : made;
  return builder.finish({
    name: 'Model',
    inputs: [{ name: 'x', value: x }],
    outputs: [{ name: 'y', value: y }],
    state: [],
  });
}
