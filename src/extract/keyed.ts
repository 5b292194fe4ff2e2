/** Parameters that may be left out by their defaults, and may not be by the code. */
import { PythonError } from '../python/values/values';
import { type Callee, codeOf, requiredParameters } from './callee';
import { pathsRead } from './settingPaths';

/** Parameters that are None by default, of which the code reads keys: `cfg['name']`. */
export function keyedParameters(callee: Callee): string[] {
  const code = codeOf(callee);
  return (code?.parameters ?? []).flatMap(({ name, default: value }) => {
    const isNone = value?.kind === 'constant' && value.value === null;
    return isNone && code && pathsRead([code], name).size > 0 ? [name] : [];
  });
}

/** Whether the code looked for keys in what is None. */
export const isForWantOfKeys = (error: unknown): boolean =>
  error instanceof PythonError && /^'NoneType' object (?:is not subscriptable|has no attribute)/.test(error.message);

/** What settings may be given for: what must be given, else what the code reads keys of though it may be None. */
export function settingParameters(callee: Callee): string[] {
  const required = requiredParameters(callee);
  return required.length > 0 ? required : keyedParameters(callee);
}
