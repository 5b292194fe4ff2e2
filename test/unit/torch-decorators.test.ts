import assert from 'node:assert/strict';
import { libraries } from '../../src/extract/libraries';
import { printed } from '../support/python';

/** What PyTorch offers to put over a function or method that changes none of its values. */
const decorators = [
  'torch.jit.ignore',
  'torch.jit.ignore()',
  'torch.jit.ignore(drop=True)',
  'torch.jit.unused',
  'torch.jit.export',
  'torch.jit.script',
  'torch.jit.script_if_tracing',
  'torch.jit._overload_method',
  'torch.compile',
  'torch.compile()',
  'torch.compile(fullgraph=True, mode="max-autotune")',
  'torch.compiler.disable',
  'torch.compiler.disable()',
  'torch.compiler.disable(recursive=False)',
  'torch.compiler.allow_in_graph',
  'torch._dynamo.disable',
  'torch._dynamo.disable()',
  'torch.fx.wrap',
  'torch.no_grad',
  'torch.no_grad()',
  'torch.enable_grad',
  'torch.inference_mode',
  'torch.set_grad_enabled(False)',
  'torch.inference_mode()',
];

describe("PyTorch's decorators", () => {
  for (const decorator of decorators)
    it(`@${decorator} hands back what it is over`, async () => {
      const code = `import torch\n@${decorator}\ndef double(x):\n    return 2 * x\nprint(double(21))\n`;
      assert.deepEqual(await printed({ 'a.py': code }, 'a.py', {}, libraries), ['42']);
    });
});
