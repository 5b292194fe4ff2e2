"""Writes test/fixtures/training/expected.json: test/fixtures/training/models.py as PyTorch runs it in training mode.

Run: python3 test/parity/reference_training.py [OUT]
For each model: inputs, outputs of a pass in training mode, and the floating-point buffers after it. Weights, inputs and
random numbers follow the tests' rule.
"""
import json
import pathlib
import sys

import torch
from noise import Noise
from reference_models import example, flat, load, output, root, weight

FILE = "test/fixtures/training/models.py"


def describe(module, expression, inputs):
    model = eval(expression, dict(vars(module))).train()
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point():
            tensor.copy_(weight(name, tuple(tensor.shape)))
    tensors = [example(i, spec) for i, spec in enumerate(inputs)]
    with Noise(), torch.no_grad():
        outputs = [output(t) for t in flat(model(*tensors))]
    return {
        "file": FILE,
        "expression": expression,
        "inputs": [{"shape": list(t.shape), "dtype": str(t.dtype)[6:]} for t in tensors],
        "outputs": outputs,
        "buffers": {name: output(buffer) for name, buffer in model.named_buffers()},
    }


module = load(FILE)
lines = [json.dumps(describe(module, *case)) for case in module.CASES.items()]
out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "test/fixtures/training/expected.json"
out.write_text("[\n" + ",\n".join(lines) + "\n]\n")
