/** Arguments of tools: one table says what callers are told (a JSON schema) and what is let in. */
import type { ActivationParameters } from '../graph/types';
import { excerpt } from '../language/legible';
import { ToolError } from './toolError';

/** What one argument may be. Its description is read by models: English, and without words that orders are made of. */
type Field = { readonly description: string; readonly required?: true } & (
  | { readonly kind: 'text'; readonly longest: number }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'number' | 'whole'; readonly least: number; readonly most: number }
  | { readonly kind: 'flag' }
  | { readonly kind: 'texts'; readonly longest: number; readonly most: number }
  | { readonly kind: 'parameters' }
);
export type ArgumentFields = Readonly<Record<string, Field>>;

interface Values {
  readonly text: string;
  readonly choice: string;
  readonly number: number;
  readonly whole: number;
  readonly flag: boolean;
  readonly texts: readonly string[];
  readonly parameters: ActivationParameters;
}
/** The arguments that a table lets in. */
export type ArgumentsOf<F extends ArgumentFields> = {
  readonly [N in keyof F]: F[N] extends { readonly required: true }
    ? Values[F[N]['kind']]
    : Values[F[N]['kind']] | undefined;
};

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The table as a JSON schema. */
export function schemaOf(fields: ArgumentFields): JsonSchema & { readonly type: 'object' } {
  const required = Object.keys(fields).filter((name) => fields[name]?.required);
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, propertyOf(field)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function propertyOf(field: Field): JsonSchema {
  const { description } = field;
  switch (field.kind) {
    case 'text':
      return { type: 'string', maxLength: field.longest, description };
    case 'choice':
      return { type: 'string', enum: field.choices, description };
    case 'number':
    case 'whole':
      return {
        type: field.kind === 'whole' ? 'integer' : 'number',
        minimum: field.least,
        maximum: field.most,
        description,
      };
    case 'flag':
      return { type: 'boolean', description };
    case 'texts':
      return {
        type: 'array',
        items: { type: 'string', maxLength: field.longest },
        maxItems: field.most,
        description,
      };
    case 'parameters':
      return { type: 'object', additionalProperties: { type: ['number', 'string', 'boolean'] }, description };
  }
}

/** @throws ToolError that names the argument and what it must be */
export function readArguments<const F extends ArgumentFields>(fields: F, given: unknown): ArgumentsOf<F> {
  const values = given ?? {};
  if (typeof values !== 'object' || Array.isArray(values)) throw wrongArgument('arguments', 'a JSON object', fields);
  const unknown = Object.keys(values).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined)
    throw new ToolError('wrong-argument', 'There is an argument that this tool does not have.', nextFor(fields), {
      argument: excerpt(unknown),
    });
  const found: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = (values as Record<string, unknown>)[name] ?? undefined;
    if (value === undefined && !field.required) continue;
    const wanted = refusalOf(field, value);
    if (wanted !== undefined) throw wrongArgument(name, wanted, fields);
    found[name] = value;
  }
  return found as ArgumentsOf<F>;
}

/** What a value must be; undefined where it is. */
function refusalOf(field: Field, value: unknown): string | undefined {
  const isText = (each: unknown, longest: number) => typeof each === 'string' && each.length <= longest;
  switch (field.kind) {
    case 'text':
      return isText(value, field.longest) ? undefined : `a string of at most ${field.longest} characters`;
    case 'choice':
      return field.choices.some((each) => each === value) ? undefined : `one of ${field.choices.join(', ')}`;
    case 'number':
    case 'whole': {
      const { least, most } = field;
      const isNumber = typeof value === 'number' && value >= least && value <= most;
      if (isNumber && (field.kind === 'number' || Number.isInteger(value))) return undefined;
      return `a ${field.kind === 'whole' ? 'whole ' : ''}number from ${least} to ${most}`;
    }
    case 'flag':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'texts': {
      const { longest, most } = field;
      const isList = Array.isArray(value) && value.length <= most && value.every((each) => isText(each, longest));
      return isList ? undefined : `a list of at most ${most} strings of at most ${longest} characters`;
    }
    case 'parameters': {
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      const isScalar = (each: unknown) => ['number', 'string', 'boolean'].includes(typeof each);
      return isObject && Object.values(value).every(isScalar) ? undefined : 'an object of numbers, strings or booleans';
    }
  }
}

const nextFor = (fields: ArgumentFields) => `Call it again with arguments out of ${Object.keys(fields).join(', ')}.`;

const wrongArgument = (name: string, wanted: string, fields: ArgumentFields) =>
  new ToolError('wrong-argument', `${name} must be ${wanted}.`, nextFor(fields));
