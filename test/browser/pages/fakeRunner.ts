import type { RunEvent, RunRequest } from '../../../src/run/protocol';
import { detailedReport, idOf, reportOf } from '../../support/reports';

/**
 * Stands in for the worker that runs models: answers with invented reports, one candidate after the other. The budget
 * says how: a budget of 0 measures the first candidate and then never yields, as a long GPU run would.
 */
const post = (event: RunEvent) => self.postMessage(event);

self.onmessage = async ({ data }: MessageEvent<RunRequest>) => {
  const ids = data.plan.candidates.map(idOf);
  if (data.plan.measures?.includes('learning')) {
    post({ type: 'progress', stage: 'learning', candidate: 'baseline', done: 0.5, total: 1, remaining: 12_000 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { candidates, ...report } = detailedReport(ids);
    const learnt = candidates.map(({ id, title, parameters, addedParameters, learning, scores }) => {
      const { heldLoss, accuracy, stepsTo } = scores ?? {};
      return { id, title, parameters, addedParameters, learning, scores: { heldLoss, accuracy, stepsTo } };
    });
    post({ type: 'done', report: JSON.parse(JSON.stringify({ ...report, candidates: learnt })) });
    return;
  }
  post({ type: 'progress', stage: 'runtime', done: 0, total: 0 });
  const { checkpoint } = data;
  const weights =
    checkpoint &&
    [`${checkpoint.name}, ${checkpoint.bytes.byteLength} bytes`]
      .concat(checkpoint.beside.map(({ path, bytes }) => `${path}, ${bytes.byteLength} bytes`))
      .join(', ');
  post({ type: 'progress', stage: 'signal', candidate: 'baseline', done: 0, total: ids.length });
  for (const [index, id] of ids.entries()) {
    post({ type: 'progress', stage: 'latency', candidate: id, done: index + 1, total: ids.length });
    post({ type: 'report', report: reportOf(ids.slice(0, index + 1), false) });
    if (data.plan.budget === 0) for (;;);
    await new Promise((resolve) => setTimeout(resolve, data.plan.budget / ids.length));
  }
  const { model, ...report } = reportOf(ids, true);
  post({ type: 'done', report: { ...report, model: { ...model, ...(weights && { weights }) } } });
};
