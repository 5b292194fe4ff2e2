/** Measures what a finding costs: the model as written and mended, the same weights, inputs and targets in both. */
import { Random } from '../compare/random';
import { batchOf } from '../data/columns';
import { itemAt, sizeAt } from '../graph/access';
import { elements } from '../graph/ops/rule';
import type { TensorData, TensorType } from '../graph/types';
import type { PricedFinding, PricedModel } from '../price/finding';
import type { PlannedLoss, PricePlan } from '../price/plan';
import { planPrice } from '../price/planPrice';
import type { PricedQuantity, PriceReport, Quantity } from '../price/report';
import { Draw } from './draw';
import { randomInputs, randomTarget } from './inputs';
import { requireFits, requireMemory } from './memory';
import { type PriceGraph, priceGraph } from './priceGraph';
import { Probe } from './probe';
import type { Runtime } from './runtime';

/** Weights and inputs are drawn so often. */
const SEEDS = 8;
/** Milliseconds after which no other seed is begun. */
const BUDGET = 20_000;

export interface PriceRequest {
  readonly finding: PricedFinding;
  readonly model: PricedModel;
}

/** Numbers that all tensors of a small model have together, weights among them. */
const SMALL = 4_000_000;

/** Whether a few passes of a model take no longer than making it ready for a GPU. */
export const isSmall = ({ graph, batched = graph }: PricedModel): boolean =>
  batched.values.reduce((sum, { type }) => sum + elements(type.shape), 0) <= SMALL;

/** How far it is: a share of the seeds. */
type OnProgress = (done: number, total: number) => void;

/**
 * @throws PriceError, ShapeError, RuntimeError with messages for the user; the signal's reason when it is aborted.
 * Sessions are released in every case; the runtime remains the caller's.
 */
export async function runPrice(
  { finding, model }: PriceRequest,
  runtime: Runtime,
  onProgress: OnProgress = () => undefined,
  signal?: AbortSignal,
): Promise<PriceReport> {
  const plan = planPrice(finding, model);
  const versions = [plan.written, plan.mended];
  requireMemory(plan.written.graph, versions.length, runtime);
  const graphs = versions.map((version) => priceGraph(plan, version, runtime.device));
  for (const { graph } of graphs) requireFits(graph, runtime);
  const probes: Probe[] = [];
  const samples = graphs.map((): Partial<Record<Quantity, number>>[] => []);
  try {
    for (const { graph } of graphs) probes.push(await Probe.compile(runtime, graph));
    const start = performance.now();
    for (let seed = 0; seed < SEEDS; seed++) {
      signal?.throwIfAborted();
      onProgress(seed, SEEDS);
      const draw = new Draw(runtime, plan.written.graph, seed, [], dataOf(plan, graphs[0], seed));
      try {
        for (const [i, probe] of probes.entries()) {
          const read = graphs[i]?.read(await probe.run(draw));
          if (read) samples[i]?.push(read);
        }
      } finally {
        draw.free();
      }
      if (performance.now() - start > BUDGET) break;
    }
  } finally {
    for (const probe of probes) await probe.release();
  }
  return reportOf(plan, samples);
}

function reportOf(
  plan: PricePlan,
  [written = [], mended = []]: readonly Partial<Record<Quantity, number>>[][],
): PriceReport {
  const { subject, least, notes, quantities } = plan;
  const of = (readings: typeof written, quantity: Quantity) =>
    readings.flatMap((reading) => reading[quantity] ?? []).filter(Number.isFinite);
  const told = quantities.map(
    (quantity): PricedQuantity => ({ quantity, written: of(written, quantity), mended: of(mended, quantity) }),
  );
  return {
    subject,
    model: plan.written.graph.name,
    batch: batchOf(plan.written.graph),
    seeds: written.length,
    quantities: told.filter((each) => each.written.length > 0),
    ...(least && { least }),
    notes,
  };
}

/** Made-up inputs, and targets that suit the loss. */
function dataOf({ written, loss }: PricePlan, graph: PriceGraph | undefined, seed: number): TensorData[] {
  const inputs = randomInputs(written.graph, seed);
  if (!graph) return inputs;
  const target =
    loss.at === 'output'
      ? randomTarget(loss.task, graph.target, inputs, seed)
      : targetOf(loss, written, graph.target, seed);
  return [...inputs, target];
}

/** Classes as integers; or 0 and 1, one of each row where classes exclude each other. */
function targetOf(
  { isExclusive, classes: dim }: Extract<PlannedLoss, { at: 'scores' }>,
  { graph, scores }: PricePlan['written'],
  type: TensorType,
  seed: number,
): TensorData {
  const random = new Random(seed * 1000 + 999);
  const classes = sizeAt(itemAt(graph.values, scores).type.shape, dim);
  const count = elements(type.shape);
  if (!type.dtype.includes('float')) return Int32Array.from({ length: count }, () => random.integerBelow(classes));
  if (!isExclusive) return Float32Array.from({ length: count }, () => random.integerBelow(2));
  const target = new Float32Array(count);
  for (let row = 0; row < count; row += classes) target[row + random.integerBelow(classes)] = 1;
  return target;
}
