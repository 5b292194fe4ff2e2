/** The .onnx files of test/fixtures/onnx, with what they compute. */
import { existsSync, readFileSync } from 'node:fs';
import type { ExternalFiles } from '../../src/fromOnnx/external';
import type { OnnxOptions } from '../../src/fromOnnx/read';
import { readOnnx } from '../../src/fromOnnx/read';
import type { Graph, TensorData } from '../../src/graph/types';
import { inRoot } from './paths';

interface Values {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface OnnxFixture {
  readonly name: string;
  readonly inputs: readonly Values[];
  readonly outputs: readonly Values[];
}

const fileOf = (name: string) => inRoot('test', 'fixtures', 'onnx', name);

export const onnxBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(fileOf(`${name}.onnx`)));

export function onnxFixtures(): OnnxFixture[] {
  const all = JSON.parse(readFileSync(fileOf('expected.json'), 'utf8')) as Record<string, Omit<OnnxFixture, 'name'>>;
  return Object.entries(all).map(([name, each]) => ({ name, ...each }));
}

export const besideFixtures: ExternalFiles = (location) =>
  existsSync(fileOf(location)) ? new Uint8Array(readFileSync(fileOf(location))) : undefined;

export const readFixture = (name: string, options: OnnxOptions = {}): Promise<Graph> =>
  readOnnx(onnxBytes(name), { external: besideFixtures, ...options });
