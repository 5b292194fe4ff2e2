/** What models give, told by their graphs, for code that calls them and whose values can't be followed through them. */
import type { ModelAnswers } from '../../flow/fileFlow';
import {
  type BuiltLayer,
  constantOf,
  type FlowArgument,
  type FlowPlace,
  type FlowResult,
  type FlowValue,
  unknown,
} from '../../flow/values';
import { isGiven } from '../../graph/access';
import type { Graph, Node, SourceRange, ValueId } from '../../graph/types';
import type { CodeTexts } from '../texts';
import { type AdvisedModel, MOST_NODES } from './adviseModels';
import { definitionAround } from './meant';
import { type MixingLayer, ModelGraph } from './modelGraph';
import { isWrittenWidth } from './widths';

const MAX_STEPS = 12;
/** A branch that only training takes is not in the graph. */
const mode = /\.training\b|['"]training['"]|\btraining\s*[:=]/;
/** What nodes that move numbers are called in code. */
const moves: Readonly<Partial<Record<Node['op']['kind'], string>>> = {
  reshape: 'view',
  permute: 'permute',
  slice: '[]',
  expand: 'expand',
  dropout: 'dropout',
  cast: 'to',
};

/**
 * What each class's models give: those with a single output, whose code doesn't go by whether they are trained.
 * @param texts of the files in which they are defined
 */
export function answersOf(
  models: readonly AdvisedModel[],
  texts: CodeTexts,
  isOwn: (file: string) => boolean,
): ModelAnswers {
  const given = new Map<string, FlowValue[]>();
  for (const { graph, isBuilt = false } of models) {
    const [output, ...more] = graph.outputs;
    if (!output || more.length > 0 || graph.nodes.length > MOST_NODES) continue;
    const reading = new Answer(new ModelGraph(graph, isOwn, texts), texts, isBuilt);
    const answer = goesByMode(graph, texts) ? unknown : reading.of(output.value);
    given.set(graph.name, [...(given.get(graph.name) ?? []), answer]);
  }
  return (name) => {
    const answers = given.get(name) ?? [];
    const [first, ...others] = answers;
    // Built differently it may end otherwise.
    const isSure = first?.kind === 'result' && others.every((each) => each.kind === 'result' && each.op === first.op);
    return isSure ? first : undefined;
  };
}

/** Whether a class that takes part in a model asks whether it is trained, where it is defined or where it runs. */
function goesByMode({ name, modules = [], nodes }: Graph, texts: CodeTexts): boolean {
  const places = new Map(
    nodes.flatMap(({ source }) => (source ? [[`${source.file} ${source.line}`, source] as const] : [])),
  );
  const classes = new Set([name, ...modules.map((each) => each.name)]);
  const files = new Set([...places.values()].map(({ file }) => file));
  const defined = [...files].flatMap((file) =>
    texts.linesOf(file).flatMap((each, line) => {
      const found = /^class (\w+)/.exec(each)?.[1];
      return found !== undefined && classes.has(found) ? [{ file, line }] : [];
    }),
  );
  return [...places.values(), ...defined].some(({ file, line }) =>
    definitionAround(texts, file, line).some((each) => mode.test(each)),
  );
}

class Answer {
  constructor(
    private readonly model: ModelGraph,
    private readonly texts: CodeTexts,
    private readonly isBuilt: boolean,
  ) {}

  /** What makes a value, as code would say it; unknown where it has no place in the user's files. */
  of(value: ValueId, steps = 0): FlowValue {
    const maker = steps < MAX_STEPS ? this.model.makerOf(value) : undefined;
    if (!maker) return unknown;
    if (maker.kind === 'activation') {
      const at = this.model.placeOf(maker.placed);
      const { activation, halves } = maker.placed.op;
      return at && !halves ? resultAt(activation, at, this.of(maker.input, steps + 1)) : unknown;
    }
    const { node, index } = maker;
    const at = this.model.placeBeside(node);
    const [input] = node.inputs;
    if (!at || !isGiven(input)) return unknown;
    const layer = this.model.mixingLayer(index);
    if (layer) return resultAt(layer.node.op.kind, at, unknown, this.layerOf(layer));
    const isFunction = node.op.kind === 'unary' && /^(?:log|exp)$/.test(node.op.function);
    const op = node.op.kind === 'unary' && isFunction ? node.op.function : moves[node.op.kind];
    return op === undefined ? unknown : resultAt(op, at, this.of(input, steps + 1));
  }

  private layerOf({ module, weight, node }: MixingLayer): BuiltLayer {
    const at = placeAt(module.site);
    const [out, into] = weight;
    const isTransposed = node.op.kind === 'conv_transpose';
    const isKnown = this.isBuilt || isWrittenWidth(this.texts.at(module.site));
    const argument = (value: number | undefined): FlowArgument => ({
      value: value === undefined || !isKnown ? unknown : constantOf(value),
      at,
      name: undefined,
      isSpread: false,
    });
    const args = isTransposed ? [] : [argument(into), argument(out)];
    return { kind: 'layer', id: -1, type: `torch.nn.${module.name}`, args, at, isAssumed: false };
  }
}

function resultAt(op: string, range: SourceRange, input: FlowValue, layer?: BuiltLayer): FlowResult {
  return {
    kind: 'result',
    op,
    inputs: [input],
    args: [],
    layer,
    form: layer ? 'layer' : 'function',
    at: placeAt(range),
    ...{ isMaybe: false, isAssumed: false },
    ...{ trail: [], elements: [], path: [] },
  };
}

function placeAt({ file, ...span }: SourceRange): FlowPlace {
  return { file, span };
}
