/** Calls of a model in its own file: what it is fed with where it is run, traced, exported or summarised. */

import type { RunningCall } from '../graph/fault';
import type { SourceRange } from '../graph/types';
import { say } from '../language/say';
import type { Eval } from '../python/natives/context';
import { ExtractionError } from '../python/natives/errors';
import { evaluate, evaluateArguments } from '../python/run/expressions';
import type { Interpreter } from '../python/run/interpreter';
import { executeOne } from '../python/run/statements';
import type { CallArgument, Expr, FunctionCode, Program, Stmt } from '../python/syntax/ast';
import { boundNames, mainBlock, walk } from '../python/syntax/survey';
import { Scope } from '../python/values/scope';
import { type PyInstance, PyList, PyTuple, PythonError, type PyValue } from '../python/values/values';
import type { CallFrame } from './caller';
import { isCertainCall } from './certainCalls';
import { inputValueOf } from './feed';
import { expectsRefusal } from './slice';
import { type InputValue, tensorsOf } from './spec';

/** An argument of a call, by the name of its parameter where it is given by name. */
export interface FedInput {
  readonly name: string;
  readonly value: InputValue;
  /** Given by name: a parameter behind the star has no place. */
  readonly keyword?: boolean;
}

/** A call that feeds the model with known shapes. */
export interface WrittenCall {
  /** From 0. */
  readonly line: number;
  /** As it is named in a message: `model(…)`, `summary(…)`. */
  readonly what: string;
  readonly inputs: readonly FedInput[];
  /** Whether the shapes say nothing of the batch. */
  readonly single: boolean;
  /** Where nothing between the model's making and the call can change what runs there. */
  readonly running?: RunningCall;
}

/** Statements that may call the model. */
interface Block {
  readonly body: readonly Stmt[];
  /** The function that they are of. */
  readonly code?: FunctionCode;
  /** The call among them that built it. */
  readonly frame?: CallFrame;
  /** Names by which they build it. */
  readonly makers?: ReadonlySet<string>;
}

type CallExpression = Extract<Expr, { kind: 'call' }>;

/** Calls that are evaluated, and statements in front of one. */
const MOST_CALLS = 6;
const MOST_STATEMENTS = 40;

/** What making their arguments may cost: they are there to be looked at. */
const MOST_STEPS = 300_000;
const MOST_MILLISECONDS = 1500;

/** Functions that are handed a model and its inputs, and where the inputs stand. */
const HANDED: ReadonlyMap<
  string,
  { readonly at: number; readonly names: readonly string[]; readonly shape?: boolean }
> = new Map([
  ['summary', { at: 1, names: ['input_size', 'input_data'], shape: true }],
  ['trace', { at: 1, names: ['example_inputs'] }],
  ['export', { at: 1, names: ['args'] }],
  ['profile', { at: 1, names: ['inputs'] }],
  ['FlopCountAnalysis', { at: 1, names: ['inputs'] }],
  ['get_model_complexity_info', { at: 1, names: ['input_res'], shape: true }],
  ['add_graph', { at: 1, names: ['input_to_model'] }],
  ['make_dot', { at: 1, names: [] }],
]);

/**
 * Calls of the model outside classes, in the order of the file, `__main__` first: with the arguments that the file's own
 * statements give.
 * @param name of the class, the builder or the variable that was asked for
 * @param parameters of `forward`, in order
 * @param builtAt where the call stands whose arguments the model was built with
 */
export function* callsIn(
  ctx: Interpreter,
  program: Program,
  name: string,
  parameters: readonly string[],
  scope: Scope,
  frame?: CallFrame,
  builtAt?: SourceRange,
): Eval<WrittenCall[]> {
  const found: WrittenCall[] = [];
  const makers = makersOf(program, name);
  // `net(**arguments)` of a test that is given the class.
  const called = frame?.call.callee.kind === 'name' ? frame.call.callee.name : name;
  const blocks: Block[] = [
    ...(frame ? [{ body: frame.code.body, code: frame.code, frame, makers: new Set([...makers, called]) }] : []),
    { body: mainBlock(program.body) },
    { body: program.body.filter(({ kind }) => kind !== 'class' && kind !== 'function') },
  ];
  for (const statement of program.body)
    if (statement.kind === 'function' && statement.code !== frame?.code)
      blocks.push({ body: statement.code.body, code: statement.code });
  let tried = 0;
  const end = ctx.meter.bound(MOST_STEPS, MOST_MILLISECONDS);
  const everywhere = modelsIn([...flatten(program.body)], makers, new Set([name]));
  try {
    for (const block of blocks) {
      const statements = [...flatten(block.body)];
      const own = block.makers ?? makers;
      const models = modelsIn(statements, own, everywhere);
      for (const [index, statement] of statements.entries()) {
        for (const node of ownExpressions(statement)) {
          if (node.kind !== 'call' || node === frame?.call || tried >= MOST_CALLS) continue;
          const fed = argumentsOf(node, models, makers);
          if (!fed || found.some(({ line }) => line === node.span.line)) continue;
          tried += 1;
          const inputs = yield* evaluateFed(
            ctx,
            fed,
            statements.slice(0, index),
            block,
            scope,
            models,
            parameters,
            program,
          );
          const isCertain = isCertainCall(node, statement, block, { name, program, builtAt });
          const running = isCertain && { what: fed.what, source: { file: program.file, ...node.span } };
          if (inputs) found.push({ line: node.span.line, what: fed.what, ...inputs, ...(running && { running }) });
        }
      }
    }
  } finally {
    end();
  }
  return found;
}

/** The class or builder, and functions of the file that return what it makes. */
function makersOf(program: Program, name: string): ReadonlySet<string> {
  const isVariable = [...flatten(program.body)].some(
    (each) => each.kind === 'assign' && each.targets.some((target) => target.kind === 'name' && target.name === name),
  );
  // A variable holds the model already: calling it runs it.
  const makers = new Set(isVariable ? [] : [name]);
  for (const statement of program.body) {
    if (statement.kind !== 'function') continue;
    for (const node of walk(statement.code.body, false)) {
      if (node.kind === 'return' && node.value && [...walk(node.value)].some((each) => isCallOf(each, makers))) {
        makers.add(statement.code.name);
      }
    }
  }
  return makers;
}

const isCallOf = (node: Expr | Stmt, names: ReadonlySet<string>): boolean =>
  node.kind === 'call' &&
  ((node.callee.kind === 'name' && names.has(node.callee.name)) ||
    (node.callee.kind === 'attribute' && names.has(node.callee.name)));

/** Statements in the order in which they run, inside `with`, `if`, `try` and loops too. */
export function* flatten(body: readonly Stmt[]): Generator<Stmt> {
  for (const statement of body) {
    if (expectsRefusal(statement)) continue;
    if (statement.kind === 'with' || statement.kind === 'for' || statement.kind === 'while')
      yield* flatten(statement.body);
    else if (statement.kind === 'if') {
      yield* flatten(statement.consequence);
      yield* flatten(statement.otherwise);
    } else if (statement.kind === 'try') yield* flatten(statement.body);
    else yield statement;
  }
}

function* ownExpressions(statement: Stmt): Generator<Expr | Stmt> {
  if (statement.kind !== 'function' && statement.kind !== 'class') yield* walk(statement, false);
}

/** Variables that hold the model, besides those that do everywhere: the expression may name one itself. */
function modelsIn(
  statements: readonly Stmt[],
  makers: ReadonlySet<string>,
  everywhere: ReadonlySet<string>,
): ReadonlySet<string> {
  const models = new Set(everywhere);
  for (const statement of statements) {
    if (statement.kind !== 'assign' || !holdsModel(statement.value, makers, models)) continue;
    for (const target of statement.targets) if (target.kind === 'name') models.add(target.name);
  }
  return models;
}

/** `Net()`, `Net().to(device)`, `torch.compile(model)`, `model.eval()` */
function holdsModel(expr: Expr, makers: ReadonlySet<string>, models: ReadonlySet<string>): boolean {
  if (expr.kind === 'name') return models.has(expr.name);
  if (expr.kind !== 'call') return false;
  if (isCallOf(expr, makers)) return true;
  if (expr.callee.kind === 'attribute') {
    if (/^(to|cuda|cpu|eval|train|float|half|double|requires_grad_)$/.test(expr.callee.name)) {
      return holdsModel(expr.callee.object, makers, models);
    }
    const [first] = expr.args;
    const wraps = /^(compile|DataParallel|DistributedDataParallel|script)$/.test(expr.callee.name);
    return wraps && first !== undefined && holdsModel(first.value, makers, models);
  }
  return false;
}

interface Fed {
  readonly what: string;
  readonly args: readonly CallArgument[];
  /** The arguments are shapes, without a batch unless `torchinfo` is what takes them. */
  readonly shape?: boolean;
  /** One argument holds them all. */
  readonly packed?: boolean;
}

function argumentsOf(call: CallExpression, models: ReadonlySet<string>, makers: ReadonlySet<string>): Fed | undefined {
  const { callee, args } = call;
  if (callee.kind === 'name' && models.has(callee.name) && !makers.has(callee.name))
    return { what: `${callee.name}(…)`, args };
  if (callee.kind === 'attribute' && callee.name === 'forward' && holdsModel(callee.object, makers, models)) {
    return { what: 'forward(…)', args };
  }
  // `Net()(x)`; a variable that was asked for is called itself.
  if (callee.kind === 'call' && holdsModel(callee, makers, models)) return { what: 'forward(…)', args };
  const name = callee.kind === 'name' || callee.kind === 'attribute' ? callee.name : '';
  const handed = HANDED.get(name);
  const [first] = args;
  if (!handed || !first || !args.some(({ value }) => holdsModel(value, makers, models))) return undefined;
  const given =
    args.find((each) => each.form === 'keyword' && handed.names.includes(each.name)) ??
    (args[handed.at]?.form === 'plain' ? args[handed.at] : undefined);
  if (!given) return undefined;
  const isShape = handed.shape === true && given.name !== 'input_data';
  return {
    what: `${name}(…)`,
    args: [{ ...given, form: 'plain', name: '' }],
    packed: true,
    ...(isShape && { shape: true }),
  };
}

/** Evaluates the arguments, after those of the statements in front that make what they name. */
function* evaluateFed(
  ctx: Interpreter,
  fed: Fed,
  before: readonly Stmt[],
  { code, frame }: Block,
  scope: Scope,
  models: ReadonlySet<string>,
  parameters: readonly string[],
  program: Program,
): Eval<Pick<WrittenCall, 'inputs' | 'single'> | undefined> {
  const needed = new Set<string>();
  const need = (root: unknown) => {
    for (const node of walk(root)) if (node.kind === 'name') needed.add(node.name);
  };
  need(fed.args);
  const statements: Stmt[] = [];
  for (const statement of [...before].reverse()) {
    const isSimple = ['assign', 'augmented', 'annotation', 'import', 'from'].includes(statement.kind);
    if (!isSimple || ![...boundNames(statement)].some((name) => needed.has(name))) continue;
    statements.unshift(statement);
    need(statement);
    if (statements.length > MOST_STATEMENTS) return undefined;
  }
  // What comes out of the model is no input of it.
  if ([...needed].some((name) => models.has(name))) return undefined;
  const inner = new Scope('function', frame?.scope ?? scope, scope.module);
  const notes = ctx.graph.noteCount;
  try {
    for (const parameter of code?.parameters ?? []) {
      const given = frame?.given?.get(parameter.name);
      if (given !== undefined) inner.names.set(parameter.name, given);
      else if (parameter.default && needed.has(parameter.name)) {
        inner.names.set(parameter.name, yield* evaluate(ctx, parameter.default, scope));
      }
    }
    for (const statement of statements) yield* executeOne(ctx, statement, inner);
    const { args, keywords } = yield* evaluateArguments(ctx, fed.args, inner);
    if (fed.shape) return shapesOf(args[0] ?? null, parameters, usesTorchinfo(program));
    const [only] = args;
    const values = fed.packed && only instanceof PyTuple ? only.items : args;
    return inputsOf(values, keywords ?? new Map(), parameters);
  } catch (error) {
    // What can't be known here is no input that is known.
    if (error instanceof PythonError || (error instanceof ExtractionError && error.kind !== 'cancelled'))
      return undefined;
    throw error;
  } finally {
    ctx.graph.forgetNotes(notes);
  }
}

function inputsOf(
  args: readonly PyValue[],
  keywords: ReadonlyMap<string, PyValue>,
  parameters: readonly string[],
): Pick<WrittenCall, 'inputs' | 'single'> | undefined {
  const inputs: FedInput[] = [];
  for (const [index, arg] of args.entries()) {
    const value = inputValueOf(arg);
    if (!value) return undefined;
    inputs.push({ name: parameters[index] ?? `input${index}`, value });
  }
  for (const [name, arg] of keywords) {
    const value = inputValueOf(arg);
    if (!value) return undefined;
    inputs.push({ name, value, keyword: true });
  }
  return inputs.some(({ value }) => tensorsOf(value).length > 0) ? { inputs, single: false } : undefined;
}

/** `(3, 224, 224)`, `[(3, 32, 32), (10,)]` */
function shapesOf(
  value: PyValue,
  parameters: readonly string[],
  whole: boolean,
): Pick<WrittenCall, 'inputs' | 'single'> | undefined {
  if (!(value instanceof PyTuple || value instanceof PyList)) return undefined;
  const shape = (each: PyValue): number[] | undefined => {
    const items = each instanceof PyTuple || each instanceof PyList ? each.items : [];
    return items.length > 0 && items.every((size) => typeof size === 'bigint' && size > 0n)
      ? items.map(Number)
      : undefined;
  };
  const own = shape(value);
  const shapes = own ? [own] : value.items.map(shape);
  if (shapes.includes(undefined) || shapes.length === 0) return undefined;
  const inputs = (shapes as number[][]).map((sizes, index) => ({
    name: parameters[index] ?? `input${index}`,
    value: { shape: whole ? sizes : [1, ...sizes], dtype: 'float32' as const },
  }));
  return { inputs, single: !whole };
}

/** torchinfo's shapes have a batch, torchsummary's have none. */
function usesTorchinfo(program: Program): boolean {
  for (const node of walk(program.body)) {
    if (node.kind === 'from' && node.module.startsWith('torchinfo')) return true;
    if (node.kind === 'import' && node.names.some(({ module }) => module.startsWith('torchinfo'))) return true;
  }
  return false;
}

/** Under what name Lightning's modules keep an example of their input. */
export const EXAMPLE = 'example_input_array';

/** Lightning's `self.example_input_array`. */
export function exampleOf(model: PyInstance, parameters: readonly string[]): readonly FedInput[] | undefined {
  const example = model.fields.get(EXAMPLE);
  if (example === undefined || example === null) return undefined;
  return inputsOf(example instanceof PyTuple ? example.items : [example], new Map(), parameters)?.inputs;
}

/** How a call is named where it is told. */
export const callText = ({ what, line }: WrittenCall): string => say('{0} at line {1}', what, line + 1);
