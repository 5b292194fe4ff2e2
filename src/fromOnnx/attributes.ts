/** Attributes of a node by name, with the operator's defaults. */
import { say } from '../language/say';
import { OnnxError } from './errors';
import type { OnnxAttribute, OnnxGraph, OnnxTensor } from './proto';

export class NodeAttributes {
  private readonly byName: ReadonlyMap<string, OnnxAttribute>;

  constructor(
    list: readonly OnnxAttribute[],
    /** The operator and its node, for messages. */
    private readonly what: string,
    private readonly path: string,
  ) {
    this.byName = new Map(list.map((each) => [each.name, each]));
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  get names(): readonly string[] {
    return [...this.byName.keys()];
  }

  int(name: string, otherwise: number): number {
    const found = this.byName.get(name);
    // What is zero may be left out of the file.
    return found ? (found.int ?? 0) : otherwise;
  }

  /** A number that PyTorch or a person wrote, as short as single precision has it. */
  float(name: string, otherwise: number): number {
    const found = this.byName.get(name);
    return found ? shortest(found.float ?? 0) : otherwise;
  }

  text(name: string, otherwise: string): string {
    const found = this.byName.get(name);
    return found ? (found.text ?? '') : otherwise;
  }

  ints(name: string): readonly number[] | undefined {
    return this.byName.get(name)?.ints;
  }

  floats(name: string): readonly number[] | undefined {
    return this.byName.get(name)?.floats;
  }

  texts(name: string): readonly string[] | undefined {
    return this.byName.get(name)?.texts;
  }

  tensor(name: string): OnnxTensor | undefined {
    return this.byName.get(name)?.tensor;
  }

  isSparse(name: string): boolean {
    return this.byName.get(name)?.isSparse === true;
  }

  /** @throws OnnxError where it is missing */
  graph(name: string): OnnxGraph {
    const found = this.byName.get(name)?.graph;
    if (!found) throw this.refuseMissing(name);
    return found;
  }

  /** @throws OnnxError where it is missing */
  requiredInt(name: string): number {
    if (!this.has(name)) throw this.refuseMissing(name);
    return this.int(name, 0);
  }

  /** @throws OnnxError where it is missing */
  requiredInts(name: string): readonly number[] {
    const found = this.ints(name);
    if (!found) throw this.refuseMissing(name);
    return found;
  }

  /** What there is to say where an attribute that must be there is not. */
  refuseMissing(name: string): OnnxError {
    return new OnnxError('damaged', say('{0} lacks its attribute {1}: the file is damaged.', this.what, name), {
      node: this.path,
    });
  }
}

/** The shortest decimal number that single precision can't tell from this one. */
export function shortest(value: number): number {
  if (!Number.isFinite(value)) return value;
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}
