/** The thread in which ONNX files are read and written: anybody's bytes, whose reading its host can end. */

import { extractOnnx } from '../fromOnnx/extraction';
import { inspectOnnx, rewriteOnnx } from '../rewrite/onnxFile';
import type { ThreadOutcome } from './messages';
import { serveOrders } from './serve';

/** The bytes of a file that was written: they belong to nothing else. */
function bytesIn(outcome: ThreadOutcome): ArrayBuffer[] {
  const buffer = 'bytes' in outcome ? outcome.bytes?.buffer : undefined;
  return buffer instanceof ArrayBuffer ? [buffer] : [];
}

serveOrders((order, { source, alive }) => {
  switch (order.type) {
    case 'read':
      return extractOnnx(order.request, source, alive);
    case 'inspect':
      return inspectOnnx(order.request, source);
    case 'rewrite':
      return rewriteOnnx(order.request, source, alive);
  }
}, bytesIn);
