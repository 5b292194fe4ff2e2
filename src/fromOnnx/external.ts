/** Weights that lie in other files, which must stand in the model's own folder. */
import { say } from '../language/say';
import { OnnxError } from './errors';
import type { OnnxGraph, OnnxModel, OnnxTensor } from './proto';

/** Gives the bytes of a file beside the model, by its path from there; undefined where there is none. */
export type ExternalFiles = (location: string) => Uint8Array | undefined | Promise<Uint8Array | undefined>;

/** Whether a location names a file in the model's folder, or below it. */
export function isWithin(location: string): boolean {
  const parts = location.split(/[\\/]/);
  const isRooted = /^(?:[\\/~]|[A-Za-z][A-Za-z0-9+.-]*:)/.test(location);
  return location !== '' && !isRooted && !location.includes('\0') && !parts.includes('..');
}

function* tensorsOf({ initialisers, nodes }: OnnxGraph): Generator<OnnxTensor> {
  yield* initialisers;
  for (const { attributes } of nodes) {
    for (const { tensor, graph } of attributes) {
      if (tensor) yield tensor;
      if (graph) yield* tensorsOf(graph);
    }
  }
}

const locationOf = ({ external }: OnnxTensor): string | undefined => external?.get('location') ?? (external && '');

/**
 * The files that a model's weights lie in, by their locations.
 * @throws OnnxError where a location leaves the model's folder, before anything is opened
 */
export async function externalFiles(
  { graph }: OnnxModel,
  files: ExternalFiles | undefined,
): Promise<ReadonlyMap<string, Uint8Array | undefined>> {
  const locations = new Set<string>();
  for (const tensor of tensorsOf(graph)) {
    const location = locationOf(tensor);
    if (location === undefined) continue;
    if (!isWithin(location)) {
      throw new OnnxError(
        'external',
        say(
          'The weights of {0} should lie in {1}, outside of the folder that holds the model; that is not opened. Save the model with its weights beside it.',
          tensor.name,
          location,
        ),
      );
    }
    locations.add(location);
  }
  const found = new Map<string, Uint8Array | undefined>();
  for (const location of locations) found.set(location, await files?.(location));
  return found;
}

/** A number of the file that is written as text. */
function numberAt({ external, name }: OnnxTensor, key: string, otherwise: number): number {
  const text = external?.get(key);
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new OnnxError('damaged', say('{0} has the {1} {2}: the file is damaged.', name, key, text));
}

/**
 * The bytes of a tensor in another file.
 * @throws OnnxError where the file is missing or too short
 */
export function externalBytes(
  tensor: OnnxTensor,
  files: ReadonlyMap<string, Uint8Array | undefined>,
): Uint8Array | undefined {
  const location = locationOf(tensor);
  if (location === undefined) return undefined;
  const whole = files.get(location);
  if (!whole) {
    throw new OnnxError(
      'external',
      say('The weights of {0} lie in {1}, which is not beside the model; copy it there.', tensor.name, location),
    );
  }
  const offset = numberAt(tensor, 'offset', 0);
  const length = numberAt(tensor, 'length', whole.length - offset);
  if (length < 0 || offset + length > whole.length) {
    throw new OnnxError(
      'external',
      say(
        '{0} should have {1} bytes at {2} in {3}, which ends before: copy it again.',
        tensor.name,
        length,
        offset,
        location,
      ),
    );
  }
  return whole.subarray(offset, offset + length);
}
