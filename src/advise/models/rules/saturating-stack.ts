import { itemAt } from '../../../graph/access';
import type { PlacedActivation } from '../../../graph/activations';
import { bounded, messages, saturatingStack } from '../../rules/chains/saturating-stack';
import { keyOf, type MixingLayer, type ModelGraph } from '../modelGraph';
import type { ModelContext, ModelRule, ModelVerdict } from '../modelRule';

type Key = keyof (typeof messages)['en'];

const FEWEST = 3;

/** Hidden layers with sigmoid or tanh, one after the other, however the code lists them. */
export const saturatingStackOfModel: ModelRule<Key> = {
  rule: saturatingStack,
  messages,
  *check(context): Generator<ModelVerdict<Key>> {
    const { model } = context;
    const stacks = stacksOf(model).filter(({ length }) => length >= FEWEST);
    for (const stack of stacks) {
      const [last, first] = [itemAt(stack, 0), itemAt(stack, stack.length - 1)];
      const [at, place] = [model.placeOf(last.act), model.placeBeside(first.act)];
      const { activation } = last.act.op;
      if (!at || !place || isMeant(context, at.file)) continue;
      if (activation === 'tanh' && (bounded.test(nameOf(model, last)) || !stack.every(isUsual(model)))) continue;
      const message: Key = activation === 'sigmoid' ? 'sigmoid' : 'message';
      const values = [stack.length, (0.25 ** stack.length).toPrecision(2)];
      // In a loop one place is all of them.
      const related = keyOf(place) === keyOf(at) ? [] : [{ at: place, message: 'related' as const }];
      yield { at, nodes: stack.map(({ act }) => act.node), words: { message, values, related } };
    }
  },
};

/** An activation and the layer that gives what it gets. */
interface Squashed {
  readonly act: PlacedActivation;
  readonly layer: MixingLayer;
}

/** The longest chains of squashed layers that another layer follows, last one first. */
function stacksOf(model: ModelGraph): readonly (readonly Squashed[])[] {
  const stacks = new Map<number, readonly Squashed[]>();
  const covered = new Set<number>();
  for (const act of model.activations) {
    const { activation } = act.op;
    if (activation !== 'sigmoid' && activation !== 'tanh') continue;
    const layer = layerBefore(model, act.input, model.isKeeping);
    if (!layer || model.countReaders(act.output) !== 1 || model.countReaders(layer.output) !== 1) continue;
    const before = model.originOf(layer.input, (node) => model.isKeeping(node) || isPooling(model, node));
    const known = before?.kind === 'activation' ? stacks.get(before.placed.node) : undefined;
    const isSame = known?.[0]?.act.op.activation === activation;
    if (known && isSame) covered.add(itemAt(known, 0).act.node);
    const stack = known && isSame ? [{ act, layer }, ...known] : [{ act, layer }];
    if (isHidden(model, act.output)) stacks.set(act.node, stack);
  }
  return [...stacks].filter(([node]) => !covered.has(node)).map(([, stack]) => stack);
}

const isPooling = (model: ModelGraph, node: Parameters<ModelGraph['isKeeping']>[0]): boolean =>
  /^(?:max_pool|avg_pool|adaptive_pool|reshape)$/.test(node.op.kind) || model.isKeeping(node);

function layerBefore(model: ModelGraph, value: number, isBetween: ModelGraph['isKeeping']): MixingLayer | undefined {
  const maker = model.originOf(value, isBetween);
  return maker?.kind === 'node' ? model.mixingLayer(maker.index) : undefined;
}

/** Whether what it gives goes into another layer, pooled or flattened at most. */
function isHidden(model: ModelGraph, output: number): boolean {
  for (let value = output, steps = 0; steps < 8; steps++) {
    const [reader, ...more] = model.readersOf(value);
    const node = reader === undefined ? undefined : model.graph.nodes[reader];
    if (reader === undefined || !node || more.length > 0) return false;
    if (!isPooling(model, node)) return model.mixingLayer(reader) !== undefined;
    [value = value] = node.outputs;
  }
  return false;
}

/** Whether a layer starts as PyTorch's own do: uniform in ±1/√fan_in. */
const isUsual =
  ({ graph }: ModelGraph) =>
  ({ layer }: Squashed): boolean => {
    const storage = graph.storages.find(({ value }) => value === layer.node.inputs[1]);
    const fan = layer.weight.slice(1).reduce((whole, size) => whole * size, 1);
    return storage?.initialiser.kind === 'uniform' && Math.abs(storage.initialiser.high - 1 / Math.sqrt(fan)) < 1e-6;
  };

/** Code that differentiates by its inputs wants smooth activations, and so do policies. */
function isMeant({ texts }: ModelContext, file: string): boolean {
  return texts.linesOf(file).some((line) => /\bgym(?:nasium)?\b|\bautograd\.grad\b|\bimport grad\b/.test(line));
}

const nameOf = (model: ModelGraph, { act, layer }: Squashed): string =>
  [model.graph.name, act.path, layer.node.path, layer.module.name].join(' ');
