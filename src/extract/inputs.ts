import type { SourceRange } from '../graph/types';
import { say } from '../language/say';
import type { Eval } from '../python/natives/context';
import { ExtractionError } from '../python/natives/errors';
import type { Interpreter } from '../python/run/interpreter';
import type { Expr, ParameterNode, Program, Stmt } from '../python/syntax/ast';
import { walk } from '../python/syntax/survey';
import type { Scope } from '../python/values/scope';
import type { PyInstance } from '../python/values/values';
import { framework } from '../torch/framework';
import type { CallFrame } from './caller';
import { callsIn, callText, EXAMPLE, exampleOf, type FedInput } from './calls';
import { documentedInputs } from './documentedInputs';
import { examplesOf } from './examples';
import { guessGraph } from './graphs';
import { allParameters, forwardOf, type InputGuess, takesAny } from './guess';
import { Guesser, lookAtUses } from './guesser';
import { BATCH, classCountOf } from './settings';
import { classesOf, companion, isTold, plainValue } from './shapes';
import { lastName } from './slice';
import { type InputSpec, type InputValue, mapTensors, type TensorSpec, tensorsOf } from './spec';
import type { InputUse } from './use';
import { ANY, KEYWORDS } from './uses';

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
  /** The call that built the model, where it stands in a function. */
  readonly frame?: CallFrame | undefined;
  /** Where the call stands whose arguments the model was built with. */
  readonly builtAt?: SourceRange | undefined;
  /** Where nothing tells a shape, feed it one of no account. */
  readonly anyShape?: boolean | undefined;
}

/** Ways to feed the model: as given, as the file does it, else by how `forward` uses what it takes. */
export function* guessInputs(guessing: Guessing): Eval<InputGuess[]> {
  const { ctx, program, text, model, name, given, scope, frame, builtAt } = guessing;
  const all = allParameters(ctx, model);
  const positional = all.filter(({ kind }) => kind !== 'keyword').map((parameter) => parameter.name);
  if (given && given.length > 0) return [{ inputs: givenInputs(given, positional), origin: 'given' }];
  const found = lookAtUses(ctx, model);
  // What `forward` takes out of `**kwargs` without asking whether it is there.
  const asked = [...(found.get(KEYWORDS)?.keys ?? [])].filter(([, use]) => !use.spare);
  const extra = asked.map(([key]): ParameterNode => ({ name: key, kind: 'keyword', default: undefined }));
  const uses = new Map([...found, ...asked]);
  const parameters = [...all.filter((parameter) => parameter.default === undefined), ...extra];
  // Where all have defaults, the first is what comes in, unless `*args` is.
  const [optional] = parameters.length > 0 || takesAny(ctx, model) ? [] : all.filter(({ kind }) => kind !== 'keyword');
  // What `*args` is unpacked to.
  const unpacked = parameters.length === 0 ? (found.get(ANY)?.items ?? []) : [];
  for (const [index, use] of unpacked.entries()) {
    const name = use.label ?? `${ANY}${index}`;
    parameters.push({ name, kind: 'positional', default: undefined });
    uses.set(name, use);
  }
  const guesser = new Guesser(ctx, program, text, model, optional ? [optional] : parameters, uses);
  const guesses: InputGuess[] = [];
  let calls = name === undefined ? [] : yield* callsIn(ctx, program, name, positional, scope, frame, builtAt);
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
      guesses.push({ inputs: one, origin: 'file', ownBatch: true, detail: changed, call: told });
    }
    guesses.push({
      inputs: call.inputs,
      origin: 'file',
      detail,
      call: told,
      ...(call.running && { written: call.running }),
    });
  }
  const example = exampleOf(model, positional);
  if (example) {
    const detail = say('The input is that of {0}', EXAMPLE);
    const one = withOneSample(example);
    guesses.push({ inputs: one ?? example, origin: 'file', ownBatch: one !== undefined, detail, call: EXAMPLE });
  }
  const graph = guessGraph(ctx, model, program, guesser.uses);
  if (graph) guesses.push(graph);
  if (guesses.length === 0) for (const guess of yield* guesser.fromTensors(scope)) guesses.push(guess);
  if (graph) return guesses;
  const documented = documentedInputs(ctx, model);
  const optionals = withOptional(guessing, guesser, parameters, all);
  const ways = [...guesses, ...documented, ...guesser.fromUses(guessing.anyShape), ...optionals];
  return ways.length === 0 && guessing.anyShape ? shapesOfNoAccount(guessing, guesser.parameters, uses) : ways;
}

/** What a model without weights may be fed with: it takes what comes, images as well as features. */
function shapesOfNoAccount(
  { ctx, program, model, text }: Guessing,
  parameters: readonly ParameterNode[],
  uses: ReadonlyMap<string, InputUse>,
): InputGuess[] {
  if (parameters.length > MOST_GIVEN) return [];
  // What has a table alone takes a sequence of as many features: positional encodings.
  const table = framework.tableType(ctx, model);
  const width = table?.shape.at(-1);
  if (framework.hasState(ctx, model) && (table?.dtype !== 'float32' || table.shape.length < 2 || !width)) return [];
  const isOfImages = IMAGES.test(text) || PIXELS.test(program.file) || PIXELS.test(model.cls.name);
  const kinds = parameters.map(({ name }) => uses.get(name));
  const compares = kinds.some((use) => use?.classesOf) || parameters.some(({ name }) => TARGETS.test(name));
  const classes = compares ? classCountOf(ctx, model) : undefined;
  const shapes = width
    ? [[BATCH, TABLE_LENGTH, width]]
    : [
        [BATCH, classes ?? 64],
        [BATCH, classes ?? 3, 32, 32],
      ];
  if (isOfImages) shapes.reverse();
  const detail = say('Nothing in the code asks for a shape of the input: it is one that fits');
  // What a target is like: the scores, or the classes among which they choose.
  return [false, true].slice(0, compares ? 2 : 1).flatMap((choose) =>
    shapes.map((shape): InputGuess => {
      const value: TensorSpec = { dtype: 'float32', shape };
      const inputs = parameters.map((parameter, index) => ({
        name: parameter.name,
        value:
          plainValue(parameter, kinds[index]) ??
          (choose && index > 0 && TARGETS.test(parameter.name)
            ? classesOf(value)
            : shapeOfNoAccount(parameter.name, kinds[index], value)),
        ...(parameter.kind === 'keyword' && { keyword: true }),
      }));
      // A layer of PyTorch's takes what comes.
      if (inputs.length === 0 && !forwardOf(ctx, model)) inputs.push({ name: 'input', value });
      return { inputs, origin: 'solved', detail };
    }),
  );
}

function shapeOfNoAccount(name: string, use: InputUse | undefined, value: TensorSpec): InputValue {
  if (use?.classesOf) return classesOf(value, use.classesOf);
  if (use?.picks) return { dtype: 'bool', shape: value.shape };
  if (use?.joined) return pair(value);
  // What is asked for an element holds several.
  if (use && use.indexed.size > 0 && !isTold(use)) return pair(value);
  const named = companion(name, value);
  return named.shape.length === 0 ? named : value;
}

/** Positions of a sequence beside a table. */
const TABLE_LENGTH = 16;

const pair = (value: TensorSpec): InputValue => ({ form: 'list', items: [value, value] });

/** What is compared with what a model gives. */
const TARGETS = /^(?:targets?|labels?|gt|gts|y_true|true|ground_?truth|\w+_(?:targets?|labels?|gt|true))$/i;
/** What files and classes are called that say something of each pixel. */
const PIXELS = /segment(?:ation|or)?s?\b|(?<![a-z])seg(?![a-z])|pixel|(?<![a-z])depth(?![a-z])|2d$/i;
/** What code about images has. */
const IMAGES = /\b(Conv2d|BatchNorm2d|interpolate|Upsample|MaxPool2d|AdaptiveAvgPool2d|PixelShuffle|F\.pad)\b/;

/**
 * Guesses that also give what is None by default and is used as if it were not: `forward(x, t=None)` may need its t all the
 * same. One more with each guess.
 */
function withOptional(
  { ctx, program, text, model }: Guessing,
  { uses }: Guesser,
  required: readonly ParameterNode[],
  all: readonly ParameterNode[],
): InputGuess[] {
  const body = forwardOf(ctx, model)?.code.body;
  if (required.length === 0 || !body) return [];
  const asked = namesAskedFor(body);
  const isOpen = ({ name, default: value }: ParameterNode) =>
    value?.kind === 'constant' && value.value === null && !asked.has(name);
  const optional = all.filter(isOpen).slice(0, MOST_GIVEN);
  return optional.flatMap((last, index) => {
    const given = new Set<ParameterNode>([...required, ...optional.slice(0, index), last]);
    try {
      const guesser = new Guesser(
        ctx,
        program,
        text,
        model,
        all.filter((each) => given.has(each)),
        uses,
      );
      return guesser.fromUses().slice(0, MOST_SIZES);
    } catch (error) {
      // Nothing tells what it takes.
      if (!(error instanceof ExtractionError)) throw error;
      return [];
    }
  });
}

/** Sizes at which what has a default is given. */
const MOST_SIZES = 3;
/** Parameters with defaults that are given after all. */
const MOST_GIVEN = 3;

/** Names that a body asks about before it uses them: `x is None`, `if x:`, `exists(x)`, `x or y`. */
function namesAskedFor(body: readonly Stmt[]): ReadonlySet<string> {
  const asked = new Set<string>();
  const add = (expr: Expr | undefined) => {
    if (expr?.kind === 'name') asked.add(expr.name);
  };
  for (const node of walk(body)) {
    if (node.kind === 'compare') for (const each of [node.left, ...node.rest.map(({ right }) => right)]) add(each);
    else if (node.kind === 'if' || node.kind === 'conditional') add(node.condition);
    else if (node.kind === 'boolean') for (const each of [node.left, node.right]) add(each);
    else if (node.kind === 'not') add(node.operand);
    else if (node.kind === 'call' && ASKS.test(lastName(node.callee) ?? ''))
      for (const { value } of node.args) add(value);
  }
  return asked;
}

/** Functions that take a value that may be None. */
const ASKS = /^(exists|default|is_none|not_none|isinstance|bool|coalesce)$/;

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
