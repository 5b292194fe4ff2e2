"""Writes test/fixtures/learned.json: what autograd says of activations with the weights that they learn.

Run: python3 test/parity/reference_learned.py [OUT]
Each is written from its paper or its authors' code: parameters, weights, values, and the gradients of the weighted sum of
all values in the input and in every weight, in double precision.
"""
import json
import pathlib
import sys

import torch
import torch.nn.functional as F

CHANNELS = 3


def prelu(x, given, weight):
    return F.prelu(x, weight)


def smu(x, given, mu):
    alpha = given["alpha"]
    return ((1 + alpha) * x + (1 - alpha) * x * torch.erf(mu * (1 - alpha) * x)) / 2


def snake(x, given, alpha):
    return x + torch.sin(alpha * x) ** 2 / alpha


def swish_beta(x, given, beta):
    return x * torch.sigmoid(beta * x)


def xielu(x, given, alpha_p, alpha_n):
    beta = given["beta"]
    p, n = F.softplus(alpha_p), beta + F.softplus(alpha_n)
    return torch.where(x > 0, p * x * x + beta * x, (torch.expm1(x) - x) * n + beta * x)


def star_relu(x, given, scale, bias):
    return scale * F.relu(x) ** 2 + bias


CASES = [
    ("prelu", prelu, {"num_parameters": 1}, [[1]]),
    ("prelu", prelu, {"num_parameters": CHANNELS}, [[CHANNELS]]),
    ("smu", smu, {"alpha": 0.01}, [[1]]),
    ("smu", smu, {"alpha": 0.25}, [[1]]),
    ("snake", snake, {}, [[CHANNELS, 1]]),
    ("xielu", xielu, {"beta": 0.5}, [[1], [1]]),
    ("star_relu", star_relu, {}, [[1], [1]]),
    ("swish_beta", swish_beta, {}, [[1]]),
]


def numbers(tensor):
    return {"shape": list(tensor.shape), "data": tensor.detach().flatten().tolist()}


def case(name, function, given, shapes, seed):
    torch.manual_seed(seed)
    x = torch.randn(2, CHANNELS, 7, dtype=torch.float64).mul(2).requires_grad_()
    weights = [torch.rand(shape, dtype=torch.float64).add(0.3).requires_grad_() for shape in shapes]
    upstream = torch.randn(x.shape, dtype=torch.float64)
    y = function(x, given, *weights)
    gradients = torch.autograd.grad((y * upstream).sum(), [x, *weights])
    return {
        "activation": name,
        "parameters": given,
        "inputs": [numbers(each) for each in (x, *weights)],
        "upstream": numbers(upstream),
        "output": numbers(y),
        "gradients": [numbers(each) for each in gradients],
    }


if __name__ == "__main__":
    out = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1] / "fixtures" / "learned.json"
    found = [case(*each, seed) for seed, each in enumerate(CASES)]
    pathlib.Path(out).write_text(json.dumps(found, indent=1) + "\n")
