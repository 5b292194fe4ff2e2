/** What a builder takes, and what calls give it. */
import type { SourceRange } from '../graph/types';
import { type CodePart, fieldOf, nodesIn, partsOf } from './nodes';
import type { Lines } from './places';
import { boundNames, type Scopes } from './scopes';
import { givenParameters } from './units';

/** A property that a builder takes of an argument. */
export interface TfjsProperty {
  readonly name: string;
  readonly range: SourceRange;
  /** The expression that stands in where there is none. */
  readonly default: string | undefined;
}

export interface TfjsParameter {
  /** Its name; `{units, rate}` for a pattern. */
  readonly name: string;
  readonly range: SourceRange;
  /** The annotation as it is written: `number[]`, `tf.Tensor4D`. */
  readonly type: string | undefined;
  readonly default: string | undefined;
  /** Whether a call must give it. */
  readonly isNeeded: boolean;
  readonly isRest: boolean;
  /** What a pattern takes of it, or what the body reads of it: `config.units`. */
  readonly properties: readonly TfjsProperty[];
}

/** An argument of a call, as an expression. */
export interface TfjsArgument {
  readonly text: string;
  readonly range: SourceRange;
  /** Whether its names are those of the file's own level: it means the same wherever in the file it is evaluated. */
  readonly isClosed: boolean;
}

/** A call of a builder. */
export interface TfjsCall {
  readonly range: SourceRange;
  readonly arguments: readonly TfjsArgument[];
  /**
   * What runs the function in which it stands, over the names of its file, `$unknown` and `$handed`; undefined for a call
   * that stands in none, or in one that nobody reaches.
   */
  readonly run?: string | undefined;
}

export interface FileText {
  readonly file: string;
  readonly text: string;
  readonly root: CodePart;
  readonly lines: Lines;
  readonly scopes: Scopes;
}

export const rangeIn = ({ file, lines }: FileText, part: CodePart): SourceRange =>
  lines.range(file, part.start, part.end);

export const textIn = ({ text }: FileText, part: CodePart): string => text.slice(part.start, part.end);

/** The parameters of a function. */
export function readParameters(own: CodePart | undefined, file: FileText): TfjsParameter[] {
  return givenParameters(own).map((part) => {
    const pattern = fieldOf(part, 'pattern') ?? part;
    const value = fieldOf(part, 'value');
    const type = fieldOf(part, 'type');
    const isRest = pattern.type === 'rest_pattern';
    const isOptional = part.type === 'optional_parameter';
    return {
      name: textIn(file, pattern).replace(/^\.\.\./, ''),
      range: rangeIn(file, pattern),
      type: type && textIn(file, type).replace(/^:\s*/, ''),
      default: value && textIn(file, value),
      isNeeded: !value && !isOptional && !isRest,
      isRest,
      properties: own ? propertiesOf(pattern, own, file) : [],
    };
  });
}

function propertiesOf(pattern: CodePart, own: CodePart, file: FileText): TfjsProperty[] {
  if (pattern.type === 'object_pattern')
    return partsOf(pattern).flatMap((each) => {
      const target = each.type === 'pair_pattern' ? fieldOf(each, 'value') : each;
      const key = each.type === 'pair_pattern' ? fieldOf(each, 'key') : boundNames(each)[0];
      const value = target && fieldOf(target, 'right');
      if (!key || each.type === 'rest_pattern') return [];
      return { name: textIn(file, key), range: rangeIn(file, key), default: value && textIn(file, value) };
    });
  if (pattern.type !== 'identifier') return [];
  const found = new Map<string, TfjsProperty>();
  const name = textIn(file, pattern);
  for (const each of nodesIn(fieldOf(own, 'body') ?? own)) {
    if (each.type !== 'member_expression') continue;
    const [object, property] = [fieldOf(each, 'object'), fieldOf(each, 'property')];
    if (object?.type !== 'identifier' || !property || textIn(file, object) !== name) continue;
    if (each.parent?.type === 'call_expression' && each.field === 'function') continue;
    const key = textIn(file, property);
    if (!found.has(key)) found.set(key, { name: key, range: rangeIn(file, property), default: undefined });
  }
  return [...found.values()];
}

/** What a call gives. */
export function readCall(call: CodePart, file: FileText): TfjsCall {
  const list = fieldOf(call, 'arguments');
  return { range: rangeIn(file, call), arguments: partsOf(list).map((each) => readArgument(each, file)) };
}

export function readArgument(part: CodePart, file: FileText): TfjsArgument {
  return { text: textIn(file, part), range: rangeIn(file, part), isClosed: isClosed(part, file) };
}

/** Whether an expression's names are all declared at the file's own level, or inside of it. */
export function isClosed(part: CodePart, file: FileText): boolean {
  for (const each of nodesIn(part)) {
    if (each.type === 'this' || each.type === 'super' || /^(await|yield)_expression$/.test(each.type)) return false;
    if (each.type !== 'identifier' && each.type !== 'shorthand_property_identifier') continue;
    const leaf = file.scopes.declaring(each, textIn(file, each));
    const isInside = leaf && leaf.start >= part.start && leaf.end <= part.end;
    if (leaf && !isInside && file.scopes.isShadowed(each, textIn(file, each))) return false;
  }
  return true;
}
