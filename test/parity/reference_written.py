"""Runs models that write activations out, and prints what each gives as JSON lines.

Run: python3 test/parity/reference_written.py MODELS.json
MODELS.json is a list of texts, each with a class Net of two linear layers. Weights and inputs follow from their order
alone, as test/support/writtenModels.ts has them, in double precision.
"""
import json
import pathlib
import sys

import torch


def fill(tensor, seed):
    count = tensor.numel()
    index = torch.arange(1, count + 1, dtype=torch.float64)
    return (2 * torch.sin(1.7 * index + 3.1 * seed)).reshape(tensor.shape)


def outputs(text):
    scope = {}
    exec(compile(text, "<model>", "exec"), scope)
    torch.manual_seed(0)
    model = scope["Net"]().double().eval()
    with torch.no_grad():
        for seed, parameter in enumerate(model.parameters()):
            parameter.copy_(fill(parameter, seed))
        return model(fill(torch.empty(1, 4), 100)).flatten().tolist()


if __name__ == "__main__":
    for model in json.loads(pathlib.Path(sys.argv[1]).read_text()):
        print(json.dumps(outputs(model)))
