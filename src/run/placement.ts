/**
 * Which operators ONNX Runtime put on which device. It has no call for that: at the verbose level it prints its node
 * placements to the console while a session is created.
 */
import { say } from '../language/say';

type Method = 'log' | 'info' | 'warn' | 'error' | 'debug';
const methods: readonly Method[] = ['log', 'info', 'warn', 'error', 'debug'];

/**
 * Stands between ONNX Runtime and the console. The runtime binds the console's methods when its WASM starts, so this
 * must be made before that; while nothing is captured, everything passes.
 */
export class ConsoleTap {
  private lines: string[] | null = null;

  constructor(target: Pick<Console, Method>) {
    for (const method of methods) {
      const pass = target[method].bind(target);
      target[method] = (...parts: unknown[]) => {
        if (this.lines) this.lines.push(parts.join(' '));
        else pass(...parts);
      };
    }
  }

  /** Collects what is printed while `action` runs. */
  async collectDuring<T>(action: () => Promise<T>): Promise<{ result: T; lines: string[] }> {
    const lines: string[] = [];
    this.lines = lines;
    try {
      return { result: await action(), lines };
    } finally {
      this.lines = null;
    }
  }
}

export interface Placement {
  /** `WebGpuExecutionProvider`, `CPUExecutionProvider`. */
  readonly provider: string;
  /** `Gemm`, with the node's name. */
  readonly opType: string;
  readonly node: string;
  readonly count: number;
}

/** Reads the section "Node placements" of the runtime's log; empty where the log has none. */
export function readPlacements(lines: readonly string[]): Placement[] {
  const log = lines.flatMap((line) => line.split('\n'));
  const start = log.findIndex((line) => line.includes('Node placements'));
  if (start < 0) return [];
  const placements: Placement[] = [];
  let provider = '';
  for (const line of log.slice(start)) {
    if (!line.includes('VerifyEachNodeIsAssignedToAnEp')) continue;
    const text = line.replace(/^.*VerifyEachNodeIsAssignedToAnEp\]?\s*/, '');
    const all = /All nodes placed on \[(\w+)\]\. Number of nodes: (\d+)/.exec(text);
    const group = /Node\(s\) placed on \[(\w+)\]/.exec(text);
    const node = /^\s*(\w+) \((.*)\)\s*$/.exec(text);
    // The log doesn't list nodes that are all in one place.
    if (all)
      placements.push({ provider: all[1] ?? '', opType: say('every operator'), node: '', count: Number(all[2]) });
    else if (group) provider = group[1] ?? '';
    else if (node && provider) placements.push({ provider, opType: node[1] ?? '', node: node[2] ?? '', count: 1 });
  }
  return placements;
}

/**
 * Operators that the GPU left to the CPU, each once with the number of its nodes: `Round ×2`.
 * @param own tells the model's nodes, by name, from what was added to measure it
 */
export function cpuFallbacks(placements: readonly Placement[], own: (node: string) => boolean = () => true): string[] {
  const counts = new Map<string, number>();
  for (const { provider, opType, node, count } of placements) {
    if (provider !== 'CPUExecutionProvider' || opType.startsWith('Memcpy') || !own(node)) continue;
    counts.set(opType, (counts.get(opType) ?? 0) + count);
  }
  return [...counts].map(([opType, count]) => (count > 1 ? `${opType} ×${count}` : opType));
}
