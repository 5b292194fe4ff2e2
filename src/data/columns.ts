/** Columns of a dataset as the model's types ask for them. */
import { itemAt, itemOr } from '../graph/access';
import { elements } from '../graph/ops/rule';
import { rowsFor } from '../graph/rows';
import type { Graph, TensorType } from '../graph/types';
import type { Column } from './dataset';
import { isOfTokens, isOwnTarget, type Task, targetType } from './task';

/** Whether values are held as Int32Array: integers and bools. */
export const isInteger = ({ dtype }: TensorType) => dtype.includes('int') || dtype === 'bool';

/** Zeros for so many samples. */
export function column(type: TensorType, count: number): Column {
  const shape = [count, ...type.shape.slice(1)];
  const length = elements(shape);
  return {
    type: { dtype: type.dtype, shape },
    data: isInteger(type) ? new Int32Array(length) : new Float32Array(length),
  };
}

/** The types of the model's inputs. */
export function inputTypes(graph: Graph): TensorType[] {
  return graph.inputs.map(({ value }) => itemAt(graph.values, value).type);
}

/** Samples in a batch of the model: the first size of its first input. */
export function batchOf(graph: Graph): number {
  const [input] = inputTypes(graph);
  return itemOr(input?.shape ?? [], 0, 1);
}

/** Rows of the table that an input of indices picks from; infinite where it indexes none. */
export function rowsOf(graph: Graph, input: number): number {
  const found = graph.inputs[input];
  return found ? rowsFor(graph, found.value) : Number.POSITIVE_INFINITY;
}

/**
 * What a target is like for one batch. Where the output has several rows for each sample (`logits.view(-1, classes)`),
 * they become a dimension of their own.
 */
export function targetOf(graph: Graph, task: Task): TensorType {
  const [input = { dtype: 'float32' as const, shape: [1] }] = inputTypes(graph);
  const type = targetType(task, input, itemAt(graph.values, itemAt(graph.outputs, 0).value).type);
  const [rows, ...rest] = type.shape;
  if (rows === undefined || isOfTokens(task)) return type;
  const batch = batchOf(graph);
  const each = rows / batch;
  return each > 1 && Number.isInteger(each) ? { ...type, shape: [batch, each, ...rest] } : type;
}

/** Bytes of a sample, all columns together; a target that is the input itself takes none. */
export function sampleBytes(graph: Graph, task: Task): number {
  const types = [...inputTypes(graph), ...(isOwnTarget(task) ? [] : [targetOf(graph, task)])];
  return types.reduce((sum, { shape }) => sum + 4 * elements(shape.slice(1)), 0);
}
