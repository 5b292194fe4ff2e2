import type { Code } from './code';
import type { ScriptProperty, ScriptScope } from './memory';

/** A text, number, truth value or nothing that the code tells; `at` is where a text is written. */
export interface ScriptConstant {
  readonly kind: 'constant';
  readonly value: string | number | boolean | null | undefined;
  readonly at?: Code;
}

/** Something of TensorFlow.js's, by its name: `tf.layers.dense`. */
export interface TfjsName {
  readonly kind: 'library';
  readonly name: string;
}

/** A function of the file's, with what it closes over. */
export interface ScriptFunction {
  readonly kind: 'function';
  readonly code: Code;
  readonly scope: ScriptScope;
  /** What `this` is inside, unless a call says otherwise; of an arrow function it is that around it. */
  readonly receiver: ScriptValue | undefined;
  /** The class whose body holds it. */
  readonly owner: ScriptClass | undefined;
}

/** A class of the file's. What is static stands in the memory under its id. */
export interface ScriptClass {
  readonly kind: 'class';
  readonly id: number;
  readonly code: Code;
  readonly scope: ScriptScope;
  readonly base: ScriptValue | undefined;
}

/** An object, written out or of a class of the file's. Its properties stand in the memory under its id. */
export interface ScriptObject {
  readonly kind: 'object';
  readonly id: number;
  readonly cls: ScriptClass | undefined;
  readonly at: Code;
}

/** An array. Its elements stand in the memory under its id. */
export interface ScriptArray {
  readonly kind: 'array';
  readonly id: number;
}

/** A layer that somebody built. */
export interface TfjsLayer {
  readonly kind: 'layer';
  /** `dense`, `reLU` */
  readonly type: string;
  /** What its config sets. */
  readonly settings: ReadonlyMap<string, ScriptProperty>;
  /** There may be settings that the code doesn't tell. */
  readonly isOpen: boolean;
  /** The call that builds it, and its config where that is written there. */
  readonly at: Code;
  readonly config: Code | undefined;
}

/** A model. What it gives stands in the memory under its id. */
export interface TfjsModel {
  readonly kind: 'model';
  readonly id: number;
}

/** What an operation gives: the run of a layer or its activation, a function of TensorFlow.js, a method of a tensor. */
export interface TfjsResult {
  readonly kind: 'result';
  /** `dense`, `dropout`, `matMul`; of an activation the catalogue's id; `model` for a whole one; `?` for what isn't known. */
  readonly op: string;
  readonly inputs: readonly ScriptValue[];
  /** `setting`: the `activation` of a layer. */
  readonly form: 'layer' | 'setting' | 'function' | 'method';
  /** The expression; of a layer the call that builds it, of a setting what stands behind `activation:`. */
  readonly at: Code;
  /** The layer that runs. */
  readonly layer: TfjsLayer | undefined;
  /** The call that runs a layer: `layer.apply(x)`, `model.add(layer)`. */
  readonly step?: Code;
  /** What an activation is told behind the tensor: the axis, a slope. */
  readonly second?: ScriptValue;
  /** It runs only if something that the code doesn't tell chooses it among others. */
  readonly isMaybe: boolean;
  /** What a model gives when it runs. */
  readonly output?: ScriptValue;
  /** Shape of an input, without the batch; what isn't known of it is missing. */
  readonly shape?: readonly (number | undefined)[];
}

/** A method, with what it is called on. */
export interface ScriptMethod {
  readonly kind: 'method';
  readonly receiver: ScriptValue;
  readonly name: string;
}

/** One of several, by a condition that the code doesn't tell. */
export interface ScriptChoice {
  readonly kind: 'choice';
  readonly of: readonly Exclude<ScriptValue, ScriptChoice>[];
}

/** What the code does not tell; in an array, `isMany` stands for any number of elements. */
export interface UnknownScript {
  readonly kind: 'unknown';
  readonly isMany?: true;
}

export type ScriptValue =
  | ScriptConstant
  | TfjsName
  | ScriptFunction
  | ScriptClass
  | ScriptObject
  | ScriptArray
  | TfjsLayer
  | TfjsModel
  | TfjsResult
  | ScriptMethod
  | ScriptChoice
  | UnknownScript;

export interface ScriptArgument {
  readonly value: ScriptValue;
  readonly at: Code;
}

export const unknown: UnknownScript = { kind: 'unknown' };
export const many: UnknownScript = { kind: 'unknown', isMany: true };
export const nothing: ScriptConstant = { kind: 'constant', value: undefined };

/** More possibilities than these are as good as not known. */
const MAX_CHOICES = 8;

export function constantOf(value: ScriptConstant['value'], at?: Code): ScriptConstant {
  return { kind: 'constant', value, ...(at && { at }) };
}

/** The possibilities of a value, one by one. */
export function possibilities(value: ScriptValue): readonly Exclude<ScriptValue, ScriptChoice>[] {
  return value.kind === 'choice' ? value.of : [value];
}

/** One of several values; what is the same is there once. */
export function chooseOf(values: readonly ScriptValue[]): ScriptValue {
  const found: Exclude<ScriptValue, ScriptChoice>[] = [];
  for (const value of values)
    for (const each of possibilities(value)) if (!found.some((known) => isSame(known, each))) found.push(each);
  const [first] = found;
  if (found.length === 1 && first) return first;
  return found.length === 0 || found.length > MAX_CHOICES ? unknown : { kind: 'choice', of: found };
}

/** Whether two values are surely the same. */
export function isSame(a: ScriptValue, b: ScriptValue): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  if (a.kind === 'constant') return a.value === (b as ScriptConstant).value;
  if (a.kind === 'library') return a.name === (b as TfjsName).name;
  if (a.kind === 'model' || a.kind === 'object' || a.kind === 'array') return a.id === (b as TfjsModel).id;
  if (a.kind === 'class') return a.code === (b as ScriptClass).code && a.scope === (b as ScriptClass).scope;
  if (a.kind === 'function') {
    const other = b as ScriptFunction;
    return a.code === other.code && a.scope === other.scope && a.receiver === other.receiver;
  }
  return a.kind === 'unknown' && a.isMany === (b as UnknownScript).isMany;
}

/** The text that a value surely is. */
export function textOf(value: ScriptValue | undefined): string | undefined {
  return value?.kind === 'constant' && typeof value.value === 'string' ? value.value : undefined;
}

/** The number that a value surely is. */
export function numberOf(value: ScriptValue | undefined): number | undefined {
  return value?.kind === 'constant' && typeof value.value === 'number' ? value.value : undefined;
}

/** Whether a condition holds, where the code tells. */
export function truthOf(value: ScriptValue): boolean | undefined {
  if (value.kind === 'constant') return Boolean(value.value);
  return /^(unknown|choice|method)$/.test(value.kind) ? undefined : true;
}
