/** `F.unfold` and `F.fold`. */
import { firstElements } from '../../../graph/access';
import { type NativeTable, table } from '../../../python/natives/table';
import { elements } from '../../tensor/tensor';
import { reshape } from '../../tensor/views';
import { runBatched } from './batched';
import { fold, outputSizes, unfold } from './sliding';

export const folds: NativeTable = table((define) => {
  const WINDOW = 'kernel_size, dilation=1, padding=0, stride=1';
  define('unfold', `input, ${WINDOW}`, (ctx, args) =>
    runBatched(ctx, args.tensor('input'), 4, (x) => {
      const window = {
        kernel: args.intOrTuple('kernel_size', 2),
        dilation: args.intOrTuple('dilation', 2),
        padding: args.intOrTuple('padding', 2),
        stride: args.intOrTuple('stride', 2),
      };
      const [n, c, ...spatial] = firstElements(x.type.shape, 2);
      const output = outputSizes(spatial, window);
      if (output.some((size) => size < 1)) {
        ctx.raise(
          'RuntimeError',
          `Given input with spatial size (${spatial.join(', ')}), kernel_size=(${window.kernel.join(', ')}), dilation=(${window.dilation.join(', ')}), padding=(${window.padding.join(', ')}), calculated shape of the array of sliding blocks as (${output.join(', ')}), but its components must be at least one.`,
        );
      }
      return reshape(ctx, unfold(ctx, x, output, window, 0), [n, c * elements(window.kernel), elements(output)]);
    }),
  );
  define('fold', `input, output_size, ${WINDOW}`, (ctx, args) =>
    runBatched(ctx, args.tensor('input'), 3, (x) => {
      const window = {
        kernel: args.intOrTuple('kernel_size', 2),
        dilation: args.intOrTuple('dilation', 2),
        padding: args.intOrTuple('padding', 2),
        stride: args.intOrTuple('stride', 2),
      };
      const [n, columns, count] = firstElements(x.type.shape, 3);
      const size = args.intOrTuple('output_size', 2);
      const channels = columns / elements(window.kernel);
      if (!Number.isInteger(channels) || count !== elements(outputSizes(size, window))) {
        ctx.raise(
          'RuntimeError',
          `Given output_size=(${size.join(', ')}) and kernel_size=(${window.kernel.join(', ')}), expected size of input's dimension 2 to match the calculated number of sliding blocks ${elements(outputSizes(size, window))}, but got input.size(2)=${count}.`,
        );
      }
      return fold(ctx, reshape(ctx, x, [n, channels, -1]), size, window);
    }),
  );
});
