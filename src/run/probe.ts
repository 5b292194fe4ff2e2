/** A graph that is run a few times with the weights and inputs of different seeds, for what it tells. */
import { itemAt } from '../graph/access';
import type { Graph } from '../graph/types';
import { lower } from '../lower/lower';
import type { LoweredGraph } from '../lower/lowered';
import { encodeModel } from '../onnx/encode';
import type { Draw } from './draw';
import { cpuFallbacks } from './placement';
import { isModelNode } from './readout';
import type { Runtime } from './runtime';
import type { Outputs, Session } from './session';

/** Outputs by the names that they have in the graph: lowering gives others where an input has the same. */
export function renameOutputs(graph: Graph, lowered: LoweredGraph, outputs: Outputs): Outputs {
  return Object.fromEntries(graph.outputs.map(({ name }, i) => [name, outputs[itemAt(lowered.outputs, i).name] ?? []]));
}

export class Probe {
  private constructor(
    private readonly graph: Graph,
    private readonly lowered: LoweredGraph,
    private readonly session: Session,
  ) {}

  /** Compiles a graph; its weights are inputs, so that one session serves every seed. */
  static async compile(runtime: Runtime, graph: Graph): Promise<Probe> {
    const lowered = lower(graph, { mode: 'evaluation', weights: 'inputs', device: runtime.device });
    return new Probe(graph, lowered, await runtime.createSession(encodeModel(lowered), 'watched'));
  }

  /** Operators of the model itself that ran on the CPU beside the GPU. */
  get fallbacks(): string[] {
    return cpuFallbacks(this.session.placements, isModelNode);
  }

  async run(draw: Draw): Promise<Outputs> {
    return renameOutputs(this.graph, this.lowered, await this.session.run(draw.feeds(this.graph, this.lowered)));
  }

  release(): Promise<void> {
    return this.session.release();
  }
}
