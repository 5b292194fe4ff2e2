/** What 8 bits cost, and how far the outputs move from the model's as written, for several seeds. */
import { taskOf } from '../../data/task';
import { say } from '../../language/say';
import type { Comparison } from '../comparison';
import { compressionGraph } from '../compression';
import { driftOf } from '../drift';

export async function measureCompression(comparison: Comparison, budget: number): Promise<void> {
  const task = taskOf(comparison.baseline.batched);
  /** The baseline's outputs, by seed: the others are told by how far they are from it. */
  const written = new Map<number, ArrayLike<number>>();
  await comparison.seeds('compression', budget, (entry) => {
    const made = comparison.attempt(say('The loss in 8 bits'), entry, () => compressionGraph(entry.batched));
    if (!made) return null;
    const { graph, read } = made;
    return {
      graph,
      read: (outputs, seed) => {
        const { output, ...reading } = read(outputs);
        if (comparison.measures.has('compression')) entry.progress.compressions.push(reading);
        if (entry === comparison.baseline) written.set(seed, output);
        const other = written.get(seed);
        if (entry !== comparison.baseline && other && comparison.measures.has('drift'))
          entry.progress.drifts.push(driftOf(output, other, entry.batched, task));
      },
    };
  });
}
