/** What rules about single layers ask of the values that code hands around. */
import { catalogue } from '../activations/catalogue';
import type { FileFlow } from '../flow/fileFlow';
import { argumentOf } from '../flow/queries';
import { isMoving, sureOrigins } from '../flow/trace';
import type {
  FlowArgument,
  FlowPlace,
  FlowResult,
  FlowStep,
  FlowValue,
  KnownConstant,
  UserFunction,
} from '../flow/values';
import type { Node } from '../syntax/syntax';
import type { Advice, Severity, TextEdit } from './advice';
import { moduleAt, type TorchModule } from './imports';
import { adviceFrom, type FindingWords, rangeAt } from './report';
import { takersOf } from './results';
import type { Messages, Rule, RuleContext } from './rule';

/** Findings of a rule in the file at hand, each place once. */
export class Findings<K extends string> {
  private readonly found = new Map<string, Advice>();

  constructor(
    private readonly context: RuleContext,
    private readonly rule: Pick<Rule, 'code' | 'severity'>,
    private readonly messages: Messages<K>,
  ) {}

  /** Keeps what is said of a place, where that stands in the file. */
  add(at: FlowPlace, report: () => (Omit<FindingWords<K>, 'at'> & { readonly severity?: Severity }) | undefined): void {
    const range = rangeAt(at);
    const key = `${range.line}:${range.column}:${range.endLine}:${range.endColumn}`;
    if (range.file !== this.context.text.file || this.found.has(key)) return;
    const said = report();
    if (!said) return;
    const rule = { code: this.rule.code, severity: said.severity ?? this.rule.severity };
    this.found.set(key, adviceFrom(this.context, rule, this.messages, { ...said, at: range }));
  }

  get list(): Advice[] {
    return [...this.found.values()];
  }
}

/** The constant that an argument is, where it is written or a variable surely holds it. */
export function constantAt(
  args: readonly FlowArgument[],
  position: number,
  name: string,
): KnownConstant['value'] | undefined {
  const found = argumentOf(args, position, name)?.value;
  return found?.kind === 'constant' ? found.value : undefined;
}

export function numberAt(args: readonly FlowArgument[], position: number, name: string): number | undefined {
  const found = constantAt(args, position, name);
  return typeof found === 'number' ? found : undefined;
}

/** Whether arguments are unpacked into a call: what they are is not known then. */
export const isOpenCall = (args: readonly FlowArgument[]): boolean => args.some(({ isSpread }) => isSpread);

/** `torch.nn.ReLU` → `ReLU`. */
export const shortName = (full: string): string => full.slice(full.lastIndexOf('.') + 1);

/** The name that a call calls last: `relu_` of `F.relu_(x)`. */
export function calledName({ at }: FlowResult): string {
  const callee = at.expression?.kind === 'call' ? at.expression.callee : undefined;
  return callee?.kind === 'attribute' || callee?.kind === 'name' ? callee.name : '';
}

/** The `forward` of a module. */
export function isForward({ code, owner, decorators }: UserFunction): boolean {
  return (
    code.name === 'forward' && owner !== undefined && owner.bases.length > 0 && !decorators.includes('staticmethod')
  );
}

/** Layers between a layer and its activation that leave what the activation is fed alone. */
const isPassed = ({ op }: FlowResult) => isMoving(op) || /^(batch|layer|group|instance|rms)_norm$/.test(op);

/** The activations that surely take what a result gives, normalised or moved at most; undefined where it goes elsewhere. */
export function activationsBehind(flow: FileFlow, result: FlowResult, depth = 0): readonly FlowResult[] | undefined {
  const takers = takersOf(flow, result).filter(({ op }) => !/^(size|dim|numel)$/.test(op));
  if (takers.length === 0 || depth > 6) return undefined;
  const found: FlowResult[] = [];
  for (const each of takers) {
    if (isActivation(each)) found.push(each);
    else {
      const behind = isPassed(each) ? activationsBehind(flow, each, depth + 1) : undefined;
      if (!behind) return undefined;
      found.push(...behind);
    }
  }
  return found;
}

/** Whether an operation is one of the catalogue's activations. */
export function isActivation({ op }: Pick<FlowResult, 'op'>): boolean {
  return catalogue.has(op) && op !== 'identity';
}

/** The catalogue's parameter of an activation that runs: as given, else its default. */
export function parameterOf({ op, layer, args }: FlowResult, name: string): KnownConstant['value'] | undefined {
  const specifications = catalogue.get(op)?.parameters ?? [];
  const position = specifications.findIndex((each) => each.name === name);
  const given = layer?.args ?? args;
  if (position < 0 || isOpenCall(given)) return undefined;
  // A function takes the tensor first.
  const found = argumentOf(given, layer ? position : position + 1, name);
  if (!found) return specifications[position]?.default;
  return found.value.kind === 'constant' ? found.value.value : undefined;
}

/** Whether the first of two results never runs where the second does, or only sometimes. */
export function isSometimesBefore(first: FlowResult, second: FlowResult): boolean {
  const shared = sharedSteps(first.path, second.path);
  const own = first.path.slice(shared);
  return own.some(({ branch, isSure }) => branch !== undefined && !isSure);
}

/** Whether two results run in different branches of one condition. */
export function areExclusive(first: FlowResult, second: FlowResult): boolean {
  const shared = sharedSteps(first.path, second.path);
  const [own, other] = [first.path[shared], second.path[shared]];
  if (own?.branch !== undefined && own.branch === other?.branch) return true;
  // A branch that returned is not followed by what stands behind it, in the same call.
  for (const step of first.path.slice(shared)) {
    if (step.branch === undefined) return false;
    if (step.isEnded) return true;
  }
  return false;
}

function sharedSteps(a: readonly FlowStep[], b: readonly FlowStep[]): number {
  let shared = 0;
  while (shared < a.length && a[shared] === b[shared]) shared++;
  return shared;
}

/** How many features or channels a value surely has: the width of the layer it comes from. */
export function widthOf(
  value: FlowValue,
  ops: RegExp,
): { readonly width: number; readonly from: FlowResult } | undefined {
  const keeps = ({ op }: FlowResult) =>
    /^(dropout|alpha_dropout|identity|contiguous|clone|to|cuda|float|batch_norm)$/.test(op);
  const from = sureOrigins(value, ({ op }) => ops.test(op), keeps);
  const widths = from?.map(({ layer, op }) =>
    layer && !isOpenCall(layer.args)
      ? numberAt(
          layer.args,
          /LazyLinear|LazyConv/.test(layer.type) ? 0 : 1,
          op === 'linear' ? 'out_features' : 'out_channels',
        )
      : undefined,
  );
  const [width] = widths ?? [];
  const [first] = from ?? [];
  return width !== undefined && first && widths?.every((each) => each === width) ? { width, from: first } : undefined;
}

/** The node of the tree that stands at a place. */
export function nodeOf({ root }: RuleContext, { span }: FlowPlace): Node | undefined {
  const start = { row: span.line, column: span.column };
  return root.descendantForPosition(start, { row: span.endLine, column: span.endColumn }) ?? undefined;
}

/** How the file calls a module of PyTorch at a place, with the import that this may need. */
export function torchAt(
  context: RuleContext,
  at: FlowPlace,
  module: TorchModule,
): { readonly prefix: string; readonly edits: readonly TextEdit[] } {
  const { names, text, root } = context;
  return moduleAt(module, nodeOf(context, at) ?? root, names, text.file);
}

/** What stands at a place of the file. */
export const textAt = ({ texts }: RuleContext, at: FlowPlace): string => texts.at(rangeAt(at));

/** A word in the quotes that another text has. */
export const quoteLike = (word: string, like: string): string => (like.startsWith('"') ? `"${word}"` : `'${word}'`);
