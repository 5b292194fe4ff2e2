/** How signal and gradient flow, for several seeds. */
import { taskOf } from '../../data/task';
import { say } from '../../language/say';
import type { Comparison } from '../comparison';
import { flowGraph, signalGraph } from '../flow';

export async function measureFlow(comparison: Comparison, budget: number): Promise<void> {
  const task = taskOf(comparison.baseline.batched);
  // All candidates are measured in one mode: where the model as written can't be trained, all run in evaluation.
  let training = true;
  await comparison.seeds('signal', budget, (entry) => {
    const trained = () => flowGraph(entry.batched, task, comparison.runtime.device);
    let made = training ? comparison.attempt(say('The gradient'), entry, trained) : null;
    if (!made && entry === comparison.baseline) {
      training = false;
      comparison.notes.add(say('The signal is that of evaluation mode: running statistics, no dropout.'));
    }
    if (!training) made = comparison.attempt(say('The signal'), entry, () => signalGraph(entry.batched));
    if (!made) return null;
    const { graph, read } = made;
    return {
      graph,
      read: (outputs) => {
        const { signal, gradient } = read(outputs);
        const lost = signal.find(({ mean }) => !Number.isFinite(mean));
        if (lost)
          comparison.notes.add(
            say(
              "{0}: {1} gives no finite numbers with these weights; what comes behind it can't be judged.",
              entry.progress.summary.title,
              lost.path || say('line {0}', lost.line ?? '?'),
            ),
          );
        entry.progress.signals.push(signal);
        if (gradient && comparison.measures.has('gradient')) entry.progress.gradients.push(gradient);
      },
    };
  });
}
