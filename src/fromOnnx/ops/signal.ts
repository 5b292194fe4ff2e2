/** Windows over a signal, which are known where their length is. */
import { itemAt } from '../../graph/access';
import type { OperatorReader, OperatorTable } from '../call';
import { dtypeOf } from '../elements';
import { table } from '../table';

/** Σ ±cₖ·cos(2πki/N), the signs in turns. */
const cosines =
  (coefficients: readonly number[]): OperatorReader =>
  (call) => {
    const length = itemAt(call.ints(0), 0);
    const period = call.attributes.int('periodic', 1) !== 0 ? length : length - 1;
    const dtype = dtypeOf(call.attributes.int('output_datatype', 1), call.what, call.path);
    const data = table(length, (i) =>
      coefficients.reduce((sum, each, k) => sum + (k % 2 ? -each : each) * Math.cos((2 * Math.PI * k * i) / period), 0),
    );
    return call.t.constant(data, [length], dtype);
  };

export const signals: OperatorTable = {
  HannWindow: cosines([0.5, 0.5]),
  HammingWindow: cosines([25 / 46, 21 / 46]),
  BlackmanWindow: cosines([0.42, 0.5, 0.08]),
};
