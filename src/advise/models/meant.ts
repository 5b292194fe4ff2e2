/** What says that two layers follow each other on purpose: names, and choices that the code leaves to who builds it. */
import { itemOr } from '../../graph/access';
import type { PlacedActivation } from '../../graph/activations';
import type { SourceRange } from '../../graph/types';
import { apart } from '../rules/chains/meant';
import type { CodeTexts } from '../texts';
import type { MixingLayer, ModelGraph } from './modelGraph';

/** Whether names on the way to two layers say that they are no part of one another. Those of one container are. */
export function areMeantApart(model: ModelGraph, first: MixingLayer, second: MixingLayer): boolean {
  const [a, b] = [first.node.path.split('.'), second.node.path.split('.')];
  const common = a.findIndex((each, index) => each !== b[index]);
  return [a, b].some((parts) =>
    parts.slice(Math.max(common, 0)).some((part, index) => {
      const path = parts.slice(0, Math.max(common, 0) + index + 1).join('.');
      const isOwn = path !== first.node.path && path !== second.node.path;
      return apart.test(part) || (isOwn && apart.test(model.moduleAt(path)?.name ?? ''));
    }),
  );
}

/** Whether two layers stand side by side: in one module, or in two of one class. */
export function areKin(model: ModelGraph, first: MixingLayer, second: MixingLayer): boolean {
  const [a, b] = [first, second].map(({ node }) => parentOf(node.path));
  if (a === b) return true;
  const [before, behind] = [a, b].map((path) => model.moduleAt(path ?? '')?.name);
  return before !== undefined && before === behind && before !== 'Sequential' && before !== 'ModuleList';
}

const pools = /^(?:max_pool|avg_pool|adaptive_pool)$/;

/** The layer in front of another one that activations, norms or pooling hold apart from it. */
export function layerApart(model: ModelGraph, { input }: MixingLayer): MixingLayer | undefined {
  for (let value = input, steps = 0; steps < 16; steps++) {
    const maker = model.originOf(value, (node) => model.isKeepingOrNorm(node) || pools.test(node.op.kind));
    if (maker?.kind === 'activation') value = maker.input;
    else return maker && model.mixingLayer(maker.index);
  }
  return undefined;
}

const containers = /^(?:Sequential|ModuleList|ModuleDict)$/;

/**
 * Whether who runs an activation also has before its eyes what its input comes from: a block whose first activation
 * follows on another block's last one is not wrong by itself.
 */
export function knowsOrigin(model: ModelGraph, { path, site }: PlacedActivation, origin: string): boolean {
  let owner = site ? parentOf(path) : path;
  while (owner !== '' && containers.test(model.moduleAt(owner)?.name ?? 'ModuleList')) owner = parentOf(owner);
  return owner === '' || origin === owner || origin.startsWith(`${owner}.`);
}

const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('.'), 0));

/** What leaves it to who builds a layer whether an activation follows. */
const choice =
  /\bIdentity\b|\bif\b.*(?:act|nonlin|non_lin|relu|linear)|(?:act\w*|nonlin\w*)\s*(?::[^=,)]*)?=\s*(?:None|False|['"](?:none|linear|identity))|\blambda\b/i;

/** Whether the class or function around a place may leave an activation out. */
export function mayLeaveOut(texts: CodeTexts, { file, line }: SourceRange): boolean {
  return definitionAround(texts, file, line).some((each) => choice.test(each.replace(/#.*$/, '')));
}

/** The lines of the class or function of a file's own level that a line stands in. */
export function definitionAround(texts: CodeTexts, file: string, line: number): readonly string[] {
  const lines = texts.linesOf(file);
  let from = line;
  while (from > 0 && !/^(?:class|def|async def)\b/.test(itemOr(lines, from, ''))) from--;
  let to = line + 1;
  while (to < lines.length && !/^\S/.test(itemOr(lines, to, '').replace(/^[)\]}#].*/, ''))) to++;
  return lines.slice(from, to);
}
