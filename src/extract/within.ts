/** A model that a larger one holds: which of its modules is meant, and what the larger one feeds it with. */

import type { Eval, Observer } from '../python/natives/context';
import type { Interpreter } from '../python/run/interpreter';
import type { PyFunction } from '../python/values/scope';
import {
  type Keywords,
  type PyClass,
  PyDict,
  PyInstance,
  PyList,
  PyTuple,
  type PyValue,
} from '../python/values/values';
import { framework } from '../torch/framework';
import type { FedInput } from './calls';
import type { MakingChoice } from './choices';
import { inputValueOf } from './feed';
import { allParameters } from './guess';
import type { InputValue } from './spec';

/** A class, or a function that returns a model, at its file's own level. */
export interface PartName {
  readonly name: string;
  readonly file: string;
}

/** A larger model, and which of the part's modules in it is meant: their number in its `modules()`. */
export interface Within {
  readonly part: PartName;
  /** The file in which the larger model is made. */
  readonly file: string;
  /** An expression of that file; a class or function of another where `definedIn` says so. */
  readonly text: string;
  readonly definedIn?: string | undefined;
  /** The file makes the settings that the larger model takes. */
  readonly makesSettings?: boolean | undefined;
  /** Which of a page's programs it is. */
  readonly block?: number | undefined;
  /** What the file calls in its place. */
  readonly kin?: string | undefined;
  /** Further files of settings, where the file is one; those that may change the settings that it makes. */
  readonly alike?: readonly string[] | undefined;
  /** Which of the settings that fit it. */
  readonly nth?: number | undefined;
  /** What it is told so that it makes the part, where it chooses. */
  readonly choice?: MakingChoice | undefined;
  readonly index: number;
}

/** What was seen of a part while a larger model was made and run. */
export interface Sighting {
  /** How many of the part's modules the larger model has. */
  readonly count: number;
  /** What is made is the part itself. */
  readonly isWhole?: boolean | undefined;
  /** The module that was called first, and with what. */
  readonly fed?: { readonly index: number; readonly inputs: readonly FedInput[] } | undefined;
}

/** Ends an evaluation where a part is called with what can be written as an input. */
export class PartCalled extends Error {
  override name = 'PartCalled';
  constructor(
    readonly module: PyInstance,
    readonly inputs: readonly FedInput[],
  ) {
    super();
  }
}

/** Watches for the modules of a part. */
export class PartObserver implements Observer {
  private readonly returns = new Set<PyInstance>();
  private meant: ReadonlySet<PyInstance> | undefined;
  /** The part with what one that derives from it made its base with. */
  private base:
    | { readonly cls: PyClass; readonly fn: PyFunction; readonly given: ReadonlyMap<string, PyValue> }
    | undefined;
  /** The larger model, once it is made: calls before that are part of making it. */
  whole: PyInstance | undefined;

  constructor(
    private readonly ctx: Interpreter,
    private readonly part: PartName,
  ) {}

  onReturn(fn: PyFunction, result: PyValue, given: ReadonlyMap<string, PyValue>): void {
    const { part, ctx } = this;
    if (fn.code.name === '__init__') this.base ??= this.baseMade(fn, given);
    if (fn.code.name !== part.name || fn.scope.module.file !== part.file || fn.scope.kind !== 'module') return;
    const made = result instanceof PyTuple || result instanceof PyList ? result.items : [result];
    const model = made.find((each) => framework.isModule(ctx, each));
    if (model) this.returns.add(model as PyInstance);
  }

  onCall(module: PyInstance, args: readonly PyValue[], keywords: Keywords | undefined): void {
    const { whole } = this;
    if (!whole || module === whole || !this.meant?.has(module)) return;
    const inputs = this.inputsOf(module, args, keywords);
    if (inputs) throw new PartCalled(module, inputs);
  }

  /** The part's modules in the larger model, in its order: where there are none, those that derive from it. */
  modulesIn(whole: PyInstance): PyInstance[] {
    const all = framework.modules(this.ctx, whole);
    const own = all.filter((module) => this.returns.has(module) || this.isPart(module.cls.canonical));
    const found = own.length > 0 ? own : all.filter((module) => this.isDerived(module));
    this.meant = new Set(found);
    return found;
  }

  /** The same; where no module runs the part's `forward`: the part, made as one that derives from it made its base. */
  *takeFrom(whole: PyInstance): Eval<PyInstance[]> {
    const found = this.modulesIn(whole);
    if (found.length > 0 || !this.base) return found;
    const { cls, fn, given } = this.base;
    const args: PyValue[] = [];
    const keywords = new Map<string, PyValue>();
    for (const { name, kind } of fn.parameters.slice(1)) {
      const value = given.get(name);
      if (kind === 'varargs' && value instanceof PyTuple) for (const each of value.items) args.push(each);
      else if (kind === 'varkeywords' && value instanceof PyDict)
        for (const [key, each] of value.entries()) keywords.set(String(key), each);
      else if (value !== undefined && kind === 'keyword') keywords.set(name, value);
      else if (value !== undefined) args.push(value);
    }
    const made = yield* this.ctx.run(cls, args, keywords);
    return made instanceof PyInstance && framework.isModule(this.ctx, made) ? [made] : [];
  }

  /** The part's own constructor, run for what derives from it. */
  private baseMade(fn: PyFunction, given: ReadonlyMap<string, PyValue>): PartObserver['base'] {
    const [first] = fn.parameters;
    const self = first && given.get(first.name);
    if (!(self instanceof PyInstance) || this.isPart(self.cls.canonical)) return undefined;
    const cls = self.cls.mro.find((each) => this.isPart(each.canonical));
    return cls?.lookup('__init__') === fn ? { cls, fn, given } : undefined;
  }

  private isPart({ name, range }: PyClass): boolean {
    return name === this.part.name && range?.file === this.part.file;
  }

  /** Whether a module runs the part's own `forward`. */
  private isDerived({ cls }: PyInstance): boolean {
    const base = cls.mro.find((each) => this.isPart(each));
    return base !== undefined && base.lookup('forward') === cls.lookup('forward');
  }

  private inputsOf(
    module: PyInstance,
    args: readonly PyValue[],
    keywords: Keywords | undefined,
  ): FedInput[] | undefined {
    const names = allParameters(this.ctx, module);
    const inputs: FedInput[] = [];
    const take = (name: string, value: PyValue, keyword: boolean): boolean => {
      const written: InputValue | undefined = inputValueOf(value);
      if (written) inputs.push(keyword ? { name, value: written, keyword } : { name, value: written });
      return written !== undefined;
    };
    const isWhole =
      args.every((value, index) =>
        take(names[index]?.name ?? (index === 0 ? 'input' : `input${index}`), value, false),
      ) && [...(keywords ?? [])].every(([name, value]) => take(name, value, true));
    return isWhole && inputs.length > 0 ? inputs : undefined;
  }
}
