/** A backend that has no data: it notes what tensors were made with, and computes values only where somebody reads them. */
import {
  type BackendValues,
  type DataId,
  type DataType,
  env,
  KernelBackend,
  registerBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import type { TapeDType } from '../outcome';
import { phrase } from './phrases';
import { ValueNotKnown } from './problems';
import { enter, type TensorValues } from './tape';
import { valuesOf } from './values';

class Recorder extends KernelBackend {
  override write(values: BackendValues | null, shape: number[], dtype: DataType): DataId {
    const id: DataId = {};
    enter(id, { shape, dtype: dtype as TapeDType }, values as TensorValues | null);
    return id;
  }
  override move(id: DataId, values: BackendValues, shape: number[], dtype: DataType): void {
    enter(id, { shape, dtype: dtype as TapeDType }, values as TensorValues);
  }
  override readSync(id: DataId): BackendValues {
    const found = valuesOf(id);
    if (found === undefined) throw new ValueNotKnown(phrase('valuesNeeded'));
    return found as BackendValues;
  }
  override read(id: DataId): Promise<BackendValues> {
    return new Promise((resolve) => resolve(this.readSync(id)));
  }
  override numDataIds(): number {
    return 0;
  }
  override incRef(): void {}
  decRef(): boolean {
    return false;
  }
  override refCount(): number {
    return 1;
  }
  override disposeData(): boolean {
    return false;
  }
  override floatPrecision(): 16 | 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }
  override timerAvailable(): boolean {
    return false;
  }
  override dispose(): void {}
}

/** Sets the library up to run on no surroundings but these. */
export function installBackend(): void {
  env().setPlatform('sealed', {
    now: () => 0,
    fetch: () => Promise.reject(new Error(phrase('noNetwork'))),
    encode: encodeText,
    decode: decodeText,
    isTypedArray: (value: unknown): value is Float32Array | Int32Array | Uint8Array | Uint8ClampedArray =>
      value instanceof Float32Array ||
      value instanceof Int32Array ||
      value instanceof Uint8Array ||
      value instanceof Uint8ClampedArray,
    setTimeoutCustom: () => {},
  });
  registerBackend('sealed', () => new Recorder(), 10);
  setBackend('sealed');
}

/** UTF-8 by hand: an interpreter has no TextEncoder. */
function encodeText(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return Uint8Array.from(bytes);
}

function decodeText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at++] as number;
    const more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    let code = more === 0 ? first : first & (0x3f >> more);
    for (let each = 0; each < more; each++) code = (code << 6) | ((bytes[at++] as number) & 63);
    text += String.fromCodePoint(Math.min(code, 0x10ffff));
  }
  return text;
}
