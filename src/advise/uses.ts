/** How often layers run and what they give is used. */
import type { FileFlow } from '../flow/fileFlow';
import { type BuiltLayer, type FlowResult, possibilities } from '../flow/values';
import type { Span } from '../python/syntax/ast';
import { isKeeping, isMoved } from './operations';

/** What asks a tensor for its shape alone. */
const asking: ReadonlySet<string> = new Set([
  'size',
  'dim',
  'numel',
  'ndimension',
  'nelement',
  'is_contiguous',
  '.grad',
]);

export class ResultUses {
  private readonly asked = new Map<FlowResult, number>();
  private readonly takers = new Map<FlowResult, FlowResult[]>();
  private readonly places = new Map<number, Set<Span>>();

  private constructor(private readonly flow: FileFlow) {
    for (const each of flow.results) {
      if (each.layer) this.placesOf(each.layer).add(each.at.span);
      for (const input of each.inputs)
        for (const value of possibilities(input)) {
          if (value.kind !== 'result') continue;
          const takers = this.takers.get(value);
          if (takers) takers.push(each);
          else this.takers.set(value, [each]);
          if (asking.has(each.op)) this.asked.set(value, (this.asked.get(value) ?? 0) + 1);
        }
    }
  }

  static of(flow: FileFlow): ResultUses {
    const uses = known.get(flow) ?? new ResultUses(flow);
    known.set(flow, uses);
    return uses;
  }

  /** How many take the numbers of a result. */
  count(result: FlowResult): number {
    return this.flow.usesOf(result) - (this.asked.get(result) ?? 0);
  }

  /** The operations that take a result. */
  takersOf(result: FlowResult): readonly FlowResult[] {
    return this.takers.get(result) ?? [];
  }

  /** The operations that take a result, dropout and moves between devices left out. */
  takersThrough(result: FlowResult, depth = 0): readonly FlowResult[] {
    const takers = this.takersOf(result);
    if (depth > 8) return takers;
    return takers.flatMap((each) => (isKeeping(each) ? this.takersThrough(each, depth + 1) : [each]));
  }

  /** Whether a layer is run at several places of the code, or its weight is another's. */
  isShared(layer: BuiltLayer): boolean {
    return this.placesOf(layer).size > 1 || this.flow.isReweighted(layer);
  }

  private placesOf({ id }: BuiltLayer): Set<Span> {
    const found = this.places.get(id) ?? new Set();
    this.places.set(id, found);
    return found;
  }
}

const known = new WeakMap<FileFlow, ResultUses>();

const weighing: ReadonlySet<string> = new Set(
  '* @ mul multiply matmul bmm mm mv dot einsum baddbmm addmm addbmm inner tensordot outer torch.einsum index_add scatter_add multinomial topk argmax max sort cumsum where'.split(
    ' ',
  ),
);

/** Whether what an operation gives weighs or chooses something else: attention, gates, routes, mixtures. */
export function isWeight(result: FlowResult, flow: FileFlow): boolean {
  const uses = ResultUses.of(flow);
  const open = [result];
  const seen = new Set(open);
  for (let next = open.pop(); next && seen.size < 64; next = open.pop())
    for (const taker of uses.takersOf(next)) {
      if (weighing.has(taker.op)) return true;
      if (seen.has(taker) || !(isMoved(taker) || taker.op === '+' || taker.op === '/')) continue;
      seen.add(taker);
      open.push(taker);
    }
  return false;
}
