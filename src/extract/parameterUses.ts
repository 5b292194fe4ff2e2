/** What code does with its parameters, read from its text without running it: where each is handed on, and as what. */
import { PyFunction } from '../python/values/scope';
import { PyClass } from '../python/values/values';
import { type Callee, codeOf } from './callee';
import { UseReader } from './useReader';

/** What is seen of one parameter. */
export interface ParameterUse {
  /** What it is called where it is handed on: a parameter of a layer, a keyword, `num_layers` of a `range`. */
  readonly names: readonly string[];
  /** The same of what is computed with it: `dim * 4`. */
  readonly looseNames: readonly string[];
  /** How many lists stand inside of one another: 0 of one value. */
  readonly depth: number;
  /** How many values the list has, and at least. */
  readonly length: number | undefined;
  readonly least: number;
  /** What it is compared with, and looked up by. */
  readonly texts: readonly string[];
  readonly choices: readonly number[];
  /** Whether it is only asked whether it is true. */
  readonly isTested: boolean;
  readonly mayBeNone: boolean;
  /** Whether something is counted with it. */
  readonly isCounted: boolean;
  /** Whether it is called: as the layer is built, or as it runs, and with how many arguments. */
  readonly called: { readonly isBuilding: boolean; readonly count: number } | undefined;
  /** It is a layer's weight, of these sizes. */
  readonly table?: WeightSizes | undefined;
}

/** Sizes of a weight: numbers, names of other parameters, or not known. */
export type WeightSizes = readonly (number | string | undefined)[];

/** What is seen of all parameters of a class or a builder. */
export interface CallableUse {
  readonly parameters: ReadonlyMap<string, ParameterUse>;
  /** The dimensions of the convolutions, norms and pools in it; 0 where it has none but has linear layers. */
  readonly spatial: number | undefined;
}

/** Reads the code that takes some parameters, and what a class does with them later. */
export function usesOfParameters(callee: Callee): CallableUse {
  const reader = new UseReader();
  if (callee instanceof PyClass) {
    const own = callee.mro.filter((cls) => !cls.native);
    const known = new Set<string>();
    for (const cls of own) {
      const initialise = cls.members.get('__init__');
      // What a base takes that the class does not name is handed on by `**kwargs`.
      if (initialise instanceof PyFunction) reader.readConstructor(initialise, cls, callee, known);
    }
    for (const cls of own)
      for (const [name, member] of cls.members)
        if (name !== '__init__' && member instanceof PyFunction) reader.readLater(member, callee);
  } else {
    const code = codeOf(callee);
    if (code) reader.readFunction(callee, code);
  }
  return reader.finish();
}
