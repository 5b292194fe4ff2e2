/** Words for how short training runs are set up, in the panel and in the terminal. */
import { say } from '../language/say';
import { hasLeftChance } from './learning';
import type { LearningSetup, Report } from './report';

/** What a model is trained for; undefined in reports that don't tell. */
function taskWords({ task }: LearningSetup): string | undefined {
  switch (task) {
    case 'classes':
      return say('to tell classes apart');
    case 'places':
      return say('to tell a class for each place');
    case 'reconstruction':
      return say('to give its input back');
    case 'tokens':
      return say('to tell the next token at each place');
    case 'nextToken':
      return say('to tell the token behind the last');
    case 'maskedTokens':
      return say('to tell masked tokens');
    case 'binary':
      return say('to tell yes from no');
    case 'numbers':
      return say('to tell numbers');
    default:
      return undefined;
  }
}

/** A loss by its name in the field. */
export function lossWords(kind: string): string {
  switch (kind) {
    case 'cross_entropy':
    case 'next_token':
      return say('cross-entropy');
    case 'nll':
      return say('negative log-likelihood');
    case 'bce_with_logits':
      return say('binary cross-entropy of logits');
    case 'bce':
      return say('binary cross-entropy');
    case 'mse':
      return say('mean squared error');
    case 'l1':
      return say('mean absolute error');
    case 'smooth_l1':
      return say('smooth L1');
    case 'huber':
      return say('Huber’s loss');
    default:
      return kind;
  }
}

const figure = (value: number) => String(Number(value.toPrecision(3)));

/** What the model is trained for and by, and what chance comes to; nothing for a report that doesn't tell. */
export function taskSentences(setup: LearningSetup): string[] {
  const task = taskWords(setup);
  if (task === undefined) return [];
  const loss = lossWords(setup.loss);
  const { lossName, lossOrigin, chance } = setup;
  const told =
    lossName !== undefined && lossOrigin
      ? say('Trained {0}, by {1}: the file has {2} at line {3}.', task, loss, lossName, lossOrigin.line + 1)
      : say('Trained {0}, by {1}, as its input and output suggest.', task, loss);
  return [
    told,
    ...(chance === undefined
      ? []
      : [say('What says the same whatever it is given comes to a loss of {0}.', figure(chance.loss))]),
  ];
}

/** Whether the model as written came away from chance, in a sentence; nothing where it isn't known. */
export function chanceSentence({ candidates: [written] }: Report): string | undefined {
  const { setup } = written?.learning ?? {};
  const loss = written?.scores?.heldLoss?.median;
  if (!written || !setup?.chance || loss === undefined) return undefined;
  return hasLeftChance(written)
    ? undefined
    : say('As written the model is at chance: {0} against {1}.', figure(loss), figure(setup.chance.loss));
}
