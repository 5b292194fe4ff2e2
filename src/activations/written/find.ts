/**
 * Activations that a model writes out, told by what they compute on its graph: so it does not matter in which of many
 * ways, in how many lines and functions, a formula is written.
 */
import { inputAt, itemAt } from '../../graph/access';
import type { Graph, Node, SourceRange, ValueId, WrittenActivation } from '../../graph/types';
import { Uses } from '../../graph/uses';
import { catalogue, defaultParameters } from '../catalogue';
import type { Recognised } from '../recognise';
import { ValueFlow } from './flow';
import type { JudgedFunction } from './functions';
import { gatedUnits } from './gated';
import { Namer } from './name';
import { isClosed, type Segment, segmentsOf } from './segment';

export interface ModelParts {
  /** autograd Functions that the model applies, with what came of their backward. */
  readonly functions: readonly JudgedFunction[];
  /** Where each module was constructed, by its path, and its class. */
  readonly modules: ReadonlyMap<string, { readonly place: SourceRange; readonly name: string }>;
}

/** The written-out activations of a graph, none inside another: the largest that has a name stands. */
export function findWritten(graph: Graph, model: ModelParts): WrittenActivation[] {
  const flow = new ValueFlow(graph);
  const taken = new Set<number>();
  const found: WrittenActivation[] = [];
  const places = new Places(graph, flow, model);
  const namer = new Namer(flow);
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    const { outputs, op } = itemAt(graph.nodes, index);
    const [output] = outputs;
    if (taken.has(index) || output === undefined || op.kind === 'constant' || flow.dependenceOf(output)) continue;
    if (!flow.isElementwise(itemAt(graph.nodes, index)) || !flow.isFloating(output)) continue;
    const best = largestNamed(flow, output, places, namer);
    if (!best) continue;
    for (const node of best.segment.nodes) taken.add(node);
    found.push(places.describe(best.segment, best.recognised));
  }
  const uses = new Uses({ ...graph, written: found });
  const meant = found.filter((one) => isMeant(flow, uses, one));
  return [...gatedUnits(flow, meant), ...meant].toReversed();
}

/**
 * Whether an activation is meant where the formula is one that other code writes as well. Areas and distances are bounded
 * at zero, and positions encoded by sine and cosine: between layers a bound is a ReLU, and a sine alone SIREN's.
 */
function isMeant(flow: ValueFlow, uses: Uses, { input, output, values }: WrittenActivation): boolean {
  const makers = values.flatMap((value) => flow.maker(value)?.node ?? []);
  const isBound = makers.every(({ op }) => op.kind === 'binary' && (op.function === 'max' || op.function === 'min'));
  if (isBound) return uses.standsBetween(input, output);
  const last = flow.maker(output)?.node;
  if (last?.op.kind !== 'unary' || last.op.function !== 'sin') return true;
  const angle = inputAt(last.op.kind, last.inputs, 0);
  return uses.comesFromLayer(input) && !uses.hasFunction(angle, 'cos') && !uses.hasFunction(input, 'cos');
}

interface Named {
  readonly segment: Segment;
  readonly recognised: Recognised;
}

function largestNamed(flow: ValueFlow, output: ValueId, places: Places, namer: Namer): Named | undefined {
  let largest: Named | undefined;
  for (const segment of segmentsOf(flow, output)) {
    if (!isBent(flow, segment) || !isClosed(flow, segment) || places.isApart(segment)) continue;
    const recognised = namer.nameOf(segment);
    if (recognised) largest = isNamedAlready(flow, segment, recognised) ? undefined : { segment, recognised };
  }
  return largest;
}

const straight = new Set(['add', 'sub', 'neg']);

/** Whether anything in a segment can bend a line, beyond one activation that is named. */
function isBent(flow: ValueFlow, { nodes }: Segment): boolean {
  const ops = nodes.map((index) => itemAt(flow.graph.nodes, index).op);
  const [first] = ops;
  if (ops.length === 1 && first?.kind === 'activation') return false;
  return ops.some((op) => op.kind !== 'cast' && !('function' in op && straight.has(op.function)));
}

/**
 * `relu(relu6(x))` is the ReLU6 that it holds, which has a site of its own; `where(x > 20, x, softplus(x))`, which reads
 * x beside it, is one as a whole.
 */
function isNamedAlready(flow: ValueFlow, { input, nodes }: Segment, { activation, parameters }: Recognised): boolean {
  const readers = nodes.filter((index) => itemAt(flow.graph.nodes, index).inputs.includes(input));
  if (readers.length > 1) return false;
  return nodes.some((index) => {
    const { op } = itemAt(flow.graph.nodes, index);
    if (op.kind !== 'activation' || op.activation !== activation) return false;
    const entry = catalogue.get(activation);
    const all = { ...(entry && defaultParameters(entry)), ...parameters };
    const own = { ...(entry && defaultParameters(entry)), ...op.parameters };
    return entry?.parameters.every(({ name, numeric }) => !numeric || all[name] === own[name]) ?? false;
  });
}

/** Where written-out activations stand in the source. */
class Places {
  private runs: ModuleRuns | undefined;

  constructor(
    private readonly graph: Graph,
    private readonly flow: ValueFlow,
    private readonly model: ModelParts,
  ) {}

  /** Whether a segment takes part in a Function whose gradient is another than that of its values. */
  isApart({ nodes }: Segment): boolean {
    return this.model.functions.some(
      ({ kind, holds }) => kind !== 'derivative' && nodes.some((index) => holds(this.outputOf(index))),
    );
  }

  describe(segment: Segment, { activation, parameters }: Recognised): WrittenActivation {
    const { input, output, nodes, learns } = segment;
    const entry = catalogue.get(activation);
    const values = nodes.flatMap((index) => this.flow.outputsAt(index));
    const applied = this.model.functions.find(({ holds }) => values.some(holds));
    const source = applied?.source;
    const module = this.moduleAround(nodes);
    const name = module?.name ?? applied?.name;
    return {
      op: {
        kind: 'activation',
        activation,
        parameters: { ...(entry && defaultParameters(entry)), ...parameters, ...entry?.fixed },
      },
      input,
      output,
      values,
      ...(learns && { learns }),
      ...(source && { source }),
      ...(module && { site: module.place }),
      ...(name !== undefined && { name }),
    };
  }

  private outputOf(index: number): ValueId {
    return itemAt(itemAt(this.graph.nodes, index).outputs, 0);
  }

  /** The innermost module that does nothing but this, at each of its calls. */
  private moduleAround(nodes: readonly number[]) {
    const own = nodes.map((index) => itemAt(this.graph.nodes, index));
    const last = own.at(-1);
    if (!last || last.path === '') return undefined;
    const { path } = last;
    const isInside = (node: Node) => node.path === path || node.path.startsWith(`${path}.`);
    if (!own.every(isInside)) return undefined;
    this.runs ??= countRuns(this.graph, this.flow);
    const { nodes: ran, calls } = this.runs;
    const isAll = ran.get(path) === own.length * (calls.get(path) ?? 0);
    return isAll ? this.model.modules.get(path) : undefined;
  }
}

/** Nodes that ran in each module, its submodules' among them, and how often it was called; by its path. */
interface ModuleRuns {
  readonly nodes: ReadonlyMap<string, number>;
  readonly calls: ReadonlyMap<string, number>;
}

function countRuns(graph: Graph, flow: ValueFlow): ModuleRuns {
  const nodes = new Map<string, number>();
  const calls = new Map<string, number>();
  for (const { path, call, outputs } of graph.nodes) {
    // What depends on no input belongs to the formula that reads it.
    if (flow.dependenceOf(itemAt(outputs, 0))) continue;
    for (const each of pathsAbove(path)) nodes.set(each, (nodes.get(each) ?? 0) + 1);
    calls.set(path, Math.max(calls.get(path) ?? 0, call + 1));
  }
  return { nodes, calls };
}

function pathsAbove(path: string): string[] {
  const parts = path.split('.');
  return parts.map((_, i) => parts.slice(0, i + 1).join('.'));
}
