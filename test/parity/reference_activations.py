"""Values and slopes of the catalogue's activations, by PyTorch's autograd in fp64. Writes JSON to standard output."""

import json
import math
import sys

import torch
import torch.nn.functional as F

# Corners (0, ±3), both sides of each, far tails and a grid between.
POINTS = sorted(
    {0.0, 3.0, -3.0, 1e-8, -1e-8, 3 + 1e-6, 3 - 1e-6, -3 + 1e-6, -3 - 1e-6, 20.5, -20.5, 40.0, -40.0, 100.0, -100.0}
    | {i / 8 for i in range(-48, 49)}
)

# The catalogue's id, its parameters, the same in PyTorch.
CASES = [
    ("identity", {}, lambda x: x * 1),
    ("relu", {}, F.relu),
    ("leaky_relu", {"negative_slope": 0.01}, lambda x: F.leaky_relu(x, 0.01)),
    ("leaky_relu", {"negative_slope": 0.3}, lambda x: F.leaky_relu(x, 0.3)),
    ("prelu", {"init": 0.25}, lambda x: F.prelu(x, torch.tensor([0.25], dtype=x.dtype))),
    ("elu", {"alpha": 1.0}, F.elu),
    ("elu", {"alpha": 0.5}, lambda x: F.elu(x, 0.5)),
    ("selu", {}, F.selu),
    ("gelu", {"approximate": "none"}, F.gelu),
    ("gelu", {"approximate": "tanh"}, lambda x: F.gelu(x, approximate="tanh")),
    ("silu", {}, F.silu),
    ("mish", {}, F.mish),
    ("hardswish", {}, F.hardswish),
    ("sigmoid", {}, torch.sigmoid),
    ("tanh", {}, torch.tanh),
    ("softplus", {"beta": 1.0, "threshold": 20.0}, F.softplus),
    ("softplus", {"beta": 2.0, "threshold": 5.0}, lambda x: F.softplus(x, 2.0, 5.0)),
]

ROWS = [[0.0, 1.0, 2.0], [1000.0, 1000.0, -1000.0], [-0.5], [3.0, -3.0, 0.25, 7.5]]


def moments(function):
    """Expectations under N(0, 1) by a midpoint rule whose cells end at every corner."""
    step = 1 / 512
    x = (torch.arange(-12 * 512, 12 * 512, dtype=torch.float64) + 0.5) * step
    x.requires_grad_(True)
    y = function(x)
    (slope,) = torch.autograd.grad(y.sum(), x)
    weight = torch.exp(-x.detach() ** 2 / 2) / math.sqrt(2 * math.pi) * step
    y = y.detach()
    mean = (weight * y).sum().item()
    square = (weight * y * y).sum().item()
    return {
        "mean": mean,
        "deviation": math.sqrt(max(square - mean**2, 0)),
        "zeros": weight[y == 0].sum().item(),
        "meanSquaredSlope": (weight * slope * slope).sum().item(),
    }


def case(name, parameters, function):
    x = torch.tensor(POINTS, dtype=torch.float64, requires_grad=True)
    y = function(x)
    (slope,) = torch.autograd.grad(y.sum(), x)
    return {
        "activation": name,
        "parameters": parameters,
        "values": y.tolist(),
        "slopes": slope.tolist(),
        "facts": moments(function),
    }


json.dump(
    {
        "points": POINTS,
        "cases": [case(*each) for each in CASES],
        "softmax": [{"row": row, "values": torch.softmax(torch.tensor(row, dtype=torch.float64), 0).tolist()} for row in ROWS],
    },
    sys.stdout,
)
print()
