import type { BuiltLayer, LayerBuild } from '../../../flow/values';
import { parentOf } from '../../../syntax/ancestors';
import type { Node } from '../../../syntax/syntax';
import { constantAt, Findings, isForward, isOpenCall, nodeOf, shortName } from '../../parts';
import { runsOf } from '../../results';
import type { Messages, Rule, RuleContext } from '../../rule';

const messages: Messages<'message' | 'dropout' | 'hint' | 'dropoutHint'> = {
  en: {
    message:
      '`{0}` is built anew at each forward pass: its parameters start from random numbers every time, are no part of the model, and are never trained. Build it in `__init__`.',
    dropout:
      '`{0}` is built in `forward`: a new module is in training mode, so it drops in evaluation too. Build it in `__init__`, or use F.dropout with `training=self.training`.',
    hint: 'built in forward: never trained',
    dropoutHint: 'built in forward: drops in evaluation too',
  },
  'zh-cn': {
    message:
      '`{0}` 在每次前向传播时重新构造：其参数每次都随机初始化，不属于模型，也永远不会被训练。请在 `__init__` 中构造。',
    dropout:
      '`{0}` 在 `forward` 中构造：新模块总处于训练模式，因此评估时也会丢弃。请在 `__init__` 中构造，或使用带 `training=self.training` 的 F.dropout。',
    hint: '在 forward 中构造：不会被训练',
    dropoutHint: '在 forward 中构造：评估时也会丢弃',
  },
};

const trained =
  /^(Linear|LazyLinear|Bilinear|(Lazy)?(Conv|ConvTranspose)[123]d|PReLU|Embedding|EmbeddingBag|LSTM|GRU|RNN|LSTMCell|GRUCell|RNNCell|MultiheadAttention|TransformerEncoderLayer|TransformerDecoderLayer)$/;

/** `nn.PReLU()(x)` inside of `forward`. */
export const moduleInForward: Rule = {
  code: 'module-in-forward',
  severity: 'warning',
  about: {
    en: 'A layer with parameters or a dropout that is built inside of `forward`.',
    'zh-cn': '在 `forward` 中构造带参数的层或 dropout。',
  },
  *check(context) {
    const findings = new Findings(context, this, messages);
    for (const build of context.flow.built) {
      yield;
      const kind = kindOf(build.layer);
      if (!kind || !isBuiltInForward(build) || !isRunThere(build, context)) continue;
      findings.add(build.layer.at, () => ({
        message: kind,
        hint: kind === 'dropout' ? 'dropoutHint' : 'hint',
        values: [shortName(build.layer.type)],
      }));
    }
    return findings.list;
  },
};

function kindOf({ type, args }: BuiltLayer): 'message' | 'dropout' | undefined {
  const name = shortName(type);
  if (trained.test(name)) return 'message';
  if (isOpenCall(args)) return undefined;
  if (/^(BatchNorm[123]d|SyncBatchNorm|GroupNorm)$/.test(name))
    return constantAt(args, 3, 'affine') === false ? undefined : 'message';
  if (/^(LayerNorm|RMSNorm)$/.test(name))
    return constantAt(args, 2, 'elementwise_affine') === false ? undefined : 'message';
  if (/^InstanceNorm[123]d$/.test(name)) return constantAt(args, 3, 'affine') === true ? 'message' : undefined;
  if (/^(Dropout[123]?d?|AlphaDropout|FeatureAlphaDropout)$/.test(name))
    return constantAt(args, 0, 'p') === 0 ? undefined : 'dropout';
  // What has no state may be built anywhere, but for RReLU, which is random.
  return name === 'RReLU' ? 'dropout' : undefined;
}

/** Whether `forward` or a helper that it calls builds it; what a constructor builds is another object's. */
function isBuiltInForward({ trail }: LayerBuild): boolean {
  const from = trail.findLastIndex(isForward);
  return (
    from >= 0 &&
    trail
      .slice(from + 1)
      .every(
        ({ code, decorators }) => code.name !== '__init__' && !decorators.some((each) => /cache|no_grad/.test(each)),
      )
  );
}

function isRunThere({ layer }: LayerBuild, context: RuleContext): boolean {
  const { flow, text } = context;
  if (runsOf(flow, layer).length === 0) return false;
  const name = flow.nameOf(layer.id);
  // Who reads or sets its weights has plans with them.
  if (
    name !== undefined &&
    new RegExp(`\\b${name}\\.(weight|bias|load_state_dict|parameters|state_dict|eval|train)\\b`).test(text.text)
  )
    return false;
  const holder = holderOf(nodeOf(context, layer.at));
  if (holder !== 'attribute') return holder !== undefined;
  // `if self.fc is None: self.fc = nn.Linear(…)` builds once.
  return !isConditional(nodeOf(context, layer.at));
}

/** Whether a condition stands around it in its function. */
function isConditional(node: Node | undefined): boolean {
  for (let at = node ?? null; at && at.type !== 'function_definition'; at = parentOf(at))
    if (at.type === 'if_statement' || at.type === 'try_statement') return true;
  return false;
}

/** Who has what a call builds: nobody (it is run at once), a variable, an attribute; undefined where that isn't known. */
function holderOf(node: Node | undefined): 'nobody' | 'variable' | 'attribute' | undefined {
  let at = node;
  let outer = at && parentOf(at);
  for (; at && outer; at = outer, outer = parentOf(at)) {
    const isCallee = outer.type === 'call' && outer.childForFieldName('function')?.id === at.id;
    if (isCallee && at.type !== 'attribute') return 'nobody';
    if (outer.type === 'assignment')
      return outer.childForFieldName('left')?.type === 'identifier' ? 'variable' : 'attribute';
    // `.to(device)`, and layers that `nn.Sequential` takes.
    const isPart =
      (outer.type === 'attribute' &&
        /^(to|cuda|float|double|half)$/.test(outer.childForFieldName('attribute')?.text ?? '')) ||
      isCallee ||
      (outer.type === 'argument_list' &&
        /Sequential$/.test(parentOf(outer)?.childForFieldName('function')?.text ?? '')) ||
      (outer.type === 'call' && at.type === 'argument_list');
    if (!isPart) return undefined;
  }
  return undefined;
}
