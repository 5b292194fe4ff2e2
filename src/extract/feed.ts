/** Inputs as a model takes them, and back: what a call in the file feeds it with. */

import { itemAt } from '../graph/access';
import { storeElements } from '../graph/evaluate/elements';
import type { NamedValue, TensorData, TensorType } from '../graph/types';
import { say } from '../language/say';
import type { Eval } from '../python/natives/context';
import type { Interpreter } from '../python/run/interpreter';
import type { Scope } from '../python/values/scope';
import { PyClass, PyDict, PyInstance, PyList, PyTensor, PyTuple, type PyValue } from '../python/values/values';
import { framework } from '../torch/framework';
import { borrowClass } from './borrow';
import type { InputValue } from './spec';

/** An input of the graph, with its elements where they were given. */
export interface Leaf extends NamedValue {
  readonly data?: TensorData;
}

/** A value of Python with a graph input for each tensor, named by its place: `batch.ids`, `state.0`. */
export function feed(
  ctx: Interpreter,
  name: string,
  value: InputValue,
  adapt: (type: TensorType) => TensorType,
): { value: PyValue; leaves: Leaf[] } {
  const leaves: Leaf[] = [];
  const make = (each: InputValue, path: string): PyValue => {
    if ('shape' in each) {
      const type = adapt({ dtype: each.dtype, shape: each.shape });
      const data = each.values && storeElements(type.dtype, each.values.length, (i) => itemAt(each.values ?? [], i));
      // What is counted and looked up by is known from now on; what is computed with stays an input.
      const tensor = framework.input(ctx, type, path, type.dtype.includes('float') ? undefined : data);
      // Before `forward`, which may overwrite its input in place.
      leaves.push({ name: path, value: framework.valueOf(ctx, tensor), ...(data && { data }) });
      return tensor;
    }
    if ('constant' in each) {
      return typeof each.constant === 'number' && each.form !== 'float' ? BigInt(each.constant) : each.constant;
    }
    if (each.form === 'dict') {
      return PyDict.from(each.entries.map(([key, inner]) => [key, make(inner, `${path}.${key}`)] as const));
    }
    if (each.form === 'object') {
      const made = new PyInstance(classNamed(ctx, each.cls));
      for (const [key, inner] of each.entries) made.fields.set(key, make(inner, `${path}.${key}`));
      return made;
    }
    const items = each.items.map((item, index) => make(item, `${path}.${index}`));
    return each.form === 'list' ? new PyList(items) : new PyTuple(items);
  };
  return { value: make(value, name), leaves };
}

/** Reads the classes of objects that an input is put together of: of the file, of what it imports, or by their full names. */
export function* loadClasses(ctx: Interpreter, value: InputValue, scope: Scope): Eval<void> {
  if ('items' in value) for (const item of value.items) yield* loadClasses(ctx, item, scope);
  if (!('entries' in value)) return;
  if (value.form === 'object') {
    const cls = yield* borrowClass(ctx, value.cls, scope);
    if (cls) classesOf(ctx).set(value.cls, cls);
  }
  for (const [, inner] of value.entries) yield* loadClasses(ctx, inner, scope);
}

const SLOT = Symbol('classes of inputs');

const classesOf = (ctx: Interpreter): Map<string, PyClass> => ctx.slot(SLOT, () => new Map());

/** A class that is meant by its name. @throws where there is none of that name */
function classNamed(ctx: Interpreter, name: string): PyClass {
  const found = findClass(ctx, name);
  if (found) return found;
  // An import that nothing has used so far has not run.
  if (GRAPHS.has(name) && ctx.finish(ctx.hasModule(DATA))) ctx.finish(ctx.importModule(DATA, 0));
  return (
    findClass(ctx, name) ??
    ctx.error(
      'needs-input',
      say(
        'There is no class {0} in the code of the model; name it with the module that has it: package.module.{0}',
        name,
      ),
    )
  );
}

/** Where PyTorch Geometric has its classes of graphs. */
const DATA = 'torch_geometric.data';
const GRAPHS: ReadonlySet<string> = new Set(['Data', 'Batch']);

function findClass(ctx: Interpreter, name: string): PyClass | undefined {
  const loaded = classesOf(ctx).get(name);
  if (loaded) return loaded.canonical;
  for (const module of ctx.modules.values()) {
    const found = module.members.get(name);
    if (found instanceof PyClass && !found.native) return found.canonical;
  }
  return undefined;
}

/** More than a call is given. */
const MOST_ITEMS = 64;

/** What an argument says of an input, or undefined where it holds anything but tensors, plain values and containers of them. */
export function inputValueOf(value: PyValue): InputValue | undefined {
  if (value instanceof PyTensor) {
    const { dtype, shape } = value.type;
    return { dtype, shape };
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return { constant: value };
  if (typeof value === 'bigint') {
    const constant = Number(value);
    return Number.isSafeInteger(constant) ? { constant, form: 'int' } : undefined;
  }
  if (typeof value === 'number') return { constant: value, form: 'float' };
  if (value instanceof PyTuple || value instanceof PyList) {
    const items = value.items.slice(0, MOST_ITEMS).map(inputValueOf);
    if (value.items.length > MOST_ITEMS || items.includes(undefined)) return undefined;
    return { form: value instanceof PyTuple ? 'tuple' : 'list', items: items as InputValue[] };
  }
  if (value instanceof PyInstance && isPlainObject(value)) {
    const entries: [string, InputValue][] = [];
    for (const [key, item] of value.fields) {
      const inner = inputValueOf(item);
      if (inner === undefined) return undefined;
      entries.push([key, inner]);
    }
    return { form: 'object', cls: value.cls.name, entries };
  }
  if (value instanceof PyDict && value.size <= MOST_ITEMS) {
    const entries: [string, InputValue][] = [];
    for (const [key, item] of value.entries()) {
      const inner = inputValueOf(item);
      if (typeof key !== 'string' || inner === undefined) return undefined;
      entries.push([key, inner]);
    }
    return { form: 'dict', entries };
  }
  return undefined;
}

/** Whether an object is of a class of the code's own that only keeps fields. */
const isPlainObject = ({ cls, fields }: PyInstance): boolean =>
  fields.size > 0 &&
  fields.size <= MOST_ITEMS &&
  cls.range !== undefined &&
  cls.mro.every((each) => !each.native || each.name === 'object');
