/** Names of activations and losses of PyTorch, and what a name that it lacks was meant to be. */
import { catalogue } from '../activations/catalogue';
import { itemOr } from '../graph/access';

export type TorchNamespace = 'torch.nn' | 'torch.nn.functional' | 'torch';

const losses =
  'BCELoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss CrossEntropyLoss GaussianNLLLoss HingeEmbeddingLoss HuberLoss KLDivLoss L1Loss MSELoss MarginRankingLoss MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss PoissonNLLLoss SmoothL1Loss SoftMarginLoss TripletMarginLoss'.split(
    ' ',
  );
const lossFunctions =
  'binary_cross_entropy binary_cross_entropy_with_logits cross_entropy nll_loss mse_loss l1_loss smooth_l1_loss huber_loss kl_div ctc_loss cosine_embedding_loss gaussian_nll_loss hinge_embedding_loss margin_ranking_loss multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss poisson_nll_loss soft_margin_loss triplet_margin_loss'.split(
    ' ',
  );
const lossesOfTorch =
  'binary_cross_entropy_with_logits kl_div ctc_loss cosine_embedding_loss hinge_embedding_loss margin_ranking_loss poisson_nll_loss triplet_margin_loss'.split(
    ' ',
  );
const all = [...catalogue.values()].map(({ spellings }) => spellings);
const names: Readonly<Record<TorchNamespace, ReadonlySet<string>>> = {
  'torch.nn': new Set([...all.flatMap(({ modules = [] }) => modules), ...losses]),
  'torch.nn.functional': new Set([...all.flatMap(({ functional = [] }) => functional), ...lossFunctions]),
  torch: new Set([...all.flatMap(({ torch = [] }) => torch), ...lossesOfTorch]),
};

/** Names of PyTorch's that look like one of ours and are none. */
const others =
  /^(Softmin|Softplus|Softsign|softmin|softplus|softsign|celu|celu_|selu_|rrelu_|threshold_?|tanh_?|sigmoid_|relu_|prelu|hardshrink|NLLLoss2d|LinearCrossEntropyLoss|linear_cross_entropy)$/;
/** Other names by which papers and libraries know what PyTorch has. */
const otherwise: Readonly<Record<string, string>> = {
  swish: 'silu',
  l2loss: 'mseloss',
  maeloss: 'l1loss',
  binarycrossentropyloss: 'bceloss',
  binarycrossentropywithlogitsloss: 'bcewithlogitsloss',
  bcelosswithlogits: 'bcewithlogitsloss',
  bcelogitsloss: 'bcewithlogitsloss',
  categoricalcrossentropyloss: 'crossentropyloss',
  categoricalcrossentropy: 'crossentropyloss',
  softmaxcrossentropyloss: 'crossentropyloss',
  negativeloglikelihoodloss: 'nllloss',
  kldivergenceloss: 'kldivloss',
  klloss: 'kldivloss',
  hswish: 'hardswish',
  hsigmoid: 'hardsigmoid',
};

const lettersOf = (name: string) => name.toLowerCase().replaceAll('_', '');

/** The first name of each spelling, by its letters. */
const spelled = Object.fromEntries(
  Object.entries(names).map(([namespace, all]) => [
    namespace,
    new Map([...all].reverse().map((each) => [lettersOf(each), each])),
  ]),
) as unknown as Readonly<Record<TorchNamespace, ReadonlyMap<string, string>>>;

/** What was meant by a name that a namespace lacks: where that is, and how it is spelled; undefined where it has it. */
export function readMisspelt(
  namespace: TorchNamespace,
  name: string,
): { readonly namespace: TorchNamespace; readonly name: string } | undefined {
  if (name.startsWith('_') || names[namespace].has(name)) return undefined;
  const wanted = otherwise[lettersOf(name)] ?? lettersOf(name);
  const order: readonly TorchNamespace[] =
    namespace === 'torch.nn' ? ['torch.nn', 'torch.nn.functional'] : ['torch.nn.functional', 'torch.nn'];
  for (const each of order) {
    const same = spelled[each].get(wanted) ?? spelled[each].get(`${wanted}loss`);
    if (same !== undefined) return { namespace: each, name: same };
  }
  if (wanted.length < 4 || namespace === 'torch' || others.test(name)) return undefined;
  const near = [...spelled[namespace]].filter(([letters]) => isOneApart(wanted, letters));
  const [[, only] = []] = near;
  return only !== undefined && near.length === 1 ? { namespace, name: only } : undefined;
}

/** Whether some namespace of PyTorch lacks a name that was meant to be one of its own. */
export function isSuspect(name: string): boolean {
  let found = suspects.get(name);
  if (found === undefined) {
    if (suspects.size >= MAX_SUSPECTS) suspects.clear();
    found = namespaces.some((each) => readMisspelt(each, name) !== undefined);
    suspects.set(name, found);
  }
  return found;
}

/** Code uses the same names again and again. */
const suspects = new Map<string, boolean>();
const MAX_SUSPECTS = 20_000;
const namespaces = ['torch.nn', 'torch.nn.functional', 'torch'] as const;

/** The one of several words that a word was meant to be. */
export function nearestOf(word: string, words: Iterable<string>): string | undefined {
  const wanted = otherwise[lettersOf(word)] ?? lettersOf(word);
  const list = [...words];
  return list.find((each) => lettersOf(each) === wanted) ?? list.find((each) => isOneApart(wanted, lettersOf(each)));
}

/** Whether a letter is missing, too many, another one, or swapped with its neighbour. */
function isOneApart(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const [restA, restB] = [a.slice(at), b.slice(at)];
  const tail = (text: string, from: number) => text.slice(from);
  if (tail(restA, 1) === tail(restB, 1) || tail(restA, 1) === restB || restA === tail(restB, 1)) return a !== b;
  const isSwapped = itemOr(restA, 0, '') === itemOr(restB, 1, ' ') && itemOr(restA, 1, '') === itemOr(restB, 0, ' ');
  return isSwapped && tail(restA, 2) === tail(restB, 2);
}
