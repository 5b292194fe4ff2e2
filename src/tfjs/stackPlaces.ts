import type { SourceRange } from '../graph/types';
import { type CodePart, fieldOf, partsOf } from './nodes';
import { calleeName, Origins } from './origins';
import { callAt, unwrap } from './places';
import type { Stripped } from './strip';

/** The name under which stacks show a module, by its number in the program. */
export const moduleName = (index: number): string => `lens:${index}`;

/** Methods of layers and models that run them. */
const running = /^(?:apply|call|predict\w*|evaluate\w*|fit\w*|add|sequential|model)$/;

const frame = /^(lens:\d+):(\d+):(\d+)$/;

/** A call as the text has it. */
export interface CallSpot {
  readonly call: SourceRange;
  /** The name of what is called: `apply` of `layer.apply(x)`. */
  readonly callee: SourceRange;
  readonly name: string | undefined;
  /** What assigns or returns just what the call gives, or does nothing with it. */
  readonly statement: SourceRange | undefined;
  /** The names that stand for what the call is given, by their places as `SeenOperand` has them. */
  readonly names: readonly { readonly place: readonly number[]; readonly range: SourceRange }[];
}

/** From places in stacks of the interpreter to the text as it was written. */
export class StackPlaces {
  /** The calls that were asked for, by their ranges. */
  private readonly calls = new Map<SourceRange, { readonly module: Stripped; readonly call: CodePart }>();
  private readonly known = new Map<string, SourceRange | undefined>();
  private readonly origins = new Map<Stripped, Origins>();

  /** @param modules by the names under which stacks show them */
  constructor(private readonly modules: ReadonlyMap<string, Stripped>) {}

  /** The call at a place; undefined where there is none. */
  callAt(at: string | undefined): SourceRange | undefined {
    if (at === undefined) return undefined;
    if (!this.known.has(at)) this.known.set(at, this.find(at));
    return this.known.get(at);
  }

  /** The same with what is around it. */
  spotAt(at: string | undefined): CallSpot | undefined {
    const range = this.callAt(at);
    const found = range && this.calls.get(range);
    if (!found) return undefined;
    const { module, call } = found;
    const rangeOf = ({ start, end }: CodePart) => module.lines.range(module.file, start, end);
    const statement = statementOf(call);
    return {
      call: range,
      callee: rangeOf(nameOfCallee(call) ?? call),
      name: calleeName(call, ({ start, end }) => module.text.slice(start, end)),
      statement: statement && rangeOf(statement),
      names: namesIn(call).map(({ place, part }) => ({ place, range: rangeOf(part) })),
    };
  }

  /**
   * Where the activation was chosen of a layer that a call makes: `'relu'`, the constant's name; undefined: not there.
   * @param names how it is spelled
   */
  activationIn(range: SourceRange, names: ReadonlySet<string> | undefined): SourceRange | undefined {
    const found = this.calls.get(range);
    if (!found) return undefined;
    const { module, call } = found;
    const origins = this.origins.get(module) ?? new Origins(module.file, module.text, module.root, module.lines);
    this.origins.set(module, origins);
    return origins.activationAt(call, 'activation', names) ?? origins.activationAt(call, 'recurrentActivation', names);
  }

  /** Whether a call runs an op by itself, and no layer or model that does. */
  isOp(range: SourceRange): boolean {
    const found = this.calls.get(range);
    const name = found && calleeName(found.call, ({ start, end }) => found.module.text.slice(start, end));
    return name !== undefined && found?.call.type === 'call_expression' && !running.test(name);
  }

  private find(at: string): SourceRange | undefined {
    const [, name = '', line, column] = frame.exec(at) ?? [];
    const module = this.modules.get(name);
    // The interpreter is given each text behind a line of its own.
    const offset = module?.map.offsetAt(Number(line) - 1, Number(column));
    if (!module || offset === undefined) return undefined;
    const call = callAt(module.root, offset);
    if (!call) return undefined;
    const range = module.lines.range(module.file, call.start, call.end);
    this.calls.set(range, { module, call });
    return range;
  }
}

/** The name of what a call calls, without what it is a member of. */
function nameOfCallee(call: CodePart): CodePart | undefined {
  const callee = fieldOf(call, 'function') ?? fieldOf(call, 'constructor');
  return callee?.type === 'member_expression' ? fieldOf(callee, 'property') : callee;
}

interface PlacedPart {
  readonly place: readonly number[];
  readonly part: CodePart;
}

/** Names among what a call is of and its arguments; none behind a spread, whose number nobody tells. */
function namesIn(call: CodePart): PlacedPart[] {
  const callee = fieldOf(call, 'function');
  const owner = callee?.type === 'member_expression' ? fieldOf(callee, 'object') : undefined;
  const found: PlacedPart[] = [];
  const see = (part: CodePart, place: readonly number[]): void => {
    const value = unwrap(part);
    if (value.type === 'identifier' || value.type === 'member_expression') found.push({ place, part: value });
    else if (value.type === 'array' && place.length === 1) seeAll(partsOf(value), place);
  };
  const seeAll = (parts: readonly CodePart[], place: readonly number[]): void => {
    for (const [index, part] of parts.entries()) {
      if (part.type === 'spread_element') return;
      see(part, [...place, index]);
    }
  };
  if (owner) see(owner, []);
  seeAll(partsOf(fieldOf(call, 'arguments')), []);
  return found;
}

/** What assigns or returns the value of a call, and nothing else: the call itself where it stands alone, or is a function's body. */
function statementOf(call: CodePart): CodePart | undefined {
  let value = call;
  while (value.parent && (value.parent.type === 'await_expression' || unwrap(value.parent) === call))
    value = value.parent;
  const { parent, field } = value;
  switch (parent?.type) {
    case 'expression_statement':
      return call;
    case 'variable_declarator':
    case 'public_field_definition':
    case 'return_statement':
      return parent;
    case 'assignment_expression':
      return field === 'right' ? parent : undefined;
    case 'arrow_function':
      return field === 'body' ? call : undefined;
    default:
      return undefined;
  }
}
