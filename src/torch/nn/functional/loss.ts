/** Losses, as `torch.nn.functional` has them, written in operators of the graph. */

import { say } from '../../../language/say';
import { type NativeArguments, numberOf } from '../../../python/natives/arguments';
import type { Context } from '../../../python/natives/context';
import { type NativeTable, table } from '../../../python/natives/table';
import type { PyTensor, PyValue } from '../../../python/values/values';
import { arithmetic, choose, comparison, reduce, toFloating, unary } from '../../ops/operations';
import { logSumExp } from '../../ops/reduction';
import { apply, cast, elements, isFloating, sizeOf } from '../../tensor/tensor';
import { reshape, select, unsqueeze } from '../../tensor/views';
import { legacyReduction } from '../reduction';

const LEGACY = 'size_average=None, reduce=None';
const LARGEST_LOG = 100;

/** `reduction`, which the older `size_average` and `reduce` may say too. */
function reductionOf(ctx: Context, args: NativeArguments): string {
  const [average, reduces] = [args.get('size_average'), args.get('reduce')];
  if (average === null && reduces === null) {
    const reduction = args.string('reduction');
    if (/^(none|mean|sum|batchmean)$/.test(reduction)) return reduction;
    return ctx.raise('ValueError', `${reduction} is not a valid value for reduction`);
  }
  return legacyReduction(ctx, average, reduces);
}

function reduceLosses(ctx: Context, args: NativeArguments, losses: PyTensor): PyTensor {
  const reduction = reductionOf(ctx, args);
  if (reduction === 'none') return losses;
  return reduce(ctx, reduction === 'mean' ? 'mean' : 'sum', losses);
}

function weightLosses(ctx: Context, args: NativeArguments, losses: PyTensor): PyTensor {
  const weight = args.optionalTensor('weight');
  return weight ? arithmetic(ctx, 'mul', losses, weight) : losses;
}

function requireSameSize(ctx: Context, input: PyTensor, target: PyTensor): void {
  const [a, b] = [input.type.shape, target.type.shape];
  if (a.length !== b.length || a.some((size, i) => size !== b[i]))
    ctx.raise(
      'ValueError',
      `Target size (torch.Size([${b.join(', ')}])) must be the same as input size (torch.Size([${a.join(', ')}]))`,
    );
}

/** log(1 + exp(x)) without overflow. */
function softplus(ctx: Context, x: PyTensor): PyTensor {
  const tail = unary(ctx, 'exp', unary(ctx, 'neg', unary(ctx, 'abs', x)));
  return arithmetic(ctx, 'add', unary(ctx, 'log', arithmetic(ctx, 'add', tail, 1n)), atLeast(ctx, x, 0));
}

function atLeast(ctx: Context, x: PyValue, low: PyValue): PyTensor {
  return arithmetic(ctx, 'max', x, low);
}

/** x · log(y), zero where x is. */
function xlogy(ctx: Context, x: PyTensor, y: PyTensor): PyTensor {
  return choose(ctx, comparison(ctx, 'eq', x, 0n), 0n, arithmetic(ctx, 'mul', x, unary(ctx, 'log', y)));
}

/** Scores of classes, and for each the class that is right: the class dimension is 1, or 0 where there is no batch. */
interface ClassTargets {
  readonly logs: PyTensor;
  readonly dim: number;
  readonly target: PyTensor;
}

function classesOf(ctx: Context, logs: PyTensor, target: PyTensor): ClassTargets {
  const [x, t] = [logs.type.shape, target.type.shape];
  const dim = x.length > 1 ? 1 : 0;
  const expected = x.filter((_, i) => i !== dim);
  if (dim === 1 && t.length > 0 && x[0] !== t[0])
    ctx.raise('ValueError', `Expected input batch_size (${x[0]}) to match target batch_size (${t[0]}).`);
  if (expected.length !== t.length || expected.some((size, i) => size !== t[i]))
    ctx.raise('RuntimeError', `Expected target size [${expected.join(', ')}], got [${t.join(', ')}]`);
  return { logs, dim, target };
}

/** -log p of the right classes; ignored ones are zero. `total` is what a mean divides by. */
function logLikelihood(ctx: Context, { logs, dim, target }: ClassTargets, args: NativeArguments) {
  const ignored = comparison(ctx, 'eq', target, BigInt(args.int('ignore_index')));
  const kept = cast(ctx, unary(ctx, 'not', ignored), logs.type.dtype);
  const classes = choose(ctx, ignored, 0n, target);
  const picked = apply(ctx, { kind: 'gather_elements', dim }, logs, unsqueeze(ctx, classes, dim));
  const weight = args.optionalTensor('weight');
  const weights = weight ? arithmetic(ctx, 'mul', apply(ctx, { kind: 'gather', dim: 0 }, weight, classes), kept) : kept;
  const losses = unary(ctx, 'neg', arithmetic(ctx, 'mul', select(ctx, picked, dim, 0), weights));
  return { losses, kept, total: reduce(ctx, 'sum', weights) };
}

/** The weights of the classes, as wide as the scores. */
function classWeights(ctx: Context, { logs, dim }: Pick<ClassTargets, 'logs' | 'dim'>, weight: PyTensor): PyTensor {
  return reshape(
    ctx,
    weight,
    logs.type.shape.map((size, i) => (i === dim ? size : 1)),
  );
}

function nll(ctx: Context, classes: ClassTargets, args: NativeArguments): PyTensor {
  const { losses, total } = logLikelihood(ctx, classes, args);
  const reduction = reductionOf(ctx, args);
  if (reduction === 'none') return losses;
  const sum = reduce(ctx, 'sum', losses);
  return reduction === 'sum' ? sum : arithmetic(ctx, 'div', sum, total);
}

function crossEntropy(ctx: Context, args: NativeArguments): PyTensor {
  const [x, target] = [args.tensor('input'), args.tensor('target')];
  const dim = x.type.shape.length > 1 ? 1 : 0;
  const logs = arithmetic(ctx, 'sub', x, logSumExp(ctx, x, [dim], true));
  const smoothing = args.float('label_smoothing');
  const count = sizeOf(x, dim);
  const weight = args.optionalTensor('weight');
  const weightedLogs = weight ? arithmetic(ctx, 'mul', logs, classWeights(ctx, { logs, dim }, weight)) : logs;
  const reduction = reductionOf(ctx, args);
  if (isFloating(target.type.dtype)) {
    requireSameSize(ctx, x, target);
    if (args.int('ignore_index') >= 0)
      ctx.raise('RuntimeError', 'ignore_index is not supported for floating point target');
    const smooth =
      smoothing === 0
        ? target
        : arithmetic(ctx, 'add', arithmetic(ctx, 'mul', target, 1 - smoothing), smoothing / count);
    const losses = unary(ctx, 'neg', reduce(ctx, 'sum', arithmetic(ctx, 'mul', weightedLogs, smooth), [dim]));
    if (reduction === 'none') return losses;
    const sum = reduce(ctx, 'sum', losses);
    return reduction === 'sum' ? sum : arithmetic(ctx, 'div', sum, elements(x.type.shape) / count);
  }
  const classes = classesOf(ctx, logs, target);
  if (smoothing === 0) return nll(ctx, classes, args);
  const { losses, kept, total } = logLikelihood(ctx, classes, args);
  const spread = unary(ctx, 'neg', arithmetic(ctx, 'mul', reduce(ctx, 'sum', weightedLogs, [dim]), kept));
  const mixed = arithmetic(
    ctx,
    'add',
    arithmetic(ctx, 'mul', losses, 1 - smoothing),
    arithmetic(ctx, 'mul', spread, smoothing / count),
  );
  if (reduction === 'none') return mixed;
  const sum = reduce(ctx, 'sum', mixed);
  return reduction === 'sum' ? sum : arithmetic(ctx, 'div', sum, total);
}

/** |x - y| and its square. */
function difference(ctx: Context, args: NativeArguments): PyTensor {
  return arithmetic(ctx, 'sub', args.tensor('input'), args.tensor('target'));
}

const halve = (ctx: Context, x: PyTensor): PyTensor => arithmetic(ctx, 'mul', x, 0.5);
const square = (ctx: Context, x: PyTensor): PyTensor => arithmetic(ctx, 'mul', x, x);

/** Quadratic up to `threshold`, linear beyond; both sides of `scale`. */
function huber(ctx: Context, args: NativeArguments, threshold: number, smooth: boolean): PyTensor {
  const size = unary(ctx, 'abs', difference(ctx, args));
  if (threshold === 0) return size;
  const inner = halve(ctx, square(ctx, size));
  const outer = arithmetic(ctx, 'sub', size, 0.5 * threshold);
  const near = comparison(ctx, smooth ? 'lt' : 'le', size, threshold);
  return smooth
    ? choose(ctx, near, arithmetic(ctx, 'div', inner, threshold), outer)
    : choose(ctx, near, inner, arithmetic(ctx, 'mul', outer, threshold));
}

/** Σ xy / √((Σx² + ε)(Σy² + ε)) over the last dimension. */
function cosine(ctx: Context, x: PyTensor, y: PyTensor): PyTensor {
  const last = x.type.shape.length - 1;
  const dot = (a: PyTensor, b: PyTensor) => reduce(ctx, 'sum', arithmetic(ctx, 'mul', a, b), [last]);
  const norms = arithmetic(
    ctx,
    'mul',
    arithmetic(ctx, 'add', dot(x, x), 1e-12),
    arithmetic(ctx, 'add', dot(y, y), 1e-12),
  );
  return arithmetic(ctx, 'div', dot(x, y), unary(ctx, 'sqrt', norms));
}

/** PyTorch looks at the values of targets, which come from an input of any numbers here. */
function noteRange(ctx: Context, target: PyTensor): void {
  const names = target.type.dtype.includes('float') ? ctx.graph.inputsBehind(target.value) : [];
  if (names.length)
    ctx.note(
      say(
        'binary_cross_entropy refuses targets outside 0 and 1 in PyTorch; here they are made of {0}, which is fed with other numbers, too',
        names.join(', '),
      ),
    );
}

export const losses: NativeTable = table((define) => {
  const pointwise = (
    name: string,
    more: string,
    body: (ctx: Context, args: NativeArguments) => PyTensor,
    strict = false,
  ): void => {
    define(name, `input, target, ${more}${LEGACY}, reduction='mean'`, (ctx, args) => {
      if (strict) requireSameSize(ctx, args.tensor('input'), args.tensor('target'));
      return reduceLosses(ctx, args, body(ctx, args));
    });
  };
  pointwise('l1_loss', '', (ctx, args) => unary(ctx, 'abs', difference(ctx, args)));
  pointwise('mse_loss', '', (ctx, args) => square(ctx, difference(ctx, args)));
  pointwise('soft_margin_loss', '', (ctx, args) =>
    softplus(ctx, unary(ctx, 'neg', arithmetic(ctx, 'mul', args.tensor('target'), args.tensor('input')))),
  );
  define('smooth_l1_loss', `input, target, ${LEGACY}, reduction='mean', beta=1.0`, (ctx, args) =>
    reduceLosses(ctx, args, huber(ctx, args, args.float('beta'), true)),
  );
  define('huber_loss', `input, target, reduction='mean', delta=1.0, ${LEGACY}`, (ctx, args) =>
    reduceLosses(ctx, args, huber(ctx, args, args.float('delta'), false)),
  );
  pointwise(
    'binary_cross_entropy',
    'weight=None, ',
    (ctx, args) => {
      const [x, t] = [args.tensor('input'), args.tensor('target')];
      noteRange(ctx, t);
      const log = (p: PyTensor) => atLeast(ctx, unary(ctx, 'log', p), -LARGEST_LOG);
      const rest = (p: PyTensor) => arithmetic(ctx, 'sub', 1n, p);
      const right = arithmetic(ctx, 'mul', t, log(x));
      const wrong = arithmetic(ctx, 'mul', rest(t), log(rest(x)));
      return weightLosses(ctx, args, unary(ctx, 'neg', arithmetic(ctx, 'add', right, wrong)));
    },
    true,
  );
  define(
    'binary_cross_entropy_with_logits',
    `input, target, weight=None, ${LEGACY}, reduction='mean', pos_weight=None`,
    (ctx, args) => {
      const [x, t] = [args.tensor('input'), args.tensor('target')];
      requireSameSize(ctx, x, t);
      const positive = args.optionalTensor('pos_weight');
      const wrong = arithmetic(ctx, 'mul', arithmetic(ctx, 'sub', 1n, t), x);
      const surprise = softplus(ctx, unary(ctx, 'neg', x));
      const factor = positive
        ? arithmetic(ctx, 'add', arithmetic(ctx, 'mul', arithmetic(ctx, 'sub', positive, 1n), t), 1n)
        : undefined;
      const right = factor ? arithmetic(ctx, 'mul', factor, surprise) : surprise;
      return reduceLosses(ctx, args, weightLosses(ctx, args, arithmetic(ctx, 'add', wrong, right)));
    },
  );
  define('kl_div', `input, target, ${LEGACY}, reduction='mean', log_target=False`, (ctx, args) => {
    const [x, t] = [args.tensor('input'), args.tensor('target')];
    const each = args.bool('log_target')
      ? arithmetic(ctx, 'mul', unary(ctx, 'exp', t), arithmetic(ctx, 'sub', t, x))
      : arithmetic(ctx, 'sub', xlogy(ctx, t, t), arithmetic(ctx, 'mul', t, x));
    const result = reduceLosses(ctx, args, each);
    const batch = reductionOf(ctx, args) === 'batchmean' ? sizeOf(x, 0) : 1;
    return batch === 1 ? result : arithmetic(ctx, 'div', result, BigInt(batch));
  });
  define(
    'poisson_nll_loss',
    "input, target, log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean'",
    (ctx, args) => {
      const [x, t] = [args.tensor('input'), args.tensor('target')];
      const log = args.bool('log_input') ? x : unary(ctx, 'log', arithmetic(ctx, 'add', x, args.float('eps')));
      const rate = args.bool('log_input') ? unary(ctx, 'exp', x) : x;
      const each = arithmetic(ctx, 'sub', rate, arithmetic(ctx, 'mul', t, log));
      if (!args.bool('full')) return reduceLosses(ctx, args, each);
      const stirling = arithmetic(
        ctx,
        'add',
        arithmetic(ctx, 'sub', arithmetic(ctx, 'mul', t, unary(ctx, 'log', t)), t),
        halve(ctx, unary(ctx, 'log', arithmetic(ctx, 'mul', t, 2 * Math.PI))),
      );
      const more = choose(ctx, comparison(ctx, 'gt', t, 1n), stirling, 0n);
      return reduceLosses(ctx, args, arithmetic(ctx, 'add', each, more));
    },
  );
  define('gaussian_nll_loss', `input, target, var, full=False, eps=1e-06, reduction='mean', ${LEGACY}`, (ctx, args) => {
    const spread = atLeast(ctx, toFloating(ctx, args.get('var')), args.float('eps'));
    const ratio = arithmetic(ctx, 'div', square(ctx, difference(ctx, args)), spread);
    const each = halve(ctx, arithmetic(ctx, 'add', unary(ctx, 'log', spread), ratio));
    const constant = args.bool('full') ? 0.5 * Math.log(2 * Math.PI) : 0;
    return reduceLosses(ctx, args, constant ? arithmetic(ctx, 'add', each, constant) : each);
  });
  define('hinge_embedding_loss', `input, target, margin=1.0, ${LEGACY}, reduction='mean'`, (ctx, args) => {
    const [x, t] = [args.tensor('input'), args.tensor('target')];
    const apart = atLeast(ctx, arithmetic(ctx, 'sub', args.float('margin'), x), 0);
    const terms = [
      choose(ctx, comparison(ctx, 'ne', t, 1n), apart, 0n),
      choose(ctx, comparison(ctx, 'ne', t, -1n), x, 0n),
    ];
    return reduceLosses(ctx, args, arithmetic(ctx, 'add', terms[0] ?? null, terms[1] ?? null));
  });
  define('margin_ranking_loss', `input1, input2, target, margin=0.0, ${LEGACY}, reduction='mean'`, (ctx, args) => {
    const gap = arithmetic(ctx, 'sub', args.tensor('input2'), args.tensor('input1'));
    const signed = arithmetic(ctx, 'mul', args.tensor('target'), gap);
    return reduceLosses(ctx, args, atLeast(ctx, arithmetic(ctx, 'add', signed, args.float('margin')), 0));
  });
  define('cosine_embedding_loss', `input1, input2, target, margin=0.0, ${LEGACY}, reduction='mean'`, (ctx, args) => {
    const near = cosine(ctx, args.tensor('input1'), args.tensor('input2'));
    const t = args.tensor('target');
    const together = arithmetic(ctx, 'sub', 1n, near);
    const apart = atLeast(ctx, arithmetic(ctx, 'sub', near, args.float('margin')), 0);
    const other = choose(ctx, comparison(ctx, 'eq', t, -1n), apart, 0n);
    return reduceLosses(ctx, args, choose(ctx, comparison(ctx, 'eq', t, 1n), together, other));
  });
  define(
    'triplet_margin_loss',
    `anchor, positive, negative, margin=1.0, p=2, eps=1e-06, swap=False, ${LEGACY}, reduction='mean'`,
    (ctx, args) => {
      const order = numberOf(args.get('p')) ?? 2;
      const between = (a: string, b: string): PyTensor => {
        const gap = arithmetic(ctx, 'sub', args.tensor(a), args.tensor(b));
        const size = unary(ctx, 'abs', arithmetic(ctx, 'add', gap, args.float('eps')));
        const sum = reduce(ctx, 'sum', arithmetic(ctx, 'pow', size, order), [gap.type.shape.length - 1]);
        return arithmetic(ctx, 'pow', sum, 1 / order);
      };
      const far = args.bool('swap')
        ? arithmetic(ctx, 'min', between('anchor', 'negative'), between('positive', 'negative'))
        : between('anchor', 'negative');
      const gap = arithmetic(ctx, 'sub', between('anchor', 'positive'), far);
      return reduceLosses(ctx, args, atLeast(ctx, arithmetic(ctx, 'add', gap, args.float('margin')), 0));
    },
  );
  define('multilabel_soft_margin_loss', `input, target, weight=None, ${LEGACY}, reduction='mean'`, (ctx, args) => {
    const [x, t] = [args.tensor('input'), args.tensor('target')];
    const wrong = arithmetic(ctx, 'mul', arithmetic(ctx, 'sub', 1n, t), softplus(ctx, x));
    const right = arithmetic(ctx, 'mul', t, softplus(ctx, unary(ctx, 'neg', x)));
    const each = weightLosses(ctx, args, arithmetic(ctx, 'add', right, wrong));
    return reduceLosses(ctx, args, reduce(ctx, 'mean', each, [x.type.shape.length - 1]));
  });
  define(
    'multi_margin_loss',
    `input, target, p=1, margin=1.0, weight=None, ${LEGACY}, reduction='mean'`,
    (ctx, args) => {
      const { logs: x, dim, target } = classesOf(ctx, args.tensor('input'), args.tensor('target'));
      const places = unsqueeze(ctx, target, dim);
      const right = apply(ctx, { kind: 'gather_elements', dim }, x, places);
      const over = atLeast(ctx, arithmetic(ctx, 'sub', arithmetic(ctx, 'add', x, args.float('margin')), right), 0);
      const powers = args.int('p') === 2 ? square(ctx, over) : over;
      const count = sizeOf(x, dim);
      // The right class counts as margin^p, and is taken off again.
      const own = args.float('margin') ** args.int('p') / count;
      const mean = arithmetic(ctx, 'sub', reduce(ctx, 'mean', powers, [dim]), own);
      const weight = args.optionalTensor('weight');
      return reduceLosses(
        ctx,
        args,
        weight ? arithmetic(ctx, 'mul', mean, apply(ctx, { kind: 'gather', dim: 0 }, weight, target)) : mean,
      );
    },
  );
  define(
    'nll_loss',
    `input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'`,
    (ctx, args) => nll(ctx, classesOf(ctx, args.tensor('input'), args.tensor('target')), args),
  );
  define(
    'cross_entropy',
    `input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', label_smoothing=0.0`,
    crossEntropy,
  );
});
