import type { ActivationParameters, SourceRange } from '../graph/types';

/** Checks for what a page sends: it comes from outside of the host, whoever wrote it. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isString(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 10_000;
}

export function isOptionalString(value: unknown): value is string | undefined {
  return value === undefined || isString(value);
}

export function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= 100_000 && value.every(isString);
}

export function isParameters(value: unknown): value is ActivationParameters {
  return (
    isObject(value) &&
    Object.values(value).every((each) => isString(each) || typeof each === 'number' || typeof each === 'boolean')
  );
}

export function isSourceRange(value: unknown): value is SourceRange {
  return (
    isObject(value) &&
    isString(value.file) &&
    [value.line, value.column, value.endLine, value.endColumn].every(
      (each) => Number.isInteger(each) && Number(each) >= 0,
    )
  );
}

/** The end of a switch that has named every case: what reaches it came from outside of the types. */
export function nothing(_value: never): undefined {
  return undefined;
}
