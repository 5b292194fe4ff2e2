import { catalogue } from '../../../activations/catalogue';
import type { BuiltLayer, FlowArgument, FlowPlace, LayerBuild } from '../../../flow/values';
import type { Expr } from '../../../python/syntax/ast';
import type { Fix } from '../../advice';
import { Findings, isOpenCall, shortName, textAt, torchAt } from '../../parts';
import { rangeAt, wordsOf } from '../../report';
import { runsOf } from '../../results';
import type { Messages, Rule, RuleContext } from '../../rule';
import { isInputOf, isSurelyTensor, isTakenForTensor, isUsedAsTensor } from '../../tensors';
import { namesTarget } from '../../writtenNames';

const messages: Messages<'message' | 'layer' | 'hint' | 'fix'> = {
  en: {
    message:
      '`{0}` builds the loss and computes nothing: the tensors are taken for its settings. Build it first, then call it: `{0}()(…)`.',
    layer:
      '`{0}` builds the module and computes nothing: the tensor is taken for a setting. Build it first, then call it.',
    hint: 'builds it, does not run it',
    fix: 'Use {0}',
  },
  'zh-cn': {
    message: '`{0}` 只是构造损失，并不计算：张量被当作了它的设置。请先构造再调用：`{0}()(…)`。',
    layer: '`{0}` 只是构造模块，并不计算：张量被当作了它的设置。请先构造再调用。',
    hint: '只构造，未运行',
    fix: '改用 {0}',
  },
};

/** Losses whose first setting is a tensor of weights. */
const weighted = /^(CrossEntropyLoss|NLLLoss2?d?|BCELoss|BCEWithLogitsLoss|MultiLabelSoftMarginLoss)$/;
/** Losses whose first two settings are flags of old, which nobody passes by position. */
const flagged = /^(MSELoss|L1Loss|SmoothL1Loss|KLDivLoss|SoftMarginLoss|MultiLabelMarginLoss)$/;
/** Settings of losses that people hand on by position. */
const settings = /weight|size_|flag|reduc|average|ignore|smooth|margin|alpha|gamma|beta|eps|temp|scale/i;
/** What people call what they compare. */
const targets =
  /^(y|t|gt|labels?|targets?|truth|y_?(true|train|batch|b|real|test|val)|real|expected)$|_(labels?|targets?)$|^(batch|train|b)_y$/i;
const scores =
  /^(out|outputs?|preds?|predictions?|logits?|scores?|y_?(hat|pred|p)|yhat|model_?out\w*|z|\w+_(preds?|predictions?|logits|hat))$/i;

/** Modules whose constructor takes no tensor, besides activations and losses. */
const layers =
  /^(Linear|Bilinear|(Conv|ConvTranspose|BatchNorm|InstanceNorm|MaxPool|AvgPool|AdaptiveAvgPool|AdaptiveMaxPool|Dropout)[123]d|Dropout|AlphaDropout|Flatten|LayerNorm|GroupNorm|Identity|PixelShuffle|Upsample|LSTM|GRU)$/;
/** Those that have no setting at all. */
const settingless = /^(Sigmoid|Tanh|Softsign|Tanhshrink|LogSigmoid|Softmax2d)$/;
const activations: ReadonlyMap<string, string> = new Map(
  [...catalogue.values()].flatMap(({ id, spellings: { modules = [] } }) => modules.map((name) => [name, id] as const)),
);

/** `nn.MSELoss(pred, target)`: the constructor is given what the loss should be. */
export const lossClassCalled: Rule = {
  code: 'loss-class-called',
  severity: 'error',
  about: {
    en: 'Tensors that are passed to the constructor of a loss or an activation, which computes nothing.',
    'zh-cn': '张量被传给了损失或激活模块的构造函数，什么也没有计算。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    for (const build of context.flow.built) {
      yield;
      const { layer } = build;
      const name = shortName(layer.type);
      const isLoss = name.endsWith('Loss');
      if (!isLoss && !activations.has(name) && !layers.test(name)) continue;
      if (
        layer.type.includes('.functional.') ||
        layer.args.length === 0 ||
        isOpenCall(layer.args) ||
        layer.at.expression?.kind !== 'call'
      )
        continue;
      if (!(isLoss ? isLossOfTensors(build, name, context) : isLayerOfTensor(build, name, context))) continue;
      findings.add(layer.at, () => ({
        message: isLoss ? 'message' : 'layer',
        values: [calleeText(layer, context)],
        fixes: isLoss ? lossFix(layer, context) : layerFix(build, name, context),
      }));
    }
    return findings.list;
  },
};

const isInput = ({ name }: FlowArgument) => name === undefined || /^(input|target|x)$/.test(name);

function isLossOfTensors({ layer, trail }: LayerBuild, name: string, { flow }: RuleContext): boolean {
  const inputs = layer.args.filter(isInput);
  const open = inputs.filter(({ value }) => value.kind !== 'constant');
  if (open.some(({ name: keyword }) => keyword !== undefined)) return true;
  if (open.length > 0 && isTakenForTensor(layer, flow)) return true;
  // A module that is called afterwards was built on purpose.
  if (runsOf(flow, layer).length > 0) return false;
  const [first, second] = inputs;
  const isTensor = (each: FlowArgument | undefined) => each !== undefined && isSurelyTensor(each.value, flow);
  if (isTensor(second)) return true;
  if (!weighted.test(name) && isTensor(first)) return true;
  if (!first || !second || open.length < 2 || trail.at(-1)?.code.name === '__init__') return false;
  const [own, other] = [lastName(first.at), lastName(second.at)];
  if ([own, other].some((each) => each !== undefined && settings.test(each))) return false;
  // Behind the weights stands a flag of old.
  if (flagged.test(name) || isTensor(first) || (first.at.expression?.kind === 'call' && own === undefined)) return true;
  return (
    targets.test(other ?? '') ||
    namesTarget(other) ||
    (own !== undefined && scores.test(own)) ||
    scores.test(other ?? '')
  );
}

function isLayerOfTensor({ layer, trail }: LayerBuild, name: string, { flow }: RuleContext): boolean {
  const [first] = layer.args.filter(isInput);
  if (!first || first.value.kind === 'constant' || (name === 'Linear' && layer.args.length > 1)) return false;
  if (settingless.test(name) || first.value.kind === 'layer' || isTakenForTensor(layer, flow)) return true;
  // A setting that comes by position and by name: the first one is none.
  const setting = catalogue.get(activations.get(name) ?? '')?.parameters[0]?.name;
  if (setting !== undefined && first.name === undefined && layer.args.some((each) => each.name === setting))
    return true;
  if (runsOf(flow, layer).length > 0) return false;
  return isSurelyTensor(first.value, flow) || isInputOf(first.value, trail) || isUsedAsTensor(first.value, flow);
}

/** The name that an expression ends with: `labels` of `batch.labels`, `batch["labels"]`. */
function lastName({ expression }: FlowPlace): string | undefined {
  let at: Expr | undefined = expression;
  while (at) {
    if (at.kind === 'name' || at.kind === 'attribute') return at.name;
    if (at.kind === 'subscript') {
      if (at.index.kind === 'constant' && typeof at.index.value === 'string') return at.index.value;
      at = at.object;
    } else if (at.kind === 'call' && at.callee.kind === 'attribute') at = at.callee.object;
    else return undefined;
  }
  return undefined;
}

function calleePlace({ at }: BuiltLayer): FlowPlace {
  const expression = at.expression;
  return expression?.kind === 'call' ? { file: at.file, span: expression.callee.span } : at;
}

const calleeText = (layer: BuiltLayer, context: RuleContext) => textAt(context, calleePlace(layer));

/** `nn.BCELoss(out, y, reduction="sum")` → `nn.BCELoss(reduction="sum")(out, y)` */
function lossFix(layer: BuiltLayer, context: RuleContext): readonly Fix[] {
  const write = (each: FlowArgument) => (each.name ? `${each.name}=` : '') + textAt(context, each.at);
  if (layer.args.some(({ at }) => at.file !== layer.at.file)) return [];
  const own = layer.args.filter((each) => !isInput(each)).map(write);
  const given = layer.args.filter(isInput).map(write);
  const text = `${calleeText(layer, context)}(${own.join(', ')})(${given.join(', ')})`;
  return [fixOf(context, layer.at, text, text)];
}

function layerFix({ layer, trail }: LayerBuild, name: string, context: RuleContext): readonly Fix[] {
  const id = activations.get(name);
  const spellings = id === undefined ? undefined : catalogue.get(id)?.spellings;
  const own = spellings?.torch?.[0];
  const found = spellings?.functional?.[0];
  const isDeprecated = found === 'sigmoid' || found === 'tanh';
  if (found !== undefined && !(isDeprecated && own === undefined)) {
    const { prefix, edits } = torchAt(context, layer.at, isDeprecated ? 'torch' : 'torch.nn.functional');
    const rest =
      layer.args.some(({ name: keyword }) => keyword === 'dim') || layer.args.length > 1 ? '' : dimFor(found);
    const args = layer.args.map((each) => (each.name ? `${each.name}=` : '') + textAt(context, each.at)).join(', ');
    const text = `${prefix}.${found}(${args}${rest})`;
    return [fixOf(context, layer.at, text, `${prefix}.${found}`, edits)];
  }
  const [first] = layer.args;
  if (!first || layer.args.length !== 1) return [];
  if (name === 'Flatten') {
    const { prefix, edits } = torchAt(context, layer.at, 'torch');
    const text = `${prefix}.flatten(${textAt(context, first.at)}, 1)`;
    return [fixOf(context, layer.at, text, text, edits)];
  }
  const self = trail.at(-1)?.receiver && trail.at(-1)?.code.parameters[0]?.name;
  if (name !== 'Dropout' || self === undefined) return [];
  const { prefix, edits } = torchAt(context, layer.at, 'torch.nn.functional');
  const text = `${prefix}.dropout(${textAt(context, first.at)}, training=${self}.training)`;
  return [fixOf(context, layer.at, text, text, edits)];
}

const dimFor = (name: string) => (/^(log_)?softm(ax|in)$/.test(name) ? ', dim=-1' : '');

function fixOf({ language }: RuleContext, at: FlowPlace, text: string, words: string, edits: Fix['edits'] = []): Fix {
  const title = wordsOf(messages, language, 'fix', [words.replace(/\s+/g, ' ').slice(0, 60)]);
  return { title, preferred: true, edits: [{ range: rangeAt(at), text }, ...edits] };
}
