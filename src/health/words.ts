/** Words that findings, terminal and page share. */
import { say, sentence } from '../language/say';
import { type FindingSeverity, type HealthMeasures, severities } from './report';

/** Three significant digits; very small and very large ones in powers of ten. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e5 || size < 1e-3) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

export const percent = (share: number): string => `${figure(Number((share * 100).toPrecision(2)))} %`;

/** What the numbers are of. */
export function conditionsOf({ weights, seeds, batch }: HealthMeasures): string {
  return weights === undefined
    ? say(
        'At the start of training: random weights as the code draws them, {0} draws, made-up inputs, batch {1}.',
        seeds,
        batch,
      )
    : say('With the weights of {0}, on made-up inputs: {1} draws, batch {2}.', weights, seeds, batch);
}

/** What was looked at, and what could not be. */
export interface Looked {
  readonly done: readonly string[];
  readonly left: readonly string[];
}

export function listLooked(measures: HealthMeasures): Looked {
  const { layers, loss, chance, eightBits, weights, drawnOutput } = measures;
  const has = (key: 'deviation' | 'dead' | 'norm' | 'similarity') => layers.some((layer) => layer[key] !== undefined);
  const checks: readonly (readonly [what: string, isDone: boolean])[] = [
    [say('size of the signal by layer'), has('deviation')],
    [say('dead and saturated units'), has('dead')],
    [say('whether different inputs stay different'), has('similarity')],
    [say('gradient by layer'), has('norm')],
    ...(weights === undefined
      ? ([
          [say('initial weights against the activations behind them'), true],
          [
            say('the first loss against guessing'),
            (loss !== undefined && chance !== undefined) || drawnOutput === true,
          ],
        ] as const)
      : []),
    [say('weights that are all zero'), true],
    [say('what 8 bits cost by layer'), eightBits !== undefined],
  ];
  const told = (isDone: boolean) => checks.filter(([, done]) => done === isDone).map(([what]) => what);
  return { done: told(true), left: told(false) };
}

/** How many were found of each severity, or that there is nothing. */
export function verdictOf({
  findings,
}: {
  readonly findings: readonly { readonly severity: FindingSeverity }[];
}): string {
  if (findings.length === 0) return say('Nothing found.');
  const parts = severities.flatMap((severity) => {
    const count = findings.filter((each) => each.severity === severity).length;
    return count > 0 ? [counted[severity](count)] : [];
  });
  return say('Found: {0}.', sentence(parts.join(', ')));
}

const counted: Readonly<Record<FindingSeverity, (count: number) => string>> = {
  error: (count) => (count === 1 ? say('1 error') : say('{0} errors', count)),
  warning: (count) => (count === 1 ? say('1 warning') : say('{0} warnings', count)),
  information: (count) => (count === 1 ? say('1 note') : say('{0} notes', count)),
};
