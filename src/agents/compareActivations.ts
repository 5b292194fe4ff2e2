import { answerOf } from './comparison';
import { findByName } from './explainActivation';
import { admitCode, modelFields } from './readSubject';
import { subjectFields, subjectOf } from './subject';
import { toolOf } from './tool';

export const compareActivations = toolOf({
  name: 'compare_activations',
  title: 'Compare activations in a model',
  description:
    'Measures the model with other activation functions in the place of its hidden ones, on this machine: time of a forward pass and of a training step, signal, gradient, dead units, what 8 bits cost; with learn also short training runs on made-up data. Answers with verdicts, each number with its interval, ties called ties, and how many seeds or rounds more would tell the rest. It ranks the speed of learning on a small task, not final accuracy. The default takes some 15 seconds; with learn raise time_limit_seconds to 90.',
  fields: {
    ...subjectFields,
    ...modelFields,
    candidates: {
      kind: 'texts',
      longest: 100,
      most: 12,
      description:
        'Activations to try, such as ["silu", "gelu"]; by default the usual ones. Fewer are measured better.',
    },
    budget_seconds: {
      kind: 'number',
      least: 0.5,
      most: 600,
      description: 'Time for measuring; 8 by default. Reading the model and getting ready come on top.',
    },
    learn: { kind: 'flag', description: 'Also train each candidate for a short while.' },
    learn_budget_seconds: { kind: 'number', least: 1, most: 3600, description: 'Time for that; 40 by default.' },
    seeds: { kind: 'whole', least: 1, most: 100, description: 'Seeds of the training runs; 9 by default.' },
    steps: { kind: 'whole', least: 1, most: 10_000, description: 'Steps of each run, at least; 60 by default.' },
    detail: { kind: 'choice', choices: ['short', 'full'], description: 'full: every score, not only what decides.' },
  },
  isLong: true,
  measures: true,
  run: async (host, asked, signal, tell) => {
    const candidates = (asked.candidates ?? []).map((name) => findByName(name).id);
    const subject = await subjectOf(host, asked, signal);
    await admitCode(host, subject.file, asked);
    const isFull = asked.detail === 'full';
    const learning = {
      budget: 1000 * (asked.learn_budget_seconds ?? 40),
      ...(asked.seeds !== undefined && { seeds: asked.seeds }),
      ...(asked.steps !== undefined && { steps: asked.steps }),
    };
    const order = {
      subject,
      model: asked,
      candidates,
      budget: 1000 * (asked.budget_seconds ?? 8),
      ...(asked.learn && { learning }),
    };
    return answerOf(await host.compare(order, signal, (report) => tell(answerOf(report, isFull))), isFull);
  },
});
