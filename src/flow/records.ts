/** Objects that keep what they are given under names: dataclasses, named tuples, outputs of libraries. */
import type { Stmt } from '../python/syntax/ast';
import { argumentOf } from './queries';
import type { FlowRun } from './run';
import { lineOf } from './scopes';
import type { Store } from './store';
import {
  type FlowArgument,
  type FlowPlace,
  type FlowValue,
  type UserClass,
  type UserInstance,
  unknown,
} from './values';

/** Library classes whose objects are what they are given by name, to be read as attributes or as entries. */
const openRecords =
  /^(?:transformers\.(?:\w+\.)*\w*Output\w*|types\.SimpleNamespace|argparse\.Namespace|easydict\.EasyDict|munch\.Munch|addict\.Dict|box\.Box|omegaconf\.OmegaConf\.create)$/;

export function isOpenRecord(name: string): boolean {
  return openRecords.test(name);
}

/** Names that a class's body annotates: the fields of a dataclass, a named tuple and their kin. */
export function fieldsIn(body: readonly Stmt[]): readonly string[] {
  return body.flatMap((statement) =>
    statement.kind === 'annotation' && statement.target.kind === 'name' && !/\bClassVar\b/.test(statement.text)
      ? [statement.target.name]
      : [],
  );
}

/** All fields of a class, those of its bases first. */
function fieldsOf(cls: UserClass): readonly string[] {
  return [
    ...new Set(
      lineOf(cls)
        .toReversed()
        .flatMap(({ fields }) => fields),
    ),
  ];
}

/** Gives an object without a constructor of its own what it is built with. */
export function fillFields(store: Store, instance: UserInstance, args: readonly FlowArgument[]): void {
  for (const [index, name] of fieldsOf(instance.cls).entries()) {
    const given = argumentOf(args, index, name)?.value;
    if (given) store.write(`${instance.id}.${name}`, given);
    // What spread arguments hold may be any field.
    else if (args.some(({ isSpread }) => isSpread)) store.write(`${instance.id}.${name}`, unknown);
  }
}

/** The parts of a named tuple, in order. */
export function partsOfTuple(run: FlowRun, instance: UserInstance): readonly FlowValue[] | undefined {
  const line = lineOf(instance.cls);
  const isTuple = line.some(({ bases }) => bases.some((base) => base.kind === 'library' && base.name === namedTuple));
  return isTuple ? fieldsOf(instance.cls).map((name) => fieldOf(run, instance, name) ?? unknown) : undefined;
}

/** What an object keeps under the name of one of its class's fields. */
export function fieldOf(run: FlowRun, instance: UserInstance, name: string): FlowValue | undefined {
  return fieldsOf(instance.cls).includes(name) ? run.attribute(instance, name, instance.cls.at) : undefined;
}

/** `outputs[0]`: an output of a library leaves out what is None. */
export function partOfRecord(items: readonly FlowValue[], index: number): FlowValue {
  const given = items.filter((each) => each.kind !== 'constant' || each.value !== null);
  const isSure = given.slice(0, index).every(({ kind }) => /^(?:result|layer|instance|sequence|mapping)$/.test(kind));
  return (isSure ? given[index] : undefined) ?? unknown;
}

const namedTuple = 'typing.NamedTuple';

/** `namedtuple('Output', 'logits hidden')`, `NamedTuple('Output', [('logits', Tensor)])`. */
export function namedTupleClass(run: FlowRun, args: readonly FlowArgument[], at: FlowPlace): FlowValue {
  const fields = argumentOf(args, 1, 'field_names')?.value;
  const names =
    fields?.kind === 'constant' && typeof fields.value === 'string'
      ? fields.value.split(/[\s,]+/).filter(Boolean)
      : fields?.kind === 'sequence'
        ? run.store.contents(fields.id).items.map((each) => nameIn(run.store, each))
        : [undefined];
  const known = names.filter((name) => name !== undefined);
  if (known.length !== names.length) return unknown;
  const base: FlowValue = { kind: 'library', name: namedTuple, isAssumed: false };
  return { kind: 'class', id: run.newId(), name: 'tuple', bases: [base], at, fields: known };
}

/** `'logits'`, `('logits', Tensor)` */
function nameIn(store: Store, value: FlowValue): string | undefined {
  if (value.kind === 'constant') return String(value.value);
  const [first] = value.kind === 'sequence' ? store.contents(value.id).items : [];
  return first?.kind === 'constant' ? String(first.value) : undefined;
}
