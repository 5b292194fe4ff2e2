import { excerpt, MESSAGE } from '../language/legible';
import type { Runtime } from '../run/runtime';
import { CliError, type CliHost } from './host';

/** Starts ONNX Runtime, measures, and ends it. @throws CliError why it could not be measured */
export async function withRuntime<T>(
  { openRuntime }: Pick<CliHost, 'openRuntime'>,
  signal: AbortSignal,
  measure: (runtime: Runtime) => Promise<T>,
): Promise<T> {
  const runtime = await openRuntime();
  try {
    return await measure(runtime);
  } catch (error) {
    if (signal.aborted) throw new CliError('cancelled');
    throw new CliError(excerpt(runtime.explain(error), MESSAGE));
  } finally {
    await runtime.dispose();
  }
}
