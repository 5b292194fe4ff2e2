/** What every host refuses, in the same words. */
import { quotePath } from './bounded';
import { ToolError } from './toolError';

export const notAbsolute = () =>
  new ToolError('wrong-argument', 'The path is not absolute.', 'Give the whole path of the file.');

/**
 * The same whether there is a file or not.
 * @param roots the folders that may be read, as the caller knows them
 * @param instead what may be done where there are none
 */
export const refuseOutside = (roots: readonly string[], instead: string) =>
  new ToolError(
    'outside',
    'The path is not inside a folder that may be read.',
    roots.length > 0 ? 'Give a path inside one of `roots`, or the code as text.' : instead,
    { roots: roots.map(quotePath) },
  );

/** What may be done where no folder is open. */
export const noFolder = 'Give the code as text.';

export const missing = () =>
  new ToolError(
    'no-file',
    'There is no such file in the open folders, or it is not text.',
    'Check the path, or give the code as text.',
  );

/** @param reason what others say, with text of a file in it */
export const notCompared = (reason: string) =>
  new ToolError(
    'failed',
    'The comparison could not be run.',
    'See `reason`: read_model says more of a model that can not be read; a smaller model or part may fit.',
    { reason },
  );

export const noTraining = () =>
  new ToolError(
    'unavailable',
    'In the editor training runs are begun by the user, in the tab of the comparison.',
    'Compare without learn, or run `activation-lens compare FILE --decide` in a terminal.',
  );

export const noSettings = () =>
  new ToolError(
    'wrong-argument',
    'In the editor a comparison takes no settings.',
    'Write the call with its arguments in model, such as "Net(hidden=64)".',
  );
