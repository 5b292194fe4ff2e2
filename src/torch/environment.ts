import type { Context } from '../python/natives/context';
import { native, nativeClass } from '../python/natives/native';
import { PyFunction } from '../python/values/scope';
import { PyClass, PyInstance, PyObject, type PyValue } from '../python/values/values';
import { loadWeights } from './checkpoints';
import { autocastClass } from './gradMode';
import type { Namespaces } from './namespace';
import { LEGACY } from './tensor/legacy';
import { knownTensor } from './tensor/tensor';

const constantFunction = (value: PyValue): PyValue => native('*args, **kwargs', () => value);
const identity = native('fn', (_, args) => args.get('fn'));

/** A decorator that changes no value, with parentheses and without: what it is given back, else what gives that back. */
export function passingDecorator(name: string): PyValue {
  return native(
    'fn=None, *args, **kwargs',
    (_, args) => {
      const fn = args.get('fn');
      return fn instanceof PyObject ? fn : identity;
    },
    name,
  );
}

const QUIET = Symbol('torch.quiet');

/** What stands behind `with`, or over a function, and of which nothing reaches the graph. */
export function quietContext(ctx: Context): PyValue {
  return ctx.slot(QUIET, () =>
    nativeClass(
      'quiet',
      [ctx.classes.object],
      {
        // Over a function, without parentheses, it is that function.
        __new__: native('cls, fn=None, *args, **kwargs', (inner, args) => {
          const [cls, fn] = [args.get('cls'), args.get('fn')];
          return fn instanceof PyFunction ? fn : new PyInstance(cls instanceof PyClass ? cls : inner.classes.object);
        }),
        __init__: native('self, *args, **kwargs', () => null),
        __enter__: native('self', (_, args) => args.get('self')),
        __exit__: native('self, *args', () => false),
        __call__: native('self, fn', (_, args) => args.get('fn')),
      },
      'torch',
    ),
  );
}

/** What code asks or sets that changes no value here, as it stands when nothing was set. */
export const settings: ReadonlyMap<string, PyValue> = new Map<string, PyValue>([
  ...[
    'is_autocast_enabled is_autocast_cpu_enabled is_autocast_cache_enabled is_inference_mode_enabled',
    'are_deterministic_algorithms_enabled is_anomaly_enabled is_warn_always_enabled is_deterministic_algorithms_warn_only_enabled is_vulkan_available is_distributed',
  ].flatMap((names) => names.split(' ').map((name) => [name, constantFunction(false)] as const)),
  ...[
    'set_default_device set_default_tensor_type set_num_threads set_num_interop_threads set_printoptions set_rng_state',
    'use_deterministic_algorithms set_flush_denormal set_warn_always set_deterministic_debug_mode get_rng_state',
    'set_autocast_enabled set_autocast_cache_enabled set_autocast_dtype set_autocast_gpu_dtype set_autocast_cpu_dtype',
    'clear_autocast_cache set_anomaly_enabled',
  ].flatMap((names) => names.split(' ').map((name) => [name, constantFunction(null)] as const)),
  ['get_float32_matmul_precision', constantFunction('highest')],
  ['get_num_threads', constantFunction(1n)],
  ['get_num_interop_threads', constantFunction(1n)],
  ['initial_seed', constantFunction(0n)],
  ['compiled_with_cxx11_abi', constantFunction(true)],
  ...['strided', 'sparse_coo', 'sparse_csr', 'jagged', 'contiguous_format', 'preserve_format', 'channels_last'].map(
    (name) => [name, `torch.${name}`] as const,
  ),
  ['channels_last_3d', 'torch.channels_last_3d'],
  ['legacy_contiguous_format', 'torch.contiguous_format'],
]);

const shapeAsTensor = native('x', (ctx, args) => {
  const { shape } = args.tensor('x').type;
  return knownTensor(ctx, { dtype: 'int64', shape: [shape.length] }, shape);
});

const reshapeFromTensor = native('x, shape', (ctx, args) =>
  ctx.call(ctx.getattr(args.get('x'), 'reshape'), [ctx.call(ctx.getattr(args.get('shape'), 'tolist'))]),
);

/** What makes a tensor of a type on the GPU makes it on the one device that there is; no tensor is of that type. */
const maker = (name: string): PyValue =>
  native(
    '*args, **kwargs',
    (ctx, args) => {
      const cls = ctx.nativeModule('torch')?.members.get(name) ?? null;
      return ctx.call(cls, args.rest('args'), args.keywords('kwargs'));
    },
    name,
  );

const passing = (...names: readonly string[]) => names.map((name) => [name, passingDecorator(name)] as const);

/**
 * What a program asks of the machine that it runs on, answered as one CPU would: no CUDA, one process, nothing traced.
 */
export function environment(ctx: Context): Namespaces {
  const enabled = constantFunction(null);
  const amp = () => [
    ['autocast', autocastClass(ctx)] as const,
    ['is_autocast_available', constantFunction(false)] as const,
    ...passing('custom_fwd', 'custom_bwd'),
  ];
  return {
    'torch.cuda': () => [
      ['is_available', constantFunction(false)],
      ['device_count', constantFunction(0n)],
      ['is_bf16_supported', constantFunction(false)],
      ['empty_cache', enabled],
      ['synchronize', enabled],
      ['manual_seed', enabled],
      ['manual_seed_all', enabled],
      ...['device', 'stream'].map((name) => [name, quietContext(ctx)] as const),
      ...Object.keys(LEGACY).map((name) => [`${name}Tensor`, maker(`${name}Tensor`)] as const),
    ],
    'torch.accelerator': () => [
      ['is_available', constantFunction(false)],
      ['device_count', constantFunction(0n)],
      ['current_accelerator', constantFunction(null)],
      ...['synchronize', 'empty_cache', 'set_device_index'].map((name) => [name, enabled] as const),
    ],
    'torch.cuda.amp': amp,
    'torch.cuda.nvtx': () => [
      ['range', quietContext(ctx)],
      ['range_push', enabled],
      ['range_pop', enabled],
    ],
    ...Object.fromEntries(
      ['torch.profiler', 'torch.autograd.profiler'].map((name) => [
        name,
        () => ['profile', 'record_function'].map((each) => [each, quietContext(ctx)] as const),
      ]),
    ),
    'torch.backends': () => [],
    'torch.backends.cudnn': () => [
      ['enabled', false],
      ['benchmark', false],
      ['deterministic', false],
      ['flags', quietContext(ctx)],
    ],
    'torch.backends.mps': () => [
      ['is_available', constantFunction(false)],
      ['is_built', constantFunction(false)],
    ],
    'torch.backends.cuda': () => [
      ['is_built', constantFunction(false)],
      ['sdp_kernel', quietContext(ctx)],
      ...['flash', 'math', 'mem_efficient', 'cudnn'].flatMap((kind) => [
        [`enable_${kind}_sdp`, enabled] as const,
        [`${kind}_sdp_enabled`, constantFunction(true)] as const,
      ]),
    ],
    'torch.backends.cuda.matmul': () => [['allow_tf32', false]],
    'torch.amp': amp,
    'torch.distributed': () => [
      ['is_available', constantFunction(false)],
      ['is_initialized', constantFunction(false)],
      ['get_rank', constantFunction(0n)],
      ['get_world_size', constantFunction(1n)],
    ],
    'torch.hub': () => [
      ['load_state_dict_from_url', loadWeights],
      ['get_dir', constantFunction('~/.cache/torch/hub')],
      ['set_dir', enabled],
    ],
    'torch.onnx': () => [
      ['is_in_onnx_export', constantFunction(false)],
      ['register_custom_op_symbolic', enabled],
    ],
    'torch.onnx.operators': () => [
      ['shape_as_tensor', shapeAsTensor],
      ['reshape_from_tensor_shape', reshapeFromTensor],
    ],
    'torch.fx': () => passing('wrap'),
    'torch.random': () => [
      ['manual_seed', enabled],
      ['seed', enabled],
      ['set_rng_state', enabled],
      ['fork_rng', quietContext(ctx)],
    ],
    'torch.compiler': () => [
      ['is_compiling', constantFunction(false)],
      ['is_dynamo_compiling', constantFunction(false)],
      ['is_exporting', constantFunction(false)],
      ...passing('compile', 'disable', 'allow_in_graph', 'assume_constant_result'),
    ],
    'torch._dynamo': () => [
      ['is_compiling', constantFunction(false)],
      ['mark_static_address', enabled],
      ['mark_dynamic', enabled],
      ...passing('disable', 'allow_in_graph', 'disallow_in_graph', 'graph_break'),
    ],
    'torch._C': () => [
      ['_log_api_usage_once', enabled],
      ['_get_tracing_state', enabled],
    ],
  };
}
