"""Writes test/fixtures/training/steps.json: twenty steps of training as PyTorch takes them.

Run: python3 test/parity/reference_steps.py [OUT]
For each case: the losses before each step, and the parameters after the last, in double precision; `own` is how far single
precision is from that. The batch is the same
in every step; weights, batch, targets and random numbers follow the tests' rule.
"""
import json
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from noise import Noise
from reference_models import example, flat, load, mixed, root, weight

STEPS = 20
IGNORED = -100


def classes(shape, count, ignored=0):
    """Classes by the rule; every `ignored`th is left out."""
    u = mixed("target", int(np.prod(shape)))
    found = np.floor((u + 1) / 2 * count).astype(np.int64)
    if ignored:
        found[::ignored] = IGNORED
    return torch.tensor(found.reshape(shape))


CASES = [
    ("samples/mlp.py", "MLP()", [(8, 20)], {"kind": "cross_entropy"}, {"kind": "sgd", "lr": 0.1}),
    (
        "samples/mlp.py", "MLP()", [(8, 20)], {"kind": "cross_entropy", "ignored": 3, "smoothing": 0.1},
        {"kind": "sgd", "lr": 0.05, "momentum": 0.9, "weight_decay": 0.01},
    ),
    (
        "samples/cifar_cnn.py", "CifarCNN()", [(4, 3, 32, 32)], {"kind": "cross_entropy"},
        {"kind": "sgd", "lr": 0.05, "momentum": 0.9, "nesterov": True},
    ),
    ("samples/vit.py", "ViT(image_size=16, depth=2)", [(4, 3, 16, 16)], {"kind": "cross_entropy"}, {"kind": "adamw", "lr": 1e-3}),
    (
        "test/fixtures/training/steps.py", "Characters()", [((2, 8), 31)], {"kind": "next_token"},
        {"kind": "adamw", "lr": 3e-3, "weight_decay": 0.1, "betas": [0.9, 0.95]},
    ),
    ("test/fixtures/training/steps.py", "Regression()", [(6, 5)], {"kind": "mse"}, {"kind": "adamw", "lr": 1e-2, "weight_decay": 0.0}),
    ("test/fixtures/training/steps.py", "Regression(3)", [(6, 5)], {"kind": "bce_with_logits"}, {"kind": "sgd", "lr": 0.2}),
    ("test/fixtures/training/steps.py", "Regression(3)", [(6, 5)], {"kind": "l1"}, {"kind": "sgd", "lr": 0.02}),
    ("test/fixtures/training/steps.py", "Regression(3)", [(6, 5)], {"kind": "smooth_l1", "beta": 0.4}, {"kind": "sgd", "lr": 0.1}),
    ("test/fixtures/training/steps.py", "Regression(3)", [(6, 5)], {"kind": "huber", "delta": 0.3}, {"kind": "sgd", "lr": 0.3}),
]  # fmt: skip


def loss_of(loss, output, inputs):
    if loss["kind"] == "cross_entropy":
        shape = output.shape[:1] + output.shape[2:]
        target = classes(tuple(shape), output.shape[1], loss.get("ignored", 0))
        return F.cross_entropy(output, target, ignore_index=IGNORED, label_smoothing=loss.get("smoothing", 0.0))
    if loss["kind"] == "next_token":
        return F.cross_entropy(output[:, :-1].reshape(-1, output.shape[-1]), inputs[0][:, 1:].reshape(-1))
    u = torch.tensor(mixed("target", output.numel()).reshape(output.shape), dtype=output.dtype)
    if loss["kind"] == "bce_with_logits":
        return F.binary_cross_entropy_with_logits(output, (u + 1) / 2)
    settings = {name: value for name, value in loss.items() if name != "kind"}
    return getattr(F, loss["kind"] + "_loss")(output, u, **settings)


def trained(model, dtype, inputs, loss, optimiser):
    """Losses and parameters of the steps in a precision."""
    model.float()
    seen = set()
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point() and tensor.data_ptr() not in seen:
            tensor.copy_(weight(name, tuple(tensor.shape)))
        seen.add(tensor.data_ptr())
    model.to(dtype).train()
    options = {key: value for key, value in optimiser.items() if key != "kind"}
    step = (torch.optim.SGD if optimiser["kind"] == "sgd" else torch.optim.AdamW)(model.parameters(), **options)
    losses = []
    with Noise():
        for _ in range(STEPS):
            step.zero_grad()
            output = flat(model(*[x.to(dtype) if x.is_floating_point() else x for x in inputs]))[0]
            value = loss_of(loss, output, inputs)
            value.backward()
            step.step()
            losses.append(float(value))
    return losses, {name: p.detach().double().flatten() for name, p in model.named_parameters()}


def describe(file, expression, inputs, loss, optimiser):
    model = eval(expression, dict(vars(load(file))))
    tensors = [example(i, spec) for i, spec in enumerate(inputs)]
    single, double = [trained(model, dtype, tensors, loss, optimiser) for dtype in (torch.float32, torch.float64)]
    parameters = []
    for name, p in double[1].items():
        step = max(1, -(-p.numel() // 32))
        own = float((single[1][name] - p).abs().max())
        parameters.append({"name": name, "step": step, "own": own, "data": [float(f"{v:.8g}") for v in p[::step].tolist()]})
    return {
        "file": file,
        "expression": expression,
        "inputs": [
            {"shape": list(x.shape), "dtype": str(x.dtype)[6:], **({} if x.is_floating_point() else {"below": spec[1]})}
            for x, spec in zip(tensors, inputs)
        ],
        "loss": loss,
        "optimiser": optimiser,
        "losses": [float(f"{each:.9g}") for each in double[0]],
        "own": max(abs(a - b) / b for a, b in zip(*[run[0] for run in (single, double)])),
        "parameters": parameters,
    }


if __name__ == "__main__":
    lines = [json.dumps(describe(*case)) for case in CASES]
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "test/fixtures/training/steps.json"
    out.write_text("[\n" + ",\n".join(lines) + "\n]\n")
