import { lower } from '../../src/lower/lower';
import { encodeModel } from '../../src/onnx/encode';
import { cpuFallbacks } from '../../src/run/placement';
import type { Runtime } from '../../src/run/runtime';
import { graphOf, type OpCase, relativeError } from './ops';

/** Runs a case and tells its error, what the GPU left to the CPU, and how many nodes were placed. */
export async function runCase(
  runtime: Runtime,
  one: OpCase,
  device = runtime.device,
): Promise<{ error: number; fallbacks: readonly string[]; nodes: number }> {
  const { graph, feed, weights } = graphOf(one);
  const lowered = lower(graph, { mode: 'evaluation', weights: 'constant', device });
  const session = await runtime.createSession(encodeModel(lowered, weights), 'watched');
  try {
    const [input] = lowered.inputs;
    if (!input) throw new Error('the case has no input');
    const outputs = await session.run(runtime.feeds([{ value: input, data: feed }]));
    return {
      error: relativeError(outputs.y ?? [], one.output.data),
      fallbacks: cpuFallbacks(session.placements),
      nodes: session.placements.reduce((sum, { count }) => sum + count, 0),
    };
  } finally {
    await session.release();
  }
}
