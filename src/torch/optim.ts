/** Optimisers and their schedules: models keep some, and what is compared never steps them. */
import type { NativeArguments } from '../python/natives/arguments';
import type { Context, Eval } from '../python/natives/context';
import { type NativeFunction, native, nativeClass } from '../python/natives/native';
import { type PyClass, PyDict, PyInstance, PyList, type PyValue } from '../python/values/values';
import type { Namespaces } from './namespace';

/** What each takes besides its parameters. */
const OPTIMISERS: Readonly<Record<string, string>> = {
  ASGD: 'lr=0.01, lambd=0.0001, alpha=0.75, t0=1000000.0, weight_decay=0',
  Adadelta: 'lr=1.0, rho=0.9, eps=1e-06, weight_decay=0',
  Adafactor: 'lr=0.01, beta2_decay=-0.8, eps=None, d=1.0, weight_decay=0.0',
  Adagrad: 'lr=0.01, lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10',
  Adam: 'lr=0.001, betas=None, eps=1e-08, weight_decay=0, amsgrad=False',
  AdamW: 'lr=0.001, betas=None, eps=1e-08, weight_decay=0.01, amsgrad=False',
  Adamax: 'lr=0.002, betas=None, eps=1e-08, weight_decay=0',
  LBFGS:
    'lr=1, max_iter=20, max_eval=None, tolerance_grad=1e-07, tolerance_change=1e-09, history_size=100, line_search_fn=None',
  Muon: 'lr=0.001, weight_decay=0.1, momentum=0.95, nesterov=True, ns_coefficients=None, eps=1e-07, ns_steps=5, adjust_lr_fn=None',
  NAdam: 'lr=0.002, betas=None, eps=1e-08, weight_decay=0, momentum_decay=0.004, decoupled_weight_decay=False',
  RAdam: 'lr=0.001, betas=None, eps=1e-08, weight_decay=0, decoupled_weight_decay=False',
  RMSprop: 'lr=0.01, alpha=0.99, eps=1e-08, weight_decay=0, momentum=0, centered=False',
  Rprop: 'lr=0.01, etas=None, step_sizes=None',
  SGD: 'lr=0.001, momentum=0, dampening=0, weight_decay=0, nesterov=False',
  SparseAdam: 'lr=0.001, betas=None, eps=1e-08, maximize=False',
};

const SCHEDULES = [
  'ChainedScheduler',
  'ConstantLR',
  'CosineAnnealingLR',
  'CosineAnnealingWarmRestarts',
  'CyclicLR',
  'ExponentialLR',
  'LambdaLR',
  'LinearLR',
  'MultiStepLR',
  'MultiplicativeLR',
  'OneCycleLR',
  'PolynomialLR',
  'ReduceLROnPlateau',
  'SequentialLR',
  'StepLR',
];

const nothing = native('self, *args, **kwargs', () => null);

const quiet = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, nothing]));

/** `torch.optim` and its schedules. */
export function optimNamespaces(ctx: Context): Namespaces {
  const optimizer = () => ctx.slot(SLOT, () => optimizerClass(ctx));
  return {
    'torch.optim': () => [
      ['Optimizer', optimizer()],
      ...Object.entries(OPTIMISERS).map(([name, taken]) => [name, oneOf(name, taken, optimizer())] as const),
    ],
    'torch.optim.optimizer': () => [['Optimizer', optimizer()]],
    'torch.optim.lr_scheduler': () => {
      const base = scheduleClass(ctx);
      const schedules = SCHEDULES.map((name) => [name, nativeClass(name, [base], {}, MODULE)] as const);
      return [['LRScheduler', base], ['_LRScheduler', base], ...schedules];
    },
  };
}

const SLOT = Symbol('torch.optim.Optimizer');
const MODULE = 'torch.optim';

const fieldsOf = (value: PyValue) => (value instanceof PyInstance ? value.fields : undefined);

function optimizerClass(ctx: Context): PyClass {
  return nativeClass(
    'Optimizer',
    [ctx.classes.object],
    {
      __init__: native('self, params, defaults', (own, args) => begin(own, args, args.get('defaults'))),
      add_param_group: native('self, param_group', (own, args) => {
        const groups = fieldsOf(args.get('self'))?.get('param_groups');
        if (groups instanceof PyList) groups.items.push(args.get('param_group'));
        own.spend(1);
        return null;
      }),
      ...quiet('step', 'zero_grad', 'load_state_dict', 'register_step_pre_hook', 'register_step_post_hook'),
    },
    MODULE,
  );
}

/** Keeps the parameters in their groups, each with the defaults that it does not set itself. */
function* begin(ctx: Context, args: NativeArguments, defaults: PyValue): Eval<PyValue> {
  const given = yield* ctx.collect(args.get('params'));
  if (given.length === 0) ctx.raise('ValueError', 'optimizer got an empty parameter list');
  const groups = given.some((each) => each instanceof PyDict)
    ? given
    : [PyDict.from([['params', new PyList(given)] as const])];
  const usual = defaults instanceof PyDict ? defaults.entries() : [];
  const made = groups.map((group) => {
    const own = group instanceof PyDict ? group.entries() : [];
    return PyDict.from([...usual, ...own]);
  });
  const fields = fieldsOf(args.get('self'));
  fields?.set('defaults', defaults);
  fields?.set('state', new PyDict());
  fields?.set('param_groups', new PyList(made));
  return null;
}

function oneOf(name: string, taken: string, base: PyClass): PyClass {
  const names = Array.from(taken.matchAll(/(\w+)=/g), ([, each = '']) => each);
  const members: Record<string, NativeFunction> = {
    __init__: native(`self, params, ${taken}, **kwargs`, (ctx, args) => {
      const defaults = PyDict.from([
        ...names.map((each) => [each, args.get(each)] as const),
        ...args.keywords('kwargs'),
      ]);
      return begin(ctx, args, defaults);
    }),
  };
  return nativeClass(name, [base], members, MODULE);
}

function scheduleClass(ctx: Context): PyClass {
  return nativeClass(
    'LRScheduler',
    [ctx.classes.object],
    {
      __init__: native('self, optimizer, *args, **kwargs', (_, args) => {
        fieldsOf(args.get('self'))?.set('optimizer', args.get('optimizer'));
        return null;
      }),
      get_last_lr: native('self', (own, args) => {
        const groups = own.list(own.getattr(own.getattr(args.get('self'), 'optimizer'), 'param_groups'));
        return new PyList(groups.map((group) => own.item(group, 'lr')));
      }),
      ...quiet('step', 'load_state_dict'),
    },
    MODULE,
  );
}
