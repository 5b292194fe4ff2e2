/** Hydra: the configuration that `@hydra.main` composes, without what a command line would override. */
import { say } from '../language/say';
import type { Context, Eval } from '../python/natives/context';
import { native } from '../python/natives/native';
import { PyClass, PyDict, PyList, PyModule, type PyValue, Unknown } from '../python/values/values';
import { parseYaml } from './parse';

const INSTANTIATE = 'hydra.utils.instantiate';
/** Files inside one another. */
const DEPTH = 8;

/** `hydra` and `hydra.utils`. */
export function hydraModule(ctx: Context, name: string): PyModule {
  const module = new PyModule(name);
  const missing = (key: string) =>
    key.startsWith('__') ? undefined : new Unknown(say('{0} is not read', `${name}.${key}`), ctx.range);
  module.missing = missing;
  const passThrough = native('value, *args, **kwargs', (_, args) => args.get('value'));
  if (name === 'hydra') {
    module.members.set(
      'main',
      native('*args, **kwargs', () => passThrough),
    );
    module.members.set('utils', ctx.nativeModule('hydra.utils') ?? null);
    return module;
  }
  const instantiate = native('config, *args, **kwargs', function* (own, args): Eval<PyValue> {
    return yield* makeObject(own, args.get('config'), args.rest('args'), args.keywords('kwargs'));
  });
  module.members.set('instantiate', instantiate);
  module.members.set('call', instantiate);
  module.members.set('to_absolute_path', passThrough);
  return module;
}

/** What `_target_` names, called with the other keys; nested settings with targets first. */
function* makeObject(
  ctx: Context,
  config: PyValue,
  args: readonly PyValue[],
  more: ReadonlyMap<string, PyValue>,
): Eval<PyValue> {
  if (config instanceof PyList) {
    const items: PyValue[] = [];
    for (const item of config.items) items.push(yield* makeObject(ctx, item, [], new Map()));
    return new PyList(items);
  }
  if (!(config instanceof PyDict)) return config;
  const target = config.get('_target_');
  if (target === undefined && more.size === 0) return config;
  if (typeof target !== 'string' || config.get('_partial_') !== undefined || config.get('_args_') !== undefined) {
    return new Unknown(say('{0} is not read', INSTANTIATE), ctx.range);
  }
  const keywords = new Map<string, PyValue>();
  const isRecursive = config.get('_recursive_') !== false;
  for (const [key, value] of config.entries()) {
    const name = ctx.str(key);
    if (!name.startsWith('_')) keywords.set(name, isRecursive ? yield* makeObject(ctx, value, [], new Map()) : value);
  }
  for (const [name, value] of more) keywords.set(name, value);
  const at = target.lastIndexOf('.');
  const module = yield* ctx.importModule(target.slice(0, Math.max(0, at)), 0);
  if (module instanceof Unknown) return module;
  return yield* ctx.run(yield* ctx.attribute(module, target.slice(at + 1)), args, keywords);
}

/**
 * The configuration of a name in a folder, with its list of defaults.
 * @returns Unknown where a file is missing, or where its composition is more than lists of defaults
 */
export function* composeConfig(ctx: Context, folder: string, name: string): Eval<PyValue> {
  const made = new PyDict();
  const reason = yield* compose(ctx, folder, name.replace(/\.ya?ml$/, ''), [], made, 0);
  if (reason !== undefined) return new Unknown(reason, ctx.range);
  const cls = ctx.nativeModule('omegaconf')?.members.get('OmegaConf');
  const create = cls instanceof PyClass ? cls.lookup('create') : undefined;
  return create === undefined ? made : yield* ctx.run(create, [made]);
}

/** Puts a file of settings, and what it is composed of, below a path. @returns why it can't be composed */
function* compose(
  ctx: Context,
  folder: string,
  path: string,
  place: readonly string[],
  into: PyDict,
  depth: number,
): Eval<string | undefined> {
  const file = `${folder}/${path}`;
  const whole = `${file}.yaml`;
  const text = (yield* ctx.readFile(whole)) ?? (yield* ctx.readFile(`${file}.yml`));
  if (text === undefined) return say('{0} is no text file of the project', whole);
  const stated = /^#\s*@package\s+(\S+)/m.exec(text)?.[1];
  const below = stated === '_global_' ? [] : (stated?.split('.') ?? place);
  const own = parse(ctx, text);
  if (!(own instanceof PyDict)) return own === null ? undefined : say('{0} is not resolved', file);
  const list = own.get('defaults');
  own.delete('defaults');
  const items = list instanceof PyList ? list.items : [];
  if (depth > DEPTH) return say('{0} is not resolved', file);
  const hasSelf = items.includes('_self_');
  const parent = path.slice(0, path.lastIndexOf('/') + 1);
  // Which of both goes first was changed with a version: what both set differently is not known.
  const self = (isLast: boolean) => put(into, below, own, !hasSelf && isLast);
  for (const item of items) {
    if (item === '_self_') self(false);
    const [[key, option] = []] = item instanceof PyDict ? item.entries() : [[item, undefined] as const];
    if (typeof key !== 'string' || key === '_self_' || /^(override )?\/?hydra\//.test(key)) continue;
    if (/^override |@/.test(key)) return say('{0} is not resolved', key);
    const group = key.replace(/^optional /, '');
    const [base, name] = group.startsWith('/') ? ['', group.slice(1)] : [parent, group];
    if (option === null) continue;
    const options = option === undefined ? [undefined] : option instanceof PyList ? option.items : [option];
    for (const each of options) {
      const next = each === undefined ? `${base}${name}` : `${base}${name}/${ctx.str(each)}`;
      const groups = each === undefined ? name.split('/').slice(0, -1) : name.split('/');
      const reason = yield* compose(ctx, folder, next, [...(base === '' ? [] : below), ...groups], into, depth + 1);
      if (reason !== undefined && !key.startsWith('optional ')) return reason;
    }
  }
  if (!hasSelf) self(items.length > 0);
  return undefined;
}

function parse(ctx: Context, text: string): PyValue | undefined {
  try {
    return parseYaml(ctx, text, 'omegaconf');
  } catch (error) {
    if (error instanceof Error && error.name === 'YAMLException') return undefined;
    throw error;
  }
}

/** Merges settings below a path. @param guarded what is there already with another value is not known then */
function put(into: PyDict, place: readonly string[], from: PyDict, guarded: boolean): void {
  let at = into;
  for (const name of place) {
    const inner = at.get(name);
    const next = inner instanceof PyDict ? inner : new PyDict();
    at.set(name, next);
    at = next;
  }
  merge(at, from, guarded);
}

function merge(into: PyDict, from: PyDict, guarded: boolean): void {
  for (const [key, value] of from.entries()) {
    const before = into.get(key);
    if (before instanceof PyDict && value instanceof PyDict) merge(before, value, guarded);
    else if (guarded && before !== undefined && before !== value)
      into.set(
        key,
        new Unknown(say('two files of settings set it, in an order that depends on the version of hydra'), undefined),
      );
    else into.set(key, value);
  }
}
