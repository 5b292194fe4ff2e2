/** What properties of values are. */

import { keyName } from '../../detect/typescript/bindings';
import type { Code } from './code';
import { outputsOf } from './models';
import type { ScriptRun } from './run';
import { functionOf, isStatic } from './scopes';
import {
  chooseOf,
  constantOf,
  nothing,
  possibilities,
  type ScriptClass,
  type ScriptFunction,
  type ScriptObject,
  type ScriptValue,
  unknown,
} from './values';

export function memberOf(run: ScriptRun, object: ScriptValue, name: string): ScriptValue {
  switch (object.kind) {
    case 'choice': {
      // What is missing has no properties: the code would not get here.
      const there = possibilities(object).filter((each) => each.kind !== 'constant');
      // A tensor's method runs once, whichever tensor it is.
      if (
        there.some(({ kind }) => kind === 'result') &&
        there.every(({ kind }) => /^(result|unknown|method)$/.test(kind))
      )
        return { kind: 'method', receiver: chooseOf(there), name };
      return chooseOf(there.map((each) => memberOf(run, each, name)));
    }
    case 'library':
      return { kind: 'library', name: object.name === 'tf' && name === 'default' ? 'tf' : `${object.name}.${name}` };
    case 'array':
      return elementOf(run, object.id, name) ?? { kind: 'method', receiver: object, name };
    case 'object':
      return propertyOf(run, object, name);
    case 'class':
      return run.memory.contents(object.id).properties.get(name)?.value ?? unknown;
    case 'model':
      if (name === 'output' || name === 'outputs') {
        const items = outputsOf(run, object);
        return items.length === 1 && name === 'output' ? (items[0] ?? unknown) : unknown;
      }
      return { kind: 'method', receiver: object, name };
    case 'constant':
      return unknown;
    default:
      return { kind: 'method', receiver: object, name };
  }
}

function elementOf(run: ScriptRun, id: number, name: string): ScriptValue | undefined {
  const { items } = run.memory.contents(id);
  const isKnown = items.every((each) => each.kind !== 'unknown' || !each.isMany);
  if (name === 'length') return isKnown ? constantOf(items.length) : unknown;
  if (!/^\d+$/.test(name)) return undefined;
  return isKnown ? (items[Number(name)] ?? nothing) : unknown;
}

function propertyOf(run: ScriptRun, object: ScriptObject, name: string): ScriptValue {
  const contents = run.memory.contents(object.id);
  const own = contents.properties.get(name)?.value;
  if (own) return own;
  for (let cls = object.cls; cls; cls = cls.base?.kind === 'class' ? cls.base : undefined) {
    const method = methodNamed(cls, name);
    if (method && isGetter(method)) return run.inline(boundMethod(method, cls, object), []);
    if (method) return boundMethod(method, cls, object);
    if (cls.base && cls.base.kind !== 'class') return { kind: 'method', receiver: unknown, name };
  }
  return contents.isOpen || object.cls ? unknown : nothing;
}

export function methodsOf({ code }: ScriptClass): readonly Code[] {
  const members = code.field('body')?.children ?? [];
  return members.filter((each) => each.type === 'method_definition' && !isStatic(each));
}

export function methodNamed(cls: ScriptClass, name: string): Code | undefined {
  return methodsOf(cls).find((each) => keyName(each.field('name')?.node ?? null) === name);
}

export function boundMethod(method: Code, cls: ScriptClass, receiver: ScriptObject): ScriptFunction {
  return { ...functionOf(method, cls.scope, receiver), owner: cls };
}

function isGetter(method: Code): boolean {
  return method.tokens.has('get');
}
