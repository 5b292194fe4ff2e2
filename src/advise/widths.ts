/** LayerWidths of layers, compared as far as the code tells. */
import { argumentOf } from '../flow/queries';
import type { BuiltLayer, FlowArgument, FlowValue } from '../flow/values';
import { numberOf } from './operations';

/** How many features go into a layer and come out. */
export interface LayerWidths {
  readonly input: FlowArgument | undefined;
  readonly output: FlowArgument | undefined;
}

export function widthsOf({ type, args }: BuiltLayer): LayerWidths {
  const isLazy = /\.Lazy\w+$/.test(type);
  const [input, output] = /Conv/.test(type) ? ['in_channels', 'out_channels'] : ['in_features', 'out_features'];
  return {
    input: isLazy ? undefined : argumentOf(args, 0, input as string),
    output: argumentOf(args, isLazy ? 0 : 1, output as string),
  };
}

/**
 * Whether one width is surely no less than another: by numbers, defaults of parameters included, as a multiple of it, or
 * as written alike. What can't be compared may be less.
 */
export function isAtLeast(wide: FlowArgument, narrow: FlowArgument): boolean {
  const [a, b] = [numberOf(wide.value, true), numberOf(narrow.value, true)];
  if (b === 1) return true;
  if (a !== undefined && b !== undefined) return a >= b;
  if (isAlike(wide.value, narrow.value) || (isOpaque(wide.value) && isWrittenAlike(wide, narrow))) return true;
  return isMultiple(wide.value, narrow.value) || isShare(narrow.value, wide.value);
}

const isOpaque = ({ kind }: FlowValue) => kind === 'unknown' || kind === 'choice';

/** What is not known, and named the same in both places. */
function isWrittenAlike(a: FlowArgument, b: FlowArgument): boolean {
  const [left, right] = [a.at.expression, b.at.expression];
  return left?.kind === 'name' && right?.kind === 'name' && left.name === right.name && a.at.file === b.at.file;
}

/** Whether two values are computed in the same way from the same. */
function isAlike(a: FlowValue, b: FlowValue, depth = 0): boolean {
  if (a === b) return a.kind !== 'unknown';
  if (a.kind === 'constant') return b.kind === 'constant' && a.value === b.value;
  if (a.kind === 'parameter') return b.kind === 'parameter' && a.name === b.name && a.default === b.default;
  // `config.width`, asked for twice.
  if (a.kind === 'method')
    return b.kind === 'method' && a.name === b.name && isAlike(a.receiver, b.receiver, depth + 1);
  if (a.kind !== 'result' || b.kind !== 'result' || depth > 8) return false;
  return (
    a.op === b.op &&
    a.inputs.length === b.inputs.length &&
    a.inputs.every((each, index) => isAlike(each, b.inputs[index] ?? { kind: 'unknown' }, depth + 1))
  );
}

/** `4 * dim` of `dim`, `dim * ratio` not: a ratio may be less than one. */
function isMultiple(wide: FlowValue, narrow: FlowValue): boolean {
  if (wide.kind !== 'result' || wide.op !== '*') return false;
  const [left, right] = wide.inputs;
  if (!left || !right) return false;
  return [
    [left, right],
    [right, left],
  ].some(([each, factor]) => {
    const times = numberOf(factor, true);
    return each !== undefined && times !== undefined && times >= 1 && isAlike(each, narrow);
  });
}

/** `dim // 4` and `dim / 2` of `dim`. */
function isShare(narrow: FlowValue, wide: FlowValue): boolean {
  if (narrow.kind !== 'result' || !/^\/\/?$/.test(narrow.op)) return false;
  const [whole, parts] = narrow.inputs;
  const count = numberOf(parts, true);
  return whole !== undefined && count !== undefined && count >= 1 && isAlike(whole, wide);
}
