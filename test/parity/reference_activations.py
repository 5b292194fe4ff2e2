"""Values and slopes of the catalogue's activations, by PyTorch's autograd in fp64. Writes JSON to standard output."""

import json
import math
import sys

import torch
import torch.nn.functional as F

# Corners (0, ±3, 6), both sides of some, far tails and a grid between (which meets ±0.5 and ±1).
POINTS = sorted(
    {0.0, 3.0, -3.0, 1e-8, -1e-8, 3 + 1e-6, 3 - 1e-6, -3 + 1e-6, -3 - 1e-6, 0.5 + 1e-6, 0.5 - 1e-6, -0.5 + 1e-6, -0.5 - 1e-6, 6 + 1e-6, 6 - 1e-6, 20.5, -20.5, 40.0, -40.0, 100.0, -100.0}
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
    ("threshold", {"threshold": 0.5, "value": 0.0}, lambda x: F.threshold(x, 0.5, 0.0)),
    ("threshold", {"threshold": -1.0, "value": 2.5}, lambda x: F.threshold(x, -1.0, 2.5)),
    ("rrelu", {"lower": 0.125, "upper": 1 / 3}, F.rrelu),
    ("rrelu", {"lower": 0.0, "upper": 0.5}, lambda x: F.rrelu(x, 0.0, 0.5)),
    ("hardtanh", {"min_val": -1.0, "max_val": 1.0}, F.hardtanh),
    ("hardtanh", {"min_val": -3.0, "max_val": 0.5}, lambda x: F.hardtanh(x, -3.0, 0.5)),
    ("hardtanh", {"min_val": -0.3125, "max_val": 0.6875}, lambda x: F.hardtanh(x, -0.3125, 0.6875)),
    ("relu6", {}, F.relu6),
    # F.hardsigmoid's own backward has 1/6 in single precision, for fp64 too.
    ("hardsigmoid", {}, lambda x: F.relu6(x + 3) / 6),
    ("celu", {"alpha": 1.0}, F.celu),
    ("celu", {"alpha": 0.5}, lambda x: F.celu(x, 0.5)),
    ("celu", {"alpha": 2.5}, lambda x: F.celu(x, 2.5)),
    ("hardshrink", {"lambd": 0.5}, F.hardshrink),
    ("hardshrink", {"lambd": 3.0}, lambda x: F.hardshrink(x, 3.0)),
    ("softshrink", {"lambd": 0.5}, F.softshrink),
    ("softshrink", {"lambd": 3.0}, lambda x: F.softshrink(x, 3.0)),
    ("logsigmoid", {}, F.logsigmoid),
    ("softsign", {}, F.softsign),
    ("tanhshrink", {}, F.tanhshrink),
]

ROWS = [[0.0, 1.0, 2.0], [1000.0, 1000.0, -1000.0], [-0.5], [3.0, -3.0, 0.25, 7.5]]
PAIRS = [[0.5, -2.0], [1.0, -1.5, 0.0, 40.0], [3.0, -3.0, 0.25, 7.5, -0.5, -100.0]]

# The same of whole rows: softmax and its kin along the only dimension, gated ones of both halves.
ROW_CASES = [
    ("softmax", {}, ROWS, lambda x: F.softmax(x, 0)),
    ("softmin", {}, ROWS, lambda x: F.softmin(x, 0)),
    ("softmax2d", {}, ROWS, lambda x: torch.nn.Softmax2d()(x.reshape(-1, 1, 1)).flatten()),
    ("log_softmax", {}, ROWS, lambda x: F.log_softmax(x, 0)),
    ("gumbel_softmax", {"tau": 1.0, "hard": False}, ROWS, lambda x: gumbel(x, 1.0, False)),
    ("gumbel_softmax", {"tau": 0.5, "hard": False}, ROWS, lambda x: gumbel(x, 0.5, False)),
    ("gumbel_softmax", {"tau": 2.0, "hard": True}, ROWS, lambda x: gumbel(x, 2.0, True)),
    ("glu", {}, PAIRS, lambda x: F.glu(x, 0)),
]


def gumbel(x, tau, hard):
    """PyTorch's own function with its noise taken out again: -log(Exp(1) draws) is 0 where every draw is 1."""
    ones = lambda self, *_, **__: self.fill_(1)
    exponential, torch.Tensor.exponential_ = torch.Tensor.exponential_, ones
    try:
        return F.gumbel_softmax(x, tau, hard, dim=0)
    finally:
        torch.Tensor.exponential_ = exponential


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


def row_case(name, parameters, rows, function):
    values = [function(torch.tensor(row, dtype=torch.float64)).tolist() for row in rows]
    return {"activation": name, "parameters": parameters, "rows": rows, "values": values}


json.dump(
    {
        "points": POINTS,
        "cases": [case(*each) for each in CASES],
        "rows": [row_case(*each) for each in ROW_CASES],
    },
    sys.stdout,
)
print()
