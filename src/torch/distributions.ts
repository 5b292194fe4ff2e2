/** `torch.distributions`: those whose samples are a simple function of normal or uniform draws. */
import { broadcast } from '../graph/ops/rule';
import { say } from '../language/say';
import { requireNumber, sequence } from '../python/natives/arguments';
import type { Context } from '../python/natives/context';
import { native, nativeClass, property } from '../python/natives/native';
import { type PyClass, PyInstance, type PyTensor, PyTuple, type PyValue } from '../python/values/values';
import { deferValues, type Namespaces } from './namespace';
import { arithmetic, choose, comparison, reduce, toFloating, unary } from './ops/operations';
import { bernoulli, exponential, gumbel } from './ops/random';
import { argExtreme, logSumExp } from './ops/reduction';
import { fromInitialiser } from './tensor/initialiser';
import { shapeOf } from './tensor/size';
import { apply, cast, sizeOf } from './tensor/tensor';
import { broadcastTo, reshape, unsqueeze } from './tensor/views';

/** What an object is: its parameters, and how many of their last dimensions are one event. */
interface Made {
  readonly kind: string;
  readonly values: Readonly<Record<string, PyTensor>>;
  readonly shape: readonly number[];
  /** Dimensions behind `shape` that belong to one draw: a category's weights. */
  readonly base?: PyInstance;
  readonly event: number;
}

class State {
  constructor(readonly made: Made) {}
}

const add = (ctx: Context, a: PyValue, b: PyValue) => arithmetic(ctx, 'add', a, b);
const sub = (ctx: Context, a: PyValue, b: PyValue) => arithmetic(ctx, 'sub', a, b);
const mul = (ctx: Context, a: PyValue, b: PyValue) => arithmetic(ctx, 'mul', a, b);
const div = (ctx: Context, a: PyValue, b: PyValue) => arithmetic(ctx, 'div', a, b);
const log = (ctx: Context, x: PyTensor) => unary(ctx, 'log', x);
const square = (ctx: Context, x: PyTensor) => mul(ctx, x, x);

type Values = Readonly<Record<string, PyTensor>>;

interface Kind {
  /** PyTorch's signature after `self`. */
  readonly signature: string;
  /** Parameters of one shape, by the names that the object has them under. */
  make(ctx: Context, given: (name: string) => PyValue): Values;
  /** Whether a draw picks along the last dimension of the parameters. */
  readonly picks?: boolean;
  /** A draw of a shape that ends with the parameters' own; undefined where it can't be drawn. */
  draw(ctx: Context, values: Values, shape: readonly number[]): PyTensor;
  /** Whether the gradient passes through a draw. */
  readonly smooth: boolean;
  logProbability(ctx: Context, values: Values, x: PyTensor): PyTensor;
  entropy(ctx: Context, values: Values): PyTensor;
  mean(ctx: Context, values: Values): PyTensor;
  variance(ctx: Context, values: Values): PyTensor;
}

/** Tensors of one shape and a floating dtype. */
function align(ctx: Context, names: readonly string[], given: (name: string) => PyValue): Values {
  const tensors = names.map((name) => toFloating(ctx, given(name)));
  const shape = tensors.map(({ type }) => type.shape).reduce((a, b) => broadcast(a, b), []);
  return Object.fromEntries(names.map((name, i) => [name, broadcastTo(ctx, tensors[i] as PyTensor, shape)]));
}

const of = (values: Values, name: string): PyTensor => {
  const found = values[name];
  if (!found) throw new RangeError(`a distribution without ${name}`);
  return found;
};

const normalNoise = (ctx: Context, shape: readonly number[]) =>
  fromInitialiser(ctx, { dtype: 'float32', shape }, { kind: 'normal', mean: 0, deviation: 1 });
const uniformNoise = (ctx: Context, shape: readonly number[]) =>
  fromInitialiser(ctx, { dtype: 'float32', shape }, { kind: 'uniform', low: 2 ** -24, high: 1 - 2 ** -24 });

/** Probabilities and logits, of which one is given. */
function chances(ctx: Context, given: (name: string) => PyValue, categories: boolean): Values {
  const [probs, logits] = [given('probs'), given('logits')];
  if ((probs === null) === (logits === null)) {
    return ctx.raise('ValueError', 'Either `probs` or `logits` must be specified, but not both.');
  }
  if (probs !== null) {
    const p = toFloating(ctx, probs);
    const share = categories ? div(ctx, p, reduce(ctx, 'sum', p, [p.type.shape.length - 1], true)) : p;
    return { probs: share, logits: categories ? log(ctx, share) : log(ctx, div(ctx, share, sub(ctx, 1, share))) };
  }
  const l = toFloating(ctx, logits);
  const last = l.type.shape.length - 1;
  if (!categories) return { probs: unary(ctx, 'sigmoid', l), logits: l };
  const normal = sub(ctx, l, logSumExp(ctx, l, [last], true));
  return { probs: unary(ctx, 'exp', normal), logits: normal };
}

const LOG_ROOT = 0.5 * Math.log(2 * Math.PI);

const KINDS: Readonly<Record<string, Kind>> = {
  Normal: {
    signature: 'loc, scale, validate_args=None',
    make: (ctx, given) => align(ctx, ['loc', 'scale'], given),
    smooth: true,
    draw: (ctx, v, shape) => add(ctx, of(v, 'loc'), mul(ctx, of(v, 'scale'), normalNoise(ctx, shape))),
    logProbability: (ctx, v, x) => {
      const far = div(ctx, sub(ctx, x, of(v, 'loc')), of(v, 'scale'));
      return sub(ctx, sub(ctx, mul(ctx, square(ctx, far), -0.5), log(ctx, of(v, 'scale'))), LOG_ROOT);
    },
    entropy: (ctx, v) => add(ctx, log(ctx, of(v, 'scale')), 0.5 + LOG_ROOT),
    mean: (_, v) => of(v, 'loc'),
    variance: (ctx, v) => square(ctx, of(v, 'scale')),
  },
  Uniform: {
    signature: 'low, high, validate_args=None',
    make: (ctx, given) => align(ctx, ['low', 'high'], given),
    smooth: true,
    draw: (ctx, v, shape) =>
      add(ctx, of(v, 'low'), mul(ctx, sub(ctx, of(v, 'high'), of(v, 'low')), uniformNoise(ctx, shape))),
    logProbability: (ctx, v, x) => {
      const inside = arithmetic(
        ctx,
        'and',
        comparison(ctx, 'ge', x, of(v, 'low')),
        comparison(ctx, 'lt', x, of(v, 'high')),
      );
      const density = unary(ctx, 'neg', log(ctx, sub(ctx, of(v, 'high'), of(v, 'low'))));
      return choose(ctx, inside, density, Number.NEGATIVE_INFINITY);
    },
    entropy: (ctx, v) => log(ctx, sub(ctx, of(v, 'high'), of(v, 'low'))),
    mean: (ctx, v) => mul(ctx, add(ctx, of(v, 'high'), of(v, 'low')), 0.5),
    variance: (ctx, v) => div(ctx, square(ctx, sub(ctx, of(v, 'high'), of(v, 'low'))), 12),
  },
  Laplace: {
    signature: 'loc, scale, validate_args=None',
    make: (ctx, given) => align(ctx, ['loc', 'scale'], given),
    smooth: true,
    draw: (ctx, v, shape) => {
      const turn = sub(ctx, uniformNoise(ctx, shape), 0.5);
      const size = log(ctx, sub(ctx, 1, mul(ctx, unary(ctx, 'abs', turn), 2)));
      return sub(ctx, of(v, 'loc'), mul(ctx, of(v, 'scale'), mul(ctx, unary(ctx, 'sign', turn), size)));
    },
    logProbability: (ctx, v, x) => {
      const far = div(ctx, unary(ctx, 'abs', sub(ctx, x, of(v, 'loc'))), of(v, 'scale'));
      return unary(ctx, 'neg', add(ctx, log(ctx, mul(ctx, of(v, 'scale'), 2)), far));
    },
    entropy: (ctx, v) => add(ctx, log(ctx, mul(ctx, of(v, 'scale'), 2)), 1),
    mean: (_, v) => of(v, 'loc'),
    variance: (ctx, v) => mul(ctx, square(ctx, of(v, 'scale')), 2),
  },
  Exponential: {
    signature: 'rate, validate_args=None',
    make: (ctx, given) => align(ctx, ['rate'], given),
    smooth: true,
    draw: (ctx, v, shape) => div(ctx, exponential(ctx, { dtype: 'float32', shape }), of(v, 'rate')),
    logProbability: (ctx, v, x) => sub(ctx, log(ctx, of(v, 'rate')), mul(ctx, of(v, 'rate'), x)),
    entropy: (ctx, v) => sub(ctx, 1, log(ctx, of(v, 'rate'))),
    mean: (ctx, v) => unary(ctx, 'reciprocal', of(v, 'rate')),
    variance: (ctx, v) => unary(ctx, 'reciprocal', square(ctx, of(v, 'rate'))),
  },
  Bernoulli: {
    signature: 'probs=None, logits=None, validate_args=None',
    make: (ctx, given) => chances(ctx, given, false),
    smooth: false,
    draw: (ctx, v, shape) => bernoulli(ctx, { dtype: 'float32', shape }, of(v, 'probs')),
    // x·l − log(1 + e^l), which does not overflow as max(l, 0) + log(1 + e^−|l|).
    logProbability: (ctx, v, x) => sub(ctx, mul(ctx, x, of(v, 'logits')), softplus(ctx, of(v, 'logits'))),
    entropy: (ctx, v) => sub(ctx, softplus(ctx, of(v, 'logits')), mul(ctx, of(v, 'probs'), of(v, 'logits'))),
    mean: (_, v) => of(v, 'probs'),
    variance: (ctx, v) => mul(ctx, of(v, 'probs'), sub(ctx, 1, of(v, 'probs'))),
  },
  Categorical: {
    signature: 'probs=None, logits=None, validate_args=None',
    make: (ctx, given) => chances(ctx, given, true),
    picks: true,
    smooth: false,
    draw: (ctx, v, shape) => {
      const logits = of(v, 'logits');
      const whole = [...shape, sizeOf(logits, -1)];
      return argExtreme(
        ctx,
        'max',
        add(ctx, logits, gumbel(ctx, { dtype: 'float32', shape: whole })),
        shape.length,
        false,
      );
    },
    logProbability: (ctx, v, x) => {
      const logits = of(v, 'logits');
      const shape = broadcast(x.type.shape, logits.type.shape.slice(0, -1));
      const index = unsqueeze(ctx, broadcastTo(ctx, cast(ctx, x, 'int64'), shape), shape.length);
      const rows = broadcastTo(ctx, logits, [...shape, sizeOf(logits, -1)]);
      return reshape(ctx, apply(ctx, { kind: 'gather_elements', dim: shape.length }, rows, index), shape);
    },
    entropy: (ctx, v) => {
      const p = of(v, 'probs');
      const known = choose(ctx, comparison(ctx, 'gt', p, 0), of(v, 'logits'), 0);
      return unary(ctx, 'neg', reduce(ctx, 'sum', mul(ctx, p, known), [p.type.shape.length - 1]));
    },
    mean: (ctx, v) =>
      mul(ctx, logSumExp(ctx, of(v, 'logits'), [of(v, 'logits').type.shape.length - 1], false), Number.NaN),
    variance: (ctx, v) =>
      mul(ctx, logSumExp(ctx, of(v, 'logits'), [of(v, 'logits').type.shape.length - 1], false), Number.NaN),
  },
};

/** max(x, 0) + log(1 + e^−|x|) */
function softplus(ctx: Context, x: PyTensor): PyTensor {
  const less = unary(ctx, 'exp', unary(ctx, 'neg', unary(ctx, 'abs', x)));
  return add(ctx, arithmetic(ctx, 'max', x, 0), log(ctx, add(ctx, less, 1)));
}

function stateOf(value: PyValue): Made | undefined {
  return value instanceof PyInstance && value.state instanceof State ? value.state.made : undefined;
}

const lastDims = (x: PyTensor, count: number) => Array.from({ length: count }, (_, i) => x.type.shape.length - 1 - i);
const sumLast = (ctx: Context, x: PyTensor, count: number) =>
  count === 0 ? x : reduce(ctx, 'sum', x, lastDims(x, count));

/** KL(p‖q) of two of one kind. */
function divergence(ctx: Context, p: Made, q: Made): PyTensor {
  const other = stateOf(q.base ?? null);
  const own = stateOf(p.base ?? null);
  if (own && other) return sumLast(ctx, divergence(ctx, own, other), p.event);
  if (p.kind === 'Normal' && q.kind === 'Normal') {
    const ratio = square(ctx, div(ctx, of(p.values, 'scale'), of(q.values, 'scale')));
    const far = square(ctx, div(ctx, sub(ctx, of(p.values, 'loc'), of(q.values, 'loc')), of(q.values, 'scale')));
    return mul(ctx, sub(ctx, sub(ctx, add(ctx, ratio, far), 1), log(ctx, ratio)), 0.5);
  }
  if (p.kind === 'Categorical' && q.kind === 'Categorical') {
    const apart = mul(ctx, of(p.values, 'probs'), sub(ctx, of(p.values, 'logits'), of(q.values, 'logits')));
    return sumLast(ctx, choose(ctx, comparison(ctx, 'gt', of(p.values, 'probs'), 0), apart, 0), 1);
  }
  if (p.kind === 'Bernoulli' && q.kind === 'Bernoulli') {
    const apart = mul(ctx, of(p.values, 'probs'), sub(ctx, of(p.values, 'logits'), of(q.values, 'logits')));
    return add(ctx, apart, sub(ctx, softplus(ctx, of(q.values, 'logits')), softplus(ctx, of(p.values, 'logits'))));
  }
  return ctx.error(
    'unsupported',
    say('kl_divergence of {0} and {1} is not read; write its formula out', p.kind, q.kind),
  );
}

const BASE = ['Distribution', 'Independent'];

/** `torch.distributions` and what stands below it. */
export function distributionNamespaces(ctx: Context): Namespaces {
  const names = [...Object.keys(KINDS), ...BASE];
  const all = deferValues([...names, 'kl_divergence'], () => distributionMembers(ctx));
  const alone = (name: string) => [[name, all.get(name) ?? null] as const];
  return {
    'torch.distributions': () => all,
    'torch.distributions.kl': () => alone('kl_divergence'),
    ...Object.fromEntries(names.map((name) => [`torch.distributions.${name.toLowerCase()}`, () => alone(name)])),
  };
}

function distributionMembers(ctx: Context): ReadonlyMap<string, PyValue> {
  const made = (value: PyValue): Made => {
    const found = stateOf(value);
    if (!found) throw new TypeError('a method of a distribution without it');
    return found;
  };
  const call = (self: PyValue, name: string, args: readonly PyValue[]) =>
    ctx.call(ctx.getattr(self, name), args) as PyTensor;
  const kindOf = (m: Made): Kind => KINDS[m.kind] as Kind;
  const draw = (inner: Context, self: PyValue, front: PyValue): PyTensor => {
    const m = made(self);
    if (m.base) return draw(inner, m.base, front);
    const shape = [...(sequence(front) ?? []).map((item) => requireNumber(ctx, item)), ...m.shape];
    return kindOf(m).draw(inner, m.values, shape);
  };
  const own =
    (name: 'entropy' | 'mean' | 'variance') =>
    (inner: Context, self: PyValue): PyValue => {
      const m = made(self);
      if (!m.base) return kindOf(m)[name](inner, m.values);
      if (name === 'entropy') return sumLast(inner, call(m.base, 'entropy', []), m.event);
      return inner.getattr(m.base, name);
    };
  const shapes = (m: Made) => {
    const cut = m.shape.length - m.event;
    return [m.shape.slice(0, cut), m.shape.slice(cut)] as const;
  };
  const asSize = (inner: Context, shape: readonly number[]) =>
    new PyTuple(
      shape.map(BigInt),
      shapeOf(inner, fromInitialiser(inner, { dtype: 'float32', shape: [] }, { kind: 'constant', value: 0 })).cls,
    );
  const base: PyClass = nativeClass(
    'Distribution',
    [ctx.classes.object],
    {
      rsample: native('self, sample_shape=()', (inner, args) => {
        const m = made(args.get('self'));
        const root = made(m.base ?? args.get('self'));
        if (!kindOf(root).smooth) inner.raise('NotImplementedError', '');
        return draw(inner, args.get('self'), args.get('sample_shape'));
      }),
      sample: native('self, sample_shape=()', (inner, args) => {
        const drawn = draw(inner, args.get('self'), args.get('sample_shape'));
        return inner.call(inner.getattr(drawn, 'detach'));
      }),
      log_prob: native('self, value', (inner, args) => {
        const m = made(args.get('self'));
        if (m.base) return sumLast(inner, call(m.base, 'log_prob', [args.get('value')]), m.event);
        return kindOf(m).logProbability(inner, m.values, args.tensor('value'));
      }),
      entropy: native('self', (inner, args) => own('entropy')(inner, args.get('self'))),
      mean: property(own('mean')),
      variance: property(own('variance')),
      stddev: property((inner, self) => unary(inner, 'sqrt', inner.getattr(self, 'variance') as PyTensor)),
      batch_shape: property((inner, self) => asSize(inner, shapes(made(self))[0])),
      event_shape: property((inner, self) => asSize(inner, shapes(made(self))[1])),
    },
    'torch.distributions.distribution',
  );
  const classes = Object.entries(KINDS).map(([name, kind]) => {
    const cls = nativeClass(
      name,
      [base],
      {
        __init__: native(`self, ${kind.signature}`, (inner, args) => {
          const self = args.get('self');
          if (!(self instanceof PyInstance)) return null;
          const values = kind.make(inner, (parameter) => args.get(parameter));
          const [first] = Object.values(values);
          const shape = first?.type.shape ?? [];
          for (const [parameter, value] of Object.entries(values)) self.fields.set(parameter, value);
          self.state = new State({ kind: name, values, shape: kind.picks ? shape.slice(0, -1) : shape, event: 0 });
          return null;
        }),
      },
      'torch.distributions',
    );
    return [name, cls] as const;
  });
  const independent = nativeClass(
    'Independent',
    [base],
    {
      __init__: native('self, base_distribution, reinterpreted_batch_ndims, validate_args=None', (inner, args) => {
        const [self, given] = [args.get('self'), args.get('base_distribution')];
        const below = stateOf(given);
        if (!(self instanceof PyInstance)) return null;
        if (!below || !(given instanceof PyInstance)) {
          return inner.error(
            'unsupported',
            say('Independent of {0} is not read; sum its log_prob over these dimensions', inner.repr(given)),
          );
        }
        self.fields.set('base_dist', given);
        const event = args.int('reinterpreted_batch_ndims');
        self.state = new State({ kind: 'Independent', values: below.values, shape: below.shape, base: given, event });
        return null;
      }),
    },
    'torch.distributions',
  );
  const divergences = native(
    'p, q',
    (inner, args) => {
      const [p, q] = [stateOf(args.get('p')), stateOf(args.get('q'))];
      if (p && q) return divergence(inner, p, q);
      return inner.error(
        'unsupported',
        say(
          'kl_divergence of {0} and {1} is not read; write its formula out',
          inner.repr(args.get('p')),
          inner.repr(args.get('q')),
        ),
      );
    },
    'kl_divergence',
  );
  return new Map<string, PyValue>([
    ...classes,
    ['Independent', independent],
    ['Distribution', base],
    ['kl_divergence', divergences],
  ]);
}
