/** `torch.jit`: scripting and tracing change no value, so decorators hand back what they are given. */
import type { Context } from '../python/natives/context';
import { native } from '../python/natives/native';
import { PyClass, type PyValue } from '../python/values/values';
import { passingDecorator } from './environment';
import { moduleState } from './nn/module';

const DECORATORS = [
  'script',
  'ignore',
  'unused',
  'export',
  'script_if_tracing',
  '_script_if_tracing',
  '_overload',
  '_overload_method',
  'script_method',
  'interface',
  'trace',
  'trace_module',
  'freeze',
  'optimize_for_inference',
];

/** Members of the namespace. */
export function jitMembers(ctx: Context): readonly (readonly [string, PyValue])[] {
  const module = moduleState(ctx).cls;
  return [
    ...['is_scripting', 'is_tracing'].map((name) => [name, native('*args', () => false, name)] as const),
    ...DECORATORS.map((name) => [name, passingDecorator(name)] as const),
    ['annotate', native('the_type, the_value', (_, args) => args.get('the_value'), 'annotate')],
    [
      'isinstance',
      native(
        'obj, target_type',
        (inner, args) =>
          inner.call(inner.builtins.get('isinstance') ?? null, [args.get('obj'), args.get('target_type')]),
        'isinstance',
      ),
    ],
    ['Final', new PyClass('Final', [], new Map(), true)],
    // A model that is written for scripting is a module like any other.
    ['ScriptModule', module],
  ];
}
