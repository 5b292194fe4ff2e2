import { entryOf } from './containers';
import { tensorAttribute } from './expressions';
import { canonicalLibraryName } from './libraries';
import { instanceAttribute, superAttribute } from './objects';
import type { FlowRun } from './run';
import { classAttribute, lineOf, offeredName, ownAttribute } from './scopes';
import { chooseOf, constantOf, type FlowPlace, type FlowValue, type LibraryName, unknown } from './values';

/** What `object.name` is. */
export function attributeValue(run: FlowRun, object: FlowValue, name: string, at: FlowPlace): FlowValue {
  switch (object.kind) {
    case 'choice':
      return chooseOf(object.of.map((each) => run.attribute(each, name, at)));
    case 'library':
      return libraryAttribute(object, name);
    case 'namespace':
      return offeredName(run.store, object.frame, name) ?? unknown;
    case 'instance':
      return instanceAttribute(run, object, name);
    case 'class': {
      const found = classAttribute(run.store, lineOf(object), name);
      return found ?? { kind: 'method', receiver: object, name };
    }
    case 'layer': {
      const own = ownAttribute(run.store, object, name);
      // The model that a wrapper holds, and wrappers stand for what they hold.
      if (name === 'module' || name === '_orig_mod') return own ?? object;
      return own ?? tensorAttribute(run, object, name, at);
    }
    case 'mapping':
      return entryOf(run.store, object, name) ?? { kind: 'method', receiver: object, name };
    case 'method':
      return object.name === 'super' && object.receiver.kind === 'instance'
        ? superAttribute(run, object.receiver, name)
        : { kind: 'method', receiver: object, name };
    case 'result':
    case 'parameter':
    case 'unknown':
      return tensorAttribute(run, object, name, at);
    default:
      return { kind: 'method', receiver: object, name };
  }
}

const numbers: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E, inf: Number.POSITIVE_INFINITY };

function libraryAttribute({ name: owner, isAssumed }: LibraryName, name: string): FlowValue {
  const number = /^(?:numpy|math|torch)$/.test(owner) && Object.hasOwn(numbers, name) ? numbers[name] : undefined;
  if (number !== undefined) return constantOf(number);
  return { kind: 'library', name: canonicalLibraryName(`${owner}.${name}`), isAssumed };
}
