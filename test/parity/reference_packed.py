"""Writes test/fixtures/packed.json and istft.json: what recurrent layers make of sequences of different lengths, packed, and
what comes back of spectra. Run with PyTorch."""
import json
import pathlib

import torch

FIXTURES = pathlib.Path(__file__).parents[1] / "fixtures"
code = {}
exec((FIXTURES / "packed_model.py").read_text(), code)
found = {}
for kind in ("LSTM", "GRU", "RNN"):
    for enforce in (True, False):
        model = code["Net"](kind, enforce).eval()
        outputs = model(torch.linspace(-2, 2, 24).reshape(3, 4, 2))
        found[f"Net('{kind}', {enforce})"] = [[round(v, 5) for v in each.flatten().tolist()] for each in outputs]
(FIXTURES / "packed.json").write_text(json.dumps(found) + "\n")

CASES = ["16, 4, {}", "16, 4, {'length': 40}", "16, 5, {'length': 50}", "15, 3, {'win_length': 12}", "16, 4, {'normalized': True}"]
code, found = {}, {}
exec((FIXTURES / "istft_model.py").read_text(), code)
for case in [*CASES, "16, 4, {}, False"]:
    expression = f"Net({case})"
    output = eval(expression, code)(torch.linspace(-2, 2, 96).reshape(2, 48))
    found[expression] = [round(v, 5) for v in output.flatten().tolist()]
(FIXTURES / "istft.json").write_text(json.dumps(found) + "\n")
