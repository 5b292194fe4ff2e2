import { firstElements } from '../graph/access';
import type { DType, TensorData } from '../graph/types';
import type { Attribute, Attributes, Device, LoweredConstant, LoweredNode } from './lowered';
import { deviceType } from './lowered';

/** Collects nodes and constants under unique names. */
export class LoweringSink {
  readonly nodes: LoweredNode[] = [];
  readonly constants: LoweredConstant[] = [];
  /** What the nodes added from here on are named after. */
  label = '';
  private readonly taken = new Map<string, number>();
  private readonly shared = new Map<string, string>();

  constructor(readonly device: Device) {}

  /** A name nobody has: `wanted` itself where it is free. */
  uniqueName(wanted: string): string {
    const count = this.taken.get(wanted);
    this.taken.set(wanted, (count ?? 0) + 1);
    return count === undefined ? wanted : this.uniqueName(`${wanted}_${count}`);
  }

  dtype(dtype: DType): DType {
    return deviceType(dtype, this.device);
  }

  /** Adds a node with one output and returns the output's name. */
  emit(opType: string, inputs: readonly string[], attributes: Attributes = {}, domain = ''): string {
    const [output] = firstElements(this.emitMany(opType, inputs, 1, attributes, domain), 1);
    return output;
  }

  /** Adds a node with several outputs. */
  emitMany(
    opType: string,
    inputs: readonly string[],
    count: number,
    attributes: Attributes = {},
    domain = '',
  ): readonly string[] {
    const name = this.uniqueName(`${this.label}/${opType}`);
    const outputs = Array.from({ length: count }, (_, i) => `${name}:${i}`);
    this.nodes.push({ opType, domain, name, inputs, outputs, attributes });
    return outputs;
  }

  /** A constant tensor; small equal ones are shared. */
  constant(data: TensorData, dtype: DType, shape: readonly number[]): string {
    const key =
      data.length <= 16 ? `${dtype}[${shape}]${Array.from(data, (x) => (Object.is(x, -0) ? '-0' : x))}` : null;
    const known = key === null ? undefined : this.shared.get(key);
    if (known !== undefined) return known;
    const name = this.uniqueName('constant');
    this.constants.push({ name, type: { dtype, shape }, data });
    if (key !== null) this.shared.set(key, name);
    return name;
  }

  /** Sizes, axes and the like: a row of int64, which ONNX wants for shapes. */
  sizes(values: readonly number[]): string {
    return this.constant(values, 'int64', [values.length]);
  }

  /** One number that broadcasts. */
  scalar(value: number, dtype: DType = 'float32'): string {
    return this.constant([value], this.dtype(dtype), []);
  }
}

export const int = (value: number): Attribute => ({ kind: 'int', value });
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
export const floats = (value: readonly number[]): Attribute => ({ kind: 'floats', value });
export const float = (value: number): Attribute => ({ kind: 'float', value });
export const text = (value: string): Attribute => ({ kind: 'string', value });
export const texts = (value: readonly string[]): Attribute => ({ kind: 'strings', value });
/** An element type as an attribute (Cast's target). */
export const elementType = (value: DType): Attribute => ({ kind: 'type', value });
