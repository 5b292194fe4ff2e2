/**
 * The reference evaluator: every operator of the graph by its definition, in double precision and slowly. It judges
 * shape rules, lowering and gradients, so it takes nothing from them but the types; activations are the catalogue's
 * reference functions.
 */
import type { Graph, Node } from '../../../src/graph/types';
import { activation, attention, batchNorm, groupNorm, layerNorm, recurrent } from './composites';
import { byRow, type Dense, indexOf, moved, pick, places, read, tensor, total } from './dense';
import { binaries, comparisons, reductions, unaries } from './numbers';
import { adaptivePool, avgPool, conv, convTranspose, maxPool, maxPoolPlaces, resize } from './windows';

export type { Dense } from './dense';

/** Inputs of a node that is evaluated. */
interface Given {
  readonly graph: Graph;
  readonly node: Node;
  /** The shape of the first output. */
  readonly shape: readonly number[];
  optional(index: number): Dense | null;
  input(index: number): Dense;
}

function outputsOf({ graph, node, shape, optional, input }: Given): readonly Dense[] {
  const { op } = node;
  const one = (element: (at: readonly number[]) => number) => [tensor(shape, element)];
  switch (op.kind) {
    case 'constant':
      return [{ shape, data: Float64Array.from(op.data) }];
    case 'unary':
      return one((at) => unaries[op.function](read(input(0), at)));
    case 'binary':
      return one((at) => binaries[op.function](read(input(0), at), read(input(1), at)));
    case 'compare':
      return one((at) => comparisons[op.function](read(input(0), at), read(input(1), at)));
    case 'where':
      return one((at) => read(input(read(input(0), at) === 0 ? 2 : 1), at));
    case 'cast': {
      const cut = op.dtype === 'bool' ? (each: number) => (each === 0 ? 0 : 1) : Math.trunc;
      return one((at) => (op.dtype.includes('float') ? read(input(0), at) : cut(read(input(0), at))));
    }
    case 'dropout':
      return [input(0)];
    case 'activation':
      return [
        activation(
          op,
          input(0),
          node.inputs.slice(1).map((_, i) => input(i + 1)),
        ),
      ];
    case 'reduce': {
      const x = input(0);
      const dims = op.dims.length > 0 ? op.dims : x.shape.map((_, i) => i);
      const kept = x.shape.map((size, i) => (dims.includes(i) ? 1 : size));
      const along = x.shape.map((size, i) => (dims.includes(i) ? size : 1));
      const made = tensor(kept, (at) =>
        reductions[op.function](
          Array.from(places(along), (by) =>
            read(
              x,
              at.map((each, i) => each + pick(by, i)),
            ),
          ),
        ),
      );
      return [{ shape, data: made.data }];
    }
    case 'reshape':
      return [{ shape, data: input(0).data }];
    case 'permute':
      return one((at) =>
        read(
          input(0),
          op.dims.map((_, i) => pick(at, op.dims.indexOf(i))),
        ),
      );
    case 'expand':
      return one((at) => read(input(0), at));
    case 'slice':
      return one((at) => read(input(0), moved(at, op.dim, op.start + pick(at, op.dim) * op.step)));
    case 'cat': {
      const parts = node.inputs.map((_, i) => input(i));
      const from = parts.flatMap((part) => Array.from({ length: pick(part.shape, op.dim) }, (_, i) => ({ part, i })));
      return one((at) => {
        const found = from[pick(at, op.dim)];
        if (!found) throw new RangeError('cat is longer than its parts');
        return read(found.part, moved(at, op.dim, found.i));
      });
    }
    case 'pad': {
      const sizes = input(0).shape;
      return one((at) => {
        const from = at.map((each, d) => each - pick(op.padding, d));
        const isInside = from.every((each, d) => each >= 0 && each < pick(sizes, d));
        if (op.mode === 'constant' && !isInside) return op.value;
        return read(
          input(0),
          from.map((each, d) => {
            const last = pick(sizes, d) - 1;
            if (op.mode === 'replicate') return Math.min(Math.max(each, 0), last);
            return last - Math.abs(last - Math.abs(each));
          }),
        );
      });
    }
    case 'gather': {
      const rank = input(1).shape.length;
      return one((at) => {
        const index = read(input(1), at.slice(op.dim, op.dim + rank));
        return read(input(0), [...at.slice(0, op.dim), index, ...at.slice(op.dim + rank)]);
      });
    }
    case 'gather_elements':
      return one((at) => read(input(0), moved(at, op.dim, read(input(1), at))));
    case 'embedding':
      return one((at) => read(input(1), [read(input(0), at.slice(0, -1)), pick(at, at.length - 1)]));
    case 'scatter_elements':
    case 'scatter_rows': {
      const made = { shape, data: Float64Array.from(input(0).data) };
      for (const at of places(input(2).shape)) {
        const [dim, own] = op.kind === 'scatter_rows' ? [0, at.slice(0, 1)] : [op.dim, at];
        const to = indexOf(shape, moved(at, dim, read(input(1), own)));
        made.data[to] = read(input(2), at) + (op.reduction === 'add' ? pick(made.data, to) : 0);
      }
      return [made];
    }
    case 'arg': {
      const best = byRow(input(0), op.dim, (row) => [row.indexOf(reductions[op.function](row))]);
      return [{ shape, data: best.data }];
    }
    case 'topk':
      return [
        byRow(input(0), op.dim, (row) => {
          const order = row.map((value, i) => ({ value, i }));
          order.sort((a, b) => (op.largest ? b.value - a.value : a.value - b.value) || a.i - b.i);
          return order.slice(0, op.k).map(({ i }) => i);
        }),
      ];
    case 'cumsum':
      return [byRow(input(0), op.dim, (row) => row.map((_, i) => total(row.slice(0, i + 1))))];
    case 'matmul': {
      const [a, b] = [input(0), input(1)];
      const left = a.shape.length === 1 ? { ...a, shape: [1, ...a.shape] } : a;
      const right = b.shape.length === 1 ? { ...b, shape: [...b.shape, 1] } : b;
      const inner = pick(right.shape, right.shape.length - 2);
      return one((at) => {
        const isRow = a.shape.length === 1;
        const isColumn = b.shape.length === 1;
        const batch = at.slice(0, at.length - (isRow ? 0 : 1) - (isColumn ? 0 : 1));
        const row = isRow ? 0 : pick(at, batch.length);
        const column = isColumn ? 0 : pick(at, at.length - 1);
        const products = Array.from(
          { length: inner },
          (_, k) => read(left, [...batch, row, k]) * read(right, [...batch, k, column]),
        );
        return total(products);
      });
    }
    case 'linear': {
      const [x, weight, bias] = [input(0), input(1), optional(2)];
      return one((at) => {
        const out = pick(at, at.length - 1);
        const products = Array.from(
          { length: pick(weight.shape, 1) },
          (_, i) => read(x, moved(at, at.length - 1, i)) * read(weight, [out, i]),
        );
        return total(products) + (bias ? read(bias, [out]) : 0);
      });
    }
    case 'conv':
      return [conv(op, input(0), input(1), optional(2), shape)];
    case 'conv_transpose':
      return [convTranspose(op, input(0), input(1), optional(2), shape)];
    case 'max_pool':
      return [maxPool(op, input(0), shape)];
    case 'max_pool_places':
      return [maxPoolPlaces(op, input(0), shape)];
    case 'avg_pool':
      return [avgPool(op, input(0), shape)];
    case 'adaptive_pool':
      return [adaptivePool(op, input(0), shape)];
    case 'resize':
      return [resize(op, input(0))];
    case 'attention': {
      const isBool = graph.values[node.inputs[3] ?? -1]?.type.dtype === 'bool';
      return [attention(op, isBool, input(0), input(1), input(2), optional(3), shape)];
    }
    case 'batch_norm':
      return [batchNorm(op, input(0), [1, 2, 3, 4].map(optional))];
    case 'layer_norm':
      return [layerNorm(op, input(0), optional(1), optional(2))];
    case 'group_norm':
      return [groupNorm(op, input(0), optional(1), optional(2))];
    case 'recurrent':
      return recurrent(
        op,
        node.inputs.map((_, i) => optional(i)),
      );
    default:
      throw new RangeError(`${(op satisfies never as { kind: string }).kind} has no definition here`);
  }
}

/** Evaluates a graph. `known` has its inputs and storages, and gets the rest. */
export function evaluate(graph: Graph, known: Map<number, Dense>): void {
  for (const node of graph.nodes) {
    const optional = (index: number): Dense | null => known.get(node.inputs[index] ?? -1) ?? null;
    const input = (index: number): Dense => {
      const found = optional(index);
      if (!found) throw new RangeError(`${node.op.kind} lacks its input ${index}`);
      return found;
    };
    const shape = graph.values[node.outputs[0] ?? -1]?.type.shape;
    if (!shape) throw new RangeError(`${node.op.kind} has no output`);
    const made = outputsOf({ graph, node, shape, optional, input });
    for (const [i, value] of node.outputs.entries()) {
      const output = made[i];
      if (!output) throw new RangeError(`${node.op.kind} lacks its output ${i}`);
      known.set(value, output);
    }
  }
}
