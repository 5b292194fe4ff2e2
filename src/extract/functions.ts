/** Notes on autograd Functions whose gradient is not that of what they compute. */
import type { JudgedFunction } from '../activations/written/functions';
import type { Graph, Note } from '../graph/types';
import { say } from '../language/say';

/** What the gradient and training of a graph differ in from PyTorch's, for each Function that is left in it. */
export function functionNotes({ nodes }: Graph, functions: readonly JudgedFunction[]): Note[] {
  const isRun = ({ holds, isIdentity }: JudgedFunction) =>
    isIdentity || nodes.some(({ outputs }) => outputs.some((output) => holds(output)));
  return functions
    .filter((one) => one.kind !== 'derivative' && isRun(one))
    .map(({ name, kind, source }) => {
      const message =
        kind === 'other'
          ? say(
              'The backward of {0} is not the derivative of its forward: gradients and short training runs here follow the forward, outputs and forward times are right',
              name,
            )
          : say(
              'Whether the backward of {0} is the derivative of its forward could not be told: gradients and short training runs here follow the forward',
              name,
            );
      return source ? { message, source } : { message };
    });
}
