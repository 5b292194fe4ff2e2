"""Prints test/fixtures/activations.json: values and slopes of the catalogue's activations, by PyTorch's autograd in fp64.

Run: python3 test/parity/reference_activations.py > test/fixtures/activations.json
With --grid: at 2,000 points, edges of the number format included, as hexadecimal doubles (JSON has no NaN).
"""

import json
import math
import struct
import sys

import torch
import torch.nn.functional as F

# Corners (0, ±3, 6), both sides of some, far tails and a grid between (which meets ±0.5 and ±1).
POINTS = sorted(
    {0.0, 3.0, -3.0, 1e-8, -1e-8, 3 + 1e-6, 3 - 1e-6, -3 + 1e-6, -3 - 1e-6, 0.5 + 1e-6, 0.5 - 1e-6, -0.5 + 1e-6, -0.5 - 1e-6, 6 + 1e-6, 6 - 1e-6, 20.5, -20.5, 40.0, -40.0, 100.0, -100.0}
    | {i / 8 for i in range(-48, 49)}
)



# Zeros of both signs, what is no number, where exp overflows and underflows in either precision, subnormals.
EDGES = [0.0, math.inf, 88.0, 88.8, 104.0, 709.0, 710.0, 746.0, 5e-324, 1e-310, 2.2250738585072014e-308, 1e-154, 1e-45, 1.17549435e-38, 1e19, 3.4e38, 1e155, 1.7e308]


def grid():
    """2,000 points: the edges, the points above, 6 decades around each zero, the rest evenly through [-30, 30]."""
    points = [math.nan] + [sign * edge for edge in EDGES for sign in (1, -1)] + POINTS
    points += [sign * 10 ** (exponent / 50) for exponent in range(-300, 150) for sign in (1, -1)]
    rest = 2000 - len(points)
    return points + [60 * i / (rest - 1) - 30 for i in range(rest)]


def softplus(x):
    """Exact everywhere: with its usual threshold it is x itself above 20."""
    return F.softplus(x, threshold=200)


def laplace(x, mu, sigma):
    """0.5·(1 + erf(z)), without the zeros that 1 + erf(z) rounds to far left."""
    return 0.5 * torch.erfc((mu - x) / (sigma * math.sqrt(2)))


def step(x, alpha):
    """Constant on both sides, and NaN for NaN, by a term that is zero with a slope of zero everywhere else."""
    return torch.where(x > 0, torch.ones_like(x), torch.full_like(x, alpha)) + 0 * x.clamp(0, 0)


def smu(x, alpha, mu):
    return ((1 + alpha) * x + (1 - alpha) * x * torch.erf(mu * (1 - alpha) * x)) / 2


def xielu(x, alpha_p, alpha_n, beta):
    return torch.where(x > 0, alpha_p * x * x, alpha_n * (torch.expm1(x.clamp(max=0)) - x)) + beta * x


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
    # By its definition: F.hardswish of PyTorch 1.13 has slope -0.5 at exactly -3, where later ones have 0.
    ("hardswish", {}, lambda x: x * F.relu6(x + 3) / 6),
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
    # What PyTorch has no function of, by definition.
    ("quick_gelu", {}, lambda x: x * torch.sigmoid(1.702 * x)),
    ("relu2", {}, lambda x: F.relu(x).square()),
    ("star_relu", {"scale": 0.8944, "bias": -0.4472}, lambda x: 0.8944 * F.relu(x).square() - 0.4472),
    ("star_relu", {"scale": 1.0, "bias": 0.0}, lambda x: F.relu(x).square()),
    ("hard_mish", {}, lambda x: x * 0.5 * (x + 2).clamp(0, 2)),
    ("laplace", {"mu": 0.707107, "sigma": 0.282095}, lambda x: laplace(x, 0.707107, 0.282095)),
    ("laplace", {"mu": 0.0, "sigma": 1.0}, lambda x: laplace(x, 0.0, 1.0)),
    ("sine", {"omega_0": 1.0}, torch.sin),
    ("sine", {"omega_0": 30.0}, lambda x: torch.sin(30 * x)),
    ("snake", {"alpha": 1.0}, lambda x: x + torch.sin(x) ** 2),
    ("snake", {"alpha": 0.3}, lambda x: x + torch.sin(0.3 * x) ** 2 / 0.3),
    ("swish_beta", {"beta": 1.0}, lambda x: x * torch.sigmoid(x)),
    ("swish_beta", {"beta": 2.5}, lambda x: x * torch.sigmoid(2.5 * x)),
    ("aptx", {"alpha": 1.0, "beta": 1.0, "gamma": 0.5}, lambda x: (1 + torch.tanh(x)) * 0.5 * x),
    ("aptx", {"alpha": 0.5, "beta": 2.0, "gamma": 1.5}, lambda x: (0.5 + torch.tanh(2 * x)) * 1.5 * x),
    ("serf", {}, lambda x: x * torch.erf(softplus(x))),
    ("smu", {"alpha": 0.01, "mu": 2.5}, lambda x: smu(x, 0.01, 2.5)),
    ("smu", {"alpha": 0.25, "mu": 1.0}, lambda x: smu(x, 0.25, 1.0)),
    ("xielu", {"alpha_p": 0.8, "alpha_n": 0.8, "beta": 0.5}, lambda x: xielu(x, 0.8, 0.8, 0.5)),
    ("xielu", {"alpha_p": 1.2, "alpha_n": 2.0, "beta": 0.25}, lambda x: xielu(x, 1.2, 2.0, 0.25)),
    ("sqrtsoftplus", {}, lambda x: softplus(x).sqrt()),
    ("step", {"alpha": 0.0}, lambda x: step(x, 0.0)),
    ("step", {"alpha": 0.25}, lambda x: step(x, 0.25)),
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
    ("swiglu", {}, PAIRS, lambda x: halves(x, F.silu)),
    ("geglu", {}, PAIRS, lambda x: halves(x, F.gelu)),
    ("reglu", {}, PAIRS, lambda x: halves(x, F.relu)),
    ("bilinear_glu", {}, PAIRS, lambda x: halves(x, lambda gate: gate)),
]


def halves(x, function):
    value, gate = x.chunk(2)
    return value * function(gate)


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


def at(points, function):
    x = torch.tensor(points, dtype=torch.float64, requires_grad=True)
    y = function(x)
    (slope,) = torch.autograd.grad(y.sum(), x)
    return y.tolist(), slope.tolist()


def on_grid(name, parameters, function):
    values, slopes = at(grid(), function)
    return {"activation": name, "parameters": parameters, "values": written(values), "slopes": written(slopes)}


def written(doubles):
    return struct.pack(f"<{len(doubles)}d", *doubles).hex()


def case(name, parameters, function):
    values, slopes = at(POINTS, function)
    return {
        "activation": name,
        "parameters": parameters,
        "values": values,
        "slopes": slopes,
        "facts": moments(function),
    }


def row_case(name, parameters, rows, function):
    values = [function(torch.tensor(row, dtype=torch.float64)).tolist() for row in rows]
    return {"activation": name, "parameters": parameters, "rows": rows, "values": values}


def gains():
    """`calculate_gain` of every entry that it knows."""
    names = {"identity": "linear", "relu": "relu", "leaky_relu": "leaky_relu", "sigmoid": "sigmoid", "tanh": "tanh", "selu": "selu"}
    return {name: torch.nn.init.calculate_gain(theirs) for name, theirs in names.items()}


if "--grid" in sys.argv:
    reference = {"points": written(grid()), "cases": [on_grid(*each) for each in CASES], "gains": gains()}
else:
    reference = {
        "points": POINTS,
        "cases": [case(*each) for each in CASES],
        "rows": [row_case(*each) for each in ROW_CASES],
    }
json.dump(reference, sys.stdout)
print()
