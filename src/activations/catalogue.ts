import type { ActivationParameters } from '../graph/types';
import { aptx } from './entries/aptx';
import { bilinear_glu } from './entries/bilinear_glu';
import { celu } from './entries/celu';
import { elu } from './entries/elu';
import { geglu } from './entries/geglu';
import { gelu } from './entries/gelu';
import { glu } from './entries/glu';
import { gumbel_softmax } from './entries/gumbel_softmax';
import { hard_mish } from './entries/hard_mish';
import { hardshrink } from './entries/hardshrink';
import { hardsigmoid } from './entries/hardsigmoid';
import { hardswish } from './entries/hardswish';
import { hardtanh } from './entries/hardtanh';
import { identity } from './entries/identity';
import { laplace } from './entries/laplace';
import { leaky_relu } from './entries/leaky_relu';
import { log_softmax } from './entries/log_softmax';
import { logsigmoid } from './entries/logsigmoid';
import { mish } from './entries/mish';
import { prelu } from './entries/prelu';
import { quick_gelu } from './entries/quick_gelu';
import { reglu } from './entries/reglu';
import { relu } from './entries/relu';
import { relu2 } from './entries/relu2';
import { relu6 } from './entries/relu6';
import { rrelu } from './entries/rrelu';
import { selu } from './entries/selu';
import { serf } from './entries/serf';
import { sigmoid } from './entries/sigmoid';
import { silu } from './entries/silu';
import { sine } from './entries/sine';
import { smu } from './entries/smu';
import { snake } from './entries/snake';
import { softmax } from './entries/softmax';
import { softmax2d } from './entries/softmax2d';
import { softmin } from './entries/softmin';
import { softplus } from './entries/softplus';
import { softshrink } from './entries/softshrink';
import { softsign } from './entries/softsign';
import { sqrtsoftplus } from './entries/sqrtsoftplus';
import { star_relu } from './entries/star_relu';
import { step } from './entries/step';
import { swiglu } from './entries/swiglu';
import { swish_beta } from './entries/swish_beta';
import { tanh } from './entries/tanh';
import { tanhshrink } from './entries/tanhshrink';
import { threshold } from './entries/threshold';
import { xielu } from './entries/xielu';
import type { Activation } from './types';

/** The catalogue's entries, in the order in which they are offered. */
const byId = {
  relu,
  leaky_relu,
  prelu,
  elu,
  selu,
  gelu,
  silu,
  mish,
  hardswish,
  relu6,
  rrelu,
  celu,
  swish_beta,
  quick_gelu,
  relu2,
  star_relu,
  hard_mish,
  xielu,
  aptx,
  serf,
  smu,
  snake,
  sine,
  sigmoid,
  hardsigmoid,
  tanh,
  hardtanh,
  softsign,
  softplus,
  hardshrink,
  softshrink,
  tanhshrink,
  threshold,
  step,
  logsigmoid,
  sqrtsoftplus,
  laplace,
  softmax,
  log_softmax,
  softmin,
  softmax2d,
  gumbel_softmax,
  glu,
  swiglu,
  geglu,
  reglu,
  bilinear_glu,
  identity,
} satisfies Record<string, Activation>;

/** The id of an entry: tables of other rooms that are keyed by it can't name one that the catalogue lacks. */
export type ActivationId = keyof typeof byId;

const entries: readonly Activation[] = Object.values(byId);

/** Every activation that is explained and compared, by its id, in the order in which they are offered. */
export const catalogue: ReadonlyMap<string, Activation> = new Map(entries.map((entry) => [entry.id, entry]));

/** An entry that the caller names itself. */
export const entryOf = (id: ActivationId): Activation => byId[id];

/** Ids that the comparison offers ticked: what practice really chooses between, cheap ones first. */
export const suggestedCandidates: readonly ActivationId[] = ['relu', 'leaky_relu', 'gelu', 'silu', 'mish', 'hardswish'];

/** Whether it can stand in for a hidden activation: it keeps the shape, acts on each element, and repeats itself. */
export function isCandidate({ shape, hidden, random }: Activation): boolean {
  return shape === 'elementwise' && hidden !== false && random !== true;
}

/** Whether it can take the place of gated units: what halves its input. */
export function isGatedCandidate({ shape, random }: Activation): boolean {
  return shape === 'gated' && random !== true;
}

let names: Map<string, Activation> | undefined;

/** An entry by id, title or any framework's spelling, in any case; undefined where the catalogue has none. */
export function findActivation(name: string): Activation | undefined {
  if (!names) {
    names = new Map();
    const all = entries.flatMap((entry) => spellings(entry).map((each) => [each.toLowerCase(), entry] as const));
    for (const [spelling, entry] of all) if (!names.has(spelling)) names.set(spelling, entry);
  }
  return catalogue.get(name) ?? names.get(name.toLowerCase());
}

/** Every parameter at its default. */
export function defaultParameters(activation: Activation): ActivationParameters {
  return Object.fromEntries(activation.parameters.map((parameter) => [parameter.name, parameter.default]));
}

function spellings({ id, title, spellings }: Activation): string[] {
  const { modules = [], functional = [], torch = [], methods = [], tfjs = {}, huggingFace = [], timm = [] } = spellings;
  const { identifiers = [], layers = [], ops = [], fused = [] } = tfjs;
  const pytorch = [...modules, ...functional, ...torch, ...methods];
  return [id, title, ...pytorch, ...identifiers, ...layers, ...ops, ...fused, ...huggingFace, ...timm];
}

/** What `torch.nn.init.calculate_gain` returns for an activation; undefined where PyTorch has none. */
export function torchGain(id: string, parameters: ActivationParameters = {}): number | undefined {
  const entry = findActivation(id);
  return entry?.gain?.({ ...defaultParameters(entry), ...parameters });
}
