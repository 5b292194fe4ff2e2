/** Sees the tensors of a file's code while its model runs. */
import { itemAt, lastOf } from '../graph/access';
import type { TensorTrace, TracedCall, TracedPlace } from '../graph/trace';
import type { Node, SourceRange, TensorType } from '../graph/types';
import type { Tracer } from '../python/natives/context';
import type { Interpreter } from '../python/run/interpreter';
import type { Span } from '../python/syntax/ast';
import { PyComplex, PyDict, PyList, PyTensor, PyTuple, type PyValue } from '../python/values/values';

/** Tensors that are taken out of one value; a value with more is none that a line could show. */
const MOST_TENSORS = 64;
/** Containers inside of each other that are looked through. */
const DEEPEST = 4;
/** Calls and runs of places that are kept: a model with more is not shown, because a part of it would mislead. */
const MOST_SEEN = 50_000;

interface GrowingPlace extends TracedPlace {
  readonly runs: (readonly TensorType[])[];
}

type BegunCall = { -readonly [K in keyof TracedCall]: TracedCall[K] };

export class FileTracer implements Tracer {
  private readonly calls: BegunCall[] = [];
  private readonly places = new Map<string, GrowingPlace>();
  private seen = 0;
  /** Where the modules are called that run. */
  private readonly running: (SourceRange | undefined)[] = [];

  /** @param file the one whose places are wanted */
  constructor(
    private readonly ctx: Interpreter,
    private readonly file: string,
  ) {}

  onValue(kind: TracedPlace['kind'], span: Span, value: PyValue, callee?: Span): void {
    if (this.ctx.file !== this.file) return;
    const types = tensorTypes(value);
    if (!types || types.length === 0) return;
    const key = `${kind} ${span.line} ${span.column} ${span.endLine} ${span.endColumn}`;
    let place = this.places.get(key);
    if (!place) {
      const { file } = this;
      place = { kind, source: { file, ...span }, ...(callee && { callee: { file, ...callee } }), runs: [] };
      this.places.set(key, place);
    }
    const last = place.runs.at(-1);
    if (last && isSame(last, types)) return;
    this.seen += 1;
    if (this.seen <= MOST_SEEN) place.runs.push(types);
  }

  onCall(path: string, name: string, given: readonly PyValue[]): (result: PyValue) => void {
    const { range, graph } = this.ctx;
    const inputs = tensorTypes(new PyTuple([...given])) ?? [];
    const first = graph.nodeCount;
    const depth = this.running.length;
    const around = this.running.at(-1);
    const isInner = range !== undefined && around !== undefined && isSamePlace(range, around);
    const place = { ...(range && { source: range }), ...(isInner && { isInner }) };
    const call: BegunCall = { path, name, ...place, inputs, outputs: [], first, end: first };
    this.running.push(range);
    this.seen += 1;
    if (this.seen <= MOST_SEEN) this.calls.push(call);
    return (result) => {
      call.outputs = tensorTypes(result) ?? [];
      call.end = graph.nodeCount;
      this.running.length = depth;
    };
  }

  /**
   * What was seen; undefined where that is too much.
   * @param all the graph's nodes as they were made
   * @param kept those that are left of them
   */
  finish(all: readonly Node[], kept: readonly Node[]): TensorTrace | undefined {
    if (this.seen > MOST_SEEN) return undefined;
    const left = new Set(kept);
    const before = [0];
    for (const node of all) before.push(lastOf(before) + (left.has(node) ? 1 : 0));
    const calls = this.calls.map((call) => ({
      ...call,
      first: itemAt(before, call.first),
      end: itemAt(before, call.end),
    }));
    return { calls, places: [...this.places.values()] };
  }
}

const isSamePlace = (a: SourceRange, b: SourceRange): boolean =>
  a.file === b.file &&
  a.line === b.line &&
  a.column === b.column &&
  a.endLine === b.endLine &&
  a.endColumn === b.endColumn;

/** The types of the tensors in a value, in order; undefined where it holds more than a line could show, or complex ones. */
function tensorTypes(value: PyValue): readonly TensorType[] | undefined {
  const found: TensorType[] = [];
  return collect(value, found, 0) ? found : undefined;
}

function collect(value: PyValue, found: TensorType[], depth: number): boolean {
  if (value instanceof PyTensor) return found.push(value.type) <= MOST_TENSORS;
  if (value instanceof PyComplex || depth > DEEPEST) return false;
  const inside =
    value instanceof PyTuple || value instanceof PyList ? value.items : value instanceof PyDict ? value.values() : [];
  if (inside.length > 4 * MOST_TENSORS) return false;
  return inside.every((each) => collect(each, found, depth + 1));
}

const isSame = (a: readonly TensorType[], b: readonly TensorType[]): boolean =>
  a.length === b.length &&
  a.every((type, index) => {
    const other = b[index];
    return (
      type === other ||
      (type.dtype === other?.dtype &&
        type.shape.length === other.shape.length &&
        type.shape.every((size, axis) => size === other.shape[axis]))
    );
  });
