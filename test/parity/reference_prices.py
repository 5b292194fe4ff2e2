"""Writes test/fixtures/prices/expected.json: what PyTorch says of models with a mistake, as written and mended.

Run: python3 test/parity/reference_prices.py [OUT]
In training mode, in double precision: the loss, the length of its gradient by one layer's weights, what share of the
gradient of another layer's weights they get, the product of mean slopes, and the share of units without a slope.
Weights, inputs, targets and noise follow the tests' rule; the mended model has the same.
"""
import contextlib
import json
import math
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from noise import Noise
from reference_models import example, load, mixed, root, weight
from reference_steps import classes
from torch import nn

FILE = "test/fixtures/prices/models.py"


def identity(x):
    return x


class Instead:
    """Puts another function in the place of one of torch's, wherever it is called."""

    def __init__(self, names, other):
        self.names, self.other = names, other

    def __enter__(self):
        self.before = [(home, name, getattr(home, name)) for home, name in self.names]
        for home, name, _ in self.before:
            setattr(home, name, lambda x, *args, **kwargs: self.other(x))

    def __exit__(self, *_):
        for home, name, function in self.before:
            setattr(home, name, function)


SOFTMAX = [(F, "softmax"), (torch, "softmax")]
SIGMOID = [(torch, "sigmoid")]


def yes_or_no(shape):
    u = mixed("target", int(np.prod(shape)))
    return torch.tensor((u >= 0).astype(np.float64).reshape(shape))


def one_of(rows, count):
    return F.one_hot(classes((rows,), count), count).double()


def grown(model):
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point():
            tensor.copy_(weight(name, tuple(tensor.shape)))
    return model.double().train()


def norm(tensor):
    return float(tensor.norm())


def rms(tensor):
    return norm(tensor) / math.sqrt(tensor.numel())


def measured(model, output, loss, layer, against=None, acts=()):
    loss.backward()
    found = {"loss": float(loss), "gradient": norm(layer.weight.grad)}
    if against is not None:
        found["reach"] = rms(layer.weight.grad) / rms(against.weight.grad)
    slopes = []
    for x, y in acts:
        (slope,) = torch.autograd.grad(y.sum(), x, retain_graph=True)
        slopes.append(slope.abs())
    if slopes:
        found["slopes"] = float(np.prod([float(each.mean()) for each in slopes]))
        found["dead"] = float(np.mean([float((each.amax(0) < 1e-6).double().mean()) for each in slopes]))
    return found


def before_loss(code, name, shape, layer, written, mended, loss, target):
    """A model whose output goes into a loss, and its logits mended by `mended`."""
    model = load(FILE).__dict__[name]
    x = example(0, shape).double()
    both = []
    for version in (written, mended):
        of = grown(model())
        with Noise():
            with Instead(*version) if version else contextlib.nullcontext():
                output = of(x)
        both.append(measured(of, output, loss(output, target), getattr(of, layer) if layer != "body" else of.body[2]))
    return {"code": code, "expression": name, "shape": list(shape), "written": both[0], "mended": both[1]}


def outside(code, name, shape, loss, target):
    """The caller puts the softmax behind the model."""
    both = []
    for end in (lambda z: z.softmax(1), identity):
        of = grown(load(FILE).__dict__[name]())
        output = end(of(example(0, shape).double()))
        both.append(measured(of, output, loss(output, target), of.last))
    return {"code": code, "expression": name, "shape": list(shape), "written": both[0], "mended": both[1]}


def deep():
    both = []
    for act in (torch.sigmoid, torch.relu):
        of = grown(load(FILE).Deep())
        x, acts = example(0, (8, 20)).double(), []
        for layer in of.layers:
            if isinstance(layer, nn.Linear):
                x = layer(x)
            else:
                x, before = act(x), x
                acts.append((before, x))
        loss = F.cross_entropy(x, classes((8,), 5))
        slopes = []
        for before, after in acts:
            (slope,) = torch.autograd.grad(after.sum(), before, retain_graph=True)
            slopes.append(float(slope.abs().mean()))
        found = measured(of, x, loss, of.layers[0], of.layers[8])
        both.append({**found, "slopes": float(np.prod(slopes))})
    return {"code": "saturating-stack", "expression": "Deep", "shape": [8, 20], "written": both[0], "mended": both[1]}


def competing():
    both = []
    for act in (lambda x: x.softmax(1), torch.relu):
        of = grown(load(FILE).Competing())
        output = of.last(act(of.first(example(0, (8, 20)).double())))
        both.append(measured(of, output, F.cross_entropy(output, classes((8,), 5)), of.first, of.last))
    return {"code": "hidden-softmax", "expression": "Competing", "shape": [8, 20], "written": both[0], "mended": both[1]}


def halved():
    both = []
    for end in (torch.relu, identity):
        of = grown(load(FILE).Halved())
        scores = of.last(torch.relu(of.first(example(0, (8, 20)).double())))
        output = end(scores)
        acts = [(scores, output)] if end is torch.relu else []
        dead = []
        for x, y in acts:
            (slope,) = torch.autograd.grad(y.sum(), x, retain_graph=True)
            dead.append(float((slope.abs().amax(0) < 1e-6).double().mean()))
        found = measured(of, output, F.cross_entropy(output, classes((8,), 5)), of.last)
        both.append({**found, **({"dead": dead[0]} if dead else {})})
    return {"code": "relu-output", "expression": "Halved", "shape": [8, 20], "written": both[0], "mended": both[1]}


def cases():
    none = None
    cross = F.cross_entropy
    yield before_loss("softmax-before-cross-entropy", "Classifier", (8, 20), "body", none, (SOFTMAX, identity), cross, classes((8,), 7))
    yield before_loss(
        "softmax-before-cross-entropy", "Maps", (2, 3, 6, 6), "head", none, (SOFTMAX, identity), cross, classes((2, 6, 6), 5)
    )
    yield before_loss(
        "softmax-before-nll", "Likelihood", (8, 12), "last", none,
        (SOFTMAX, lambda x: x.log_softmax(-1)), F.nll_loss, classes((8,), 4),
    )
    yield before_loss(
        "sigmoid-before-bce-logits", "Labels", (8, 12), "last", none,
        (SIGMOID, identity), F.binary_cross_entropy_with_logits, yes_or_no((8, 6)),
    )
    yield before_loss(
        "softmax-before-bce", "Shares", (8, 12), "last", none,
        (SOFTMAX, lambda x: x.sigmoid()), F.binary_cross_entropy, one_of(8, 6),
    )
    yield outside("softmax-before-cross-entropy", "Logits", (8, 12), cross, classes((8,), 6))
    yield deep()
    yield competing()
    yield halved()


if __name__ == "__main__":
    lines = [json.dumps(each) for each in cases()]
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "test/fixtures/prices/expected.json"
    out.write_text("[\n" + ",\n".join(lines) + "\n]\n")
