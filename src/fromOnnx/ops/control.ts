/** Branches and loops: those that the file alone decides are read as what they come to. */
import { itemAt, itemOr, sizeAt } from '../../graph/access';
import { say } from '../../language/say';
import type { OperatorReader, OperatorTable } from '../call';
import type { OnnxOperand } from '../operand';

/** Rounds of a loop that are written out. */
const MOST_ROUNDS = 1024;

const branch: OperatorReader = (call) =>
  call.around.run(call.attributes.graph(itemAt(call.data(0), 0) ? 'then_branch' : 'else_branch'), []);

const loop: OperatorReader = (call) => {
  const { t, attributes } = call;
  const body = attributes.graph('body');
  const most = call.optional(0) ? itemAt(call.data(0), 0) : Number.POSITIVE_INFINITY;
  let isGoing = call.optional(1) ? itemAt(call.data(1), 0) !== 0 : true;
  let carried = call.inputs.slice(2);
  const count = carried.length;
  const scans: OnnxOperand[][] = Array.from({ length: Math.max(body.outputs.length - 1 - count, 0) }, () => []);
  for (let round = 0; isGoing && round < most; round++) {
    if (round >= MOST_ROUNDS) throw call.refuse(say('it has more than {0} rounds', MOST_ROUNDS));
    const given = [t.constant([round], []), t.constant([1], [], 'bool'), ...carried];
    const [condition, ...rest] = call.around.run(body, given, round);
    if (condition && call.inputs[1]) isGoing = itemAt(call.dataOf(condition, 1), 0) !== 0;
    else if (condition?.known) isGoing = itemAt(condition.known, 0) !== 0;
    carried = rest.slice(0, count);
    scans.forEach((scan, i) => {
      const made = itemAt(rest, count + i);
      scan.push(t.reshape(made, [1, ...made.type.shape]));
    });
  }
  const stacked = scans.map((scan) => {
    if (scan.length === 0) throw call.refuse(say('it has no rounds'));
    return t.cat(scan, 0);
  });
  return [...carried.filter((each) => each !== undefined), ...stacked];
};

const scan: OperatorReader = (call) => {
  const { t, attributes } = call;
  const body = attributes.graph('body');
  const sequences = attributes.requiredInt('num_scan_inputs');
  // Version 8 had a batch, and lengths for its rows.
  const isOld = call.opset < 9;
  if (isOld) throw call.refuse(say('it is version 8 of Scan'));
  const states = call.inputs.length - sequences;
  const inputs = call.inputs.slice(states);
  const axis = (name: string, index: number, rank: number) =>
    call.axis(itemOr(attributes.ints(name) ?? [], index, 0), rank);
  const isBackwards = (name: string, index: number) => itemOr(attributes.ints(name) ?? [], index, 0) !== 0;
  const first = inputs[0];
  if (!first) throw call.problem('damaged', say('{0} lacks its input {1}: the file is damaged.', call.what, states));
  const length = sizeAt(first.type.shape, axis('scan_input_axes', 0, first.type.shape.length));
  if (length > MOST_ROUNDS) throw call.refuse(say('it has more than {0} rounds', MOST_ROUNDS));
  let carried = call.inputs.slice(0, states);
  const made: OnnxOperand[][] = Array.from({ length: Math.max(body.outputs.length - states, 0) }, () => []);
  for (let round = 0; round < length; round++) {
    const given = inputs.map((x, i) => {
      if (!x) return undefined;
      const dim = axis('scan_input_axes', i, x.type.shape.length);
      const at = isBackwards('scan_input_directions', i) ? length - 1 - round : round;
      return t.reshape(
        t.slice(x, dim, at, at + 1),
        x.type.shape.filter((_, j) => j !== dim),
      );
    });
    const outputs = call.around.run(body, [...carried, ...given], round);
    carried = outputs.slice(0, states);
    made.forEach((list, i) => {
      list.push(itemAt(outputs, states + i));
    });
  }
  const stacked = made.map((list, i) => {
    const rank = itemAt(list, 0).type.shape.length + 1;
    const dim = axis('scan_output_axes', i, rank);
    const parts = list.map((each) => t.reshape(each, each.type.shape.toSpliced(dim, 0, 1)));
    return t.cat(isBackwards('scan_output_directions', i) ? parts.reverse() : parts, dim);
  });
  return [...carried.filter((each) => each !== undefined), ...stacked];
};

export const controls: OperatorTable = { If: branch, Loop: loop, Scan: scan };
