"""Activations by the names that transformers knows, where it is not installed."""
import math

import torch
from torch import nn


class NewGELUActivation(nn.Module):
    def forward(self, x):
        return 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3.0))))


class QuickGELUActivation(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class ReLUSquaredActivation(nn.Module):
    def forward(self, x):
        return torch.square(nn.functional.relu(x))


class FastGELUActivation(nn.Module):
    def forward(self, x):
        return 0.5 * x * (1.0 + torch.tanh(x * 0.7978845608 * (1.0 + 0.044715 * x * x)))


class GELUTanh(nn.Module):
    def forward(self, x):
        return nn.functional.gelu(x, approximate="tanh")


class ClassInstantier(dict):
    def __getitem__(self, key):
        return super().__getitem__(key)()


ACT2FN = ClassInstantier(
    {
        "gelu": nn.GELU,
        "gelu_fast": FastGELUActivation,
        "gelu_new": NewGELUActivation,
        "gelu_python": nn.GELU,
        "gelu_pytorch_tanh": GELUTanh,
        "leaky_relu": nn.LeakyReLU,
        "linear": nn.Identity,
        "mish": nn.Mish,
        "quick_gelu": QuickGELUActivation,
        "relu": nn.ReLU,
        "relu2": ReLUSquaredActivation,
        "relu6": nn.ReLU6,
        "sigmoid": nn.Sigmoid,
        "silu": nn.SiLU,
        "swish": nn.SiLU,
        "tanh": nn.Tanh,
        "prelu": nn.PReLU,
    }
)


def get_activation(activation_string):
    if activation_string in ACT2FN:
        return ACT2FN[activation_string]
    raise KeyError(f"function {activation_string} not found in ACT2FN mapping {list(ACT2FN.keys())}")
