/** Whether something in a project builds a class with arguments of the project's own. */
import type { Files } from '../python/run/files';
import type { Program } from '../python/syntax/ast';
import { mayMean } from './bindings';
import { isSettingsFile, MOST_SETTINGS } from './configFiles';
import type { ExtractRequest } from './request';
import { type CallSite, callSites, rootName } from './slice';

/** Files that are looked through, and milliseconds for that. */
const FILES = 200;
const LOOKING = 2000;

/**
 * Whether a project builds what a file defines and decides with what, or may do so out of sight. A call inside of a
 * function that hands its own parameters on decides nothing.
 */
export async function mayBeBuilt(
  { callers }: ExtractRequest,
  files: Files,
  name: string,
  definedIn: string,
): Promise<boolean> {
  const end = performance.now() + LOOKING;
  const others = (await callers?.(name, definedIn)) ?? [];
  // Of more files of settings not all were looked at.
  if (others.filter(isSettingsFile).length > MOST_SETTINGS) return true;
  const code = [...new Set([definedIn, ...others.filter((file) => !isSettingsFile(file))])];
  for (const [index, file] of code.entries()) {
    if (index >= FILES || performance.now() > end) return true;
    const program = await files.program(file).catch(() => null);
    // What can't be read may do anything.
    if (!program || (decides(program, name) && (await mayMean(files, program, name, definedIn)))) return true;
  }
  return false;
}

/** Whether a program calls a name with what no parameter of a function around the call may change. */
const decides = ({ body }: Program, name: string): boolean =>
  callSites(body, name).some((site) => !isOfTorch(site) && isDecided(site, name));

/** `nn.LayerNorm` is nobody else's. */
const isOfTorch = ({ call: { callee } }: CallSite): boolean =>
  callee.kind === 'attribute' && /^(?:nn|torch)$/.test(rootName(callee) ?? '');

function isDecided({ call, around }: CallSite, name: string): boolean {
  if (around.some(({ cls }) => cls?.name === name)) return false;
  const open = around.some(({ code, cls }) =>
    code.parameters.slice(cls ? 1 : 0).some((each) => each.default === undefined && !each.kind.startsWith('var')),
  );
  const isWritten = call.args.length > 0 && call.args.every(({ value }) => value.kind === 'constant');
  return !open || isWritten;
}
