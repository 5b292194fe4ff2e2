"""Writes test/fixtures/measures.json: what PyTorch says of signal, gradient and 8-bit noise.

Run: python3 test/parity/reference_measures.py [OUT]
In training mode with a loss, for every activation in the order of execution: mean, deviation, share of zeros, of flat
places and of dead units of its output; norm of the loss's gradient at its input and the share of units without any. In
evaluation mode: signal to noise in dB with weights and layer inputs rounded to 8 bits by `fake_quantize`. Weights, inputs,
targets and noise follow the tests' rule; everything in double precision but the rounding, which PyTorch has in single.
"""
import copy
import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F
from noise import Noise
from reference_models import example, flat, load, root, weight
from reference_steps import classes
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

CASES = [
    ("samples/mlp.py", "MLP()", (8, 20)),
    ("samples/cifar_cnn.py", "CifarCNN()", (4, 3, 32, 32)),
    ("samples/resnet.py", "resnet20()", (4, 3, 32, 32)),
]
# As in src/activations/saturation.ts.
SATURATED = 0.1
FUNCTIONS = ("relu", "leaky_relu", "gelu", "silu")


class Watch:
    """Replaces the activation functions by ones that remember what goes in and comes out."""

    def __init__(self):
        self.seen = []

    def __enter__(self):
        self.before = {name: getattr(F, name) for name in FUNCTIONS}
        for name, function in self.before.items():
            setattr(F, name, self.wrapped(function))
        return self

    def wrapped(self, function):
        def call(x, *args, inplace=False, **kwargs):
            y = function(x, *args, **kwargs)
            if x.requires_grad:
                x.retain_grad()
            self.seen.append((x, y))
            return y

        return call

    def __exit__(self, *_):
        for name, function in self.before.items():
            setattr(F, name, function)


def units(x):
    """The largest absolute value in each channel or feature."""
    return x.abs().transpose(0, 1).flatten(1).amax(1)


def layer(x, y):
    (slope,) = torch.autograd.grad(y.sum(), x, retain_graph=True)
    return {
        "mean": float(y.mean()),
        "deviation": float(y.std(unbiased=False)),
        "zeros": float((y == 0).double().mean()),
        "saturated": float((slope.abs() < SATURATED).double().mean()),
        "dead": float((units(slope) < 1e-6).double().mean()),
        "units": y.shape[1],
        "count": y.numel(),
    }


def training(model, x, target):
    with Noise(), Watch() as watch:
        output = flat(model.train()(x.requires_grad_()))[0]
    layers = [layer(*seen) for seen in watch.seen]
    F.cross_entropy(output, target).backward()
    for found, (x, _) in zip(layers, watch.seen):
        found["norm"] = float(x.grad.norm())
        found["silent"] = float((units(x.grad) == 0).double().mean())
    return layers


def rounded(x):
    """One scale and zero point for a tensor; 0 is always representable."""
    low, high = min(float(x.min()), 0.0), max(float(x.max()), 0.0)
    scale = max((high - low) / 255, torch.finfo(torch.float32).eps)
    return torch.fake_quantize_per_tensor_affine(x.float(), scale, int(round(-low / scale)), 0, 255).to(x.dtype)


def rounded_weight(w, per_channel):
    size = w.abs()
    largest = size.amax(dim=tuple(range(1, w.ndim))) if per_channel else size.max()
    scale = (largest / 127).clamp(min=torch.finfo(torch.float32).eps)
    zeros = torch.zeros(w.shape[0], dtype=torch.int32)
    if per_channel:
        return torch.fake_quantize_per_channel_affine(w.float(), scale.float(), zeros, 0, -127, 127).to(w.dtype)
    return torch.fake_quantize_per_tensor_affine(w.float(), float(scale), 0, -127, 127).to(w.dtype)


def fold(model):
    """Batch norms into the convolutions before them."""
    for module in model.modules():
        children = list(module.named_children())
        for (name, conv), (norm_name, norm) in zip(children, children[1:]):
            if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                setattr(module, name, fuse_conv_bn_eval(conv, norm))
                setattr(module, norm_name, nn.Identity())
    return model


class EightBits:
    def __init__(self, per_channel):
        self.per_channel = per_channel

    def __enter__(self):
        self.before = F.conv2d, F.linear
        conv, linear = self.before
        F.conv2d = lambda x, w, *rest: conv(rounded(x), rounded_weight(w, self.per_channel), *rest)
        F.linear = lambda x, w, *rest: linear(rounded(x), rounded_weight(w, self.per_channel), *rest)

    def __exit__(self, *_):
        F.conv2d, F.linear = self.before


def decibels(exact, noisy):
    return 10 * math.log10(float((exact**2).mean()) / float(((noisy - exact) ** 2).mean()))


def compression(model, x):
    with torch.no_grad():
        with Watch() as exact:
            output = flat(model.eval()(x))[0]
        folded = fold(copy.deepcopy(model))
        found = {}
        for name, per_channel in (("snrTensor", False), ("snrChannel", True)):
            with EightBits(per_channel), Watch() as noisy:
                other = flat(folded(x))[0]
            found[name] = decibels(output, other)
            found[name + "Layers"] = [decibels(y, rounded(z)) for (_, y), (_, z) in zip(exact.seen, noisy.seen)]
    return found


def describe(file, expression, shape):
    model = eval(expression, dict(vars(load(file))))
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point():
            tensor.copy_(weight(name, tuple(tensor.shape)))
    model.double()
    x = example(0, shape).double()
    with torch.no_grad():
        count = flat(model.eval()(x))[0].shape[1]
    noise = compression(model, x)
    return {
        "file": file,
        "expression": expression,
        "inputs": [{"shape": list(shape), "dtype": "float32"}],
        "layers": training(model, x, classes(shape[:1], count)),
        **noise,
    }


if __name__ == "__main__":
    lines = [json.dumps(describe(*case)) for case in CASES]
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "test/fixtures/measures.json"
    out.write_text("[\n" + ",\n".join(lines) + "\n]\n")
