import type { Context } from '../../python/natives/context';
import { native, nativeClass } from '../../python/natives/native';
import { PyTuple, type PyValue } from '../../python/values/values';

/** `torch.utils.data`: classes that data is defined with. What loads it belongs to no model. */
export function dataMembers(ctx: Context): readonly (readonly [string, PyValue])[] {
  const { object } = ctx.classes;
  const dataset = nativeClass('Dataset', [object], {}, 'torch.utils.data');
  const tensors = nativeClass(
    'TensorDataset',
    [dataset],
    {
      __init__: native('self, *tensors', (own, args) => {
        own.setattr(args.get('self'), 'tensors', new PyTuple(args.rest('tensors')));
        return null;
      }),
    },
    'torch.utils.data',
  );
  return [
    ['Dataset', dataset],
    ['IterableDataset', nativeClass('IterableDataset', [dataset], {}, 'torch.utils.data')],
    ['TensorDataset', tensors],
  ];
}
