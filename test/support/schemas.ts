/** Values that a schema must refuse, made from the schema itself and from a value that it takes. */

/** The parts of a schema that are looked at here, as valibot keeps them. */
export interface SchemaParts {
  readonly kind: string;
  readonly type: string;
  readonly pipe?: readonly SchemaParts[];
  readonly entries?: Readonly<Record<string, SchemaParts>>;
  readonly options?: readonly (SchemaParts | string)[];
  readonly item?: SchemaParts;
  readonly value?: SchemaParts;
  readonly wrapped?: SchemaParts;
  readonly literal?: unknown;
}

/** A value with one thing wrong, and where. */
export interface Wrong {
  readonly path: string;
  readonly value: unknown;
}

/** A value of each type that JSON has, and what it doesn't have. */
const junk: readonly unknown[] = [
  null,
  true,
  7,
  Number.NaN,
  'no such word',
  'x'.repeat(2_000_000),
  [],
  {},
  [['nested']],
  { nested: { type: 'ready' } },
  () => undefined,
];

/** The schema at the end of a pipe: its shape. */
function shapeOf(schema: SchemaParts): SchemaParts {
  const last = schema.pipe?.filter((each) => each !== schema && each.kind === 'schema').at(-1);
  return last && last.type !== schema.type ? shapeOf(last) : last?.pipe ? shapeOf(last) : schema;
}

const membersOf = (schema: SchemaParts): readonly SchemaParts[] =>
  (schema.options ?? []).filter((each): each is SchemaParts => typeof each === 'object');

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether the schema may take this junk: what it is bound to refuse is told by its type alone. */
function mayBe(given: SchemaParts, value: unknown): boolean {
  const schema = shapeOf(given);
  switch (schema.type) {
    case 'unknown':
      return true;
    case 'null':
      return value === null;
    case 'nan':
      return Number.isNaN(value);
    case 'string':
      return typeof value === 'string' && value.length < 100;
    case 'number':
      return typeof value === 'number' && !Number.isNaN(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return Array.isArray(value) && value.length === 0;
    case 'record':
      return isPlain(value) && Object.values(value).every((each) => schema.value && mayBe(schema.value, each));
    case 'optional':
      return schema.wrapped !== undefined && mayBe(schema.wrapped, value);
    case 'union':
      return membersOf(schema).some((each) => mayBe(each, value));
    case 'literal':
    case 'picklist':
    case 'object':
    case 'strict_object':
    case 'loose_object':
    case 'variant':
    case 'custom':
      return false;
    default:
      throw new Error(`a schema of type ${schema.type} is not known here`);
  }
}

/** The form of a variant that a message has; of several with one `type`, the one with its fields. */
function optionFor(schema: SchemaParts, value: unknown): SchemaParts {
  const fits = membersOf(schema).find(
    ({ entries = {} }) =>
      isPlain(value) &&
      entries.type?.literal === value.type &&
      Object.entries(entries).every(([key, each]) => key in value || each.type === 'optional'),
  );
  if (!fits) throw new Error(`no form of the variant fits ${JSON.stringify(value)?.slice(0, 200)}`);
  return fits;
}

/**
 * Every value that differs from a valid one in one place: a required field is missing, or something has another type.
 * @param seen gets the name of each optional field that the value has
 */
export function* wrongs(given: SchemaParts, value: unknown, path = '', seen?: Set<string>): Generator<Wrong> {
  const schema = shapeOf(given);
  for (const each of junk) if (!mayBe(schema, each)) yield { path: `${path} = ${describe(each)}`, value: each };
  if (schema.type === 'variant') {
    yield* wrongs(optionFor(schema, value), value, path, seen);
  } else if (schema.type === 'optional' && schema.wrapped) {
    yield* inside(wrongs(schema.wrapped, value, path, seen), (each) => each);
  } else if (schema.entries && isPlain(value)) {
    for (const [key, each] of Object.entries(schema.entries)) {
      if (each.type === 'optional') {
        if (value[key] === undefined) continue;
        seen?.add(`${path}.${key}`);
      } else {
        const { [key]: _, ...rest } = value;
        yield { path: `${path} without ${key}`, value: rest };
      }
      yield* inside(wrongs(each, value[key], `${path}.${key}`, seen), (part) => ({ ...value, [key]: part }));
    }
  } else if (schema.item && Array.isArray(value)) {
    for (const [index, each] of value.entries())
      yield* inside(wrongs(schema.item, each, `${path}[]`, seen), (part) => value.with(index, part));
  } else if (schema.type === 'record' && schema.value && isPlain(value)) {
    for (const [key, each] of Object.entries(value))
      yield* inside(wrongs(schema.value, each, `${path}.*`, seen), (part) => ({ ...value, [key]: part }));
  }
}

function* inside(found: Generator<Wrong>, put: (part: unknown) => unknown): Generator<Wrong> {
  for (const { path, value } of found) yield { path, value: put(value) };
}

/** Names of all optional fields, as `wrongs` tells which of them it has seen. */
export function optionalFields(given: SchemaParts, path = ''): string[] {
  const schema = shapeOf(given);
  if (schema.type === 'variant') return membersOf(schema).flatMap((each) => optionalFields(each, path));
  if (schema.wrapped) return optionalFields(schema.wrapped, path);
  if (schema.item) return optionalFields(schema.item, `${path}[]`);
  if (schema.type === 'record' && schema.value) return optionalFields(schema.value, `${path}.*`);
  return Object.entries(schema.entries ?? {}).flatMap(([key, each]) => [
    ...(each.type === 'optional' ? [`${path}.${key}`] : []),
    ...optionalFields(each, `${path}.${key}`),
  ]);
}

/** Every `type` that a variant's messages may have. */
export function typesOf(schema: SchemaParts): string[] {
  const forms = schema.type === 'variant' ? membersOf(schema) : [schema];
  return [...new Set(forms.map(({ entries }) => String(entries?.type?.literal)))].sort();
}

function describe(value: unknown): string {
  return typeof value === 'string' ? `text of ${value.length}` : (JSON.stringify(value) ?? String(value));
}
