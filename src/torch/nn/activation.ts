/** The catalogue's activations as modules: one class an entry, all by the same mechanism. */
import { catalogue } from '../../activations/catalogue';
import type { Activation } from '../../activations/types';
import type { Scalar } from '../../graph/types';
import type { Context } from '../../python/natives/context';
import { native, nativeClass } from '../../python/natives/native';
import { type PyInstance, PyTensor, type PyValue } from '../../python/values/values';
import { makeParameter } from '../tensor/initialiser';
import { overwrite } from '../tensor/inplace';
import { activate, parametersFrom, signatureOf } from './functional/activation';
import { moduleState, selfOf } from './module';

/** What the constructor was given, kept until the module runs; copies of the module have it too. */
class Chosen {
  constructor(readonly parameters: Readonly<Record<string, Scalar>>) {}
}

function chosen(module: PyInstance): Readonly<Record<string, Scalar>> {
  return module.state instanceof Chosen ? module.state.parameters : {};
}

function activationClass(ctx: Context, entry: Activation, name: string): PyValue {
  const own = signatureOf(entry);
  const factory = entry.id === 'prelu' ? ', device=None, dtype=None' : '';
  const cls = nativeClass(
    name,
    [moduleState(ctx).cls],
    {
      __init__: native(own ? `self, ${own}${factory}` : 'self', (inner, args) => {
        const self = selfOf(args.get('self'));
        for (const { name: parameter } of entry.parameters) self.fields.set(parameter, args.get(parameter));
        self.state = new Chosen(parametersFrom(inner, entry, args));
        if (entry.id === 'prelu') {
          const type = { dtype: 'float32' as const, shape: [args.int('num_parameters')] };
          self.fields.set('weight', makeParameter(inner, type, { kind: 'constant', value: args.float('init') }));
        }
        return null;
      }),
      forward: native('self, input', (inner, args) => {
        const self = selfOf(args.get('self'));
        const x = args.tensor('input');
        const weight = self.fields.get('weight');
        const result = activate(
          inner,
          entry.id,
          chosen(self),
          x,
          weight instanceof PyTensor ? weight : null,
          self.site,
        );
        // In place: whoever holds the input sees the activation's values from here on.
        return self.fields.get('inplace') === true ? overwrite(inner, x, result) : result;
      }),
    },
    'torch.nn.modules.activation',
  );
  cls.remembersReference = true;
  return cls;
}

export function activationModules(ctx: Context): Record<string, PyValue> {
  const result: Record<string, PyValue> = {};
  for (const entry of catalogue.values()) {
    if (entry.id === 'identity') continue;
    for (const name of entry.spellings.modules ?? []) result[name] = activationClass(ctx, entry, name);
  }
  return result;
}
