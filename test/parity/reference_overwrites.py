"""What autograd refuses because a tensor was written over in place: operators and writes, each with each, as JSON lines.

Run: python3 test/parity/reference_overwrites.py. Prints the name, the source text and whether backward() runs.
"""
import json

import torch

# y, of h = Linear(x).
MAKERS = {
    "relu": "F.relu(h)",
    "tanh": "torch.tanh(h)",
    "sigmoid": "torch.sigmoid(h)",
    "silu": "F.silu(h)",
    "gelu": "F.gelu(h)",
    "exp": "torch.exp(h)",
    "softmax": "h.softmax(1)",
    "elu": "F.elu(h)",
    "leaky": "F.leaky_relu(h)",
    "hardswish": "F.hardswish(h)",
    "softplus": "F.softplus(h)",
    "linear": "self.b(h)",
    "mul": "h * self.b(h)",
    "add": "h + self.b(h)",
    "square": "h ** 2",
    "div": "h / (1 + h.abs())",
    "norm": "self.norm(h)",
    "mean": "h.mean(1, keepdim=True)",
    "plain": "h",
    "conv": "self.conv(h[:, None, :])[:, 0]",
    "maximum": "torch.maximum(h, self.b(h))",
    "scale": "h * 2",
    "sqrt": "(h ** 2 + 1).sqrt()",
    "log": "(h.abs() + 1).log()",
    "relu6": "F.relu6(h)",
    "tanhshrink": "F.tanhshrink(h)",
    "softsign": "F.softsign(h)",
    "matmul": "h @ h.t() @ h",
    "clone": "h.clone()",
    "detach": "h.detach() * self.b(h)",
    "chunk": "torch.cat([c * self.b(h)[:, :4] for c in h.chunk(2, 1)], 1)",
    "held": "[s := torch.sigmoid(h), self.b(h) + s.sum().detach(), s.relu_()][1]",
    "held and read": "[s := torch.sigmoid(h), self.b(h) * s.detach(), s.relu_()][1]",
    "pool": "F.avg_pool1d(h[:, None], 2).repeat(1,1,2)[:, 0]",
    "maxpool": "F.max_pool1d(h[:, None], 2).repeat(1,1,2)[:, 0]",
}
WRITES = {
    "none": "pass",
    "h relu_": "F.relu(h, inplace=True)",
    "y relu_": "F.relu(y, inplace=True)",
    "h +=": "h += 1",
    "y +=": "y += 1",
    "y *=": "y *= self.b(x)",
    "h[:]": "h[:, 0] = 0",
    "y[:]": "y[:, 0] = 0",
    "view": "y.view(-1)[0] = 1",
    "y sigmoid_": "y.sigmoid_()",
    "y mask": "y.masked_fill_(y > 0, 0.5)",
    "h clamp": "h.clamp_(min=0)",
    "y data": "y.data.mul_(2)",
    "h data view": "h.data[:, 0] = 0",
    "h detach": "h.detach().mul_(2)",
    "h no_grad": "with torch.no_grad(): h.mul_(2)",
}
TEXT = """import torch
import torch.nn.functional as F
from torch import nn
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(8, 8)
        self.b = nn.Linear(8, 8)
        self.norm = nn.LayerNorm(8)
        self.conv = nn.Conv1d(1, 1, 3, padding=1)
        self.act = nn.ReLU()
    def forward(self, x):
        h = self.a(x)
        y = {maker}
        {write}
        return self.act(self.a(y + h.sum()))
"""

for maker in MAKERS:
    for write in WRITES:
        text = TEXT.format(maker=MAKERS[maker], write=WRITES[write])
        names = {}
        exec(text, names)
        try:
            out = names["Model"]()(torch.randn(4, 8))
        except RuntimeError:
            # A view that can't be made.
            continue
        try:
            out.sum().backward()
            runs = True
        except RuntimeError as error:
            assert "inplace" in str(error), error
            runs = False
        print(json.dumps({"name": f"{maker}; {write}", "text": text, "runs": runs}))
