/** Gated units that are written out: a tensor in two halves, one of which opens or closes the other. */
import { isGiven, itemAt } from '../../graph/access';
import type { Node, Op, ValueId, WrittenActivation } from '../../graph/types';
import { catalogue, defaultParameters } from '../catalogue';
import type { ValueFlow } from './flow';

interface Half {
  readonly whole: ValueId;
  readonly dim: number;
  readonly second: boolean;
}

/** The half of a value that a slice is, where the product alone, or the gate alone, reads it. */
function halfOf(flow: ValueFlow, value: ValueId): Half | undefined {
  const made = flow.maker(value)?.node;
  if (made?.op.kind !== 'slice' || flow.readersOf(value).length !== 1) return undefined;
  const { dim, start, end, step } = made.op;
  const [whole] = made.inputs;
  const size = isGiven(whole) ? flow.graph.values[whole]?.type.shape[dim] : undefined;
  if (!isGiven(whole) || size === undefined || step !== 1 || 2 * (end - start) !== size) return undefined;
  if (start !== 0 && end !== size) return undefined;
  return { whole, dim, second: start !== 0 };
}

type GateOp = Extract<Op, { kind: 'activation' }>;

/** What opens a gate: a named activation, or one of those that were found. */
function gateOf(flow: ValueFlow, value: ValueId, found: ReadonlyMap<ValueId, WrittenActivation>) {
  const made = flow.maker(value)?.node;
  if (!made || flow.readersOf(value).length !== 1) return undefined;
  const written = found.get(value);
  const op: GateOp | undefined = written?.op ?? (made.op.kind === 'activation' ? made.op : undefined);
  const input = written?.input ?? made.inputs[0];
  return op && isGiven(input) ? { op, input, values: written?.values ?? [value] } : undefined;
}

/**
 * Products of a value with its gate that are one of the catalogue's gated units whose gate bears no other activation: an
 * activation that is no gate by nature can be exchanged inside, and stays a place of its own.
 * @param found written-out activations; a gate among them is taken out, for it is part of its unit
 */
export function gatedUnits(flow: ValueFlow, found: WrittenActivation[]): WrittenActivation[] {
  const byOutput = new Map(found.map((one) => [one.output, one]));
  const units = flow.graph.nodes.flatMap((node) => unitAt(flow, node, byOutput) ?? []);
  const inside = new Set(units.flatMap(({ values }) => values));
  for (let i = found.length - 1; i >= 0; i--) if (inside.has(itemAt(found, i).output)) found.splice(i, 1);
  return units;
}

function unitAt(
  flow: ValueFlow,
  { op, inputs, outputs }: Node,
  found: ReadonlyMap<ValueId, WrittenActivation>,
): WrittenActivation | undefined {
  const [output] = outputs;
  if (op.kind !== 'binary' || op.function !== 'mul' || output === undefined) return undefined;
  const [left, right] = inputs;
  if (!isGiven(left) || !isGiven(right)) return undefined;
  for (const [value, opened] of [
    [left, right],
    [right, left],
  ] as const) {
    const gate = gateOf(flow, opened, found);
    const entry = gate && [...catalogue.values()].find((each) => each.gate === gate.op.activation && hasDim(each));
    const [plain, gated] = [halfOf(flow, value), gate && halfOf(flow, gate.input)];
    if (!gate || !entry || !plain || !gated || plain.whole !== gated.whole || plain.dim !== gated.dim) continue;
    if (plain.second || !gated.second) continue;
    return {
      op: {
        kind: 'activation',
        activation: entry.id,
        parameters: { ...defaultParameters(entry), dim: plain.dim },
        halves: true,
      },
      input: plain.whole,
      output,
      values: [value, gate.input, ...gate.values, output],
    };
  }
  return undefined;
}

/** GLU alone takes any dimension, and its sigmoid is nothing but a gate. */
const hasDim = ({ parameters }: { readonly parameters: readonly { readonly name: string }[] }): boolean =>
  parameters.some(({ name }) => name === 'dim');
