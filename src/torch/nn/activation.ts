/** The catalogue's activations as modules: one class an entry, all by the same mechanism. */
import { catalogue } from '../../activations/catalogue';
import type { Activation } from '../../activations/types';
import type { Scalar } from '../../graph/types';
import type { Context } from '../../python/natives/context';
import { native, nativeClass } from '../../python/natives/native';
import { LazyMap } from '../../python/values/lazy';
import { type PyInstance, PyTensor, type PyValue } from '../../python/values/values';
import { makeParameter } from '../tensor/initialiser';
import { fill, overwrite } from '../tensor/inplace';
import { activate, parametersFrom, signatureOf } from './functional/activation';
import { moduleState } from './module';
import { selfOf } from './moduleFields';

/** What the constructor was given, kept until the module runs; copies of the module have it too. */
class Chosen {
  constructor(readonly parameters: Readonly<Record<string, Scalar>>) {}
}

function parametersOf(module: PyInstance): Readonly<Record<string, Scalar>> {
  return module.state instanceof Chosen ? module.state.parameters : {};
}

function activationClass(ctx: Context, entry: Activation, name: string): PyValue {
  const own = signatureOf(entry);
  const { learned = [] } = entry;
  const factory = learned.length > 0 ? ', device=None, dtype=None' : '';
  const cls = nativeClass(
    name,
    [moduleState(ctx).cls],
    {
      __init__: native(own ? `self, ${own}${factory}` : 'self', (inner, args) => {
        const self = selfOf(args.get('self'));
        for (const { name: parameter } of entry.parameters) self.fields.set(parameter, args.get(parameter));
        const parameters = parametersFrom(inner, entry, args);
        self.state = new Chosen(parameters);
        for (const { name: weight, per, initial } of learned) {
          const count = typeof per === 'object' ? args.int(per.parameter) : 1;
          const type = { dtype: 'float32' as const, shape: [count] };
          self.fields.set(weight, makeParameter(inner, type, { kind: 'constant', value: initial(parameters) }));
        }
        return null;
      }),
      ...(learned.length > 0 && {
        reset_parameters: native('self', (inner, args) => {
          const self = selfOf(args.get('self'));
          for (const { name: weight, initial } of learned) {
            const found = self.fields.get(weight);
            const value = initial(parametersOf(self));
            if (found instanceof PyTensor) fill(inner, found, { kind: 'constant', value });
          }
          return null;
        }),
      }),
      forward: native('self, input', (inner, args) => {
        const self = selfOf(args.get('self'));
        const x = args.tensor('input');
        const weights = learned.flatMap((weight) => {
          const found = self.fields.get(weight.name);
          return found instanceof PyTensor ? [found] : [];
        });
        const result = activate(inner, entry, parametersOf(self), x, weights, self.site);
        // In place: whoever holds the input sees the activation's values from here on.
        return self.fields.get('inplace') === true ? overwrite(inner, x, result) : result;
      }),
    },
    'torch.nn.modules.activation',
  );
  cls.remembersReference = true;
  return cls;
}

/** Classes by name, each made when it is first asked for. */
export function activationModules(ctx: Context): LazyMap {
  const result = new LazyMap();
  for (const entry of catalogue.values()) {
    if (entry.transparent) continue;
    for (const name of entry.spellings.modules ?? []) result.define(name, () => activationClass(ctx, entry, name));
  }
  return result;
}
