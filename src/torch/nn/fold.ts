/** `nn.Unfold` and `nn.Fold`. */
import { callFunctional, type Layer } from './layer';

export const foldLayers: readonly Layer[] = [
  {
    name: 'Unfold',
    signature: 'kernel_size, dilation=1, padding=0, stride=1',
    forward: 'input',
    run: callFunctional('unfold', ['kernel_size', 'dilation', 'padding', 'stride']),
  },
  {
    name: 'Fold',
    signature: 'output_size, kernel_size, dilation=1, padding=0, stride=1',
    forward: 'input',
    run: callFunctional('fold', ['output_size', 'kernel_size', 'dilation', 'padding', 'stride']),
  },
];
