/** Losses as modules. */
import { itemAt } from '../../graph/access';
import type { PyValue } from '../../python/values/values';
import { losses } from './functional/loss';
import type { Build, Layer } from './layer';
import { legacyReduction } from './reduction';

const LEGACY = 'size_average=None, reduce=None';
const PAIR = 'input, target';

/** Class, arguments of `__init__`, function, and arguments of `forward`. */
const rows: readonly (readonly [name: string, signature: string, fn: string, forward: string])[] = [
  ['L1Loss', `${LEGACY}, reduction='mean'`, 'l1_loss', PAIR],
  ['MSELoss', `${LEGACY}, reduction='mean'`, 'mse_loss', PAIR],
  ['SmoothL1Loss', `${LEGACY}, reduction='mean', beta=1.0`, 'smooth_l1_loss', PAIR],
  ['HuberLoss', "reduction='mean', delta=1.0", 'huber_loss', PAIR],
  ['BCELoss', `weight=None, ${LEGACY}, reduction='mean'`, 'binary_cross_entropy', PAIR],
  [
    'BCEWithLogitsLoss',
    `weight=None, ${LEGACY}, reduction='mean', pos_weight=None`,
    'binary_cross_entropy_with_logits',
    PAIR,
  ],
  ['SoftMarginLoss', `${LEGACY}, reduction='mean'`, 'soft_margin_loss', PAIR],
  ['KLDivLoss', `${LEGACY}, reduction='mean', log_target=False`, 'kl_div', PAIR],
  [
    'PoissonNLLLoss',
    "log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean'",
    'poisson_nll_loss',
    PAIR,
  ],
  ['GaussianNLLLoss', "*, full=False, eps=1e-06, reduction='mean'", 'gaussian_nll_loss', 'input, target, var'],
  ['HingeEmbeddingLoss', `margin=1.0, ${LEGACY}, reduction='mean'`, 'hinge_embedding_loss', PAIR],
  ['MarginRankingLoss', `margin=0.0, ${LEGACY}, reduction='mean'`, 'margin_ranking_loss', 'input1, input2, target'],
  ['CosineEmbeddingLoss', `margin=0.0, ${LEGACY}, reduction='mean'`, 'cosine_embedding_loss', 'input1, input2, target'],
  [
    'TripletMarginLoss',
    `margin=1.0, p=2.0, eps=1e-06, swap=False, ${LEGACY}, reduction='mean'`,
    'triplet_margin_loss',
    'anchor, positive, negative',
  ],
  ['MultiLabelSoftMarginLoss', `weight=None, ${LEGACY}, reduction='mean'`, 'multilabel_soft_margin_loss', PAIR],
  ['MultiMarginLoss', `p=1, margin=1.0, weight=None, ${LEGACY}, reduction='mean'`, 'multi_margin_loss', PAIR],
  ['NLLLoss', "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'", 'nll_loss', PAIR],
  [
    'CrossEntropyLoss',
    "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', label_smoothing=0.0",
    'cross_entropy',
    PAIR,
  ],
];

const namesOf = (signature: string): string[] =>
  signature.split(', ').flatMap((parameter) => (parameter === '*' ? [] : [itemAt(parameter.split('='), 0)]));

/** Weights of classes are buffers: they are in the state dict where they are given. */
function weights({ ctx, self }: Build): void {
  for (const name of ['weight', 'pos_weight']) {
    const given = self.fields.get(name);
    if (given === undefined) continue;
    self.fields.delete(name);
    ctx.call(ctx.getattr(self, 'register_buffer'), [name, given]);
  }
}

/** `reduction`, as older arguments say it, where they are given. */
function reduction({ ctx, self }: Build): void {
  const [average, reduces] = [self.fields.get('size_average') ?? null, self.fields.get('reduce') ?? null];
  if (average !== null || reduces !== null) self.fields.set('reduction', legacyReduction(ctx, average, reduces));
  self.fields.delete('size_average');
  self.fields.delete('reduce');
}

function settle(build: Build): void {
  reduction(build);
  weights(build);
}

/** What losses of others derive from. */
const bases: readonly Layer[] = [
  { name: '_Loss', signature: `${LEGACY}, reduction='mean'`, build: reduction },
  { name: '_WeightedLoss', bases: ['_Loss'], signature: `weight=None, ${LEGACY}, reduction='mean'`, build: settle },
].map((layer) => ({
  ...layer,
  forward: '*input',
  run: (ctx) => ctx.raise('NotImplementedError', `Module [${layer.name}] is missing the required "forward" function`),
}));

const losing = rows.map(([name, signature, fn, forward]): Layer => {
  const fields = namesOf(signature).filter((field) => !LEGACY.includes(`${field}=`));
  return {
    name,
    bases: /weight=None/.test(signature) ? ['_WeightedLoss'] : ['_Loss'],
    signature,
    build: settle,
    forward,
    run: (ctx, self, args) => {
      const settings = fields.map((field): [string, PyValue] => [field, ctx.getattr(self, field)]);
      const given = namesOf(forward).map((each) => args.get(each));
      return ctx.call(losses.get(fn) ?? null, given, new Map(settings));
    },
  };
});

export const lossLayers: readonly Layer[] = [...bases, ...losing];
