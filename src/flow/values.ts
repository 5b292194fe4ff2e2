import type { Expr, FunctionCode, Span } from '../python/syntax/ast';
import type { Frame } from './store';

/** Where something stands. */
export interface FlowPlace {
  readonly file: string;
  readonly span: Span;
  /** What stands there, where it is an expression. */
  readonly expression?: Expr | undefined;
}

/** An argument of a call: its value, where it stands, and its name where it is passed by name. */
export interface FlowArgument {
  readonly value: FlowValue;
  readonly at: FlowPlace;
  readonly name: string | undefined;
  /** `*args`, `**kwargs`: what it stands for is not known. */
  readonly isSpread: boolean;
}

/** A text, number, truth value or None that the code tells. */
export interface KnownConstant {
  readonly kind: 'constant';
  readonly value: string | number | boolean | null;
}

/** A module, class, function or constant of a library, by its full name: `torch.nn.ReLU`. */
export interface LibraryName {
  readonly kind: 'library';
  readonly name: string;
  /** The file never imports it: that PyTorch is meant is a convention of people who leave imports out. */
  readonly isAssumed: boolean;
}

/** A module of the user's, imported whole. */
export interface UserModule {
  readonly kind: 'namespace';
  readonly frame: Frame;
}

/** A function of the user's, with what it closes over. */
export interface UserFunction {
  readonly kind: 'function';
  readonly code: FunctionCode;
  readonly at: FlowPlace;
  readonly frame: Frame;
  /** What a bound method is called on. */
  readonly receiver: UserInstance | undefined;
  /** The class whose body defines it. */
  readonly owner: UserClass | undefined;
  /** `@staticmethod`, `@property` and their kin, by their last name. */
  readonly decorators: readonly string[];
}

/** A class of the user's. Its attributes stand in the store under its id. */
export interface UserClass {
  readonly kind: 'class';
  readonly id: number;
  readonly name: string;
  readonly bases: readonly FlowValue[];
  readonly at: FlowPlace;
  /** What its body annotates: the fields of a dataclass. */
  readonly fields: readonly string[];
}

/** An object of a class of the user's. Its attributes stand in the store under its id. */
export interface UserInstance {
  readonly kind: 'instance';
  readonly id: number;
  readonly cls: UserClass;
  /** What it is built with. */
  readonly args: readonly FlowArgument[];
  /** Made to look at the methods of a class: nobody knows with what. */
  readonly isAny: boolean;
}

/** A module of `torch.nn`, or a loss, that somebody built. */
export interface BuiltLayer {
  readonly kind: 'layer';
  readonly id: number;
  /** `torch.nn.Linear` */
  readonly type: string;
  readonly args: readonly FlowArgument[];
  readonly at: FlowPlace;
  readonly isAssumed: boolean;
}

/** A list, tuple, `nn.ModuleList` or `nn.Sequential`. Its elements stand in the store under its id. */
export interface FlowSequence {
  readonly kind: 'sequence';
  readonly id: number;
  readonly form: 'list' | 'tuple' | 'modules' | 'sequential';
  readonly at: FlowPlace;
}

/** A dict or `nn.ModuleDict`. Its entries stand in the store under its id. */
export interface FlowMapping {
  readonly kind: 'mapping';
  readonly id: number;
  readonly at: FlowPlace;
}

/** `functools.partial` of something. */
export interface PartialCall {
  readonly kind: 'partial';
  readonly callee: FlowValue;
  readonly args: readonly FlowArgument[];
}

/** A method of what the code does not tell: `x.view` of a parameter. */
export interface BoundMethod {
  readonly kind: 'method';
  readonly receiver: FlowValue;
  readonly name: string;
}

/** What an operation gives: the run of a layer, a function of PyTorch, a method of a tensor, an operator. */
export interface FlowResult {
  readonly kind: 'result';
  /** `softmax`, `linear`, `cross_entropy`, `+`; what has no name here bears its full name, a method `.name`. */
  readonly op: string;
  /** What goes in, first to last; a tensor's method has the tensor first. */
  readonly inputs: readonly FlowValue[];
  /** As written at the call, without the tensor of a method. */
  readonly args: readonly FlowArgument[];
  readonly layer: BuiltLayer | undefined;
  /** A loss that is handed with a model to a function out of sight is computed there. */
  readonly form: 'layer' | 'function' | 'method' | 'operator' | 'handed';
  /** The whole expression; of a layer in an `nn.Sequential`, where it is built. */
  readonly at: FlowPlace;
  /** It runs only if something that the code doesn't tell chooses it among other operations. */
  readonly isMaybe: boolean;
  readonly isAssumed: boolean;
  /** The function or method of the user's that runs it, innermost last. */
  readonly trail: readonly UserFunction[];
  /** What the lists hold that go in: the tensors of `torch.cat([a, b])`. */
  readonly elements: readonly FlowValue[];
  /** The calls and the branches in which it runs, outermost first. */
  readonly path: readonly FlowStep[];
}

/** A call that is followed, or one of the branches of which one runs. */
export interface FlowStep {
  /** Branches of one condition have the same; calls have none. */
  readonly branch: number | undefined;
  /** It surely runs: the body of a loop over elements that are known. */
  readonly isSure: boolean;
  /** The branch ends what it is in: by a return, an error, a break. */
  isEnded: boolean;
}

/** A layer that the code builds, and where that happens. */
export interface LayerBuild {
  readonly layer: BuiltLayer;
  readonly trail: readonly UserFunction[];
  readonly path: readonly FlowStep[];
}

/** One of several, by a condition that the code doesn't tell. */
export interface FlowChoice {
  readonly kind: 'choice';
  readonly of: readonly FlowValue[];
}

/** A parameter of a function that is looked at by itself. */
export interface UnboundParameter {
  readonly kind: 'parameter';
  readonly name: string;
  readonly default: FlowValue | undefined;
}

/** What the code does not tell, or what is not followed. */
export interface UnknownValue {
  readonly kind: 'unknown';
}

/** What an expression may be, as far as the code alone tells. */
export type FlowValue =
  | KnownConstant
  | LibraryName
  | UserModule
  | UserFunction
  | UserClass
  | UserInstance
  | BuiltLayer
  | FlowSequence
  | FlowMapping
  | PartialCall
  | BoundMethod
  | FlowResult
  | FlowChoice
  | UnboundParameter
  | UnknownValue;

export const unknown: UnknownValue = { kind: 'unknown' };

/** More possibilities than these are as good as not known. */
const MAX_CHOICES = 8;

export function constantOf(value: KnownConstant['value']): KnownConstant {
  return { kind: 'constant', value };
}

/** The possibilities of a value, one by one. */
export function possibilities(value: FlowValue): readonly Exclude<FlowValue, FlowChoice>[] {
  return value.kind === 'choice' ? (value.of as Exclude<FlowValue, FlowChoice>[]) : [value];
}

/** One of several values; what is the same is there once. */
export function chooseOf(values: readonly FlowValue[]): FlowValue {
  const found: FlowValue[] = [];
  for (const value of values)
    for (const each of possibilities(value)) if (!found.some((known) => isSame(known, each))) found.push(each);
  if (found.length === 1) return found[0] as FlowValue;
  return found.length === 0 || found.length > MAX_CHOICES ? unknown : { kind: 'choice', of: found };
}

/** Whether two values are surely the same. */
export function isSame(a: FlowValue, b: FlowValue): boolean {
  if (a === b) return true;
  if (a.kind === 'constant') return b.kind === 'constant' && a.value === b.value;
  if (a.kind === 'library') return b.kind === 'library' && a.name === b.name;
  if (a.kind === 'function')
    return b.kind === 'function' && a.code === b.code && a.frame === b.frame && a.receiver === b.receiver;
  if (a.kind === 'method') return b.kind === 'method' && a.name === b.name && isSame(a.receiver, b.receiver);
  return false;
}
