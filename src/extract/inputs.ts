import { say } from '../language/say';
import type { Eval } from '../python/natives/context';
import type { Interpreter } from '../python/run/interpreter';
import type { Program } from '../python/syntax/ast';
import type { Scope } from '../python/values/scope';
import type { PyInstance } from '../python/values/values';
import { callsIn, callText, EXAMPLE, exampleOf, type FedInput } from './calls';
import { examplesOf } from './examples';
import { allParameters, type InputGuess, takesAny } from './guess';
import { Guesser } from './guesser';
import { BATCH } from './settings';
import { type InputSpec, mapTensors, type TensorSpec, tensorsOf } from './spec';

export interface Guessing {
  readonly ctx: Interpreter;
  readonly program: Program;
  /** The program's text, with its comments. */
  readonly text: string;
  readonly model: PyInstance;
  /** What was asked for, where it is a whole model: its calls in the file are looked for. */
  readonly name: string | undefined;
  readonly given: readonly InputSpec[] | undefined;
  readonly scope: Scope;
}

/** Ways to feed the model: as given, as the file does it, else by how `forward` uses what it takes. */
export function* guessInputs(guessing: Guessing): Eval<InputGuess[]> {
  const { ctx, program, text, model, name, given, scope } = guessing;
  const all = allParameters(ctx, model);
  const positional = all.filter(({ kind }) => kind !== 'keyword').map((parameter) => parameter.name);
  if (given && given.length > 0) return [{ inputs: givenInputs(given, positional), origin: 'given' }];
  const parameters = all.filter((parameter) => parameter.default === undefined);
  // Where all have defaults, the first is what comes in, unless `*args` is.
  const [optional] = parameters.length > 0 || takesAny(ctx, model) ? [] : all.filter(({ kind }) => kind !== 'keyword');
  const guesser = new Guesser(ctx, program, text, model, optional ? [optional] : parameters);
  const guesses: InputGuess[] = [];
  let calls = name === undefined ? [] : yield* callsIn(ctx, program, name, positional, scope);
  if (calls.length === 0 && name !== undefined) {
    const examples = yield* examplesOf(ctx, program, text, name);
    if (examples) calls = yield* callsIn(ctx, examples, name, positional, scope);
  }
  for (const call of calls.slice(0, 2)) {
    const told = callText(call);
    const one = withOneSample(call.inputs);
    const detail = say('The input is that of {0}', told);
    if (one) {
      const changed = say('The input is that of {0}, with a batch of {1}', told, BATCH);
      guesses.push({ inputs: one, origin: 'file', detail: changed, call: told });
    }
    guesses.push({ inputs: call.inputs, origin: 'file', detail, call: told });
  }
  const example = exampleOf(model, positional);
  if (example) {
    const detail = say('The input is that of {0}', EXAMPLE);
    guesses.push({ inputs: withOneSample(example) ?? example, origin: 'file', detail, call: EXAMPLE });
  }
  if (guesses.length === 0) for (const guess of yield* guesser.fromTensors(scope)) guesses.push(guess);
  return [...guesses, ...guesser.fromUses()];
}

/** Inputs as they were given: those without a name take the parameters that none names, in order. */
function givenInputs(given: readonly InputSpec[], positional: readonly string[]): FedInput[] {
  const unnamed = positional.filter((name) => !given.some((spec) => spec.name === name));
  let next = 0;
  return given.map((spec, index): FedInput => {
    if (spec.name !== undefined) return { name: spec.name, value: spec, keyword: true };
    return { name: unnamed[next++] ?? `input${index}`, value: spec };
  });
}

/** The same inputs for one sample, where all have a batch in front. */
function withOneSample(inputs: readonly FedInput[]): FedInput[] | undefined {
  const tensors = inputs.flatMap(({ value }) => tensorsOf(value));
  const batch = tensors[0]?.shape[0];
  if (batch === undefined || batch === BATCH || tensors[0]?.shape.length === 1) return undefined;
  const one = (tensor: TensorSpec): TensorSpec =>
    tensor.shape[0] === batch ? { ...tensor, shape: [BATCH, ...tensor.shape.slice(1)] } : tensor;
  return inputs.map((input) => ({ ...input, value: mapTensors(input.value, one) }));
}

/** Parameters of `forward` that must be given. */
export const forwardParameters = (ctx: Interpreter, model: PyInstance): string[] =>
  allParameters(ctx, model)
    .filter((parameter) => parameter.default === undefined && parameter.kind !== 'keyword')
    .map(({ name }) => name);
