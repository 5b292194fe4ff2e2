/** Inputs of graph networks: nodes with features, and edges, which are known numbers. */
import { itemAt } from '../graph/access';
import { say } from '../language/say';
import type { Interpreter } from '../python/run/interpreter';
import type { Program, Stmt } from '../python/syntax/ast';
import { walk } from '../python/syntax/survey';
import type { PyInstance } from '../python/values/values';
import { framework } from '../torch/framework';
import { featuresOf, layerKind } from './demands';
import type { TensorSpec } from './elements';
import { allParameters, forwardOf, type InputGuess } from './guess';
import type { FeatureMismatch } from './solve';
import { type InputValue, mapTensors } from './spec';
import type { InputUse } from './use';

const NODES = 8;
const EDGES = 2 * NODES;

const isEdges = (name: string): boolean => /^(?:\w+_)?edge_?ind(?:ex|ices)\d?$/.test(name);

const integers = (shape: readonly number[], at: (index: number) => number): TensorSpec => ({
  shape,
  dtype: 'int64',
  values: Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => at(i)),
});

const floats = (...shape: readonly number[]): TensorSpec => ({ shape, dtype: 'float32' });

/** Nodes in rings of this many, joined to both neighbours. */
function ringsOf(size: number): TensorSpec {
  const [from, to] = [[] as number[], [] as number[]];
  for (let node = 0; node < NODES; node++) {
    const next = node % size === size - 1 ? node - size + 1 : node + 1;
    from.push(node, next);
    to.push(next, node);
  }
  const all = [...from, ...to];
  return integers([2, EDGES], (i) => itemAt(all, i));
}

/** What tells how wide nodes and edges are. */
interface GraphWidths {
  node(name: string): number | undefined;
  readonly edge: number;
  readonly relations: number;
  isIndex(name: string): boolean;
}

/** What an input of this name holds; undefined where the name says nothing. */
function tensorFor(name: string, rings: number, widths: GraphWidths): InputValue | undefined {
  if (/^edge_label_ind/.test(name)) return integers([2, 4], (i) => (i * 3) % NODES);
  if (isEdges(name)) return ringsOf(rings);
  if (/^edge_?(?:attr|attrs|attributes?|feat|feats|features?)$/.test(name)) return floats(EDGES, widths.edge);
  if (/^edge_?(?:weights?|norm)$/.test(name)) {
    const values = Array.from({ length: EDGES }, (_, i) => 0.5 + ((i * 7) % 8) / 16);
    return { ...floats(EDGES), values };
  }
  if (/^edge_?types?$/.test(name)) return integers([EDGES], (i) => i % widths.relations);
  if (/^(?:batch|batch_ind(?:ex|ices)|batch_ids?)$/.test(name)) return integers([NODES], (i) => Math.floor(i / rings));
  if (/^(?:pos|positions?|coords?)$/.test(name)) return floats(NODES, 3);
  if (/^num_nodes$/.test(name)) return { constant: NODES, form: 'int' };
  if (/^(?:num_graphs|batch_size)$/.test(name)) return { constant: NODES / rings, form: 'int' };
  return undefined;
}

/** A graph for a model that takes edges: by name, or as a `Data` of PyTorch Geometric. */
export function guessGraph(
  ctx: Interpreter,
  model: PyInstance,
  program: Program,
  uses: ReadonlyMap<string, InputUse>,
): InputGuess | undefined {
  const code = forwardOf(ctx, model)?.code;
  const required = allParameters(ctx, model).filter((each) => each.default === undefined && each.kind !== 'keyword');
  if (!code || required.length === 0) return undefined;
  const parts = new Map(required.map(({ name }) => [name, partsOf(name, code.body, program.body)]));
  const names = required.flatMap(({ name }) => parts.get(name) ?? [name]);
  if (!names.some(isEdges)) return undefined;
  const isBatched = names.some((name) => /^(?:batch|num_graphs)/.test(name));
  const rings = isBatched ? NODES / 2 : NODES;
  const widths = widthsIn(ctx, model, uses);
  const contentOf = (name: string): InputValue | undefined => {
    const found = tensorFor(name, rings, widths);
    if (found) return found;
    if (widths.isIndex(name)) return { shape: [NODES], dtype: 'int64' };
    const width = widths.node(name);
    return width === undefined ? undefined : floats(NODES, width);
  };
  const inputs: { name: string; value: InputValue }[] = [];
  for (const { name } of required) {
    const own = parts.get(name);
    const value: InputValue | undefined = own
      ? {
          form: 'object',
          cls: 'Data',
          entries: own.flatMap((part) => {
            const each = part === 'x' ? contentOf(part) : tensorFor(part, rings, widths);
            return each ? [[part, each] as const] : [];
          }),
        }
      : contentOf(name);
    if (!value) return undefined;
    inputs.push({ name, value });
  }
  const detail = isBatched
    ? say('The input is two graphs of {0} nodes in rings: the model is read for their edges', rings)
    : say(
        'The input is a graph of {0} nodes in a ring with {1} edges: the model is read for these edges',
        NODES,
        EDGES,
      );
  return repairable({ inputs, origin: 'first-layer', detail, isGraph: true });
}

/** With another width for what was guessed to be as wide. */
function repairable(guess: InputGuess): InputGuess {
  const repair = ({ found, wanted }: FeatureMismatch): InputGuess | undefined => {
    let changed = false;
    const widen = (tensor: TensorSpec): TensorSpec => {
      if (tensor.shape.length !== 2 || tensor.shape[1] !== found) return tensor;
      changed = true;
      return { ...tensor, shape: [...tensor.shape.slice(0, 1), wanted] };
    };
    const inputs = guess.inputs.map((input) => ({ ...input, value: mapTensors(input.value, widen) }));
    return changed ? repairable({ ...guess, inputs }) : undefined;
  };
  return { ...guess, repair };
}

/** Attributes of a parameter that holds a graph: those that `forward` asks for, else those that the file does. */
function partsOf(name: string, body: readonly Stmt[], all: readonly Stmt[]): readonly string[] | undefined {
  const attributesIn = (statements: readonly Stmt[]): string[] => {
    const found = new Set<string>();
    for (const node of walk(statements)) {
      if (node.kind === 'attribute' && node.object.kind === 'name' && node.object.name === name) found.add(node.name);
    }
    return [...found];
  };
  const own = attributesIn(body);
  if (own.some(isEdges)) return own;
  if (!/^(?:data|graph|batch|g)$/.test(name)) return undefined;
  const others = attributesIn(all);
  return others.some(isEdges) ? others : undefined;
}

function widthsIn(ctx: Interpreter, model: PyInstance, uses: ReadonlyMap<string, InputUse>): GraphWidths {
  const modules = framework.modules(ctx, model);
  const widths = modules.flatMap((each) => featuresOf(ctx, each) ?? []);
  const first = modules.find((each) => featuresOf(ctx, each) !== undefined || layerKind(each) === 'Embedding');
  const number = (names: readonly string[]): number | undefined => {
    const found = modules.flatMap((each) => names.map((name) => ctx.lookup(each, name)));
    return found.flatMap((each) => (typeof each === 'bigint' && each > 0n ? [Number(each)] : []))[0];
  };
  return {
    node: (name) => {
      const use = uses.get(name);
      return use?.demand?.sizes.get(-1) ?? use?.hint?.sizes.get(-1) ?? widths[0];
    },
    edge:
      uses.get('edge_attr')?.demand?.sizes.get(-1) ??
      number(['edge_dim', 'edge_in_channels', 'num_edge_features']) ??
      4,
    relations: number(['num_relations']) ?? 2,
    isIndex: (name) => {
      const use = uses.get(name);
      return (
        use?.integer === true || (use?.demand === undefined && first !== undefined && layerKind(first) === 'Embedding')
      );
    },
  };
}
