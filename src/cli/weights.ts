import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { firstElements } from '../graph/access';
import type { GivenWeights, Graph } from '../graph/types';
import { applyWeights, nameApplied, requireExact } from '../weights/apply';
import { readBeside, readWeights } from '../weights/read';
import { CliError } from './host';

/** What `--weights` takes. */
export const weightsOption = [
  '--weights <FILE>',
  'weights: .safetensors, .pt, .pth, .npz, for TensorFlow.js model.json; every key must fit',
] as const;

/**
 * The weights of a file, fitted to the model.
 * @throws CliError that names the file and what is wrong with it, or lists the keys that don't fit.
 */
export async function weightsFrom(file: string, graph: Graph, part?: string): Promise<GivenWeights> {
  try {
    const bytes = await readFile(file);
    const beside = await readBeside(bytes, (path) => readFile(join(dirname(file), path)).catch(() => undefined));
    const applied = applyWeights(graph, readWeights(bytes, file, beside), part);
    requireExact(graph.name, applied);
    return { name: nameApplied(basename(file), applied), values: applied.values };
  } catch (error) {
    // PyTorch's list of what does not fit has a line for each.
    const [first, ...more] = firstElements((error instanceof Error ? error.message : String(error)).split('\n'), 1);
    throw new CliError(`${file}: ${first}`, ...more);
  }
}
