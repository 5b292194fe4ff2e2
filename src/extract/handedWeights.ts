/** Weights that are handed in: what code puts in the place of a layer's own, and how large that one is. */
import type { Expr, Stmt } from '../python/syntax/ast';
import { walk } from '../python/syntax/survey';
import type { WeightSizes } from './parameterUses';
import { type CodePlace, refOf } from './refs';
import { type CallExpr, lastName } from './slice';
import type { UseNotes } from './useNotes';

/** `self.embedding.weight = nn.Parameter(weights)`, `self.embedding.weight.data = weights` */
export function noteAssignedWeight(
  { targets, value }: Extract<Stmt, { kind: 'assign' }>,
  body: readonly Stmt[],
  place: CodePlace,
  notes: UseNotes,
): void {
  const [target] = targets;
  const layer = target && layerOfWeight(target);
  if (layer) noteWeight(layer, value, body, place, notes);
}

/** `self.embedding.weight.data.copy_(weights)`, `nn.Embedding.from_pretrained(weights)` */
export function noteHandedWeight(node: CallExpr, body: readonly Stmt[], place: CodePlace, notes: UseNotes): void {
  const { callee, args } = node;
  const [first] = args;
  if (callee.kind !== 'attribute' || !first) return;
  if (callee.name === 'copy_') {
    const layer = layerOfWeight(callee.object);
    if (layer) noteWeight(layer, first.value, body, place, notes);
  } else if (callee.name === 'from_pretrained' && lastName(callee.object) === 'Embedding')
    notes.noteTable(refOf(first.value, place), [undefined, undefined]);
}

function noteWeight(layer: string, value: Expr, body: readonly Stmt[], place: CodePlace, notes: UseNotes): void {
  const isWrapped = value.kind === 'call' && lastName(value.callee) === 'Parameter';
  const ref = refOf(isWrapped && value.args[0] ? value.args[0].value : value, place);
  const sizes = ref && sizesOf(layer, body, place);
  if (sizes) notes.noteTable(ref, sizes);
}

/** The layer whose weight an expression is, as it is written. */
function layerOfWeight(expr: Expr): string | undefined {
  const weight = expr.kind === 'attribute' && expr.name === 'data' ? expr.object : expr;
  return weight.kind === 'attribute' && /^weights?$/.test(weight.name) ? pathOf(weight.object) : undefined;
}

const pathOf = (expr: Expr): string | undefined => {
  if (expr.kind === 'name') return expr.name;
  const above = expr.kind === 'attribute' ? pathOf(expr.object) : undefined;
  return above === undefined || expr.kind !== 'attribute' ? undefined : `${above}.${expr.name}`;
};

/** How large the weight of an embedding or a linear layer is that the same code builds. */
function sizesOf(layer: string, body: readonly Stmt[], place: CodePlace): WeightSizes | undefined {
  for (const node of walk(body)) {
    if (node.kind !== 'assign' || node.value.kind !== 'call' || !node.targets.some((each) => pathOf(each) === layer))
      continue;
    const kind = lastName(node.value.callee);
    if (kind !== 'Embedding' && kind !== 'Linear') return undefined;
    const sizes = node.value.args
      .slice(0, 2)
      .map(({ value, form }) => (form === 'plain' ? sizeOf(value, place) : null));
    if (sizes.length < 2 || sizes.includes(null)) return undefined;
    const [one, other] = sizes as (number | string)[];
    return kind === 'Linear' ? [other, one] : [one, other];
  }
  return undefined;
}

function sizeOf(expr: Expr, place: CodePlace): number | string | null {
  if (expr.kind === 'constant') return typeof expr.value === 'bigint' ? Number(expr.value) : null;
  const ref = refOf(expr, place);
  return ref && ref.depth === 0 && !ref.isLoose ? ref.name : null;
}
