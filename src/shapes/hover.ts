/** The hover over a layer, a call or a tensor. */
import { code, joinMarkdown, type Markdown, md } from '../language/markdown';
import { say } from '../language/say';
import type { FoundShapes } from './find';
import { isKnown, multiplyAddsText, parameterRange, runsText, shapesText, shapeText, termsOf } from './text';
import type { CallShapes, KnownShape, ModelShapes } from './types';

/** Calls or runs that are listed; the rest is counted. */
const MOST_LISTED = 8;

export function shapeHover(found: FoundShapes): Markdown {
  const { model, place, calls, nth } = found;
  const runs = place?.runs.map((run) => (nth === undefined ? run : run.slice(nth, nth + 1))) ?? [];
  const body = calls.length > 0 || !place ? moduleBody(found) : tensorBody(runs);
  return joinMarkdown([...body, basis(model, calls), namesTold(found)], '\n\n');
}

/** A tensor: what it is, and where it is several things in turn, each of them. */
function tensorBody(runs: readonly (readonly KnownShape[])[]): Markdown[] {
  const dtypes = new Set(runs.flat().map(({ dtype }) => dtype));
  const heading = md`${code(runsText(runs))} · ${[...dtypes].join(', ')}`;
  return runs.length > 1 ? [heading, bulletList(runs.map((run) => code(shapesText(run))))] : [heading];
}

/** A layer or a block: what goes in and comes out at each call, and what it holds and costs. */
function moduleBody({ calls, modules }: FoundShapes): (Markdown | false)[] {
  const names = [...new Set([...modules, ...calls].map(({ name }) => name))].join(', ');
  const paths = [...new Set([...modules, ...calls].map(({ path }) => path))];
  const [path] = paths;
  const counts = modules.map(({ parameters }) => parameters);
  const [only] = calls;
  const facts = [
    counts.length > 0 && parameterRange(counts),
    calls.length === 1 && only && only.multiplyAdds > 0 && multiplyAddsText(only.multiplyAdds),
    calls.length === 1 && only?.receptiveField && say('receptive field {0}', only.receptiveField.join('×')),
  ].filter((each) => typeof each === 'string');
  const dtypes = new Set(calls.flatMap(({ outputs }) => outputs.map(({ dtype }) => dtype)));
  return [
    joinMarkdown(
      [md`**${names}**`, paths.length === 1 && path && code(path), dtypes.size > 0 && md`${[...dtypes].join(', ')}`],
      ' · ',
    ),
    calls.length === 1 && only !== undefined && flow(only),
    facts.length > 0 && md`${facts.join(' · ')}`,
    calls.length > 1 && bulletList(calls.map((call) => joinMarkdown([code(call.path), flow(call), cost(call)], ' · '))),
    calls.length === 0 && md`${say('The model was read without a call of it.')}`,
  ];
}

const flow = ({ inputs, outputs }: CallShapes): Markdown =>
  md`${code(shapesText(inputs))} → ${code(shapesText(outputs))}`;

const cost = ({ multiplyAdds }: CallShapes): Markdown | false =>
  multiplyAdds > 0 && md`${multiplyAddsText(multiplyAdds)}`;

function bulletList(items: readonly Markdown[]): Markdown {
  const more = items.length - MOST_LISTED;
  const lines = items.slice(0, MOST_LISTED).map((each) => md`- ${each}`);
  return joinMarkdown([...lines, more > 0 && md`- ${say('and {0} more', more)}`], '\n');
}

/** Which model it is of, and what its input was. */
function basis({ expression, inputs, isGuessed }: ModelShapes, calls: readonly CallShapes[]): Markdown {
  const read = inputs.map(({ sizes }) => shapeText({ dimensions: sizes })).join(', ');
  const symbols = shapesText(inputs);
  if (!isGuessed || !inputs.every(isKnown)) return md`${say('In {0}, for an input of {1}', expression, read)}`;
  const counts = calls.some(({ multiplyAdds }) => multiplyAdds > 0);
  return counts
    ? md`${say('In {0}, for an input of {1}; multiply-adds are for {2}', expression, symbols, read)}`
    : md`${say('In {0}, for an input of {1}', expression, symbols)}`;
}

/** What the names stand for that are told. */
function namesTold({ model, place, calls }: FoundShapes): Markdown | false {
  const told = [...(place?.runs.flat() ?? []), ...calls.flatMap(({ inputs, outputs }) => [...inputs, ...outputs])];
  const words = new Set(told.flatMap(({ dimensions }) => dimensions.flatMap(termsOf)));
  const names = model.names.filter(({ name }) => words.has(name));
  return names.length > 0 && md`${names.map(({ name, value }) => `${name} = ${value}`).join(', ')}`;
}
