/**
 * What the guest says to people. It knows no language: it sends a phrase's name with what stands in it, `⦗argument⦙units⦘`,
 * alone or inside of other text, and the words are put in its place here. Nothing that it sends is to be trusted: a name
 * that is not in the table, or values that its words don't take, are an ellipsis.
 */
import { say } from '../language/say';

/** Before a phrase, between its parts, behind it: characters that no code has. */
export const marks = ['⦗', '⦙', '⦘'] as const;
const [OPEN, BETWEEN, CLOSE] = marks;

/** How deep phrases are looked for in each other. */
const DEEPEST = 16;

const phrases = {
  // Why a value is not known
  argument: (name: string) => say('argument {0}', name),
  import: (specifier: string) => say('import {0}', specifier),
  importedName: (name: string, specifier: string) => say('import {0} of {1}', name, specifier),
  importOfUnknown: () => say('import of a name that is not known'),
  handedOn: (by: string) => say('what {0} hands on', by),
  page: () => say('the page'),
  caller: () => say('the caller'),
  unsettledPromise: () => say('a promise that nothing here settles'),
  memberAfter: (name: string) => say('the member after {0}', name),
  noText: () => say('what is no text'),
  graphModel: (path: string) => say('a graph model, {0}, whose operators are not read', path),

  // What is needed
  notKnown: (what: string, why: string) => say('{0} is not known: {1}', what, why),
  layer: () => say('a layer'),
  layerInput: (name: string) => say('the input of {0}', name),
  settings: () => say('the settings'),
  modelAddress: () => say('the address of a saved model'),
  modelNeeded: (path: string) => say('the model {0} is needed', path),
  noTopology: (path: string) => say('{0} has no modelTopology: it is no saved layers model', path),
  noModule: (name: string) => say('there is no module {0}', name),
  moduleDidNotRun: (name: string) => say('{0} did not run', name),
  noNetwork: () => say('a sealed interpreter has no network'),
  endlessWait: () => say('the code waits for something that never comes'),
  tooManyCalls: () => say('the code calls what is not known too often'),

  // What has no place on a tape
  valuesNeeded: () => say('the values of a tensor are asked for that only data would tell'),
  noTensor: () => say('it returns no tensor'),
  otherBackend: () => say('a tensor of another backend'),
  otherRun: () => say('a tensor takes part that another run made of its inputs'),
  tooManySteps: (most: string) => say('the model takes more than {0} steps', most),
  tooManyValues: (most: string) =>
    say('the model holds more than {0} values of its own; weights belong in a file', most),
  noInput: () => say('it is given no input'),
  missingInput: (name: string) => say('its input {0} is missing', name),
  shapeByValues: () =>
    say('the shape of what it returns depends on values, which a model that is read without data does not have'),
  backwardPass: () => say('it is a part of a backward pass, which is made of the model itself'),
  noNumbers: () => say('it works on what is no tensor of numbers'),
  nameAlone: () => say('tfjs-core has a name for it, and no kernel'),
  noKernel: () => say('tfjs-core 4.22 has no such kernel'),
};

/** Every phrase by its name, with what stands in it. */
export type Phrases = typeof phrases;

/** A phrase as the guest has it: in what the host hands it, too. */
export function phrase<Name extends keyof Phrases>(name: Name, ...values: Parameters<Phrases[Name]>): string {
  return `${OPEN}${[name, ...values].join(BETWEEN)}${CLOSE}`;
}

/** The argument that a reason begins with: `units`, in `⦗argument⦙units⦘.length`. */
export function argumentIn(reason: string): string | undefined {
  return /^⦗argument⦙([\w$]+)⦘/.exec(reason)?.[1];
}

/** A phrase that holds no other one. */
const innermost = /⦗(\w*)((?:⦙[^⦗⦙⦘]*)*)⦘/g;

/** Whether a text of the guest's holds a phrase, or what is left of one. */
export const isPhrased = (text: string): boolean => /[⦗⦙⦘]/.test(text);

/** A text of the guest's for people: words in the place of each phrase. */
export function translatePhrases(text: string): string {
  if (!isPhrased(text)) return text;
  let told = text;
  for (let depth = 0; depth < DEEPEST && told.includes(CLOSE); depth++)
    told = told.replace(innermost, (_, name: string, values: string) =>
      phraseWords(name, values.split(BETWEEN).slice(1)),
    );
  // What was cut off.
  return told.replace(/⦗\w*⦙?|[⦙⦘]/g, '');
}

function phraseWords(name: string, values: readonly string[]): string {
  if (!Object.hasOwn(phrases, name)) return '…';
  const make: (...values: readonly string[]) => string = phrases[name as keyof Phrases];
  return make.length === values.length ? make(...values) : '…';
}
