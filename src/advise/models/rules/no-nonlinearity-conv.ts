import { messages, noNonlinearityConv, resampling } from '../../rules/chains/no-nonlinearity-conv';
import { areKin, areMeantApart, layerApart, mayLeaveOut } from '../meant';
import { keyOf, type MixingLayer } from '../modelGraph';
import type { ModelContext, ModelRule, ModelVerdict } from '../modelRule';

type Key = keyof (typeof messages)['en'];

/** Conv → Conv with nothing or a batch norm between, where both are plain ones of one module. */
export const noNonlinearityConvOfModel: ModelRule<Key> = {
  rule: noNonlinearityConv,
  messages,
  *check(context): Generator<ModelVerdict<Key>> {
    const { model } = context;
    if (!model.activations.some(({ op }) => !('dim' in op.parameters))) return;
    for (const [index, { op }] of model.graph.nodes.entries()) {
      const second = op.kind === 'conv' ? model.mixingLayer(index) : undefined;
      const at = second && model.placeOf(second.node);
      if (second && at) yield* judge(context, second, at);
    }
  },
};

function* judge(context: ModelContext, second: MixingLayer, at: ModelVerdict<Key>['at']): Generator<ModelVerdict<Key>> {
  const { model } = context;
  const passed: number[] = [];
  const isBetween = (node: MixingLayer['node']) => /^(?:dropout|cast|batch_norm)$/.test(node.op.kind);
  const maker = model.originOf(second.input, isBetween, passed);
  const first = maker?.kind === 'node' ? model.mixingLayer(maker.index) : undefined;
  const held = first ?? layerApart(model, second);
  const place = held && model.placeBeside(held.node);
  if (!place) return;
  const about = `${keyOf(place)} ${keyOf(at)}`;
  if (!first) {
    yield { at, about };
    return;
  }
  const isMistake =
    [first, second].every(isPlain) &&
    passed.every((value) => model.countReaders(value) === 1) &&
    !([first, second].every(isStrided) || [first, second].some(({ node }) => resampling.test(node.path))) &&
    isWide(first, second) &&
    areKin(model, first, second) &&
    !areMeantApart(model, first, second) &&
    ![place, at].some((each) => mayLeaveOut(context.texts, each));
  if (!isMistake) {
    yield { at, about };
    return;
  }
  const [size] = second.weight.slice(-1);
  const [own] = first.weight.slice(-1);
  const [stride] = first.node.op.kind === 'conv' ? first.node.op.stride.slice(-1) : [];
  const kernel = (own ?? 1) + ((size ?? 1) - 1) * (stride ?? 1);
  const words = { values: [String(kernel)], related: [{ at: place, message: 'related' as const }] };
  yield { at, about, nodes: [second.index], words };
}

/** A square kernel larger than 1, of all channels. */
function isPlain({ node: { op }, weight }: MixingLayer): boolean {
  if (op.kind !== 'conv' || op.groups !== 1 || op.dilation.some((each) => each !== 1)) return false;
  const [size, ...more] = weight.slice(2);
  return size !== undefined && size > 1 && size % 2 === 1 && more.every((each) => each === size);
}

const isStrided = ({ node: { op } }: MixingLayer): boolean =>
  op.kind === 'conv' && op.stride.some((each) => each !== 1);

/** Whether the middle is at least as wide as one of its ends: narrower than both it is a low rank, or a head. */
function isWide(first: MixingLayer, second: MixingLayer): boolean {
  const [middle, input] = first.weight;
  const [output] = second.weight;
  return middle !== undefined && [input, output].some((end) => end !== undefined && middle >= end);
}
