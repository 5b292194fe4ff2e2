/** Tables of native functions by name. */
import { type NativeBody, type NativeFunction, native } from './native';

export type Table = ReadonlyMap<string, NativeFunction>;

/** Defines a function under one or several names, separated by spaces. */
export type Define = (names: string, signature: string, body: NativeBody) => void;

export function table(fill: (define: Define) => void): Table {
  const result = new Map<string, NativeFunction>();
  fill((names, signature, body) => {
    for (const name of names.split(' ')) result.set(name, native(signature, body, name));
  });
  return result;
}
