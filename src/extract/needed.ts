/** Parameters that need an argument, and what is written of them. */
import { PyFunction } from '../python/values/scope';
import { PyBoundMethod, PyClass, type PyModule } from '../python/values/values';
import { type Callee, codeOf } from './callee';
import { type CallableUse, type ParameterUse, usesOfParameters } from './parameterUses';

/** A parameter that needs an argument. */
export interface Needed {
  readonly name: string;
  readonly annotation: string | undefined;
  /** What the code does with it; read only where that is asked for. */
  readonly use?: (() => ParameterUse | undefined) | undefined;
  /** What the code's documentation calls it: `list`, `int, optional`. */
  readonly documented?: string | undefined;
  /** The dimensions of the layers around it. */
  readonly spatial?: (() => number | undefined) | undefined;
  /** Layers of the same file that can be built with so many arguments. */
  readonly blocks?: ((count: number) => readonly string[]) | undefined;
}

/** Parameters with their annotations: `dim: int`. */
export function describeParameters(callee: Callee, names: readonly string[]): Needed[] {
  let uses: CallableUse | undefined;
  const read = (): CallableUse => {
    uses ??= usesOfParameters(callee);
    return uses;
  };
  return names.map((name) => {
    const code = takersOf(callee).find(({ parameters }) => parameters.some((each) => each.name === name));
    return {
      name,
      annotation: code?.parameters.find((each) => each.name === name)?.annotation,
      documented: typeDocumented(code?.documentation, name) ?? typeDocumented(ownText(callee), name),
      use: () => read().parameters.get(name),
      spatial: () => read().spatial,
      blocks: (count) => blocksBeside(callee, count),
    };
  });
}

/** Layers of a callee's file that can be built with so many arguments, and run on one tensor. */
function blocksBeside(callee: Callee, count: number): string[] {
  const module = moduleOf(callee);
  const own = [...(module?.members ?? [])].filter(
    (entry): entry is [string, PyClass] =>
      entry[1] instanceof PyClass && entry[1] !== callee && entry[1].range?.file === module?.file,
  );
  return own.flatMap(([name, cls]) => {
    const forward = cls.lookup('forward');
    const inputs = forward instanceof PyFunction ? countRequired(forward) : 0;
    const initialise = cls.lookup('__init__');
    const isLayer = cls.mro.some((each) => each.native && each.name === 'Module');
    if (!isLayer || inputs !== 1 || !(initialise instanceof PyFunction)) return [];
    const most = initialise.code.parameters.length - 1;
    return countRequired(initialise) <= count && count <= most ? [name] : [];
  });
}

const countRequired = ({ code }: PyFunction): number =>
  code.parameters.slice(1).filter((each) => each.default === undefined && !each.kind.startsWith('var')).length;

function moduleOf(callee: Callee): PyModule | undefined {
  const taker =
    callee instanceof PyClass ? callee.lookup('__init__') : callee instanceof PyBoundMethod ? callee.callee : callee;
  return taker instanceof PyFunction ? taker.scope.module : undefined;
}

/** The code that takes parameters: of a class's bases, too, to which it may hand them on. */
function takersOf(callee: Callee): PyFunction['code'][] {
  if (!(callee instanceof PyClass)) return [codeOf(callee) ?? []].flat();
  return callee.mro.flatMap(({ members }) => {
    const initialise = members.get('__init__');
    return initialise instanceof PyFunction ? [initialise.code] : [];
  });
}

const ownText = (callee: Callee): string | undefined => {
  const text = callee instanceof PyClass ? callee.members.get('__doc__') : undefined;
  return typeof text === 'string' ? text : undefined;
};

/** `kernel (list): the size` */
const typeDocumented = (text: string | null | undefined, name: string): string | undefined =>
  text ? new RegExp(`(?<![\\w.])${name}\\s*\\(([^()]*)\\)\\s*:`).exec(text)?.[1] : undefined;

/** Parameters that are None by default, which the code does not take: `assert image_size is not None`. */
export function assertedParameters(callee: Callee): string[] {
  const code = codeOf(callee);
  const asserted = new Set<string>();
  for (const statement of code?.body ?? []) {
    if (statement.kind !== 'assert' || statement.condition.kind !== 'compare') continue;
    const { left, rest } = statement.condition;
    const [only, ...others] = rest;
    const isNone = only?.right.kind === 'constant' && only.right.value === null;
    if (left.kind === 'name' && only?.operator === 'is not' && isNone && others.length === 0) asserted.add(left.name);
  }
  return (code?.parameters ?? []).flatMap(({ name, default: value }) =>
    asserted.has(name) && value?.kind === 'constant' && value.value === null ? [name] : [],
  );
}
