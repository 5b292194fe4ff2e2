/** YAML as PyYAML's loaders read it: YAML 1.1, with their patterns for what a plain word is. */
import { defineScalarTag, FAILSAFE_SCHEMA, load, loadAll, mergeTag, NOT_RESOLVED, realMapTag } from 'js-yaml';
import { say } from '../language/say';
import type { Context } from '../python/natives/context';
import { PyDict, PyList, type PyValue, Unknown } from '../python/values/values';

/** Which loader: PyYAML's, or OmegaConf's, which takes `1e3` for a number and a date for text. */
export type Dialect = 'pyyaml' | 'omegaconf';

const BOOL = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const TRUE = /^(?:yes|true|on)$/i;
const NULL = /^(?:~|null|Null|NULL|)$/;
const INT =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const OMEGACONF_FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const DATE = /^\d\d\d\d-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)?$/;

/** What a plain word stands for; undefined: itself. */
function wordValue(word: string, dialect: Dialect): PyValue | undefined {
  // PyYAML knows the sort of this word, and has nothing to make of it.
  if (word === '=') return new Unknown(say('{0} is not resolved', word), undefined);
  if (NULL.test(word)) return null;
  if (BOOL.test(word)) return TRUE.test(word);
  if (INT.test(word)) return integer(word.replaceAll('_', ''));
  if ((dialect === 'pyyaml' ? FLOAT : OMEGACONF_FLOAT).test(word)) return float(word.replaceAll('_', '').toLowerCase());
  if (dialect === 'pyyaml' && DATE.test(word)) return new Unknown(say('dates of YAML files are not read'), undefined);
  return undefined;
}

function integer(word: string): bigint {
  const sign = word.startsWith('-') ? -1n : 1n;
  const digits = word.replace(/^[-+]/, '');
  if (digits.includes(':')) return sign * digits.split(':').reduce((sum, each) => sum * 60n + BigInt(each), 0n);
  if (/^0[0-7]+$/.test(digits)) return sign * BigInt(`0o${digits.slice(1)}`);
  return sign * BigInt(digits);
}

function float(word: string): number {
  if (word.endsWith('.nan')) return Number.NaN;
  const sign = word.startsWith('-') ? -1 : 1;
  const digits = word.replace(/^[-+]/, '');
  if (digits === '.inf') return sign * Number.POSITIVE_INFINITY;
  return sign * digits.split(':').reduce((sum, each) => sum * 60 + Number(each), 0);
}

function schemaOf(dialect: Dialect) {
  const word = defineScalarTag<unknown>('tag:yaml.org,2002:python', {
    implicit: true,
    implicitFirstChars: null,
    resolve: (source) => {
      const value = wordValue(source, dialect);
      return value === undefined ? NOT_RESOLVED : { value };
    },
    identify: () => false,
  });
  // `!!float 1e-4`: what is written with its sort is of it.
  const explicit = (sort: string, read: (source: string) => PyValue | undefined) =>
    defineScalarTag<unknown>(`tag:yaml.org,2002:${sort}`, {
      resolve: (source) => {
        const value = read(source);
        return value === undefined ? NOT_RESOLVED : { value };
      },
      identify: () => false,
    });
  const isNumber = (value: PyValue | undefined): value is number | bigint =>
    typeof value === 'number' || typeof value === 'bigint';
  return FAILSAFE_SCHEMA.withTags(
    realMapTag,
    mergeTag,
    word,
    explicit('float', (source) => {
      const value = wordValue(source, 'omegaconf');
      return isNumber(value) ? Number(value) : undefined;
    }),
    explicit('int', (source) => (INT.test(source) ? integer(source.replaceAll('_', '')) : undefined)),
    explicit('bool', (source) => (BOOL.test(source) ? TRUE.test(source) : undefined)),
    explicit('null', () => null),
  );
}

const schemas = { pyyaml: schemaOf('pyyaml'), omegaconf: schemaOf('omegaconf') };

/**
 * The document of a YAML text.
 * @throws YAMLException where it is none, or has tags of its own
 */
export function parseYaml(ctx: Context, text: string, dialect: Dialect): PyValue {
  ctx.spend(text.length);
  // Comments alone are no document.
  const isEmpty = text.split('\n').every((line) => /^\s*(#|$)/.test(line));
  return isEmpty ? null : toPython(ctx, load(text, { schema: schemas[dialect], maxAliases: 100 }));
}

/** The documents of a YAML text. */
export function parseYamlAll(ctx: Context, text: string, dialect: Dialect): PyValue[] {
  ctx.spend(text.length);
  return loadAll(text, { schema: schemas[dialect], maxAliases: 100 }).map((each) => toPython(ctx, each));
}

function toPython(ctx: Context, value: unknown): PyValue {
  ctx.spend(1);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return new PyList(value.map((item: unknown) => toPython(ctx, item)));
  if (value instanceof Map) {
    const entries: [unknown, unknown][] = [...value];
    return PyDict.from(entries.map(([key, item]) => [toPython(ctx, key), toPython(ctx, item)] as const));
  }
  if (typeof value === 'object' && value !== null && 'value' in value) return value.value as PyValue;
  return null;
}
