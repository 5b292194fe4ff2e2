"""What PyTorch says of small models with state, drawn at random, as JSON lines, one a model.

Run: python3 test/parity/reference_state.py [COUNT] [SEED] [PATTERN]; 80 0 with PyTorch 2.13 for test/fixtures/state.jsonl
COUNT models are drawn of the parts of draw_modules.py and draw_values.py; those whose text matches PATTERN are printed.
Each line: the file's text, and either what PyTorch says (what the file prints; names, shapes and values of the state
dict; count of parameters; outputs in evaluation and in training mode, buffers after the latter; gradients of the sum of
the outputs, weighted by the rule) or PyTorch's `error`.
"""
import contextlib
import io
import json
import math
import random
import re
import sys
import warnings

import torch
from draw_modules import MODULES
from draw_values import VALUES
from reference_models import example, mixed

warnings.simplefilter("ignore")
torch.set_num_threads(1)

HEAD = """import collections, copy
import torch
from torch import nn
import torch.nn.functional as F
import torch.nn.utils.parametrize as P


def fixed(module, start):
    with torch.no_grad():
        for i, p in enumerate(module.parameters()):
            p.copy_(((torch.arange(p.numel()) * 7 + start + 3 * i) % 11 - 5).view(p.shape) / 8)
    return module


def show(value):
    print(value.dtype, value.tolist()) if torch.is_tensor(value) else print(value)


class Symmetric(nn.Module):
    def forward(self, x): return x.triu() + x.triu(1).transpose(-1, -2)


class Shift(nn.Module):
    def __init__(self, by):
        super().__init__()
        self.register_buffer('by', torch.tensor(by))
    def forward(self, x): return x + self.by
    def right_inverse(self, x): return x - self.by


class Frozen(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner
    def train(self, mode=True):
        super().train(mode)
        self.inner.eval()
        return self
    def forward(self, x): return self.inner(x)


"""

REPORT = """
print(type(m).__name__, [k for k, _ in m.named_children()])
print([k for k, _ in m.named_modules()])
print([type(each).__name__ for each in m.modules()])
print([(k, tuple(p.shape), p.dtype, p.requires_grad) for k, p in m.named_parameters()])
print([(k, tuple(b.shape), b.dtype) for k, b in m.named_buffers()])
print([(k, tuple(v.shape)) for k, v in m.state_dict().items()])
print(len(list(m.parameters())), len(list(m.modules())), len(list(m.children())))
"""


class Draw(random.Random):
    modern = int(torch.__version__.split(".")[0]) >= 2

    def maybe(self, chance=0.5):
        return self.random() < chance


def draw(seed, i):
    d = Draw(f"{seed}/{i}")
    parts = [*MODULES, *VALUES]
    chosen = [parts[i % len(parts)]] + d.choices(parts, k=d.choice((0, 0, 1, 2)))
    init, forward, behind = [], [], []
    for k, part in enumerate(chosen):
        lines = part(d, f"p{k}")
        for into, more in zip((init, forward, behind), lines):
            into += more
    text = HEAD + "class Model(nn.Module):\n    base = 2\n    kept = None\n"
    text += "    @property\n    def doubled(self): return self.base * 2\n"
    text += "    def keep(self, module, args, out): self.kept = out.mean() if not self.training else None\n"
    text += "    @torch.no_grad()\n    def still(self, h, layer): return layer(h)\n"
    text += "    def __init__(self):\n        super().__init__()\n" + "".join(f"        {line}\n" for line in init)
    text += "    def forward(self, h):\n        self.made = []\n" + "".join(f"        {line}\n" for line in forward)
    text += "        return [h, *[each.float() for each in self.made]]\n\n\n"
    return text + "m = Model()\n" + "\n".join(behind) + REPORT


def plain(tensor):
    return [float(f"{v:.7g}") if math.isfinite(v) else None for v in tensor.detach().double().flatten().tolist()]


def outputs(model, x):
    return [{"shape": list(each.shape), "data": plain(each)} for each in model(x.clone())]


def run(text):
    """The file's `m`, and what the file prints."""
    room = {"__name__": "snippet"}
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(text, "model.py", "exec"), room)
    return room["m"], output.getvalue().splitlines()


def describe(text):
    model, printed = run(text)
    state = [{"name": k, "shape": list(v.shape), "dtype": str(v.dtype)[6:], "data": plain(v)} for k, v in model.state_dict().items()]
    parameters = [p.numel() for p in model.parameters()]
    trainable = [p.numel() for p in model.parameters() if p.requires_grad]
    with torch.no_grad():
        made = outputs(model.eval(), example(0, (3, 4)))
    return {"text": text, "printed": printed, "state": state, "parameters": sum(parameters), "trainable": sum(trainable), "outputs": made}


def gradients(text):
    """In evaluation mode; None where PyTorch refuses, null for what has none."""
    model = run(text)[0].eval()
    x = example(0, (3, 4)).requires_grad_()
    try:
        loss = sum((each * torch.tensor(mixed(f"cotangent{i}", each.numel()).reshape(each.shape), dtype=torch.float32)).sum() for i, each in enumerate(model(x * 1)))
        if loss.requires_grad:
            loss.backward()
    except (RuntimeError, NotImplementedError):
        return None
    return [{"name": k, "data": plain(p.grad) if p.grad is not None else None} for k, p in [("input0", x), *model.named_parameters()]]


def training(text):
    """Outputs and buffers of a step in training mode; None where PyTorch refuses."""
    model = run(text)[0].train()
    try:
        with torch.no_grad():
            made = outputs(model, example(0, (3, 4)))
    except Exception:
        return None
    return {"outputs": made, "buffers": [{"name": k, "data": plain(b)} for k, b in model.named_buffers()]}


def main():
    count, seed, pattern = [*sys.argv[1:], *("200", "0", "")[len(sys.argv) - 1:]]
    for i in range(int(count)):
        text = draw(seed, i)
        if not re.search(pattern, text):
            continue
        try:
            line = {**describe(text), "gradients": gradients(text), "training": training(text)}
        except Exception as error:
            line = {"text": text, "error": f"{type(error).__name__}: {error}".split("\n")[0]}
        print(json.dumps({"index": i, **line}), flush=True)


main()
