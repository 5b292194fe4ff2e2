/** Tables of native functions by name. */
import { type NativeBody, type NativeFunction, native } from './native';

export type NativeTable = ReadonlyMap<string, NativeFunction>;

/** Defines a function under one or several names, separated by spaces. */
export type Define = (names: string, signature: string, body: NativeBody) => void;

/** A `define` that hands each function over under each of its names. */
export function definer(set: (name: string, fn: NativeFunction) => void): Define {
  return (names, signature, body) => {
    for (const name of names.split(' ')) set(name, native(signature, body, name));
  };
}

export function table(fill: (define: Define) => void): NativeTable {
  const result = new Map<string, NativeFunction>();
  fill(definer((name, fn) => result.set(name, fn)));
  return result;
}
