/** How signal and gradient flow, for several seeds. */
import { taskOf } from '../../data/task';
import type { Comparison } from '../comparison';
import { flowGraph, signalGraph } from '../flow';

export async function measureFlow(comparison: Comparison, budget: number): Promise<void> {
  const task = taskOf(comparison.baseline.batched);
  const wanted = comparison.measures.has('gradient');
  // All candidates are measured in one mode: what fails for the model as written is left out for all.
  let training = wanted;
  await comparison.seeds('signal', budget, (entry) => {
    const make = () => flowGraph(entry.batched, task, comparison.runtime.device);
    const flow = training ? comparison.attempt('The gradient', entry, make) : null;
    if (training && !flow && entry === comparison.baseline) training = false;
    const made = flow ?? comparison.attempt('The signal', entry, () => signalGraph(entry.batched));
    if (!made) return null;
    return {
      graph: made.graph,
      read: (outputs) => {
        const { signal, gradient } = made.read(outputs);
        const lost = signal.find(({ mean }) => !Number.isFinite(mean));
        if (lost)
          comparison.notes.add(
            `${entry.progress.summary.title}: ${lost.path || `line ${lost.line ?? '?'}`} gives no finite numbers with these weights; what comes behind it can't be judged.`,
          );
        entry.progress.signals.push(signal);
        if (gradient) entry.progress.gradients.push(gradient);
      },
    };
  });
}
