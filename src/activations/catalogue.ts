import type { ActivationParameters } from '../graph/types';
import { aptx } from './aptx';
import { bilinear_glu } from './bilinear_glu';
import { celu } from './celu';
import { elu } from './elu';
import { geglu } from './geglu';
import { gelu } from './gelu';
import { glu } from './glu';
import { gumbel_softmax } from './gumbel_softmax';
import { hard_mish } from './hard_mish';
import { hardshrink } from './hardshrink';
import { hardsigmoid } from './hardsigmoid';
import { hardswish } from './hardswish';
import { hardtanh } from './hardtanh';
import { identity } from './identity';
import { laplace } from './laplace';
import { leaky_relu } from './leaky_relu';
import { log_softmax } from './log_softmax';
import { logsigmoid } from './logsigmoid';
import { mish } from './mish';
import { prelu } from './prelu';
import { quick_gelu } from './quick_gelu';
import { reglu } from './reglu';
import { relu } from './relu';
import { relu2 } from './relu2';
import { relu6 } from './relu6';
import { rrelu } from './rrelu';
import { selu } from './selu';
import { serf } from './serf';
import { sigmoid } from './sigmoid';
import { silu } from './silu';
import { sine } from './sine';
import { smu } from './smu';
import { snake } from './snake';
import { softmax } from './softmax';
import { softmax2d } from './softmax2d';
import { softmin } from './softmin';
import { softplus } from './softplus';
import { softshrink } from './softshrink';
import { softsign } from './softsign';
import { sqrtsoftplus } from './sqrtsoftplus';
import { star_relu } from './star_relu';
import { step } from './step';
import { swiglu } from './swiglu';
import { tanh } from './tanh';
import { tanhshrink } from './tanhshrink';
import { threshold } from './threshold';
import type { Activation } from './types';
import { xielu } from './xielu';

const entries: readonly Activation[] = [
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
];

/** Every activation that is explained and compared, by its id, in the order in which they are offered. */
export const catalogue: ReadonlyMap<string, Activation> = new Map(entries.map((entry) => [entry.id, entry]));

/** Ids that the comparison offers ticked: what practice really chooses between, cheap ones first. */
export const suggestedCandidates: readonly string[] = ['relu', 'leaky_relu', 'gelu', 'silu', 'mish', 'hardswish'];

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
