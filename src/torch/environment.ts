import { native } from '../python/natives/native';
import { PyModule, PyObject, type PyValue } from '../python/values/values';

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

const passing = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, passingDecorator(name)]));

function folder(name: string, members: Readonly<Record<string, PyValue>>): PyModule {
  const module = new PyModule(name);
  for (const [key, value] of Object.entries(members)) module.members.set(key, value);
  return module;
}

/**
 * What a program asks of the machine that it runs on, answered as one CPU would: no CUDA, one process, nothing traced.
 * Modules below `torch`, by their last name.
 */
export function environment(): readonly PyModule[] {
  const enabled = constantFunction(null);
  return [
    folder('torch.cuda', {
      is_available: constantFunction(false),
      device_count: constantFunction(0n),
      is_bf16_supported: constantFunction(false),
      empty_cache: enabled,
      synchronize: enabled,
      manual_seed: enabled,
      manual_seed_all: enabled,
    }),
    folder('torch.backends', {
      cudnn: folder('torch.backends.cudnn', { enabled: false, benchmark: false, deterministic: false }),
      mps: folder('torch.backends.mps', { is_available: constantFunction(false), is_built: constantFunction(false) }),
      cuda: folder('torch.backends.cuda', { is_built: constantFunction(false) }),
    }),
    folder('torch.distributed', {
      is_available: constantFunction(false),
      is_initialized: constantFunction(false),
      get_rank: constantFunction(0n),
      get_world_size: constantFunction(1n),
    }),
    folder('torch.onnx', { is_in_onnx_export: constantFunction(false), register_custom_op_symbolic: enabled }),
    folder('torch.fx', passing('wrap')),
    folder('torch.compiler', {
      is_compiling: constantFunction(false),
      ...passing('disable', 'allow_in_graph', 'assume_constant_result'),
    }),
    folder('torch._dynamo', {
      is_compiling: constantFunction(false),
      ...passing('disable', 'allow_in_graph', 'disallow_in_graph', 'graph_break'),
    }),
    folder('torch._C', { _log_api_usage_once: enabled, _get_tracing_state: enabled }),
  ];
}
