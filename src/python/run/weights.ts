/** Calls that give a model weights: what their arguments compute is a file's place, and nothing of the model. */
import { say } from '../../language/say';
import { ExtractionError } from '../natives/errors';
import { NativeFunction } from '../natives/native';
import { PyBoundMethod, PythonError, type PyValue, Unknown } from '../values/values';
import { evaluateArguments } from './expressions';

export const takesWeights = (callee: PyValue): boolean =>
  callee instanceof PyBoundMethod
    ? takesWeights(callee.callee)
    : callee instanceof NativeFunction && callee.takesWeights;

/** What goes wrong while a file is looked for. */
const LOOKING = /^(?:OS|IO|FileNotFound|NotADirectory|Permission|Connection|URL|HTTP|Value|Runtime)Error$/;

/** `evaluateArguments` where they are weights: code that downloads them and looks for them on the disk is passed over. */
export function* weightsFor(...given: Parameters<typeof evaluateArguments>): ReturnType<typeof evaluateArguments> {
  const [ctx] = given;
  try {
    return yield* evaluateArguments(...given);
  } catch (error) {
    const isLooking = error instanceof PythonError && LOOKING.test(error.type);
    const isUnread = error instanceof ExtractionError && error.kind === 'unsupported';
    if (!isLooking && !isUnread) throw error;
    return {
      args: [new Unknown(say('weights are given to the comparison as a checkpoint'), ctx.range)],
      keywords: undefined,
    };
  }
}
