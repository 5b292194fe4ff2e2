/** A node of the file as what reads it sees it: its inputs, attributes, and the graph that grows. */
import { itemAt, itemOr } from '../graph/access';
import { isFloating } from '../graph/ops/rule';
import type { TensorData, ValueId } from '../graph/types';
import { list, say, sentence } from '../language/say';
import type { NodeAttributes } from './attributes';
import { OnnxError, type OnnxProblemKind } from './errors';
import { type FileWeight, isKnown, type OnnxOperand } from './operand';
import type { OnnxGraph, OnnxNode, OnnxTensor } from './proto';
import type { Trace } from './trace';
import { numbersOf, type WeightRole } from './weights';

/** What reads graphs inside of nodes, and tensors inside of attributes. */
export interface NodeSurroundings {
  /** Reads a graph of the node, which sees all names around it; returns its outputs. */
  readonly run: (
    graph: OnnxGraph,
    inputs: readonly (OnnxOperand | undefined)[],
    call?: number,
  ) => readonly OnnxOperand[];
  readonly tensor: (tensor: OnnxTensor, name: string) => OnnxOperand;
  readonly note: (message: string) => void;
  /** What wrote the file, as it says itself. */
  readonly producer: string;
}

export class NodeCall {
  /** The operator and its node, for messages. */
  readonly what: string;

  constructor(
    readonly t: Trace,
    readonly node: OnnxNode,
    readonly path: string,
    /** Version of the operator's set. */
    readonly opset: number,
    readonly inputs: readonly (OnnxOperand | undefined)[],
    readonly attributes: NodeAttributes,
    readonly around: NodeSurroundings,
  ) {
    this.what = `${node.operator} (${path})`;
  }

  /** An input that must be there. @throws OnnxError */
  input(index: number): OnnxOperand {
    const found = this.inputs[index];
    if (!found) throw this.problem('damaged', say('{0} lacks its input {1}: the file is damaged.', this.what, index));
    return found;
  }

  optional(index: number): OnnxOperand | undefined {
    return this.inputs[index];
  }

  /** Inputs that are given, of an operator that takes any number of them. */
  get all(): readonly OnnxOperand[] {
    return this.inputs.filter((input) => input !== undefined);
  }

  /** Whether something reads an output, as far as it has a name. */
  names(output: number): boolean {
    return itemOr(this.node.outputs, output, '') !== '';
  }

  shape(index = 0): readonly number[] {
    return this.input(index).type.shape;
  }

  /** A dimension, counted from the end where it is negative. @throws OnnxError where the rank has none there */
  axis(axis: number, rank = this.shape().length): number {
    const found = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(found) || found < 0 || found >= Math.max(rank, 1))
      throw this.problem('shape', say('{0} has the axis {1} of a tensor with {2} axes.', this.what, axis, rank));
    return found;
  }

  axes(axes: readonly number[], rank = this.shape().length): number[] {
    return axes.map((axis) => this.axis(axis, rank));
  }

  /** The elements of an input, which shapes or branches depend on. @throws OnnxError where they depend on an input */
  data(index: number): TensorData {
    return this.dataOf(this.input(index), index);
  }

  dataOf(operand: OnnxOperand, index: number): TensorData {
    const found = this.t.dataOf(operand);
    if (found) return found;
    const inputs = this.t.builder.inputsBehind(this.t.valueOf(operand));
    throw this.problem(
      'by-values',
      inputs.length > 0
        ? say(
            '{0} goes by what the input {1} holds (its input {2}), so its result has no fixed shape; export the model with fixed sizes, or fold them: onnxsim model.onnx fixed.onnx.',
            this.what,
            list(inputs),
            index,
          )
        : say(
            '{0} goes by computed values (its input {1}), which are too large to be computed here; fold them first: onnxsim model.onnx fixed.onnx.',
            this.what,
            index,
          ),
    );
  }

  /** `data` as whole numbers. */
  ints(index: number): number[] {
    return numbersOf(this.data(index));
  }

  /** A list that was an attribute in older versions and is an input in newer ones; undefined where it is neither. */
  listOf(attribute: string, index: number): readonly number[] | undefined {
    return this.attributes.ints(attribute) ?? (this.optional(index) ? this.ints(index) : undefined);
  }

  /** A number of an optional input. */
  number(index: number, otherwise: number): number {
    return this.optional(index) ? itemAt(this.data(index), 0) : otherwise;
  }

  /** An input that a layer learns, in the file's shape: a storage, where it is no computed value. */
  parameter(index: number, role: WeightRole = 'parameter'): OnnxOperand {
    const found = this.asWeight(this.input(index));
    if (found.value !== undefined || !found.weight) return found;
    return this.t.ofValue(this.t.weights.valueOf(found.weight, role));
  }

  optionalParameter(index: number, role: WeightRole = 'parameter'): OnnxOperand | null {
    return this.optional(index) ? this.parameter(index, role) : null;
  }

  /** The same node with other inputs, and perhaps as another operator: what it does in parts. */
  with(inputs: readonly (OnnxOperand | undefined)[], operator = this.node.operator): NodeCall {
    const node = { ...this.node, operator };
    return new NodeCall(this.t, node, this.path, this.opset, inputs, this.attributes, this.around);
  }

  /** The weight that an operand is, or the constant that stands for one; undefined for computed values. */
  weightOf(operand: OnnxOperand): FileWeight | undefined {
    if (operand.weight) return operand.weight;
    if (operand.value !== undefined || !isKnown(operand) || !isFloating(operand.type.dtype)) return undefined;
    return this.t.weights.ofConstant(operand);
  }

  /** A constant in a layer's weights' place is a weight. */
  asWeight(operand: OnnxOperand): OnnxOperand {
    if (operand.value !== undefined || operand.weight || !isKnown(operand)) return operand;
    if (!isFloating(operand.type.dtype)) return operand;
    const weight = this.t.weights.ofConstant(operand);
    operand.value = this.t.weights.valueOf(weight);
    return operand;
  }

  /** Where a value stands in the graph, or null. */
  value(operand: OnnxOperand | null | undefined): ValueId | null {
    return operand ? this.t.valueOf(operand) : null;
  }

  problem(kind: OnnxProblemKind, message: string): OnnxError {
    return new OnnxError(kind, message, { node: this.path });
  }

  /** An attribute that no file may have so. */
  refuseAttribute(name: string, value: number | readonly number[]): OnnxError {
    return this.problem('damaged', say('{0} has {1} {2}: the file is damaged.', this.what, name, value));
  }

  /** An operator that is read, but not like this. */
  refuse(reason: string): OnnxError {
    return this.problem(
      'operator',
      say(
        '{0} is not read: {1}. Export the model without it, or compare it in its source.',
        this.what,
        sentence(reason),
      ),
    );
  }
}

/** Reads a node: its outputs in order, those that nothing names left out at the end. */
export type OperatorReader = (call: NodeCall) => OnnxOperand | readonly OnnxOperand[];
export type OperatorTable = Readonly<Record<string, OperatorReader>>;
