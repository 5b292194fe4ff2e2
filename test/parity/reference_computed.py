"""Writes test/fixtures/computed.json: what the models of computed_models.py compute. Run with PyTorch 2.13."""
import json
import pathlib

import torch

FIXTURES = pathlib.Path(__file__).parents[1] / "fixtures"
code, found = {}, {}
exec((FIXTURES / "computed_models.py").read_text(), code)
for expression, shape in code["SHAPES"].items():
    x = torch.linspace(-2, 2, torch.Size(shape).numel()).reshape(shape)
    outputs = eval(expression, code).eval()(x)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    rounded = [[float(f"{v:.6g}") for v in each.detach().flatten().tolist()] for each in outputs]
    found[expression] = {"shape": shape, "outputs": rounded}
(FIXTURES / "computed.json").write_text(json.dumps(found) + "\n")
