import type { FlowPlace, FlowResult } from '../../../flow/values';
import type { Advice, Fix } from '../../advice';
import { dimensionIsMissing, isElementwise, isKeeping, isNorm } from '../../operations';
import { makersOf, placeKey } from '../../places';
import { adviceFrom, rangeAt, wordsOf } from '../../report';
import { operationsOf } from '../../results';
import type { Messages, Rule, RuleContext } from '../../rule';
import { dimensionEdit } from './dimension';

const messages: Messages<'message' | 'hint' | 'fix'> = {
  en: {
    message:
      '{0} without dim: PyTorch guesses the dimension by the number of dimensions (0 for 1 or 3 of them, which may be the batch, else 1), and warns. Say which one is meant.',
    hint: 'dim is guessed',
    fix: 'Add dim={1}',
  },
  'zh-cn': {
    message:
      '{0} 没有指定 dim：PyTorch 按张量的维数猜测（1 维或 3 维时为 0，可能是批次维，否则为 1），并给出警告。请写明维度。',
    hint: 'dim 由 PyTorch 猜测',
    fix: '加上 dim={1}',
  },
};

const builders = /^torch\.nn\.(Softmax|LogSoftmax|Softmin)$/;

/** Softmax and its kin whose dimension is left to PyTorch. */
export const softmaxWithoutDim: Rule = {
  code: 'softmax-without-dim',
  severity: 'warning',
  about: {
    en: 'Softmax, log-softmax or softmin without a dimension, which PyTorch then guesses.',
    'zh-cn': 'softmax、log-softmax 或 softmin 没有指定维度，由 PyTorch 猜测。',
  },
  *check(context) {
    const found = new Map<string, Advice>();
    const runs = new Map<string, FlowResult[]>();
    const add = (key: string, run: FlowResult) => runs.set(key, [...(runs.get(key) ?? []), run]);
    for (const run of operationsOf(context.flow, isChoosing)) {
      if (run.layer && builders.test(run.layer.type)) add(placeKey(run.layer.at), run);
      else if (isFunction(run)) add(placeKey(run.at), run);
    }
    const tell = (at: FlowPlace, args: FlowResult['args'], position: 0 | 1) => {
      const key = placeKey(at);
      if (at.file !== context.text.file || found.has(key) || !dimensionIsMissing(args, position)) return;
      found.set(key, report(context, at, position, runs.get(key) ?? []));
    };
    for (const { layer } of context.flow.built) {
      const { type, args, at } = layer;
      yield;
      if (builders.test(type)) tell(at, args, 0);
    }
    for (const run of operationsOf(context.flow, isChoosing)) {
      yield;
      if (isFunction(run)) tell(run.at, run.args, 1);
    }
    return [...found.values()];
  },
};

const isChoosing = (op: string) => /^(softmax|log_softmax|softmin)$/.test(op);

/** `F.softmax`; `torch.softmax` and the method refuse to run without a dimension. */
function isFunction({ form, at }: FlowResult): boolean {
  if (form !== 'function') return false;
  const callee = at.expression?.kind === 'call' ? at.expression.callee : undefined;
  return !(callee?.kind === 'attribute' && callee.object.kind === 'name' && callee.object.name === 'torch');
}

function report(context: RuleContext, at: FlowPlace, position: 0 | 1, runs: readonly FlowResult[]): Advice {
  const { texts, language } = context;
  const callee = at.expression?.kind === 'call' ? { file: at.file, span: at.expression.callee.span } : at;
  const name = texts.at(rangeAt(callee));
  const dim = evidentDimension(runs);
  const edit = dim === undefined ? undefined : dimensionEdit(context, at, position, `dim=${dim}`);
  const fixes: readonly Fix[] = edit
    ? [{ title: wordsOf(messages, language, 'fix', [name, String(dim)]), preferred: true, edits: [edit] }]
    : [];
  return adviceFrom(context, softmaxWithoutDim, messages, { at: rangeAt(at), values: [name], fixes });
}

/** The last dimension of what a linear layer gives, the channels of what a convolution gives. */
function evidentDimension(runs: readonly FlowResult[]): number | undefined {
  const isThrough = (each: FlowResult) => isKeeping(each) || isElementwise(each) || isNorm(each);
  const all = runs.map((run) => {
    const makers = makersOf(run.inputs[0], ({ op }) => op === 'linear' || op === 'conv', isThrough);
    if (!Array.isArray(makers)) return makers === 'fine' ? Number.NaN : undefined;
    const kinds = makers.map(({ op }) => (op === 'linear' ? -1 : 1));
    return kinds.every((each) => each === kinds[0]) ? kinds[0] : Number.NaN;
  });
  const known = all.filter((each) => each !== undefined);
  return known.length > 0 && known.every((each) => each === known[0]) ? known[0] : undefined;
}
