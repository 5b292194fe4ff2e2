import type { GraphBuilder } from '../graph/builder';
import type { TensorType } from '../graph/types';
import type { Eval, ModuleCall, Obstacles } from '../python/natives/context';
import { ExtractionError } from '../python/natives/errors';
import type { PyValue } from '../python/values/values';
import { PyDict, PyList, PyTensor, PyTuple, Unknown } from '../python/values/values';

/** A submodule of a model that can't be read whole. */
export interface ReadablePart {
  /** Below the model: `encoder.layers.0`. */
  readonly path: string;
  /** Its class. */
  readonly name: string;
}

/** More than anyone reads. */
const MOST = 100;

/**
 * What stands in the way of reading a model, for a second look that goes on where the first one ended. What an obstacle
 * was to give is Unknown from there on; what only depends on that is no obstacle of its own.
 */
export class ObstacleList implements Obstacles {
  /** In the order in which the model meets them. */
  readonly found: ExtractionError[] = [];
  /** What submodules are fed with in their first call, in the order of `forward`'s parameters: where all are tensors. */
  readonly fed = new Map<string, readonly TensorType[]>();
  private readonly ran = new Map<string, ReadablePart>();
  private readonly unfed = new Map<string, ReadablePart>();
  private readonly reasons = new Set<string>();
  private readonly places = new Map<string, Unknown>();
  private passed = 0;
  /** The first statement that was passed over: what it would have changed is lost. */
  skipped: unknown;

  /** What stands for a value that could not be read. @throws `error` where it is no obstacle, but an end. */
  pass(error: unknown): Unknown {
    if (!(error instanceof ExtractionError) || error.kind !== 'unsupported') throw error;
    this.passed += 1;
    const { because, range, message } = error;
    if (because && this.reasons.has(because.reason)) return because;
    const place = `${message}|${range?.file}:${range?.line}`;
    const before = this.places.get(place);
    if (before) return before;
    const value = because ?? new Unknown(`${message} (${range?.file}:${(range?.line ?? 0) + 1})`, range);
    this.reasons.add(value.reason);
    this.places.set(place, value);
    if (this.found.length < MOST) this.found.push(error);
    return value;
  }

  /** Runs a module's body, and notes whether the module is one that can be read by itself. */
  *watch(graph: GraphBuilder, { path, name, args, keywords }: ModuleCall, body: () => Eval<PyValue>): Eval<PyValue> {
    const inputs = args.flatMap((value) => (value instanceof PyTensor ? [value.type] : []));
    const fed = inputs.length > 0 && inputs.length === args.length && (keywords?.size ?? 0) === 0;
    if (fed && !this.fed.has(path)) this.fed.set(path, inputs);
    const begin = { passed: this.passed, found: this.found.length, nodes: graph.nodeCount };
    let result: PyValue;
    try {
      result = yield* body();
    } catch (error) {
      result = this.pass(error);
    }
    if (fed && this.passed === begin.passed && isKnown(result)) {
      // Without an activation there is nothing to compare.
      const compares = graph.nodesSince(begin.nodes).some(({ op }) => op.kind === 'activation');
      if (compares && !this.ran.has(path)) this.ran.set(path, { path, name });
    } else if (this.found.length === begin.found && args.some((value) => value instanceof Unknown)) {
      this.unfed.set(path, { path, name });
    }
    return result;
  }

  /** The largest parts that ran whole. */
  parts(): ReadablePart[] {
    return largestParts([...this.ran.values()]);
  }

  /** The largest parts that no obstacle is in, but that were fed with what could not be read. */
  untriedParts(): ReadablePart[] {
    return largestParts([...this.unfed.values()]).filter(({ path }) => !this.ran.has(path));
  }
}

/** Without those inside another, in the order of the model. */
function largestParts(parts: readonly ReadablePart[]): ReadablePart[] {
  const isInside = (path: string) => parts.some((other) => path.startsWith(`${other.path}.`));
  return parts.filter(({ path }) => !isInside(path));
}

function isKnown(result: PyValue): boolean {
  if (result instanceof PyTensor || result === null) return true;
  if (result instanceof PyTuple || result instanceof PyList) return result.items.every(isKnown);
  if (result instanceof PyDict) return result.values().every(isKnown);
  return !(result instanceof Unknown);
}
