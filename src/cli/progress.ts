import type { RunEvent } from '../run/protocol';
import type { CliHost } from './host';

/** Tells what is being done, one line a step. */
export function progressTo(host: CliHost): (event: RunEvent) => void {
  let last = '';
  return (event) => {
    if (event.type !== 'progress') return;
    const { stage, candidate, done, total, remaining } = event;
    const rest = remaining === undefined ? '' : `, about ${Math.ceil(remaining / 1000)} s left`;
    const share =
      candidate === undefined || stage === 'learning' ? `${Math.floor((10 * done) / total) * 10} %` : candidate;
    const line = `${stage === 'latency' || stage === 'step' ? `timing ${stage}` : stage} ${share}${rest}`;
    if (line !== last) host.err(line);
    last = line;
  };
}
