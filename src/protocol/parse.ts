import * as v from 'valibot';
import { unpack } from './numbers';

/**
 * What crosses the line between host and page, or undefined where it has not the shape that the schema asks for. Never
 * throws, whatever is given. What the schema does not name is left out.
 */
export function parse<const S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> | undefined {
  try {
    const { success, output } = v.safeParse(schema, unpack(value), { abortEarly: true });
    return success ? output : undefined;
  } catch {
    // Nested deeper than this program can follow.
    return undefined;
  }
}
