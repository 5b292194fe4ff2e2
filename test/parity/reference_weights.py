"""Writes test/fixtures/weights/: weights files as PyTorch and NumPy save them, and weights.json with what they hold.

Run: python3 test/parity/reference_weights.py [OUT]
"""
import argparse
import collections
import importlib.util
import json
import os
import pathlib
import sys

import numpy as np
import torch
from torch import nn

root = pathlib.Path(__file__).resolve().parents[2]
here = root / "test" / "fixtures" / "weights"
out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here
out.mkdir(parents=True, exist_ok=True)
torch.manual_seed(0)

spec = importlib.util.spec_from_file_location("net", here / "net.py")
net_module = importlib.util.module_from_spec(spec)
sys.modules["net"] = net_module
spec.loader.exec_module(net_module)

expected = {}


def numbers(tensor):
    values = tensor.detach().flatten()
    values = values.double() if values.is_floating_point() else values.long()
    return [value if value == value and abs(value) != float("inf") else str(value) for value in values.tolist()]


def expect(file, *parts):
    """Each part: the key of a state dict, and the state dict."""
    expected[file] = [
        {
            "path": path,
            "tensors": [
                {
                    "name": name,
                    "dtype": str(tensor.dtype).removeprefix("torch."),
                    "shape": list(tensor.shape),
                    "data": numbers(tensor),
                }
                for name, tensor in state.items()
            ],
        }
        for path, state in parts
    ]


def save(file, value, *parts, **options):
    torch.save(value, out / file, **options)
    if parts:
        expect(file, *parts)


# Every element type, with the values at its ends.
types = collections.OrderedDict(
    float64=torch.tensor([1e300, -2.5], dtype=torch.float64),
    float32=torch.tensor([[1.5, -2.0], [float("inf"), 1e-40]]),
    float16=torch.tensor([1.0, -65504.0, 2.0**-24, float("inf")], dtype=torch.float16),
    bfloat16=torch.tensor([1.5, -2.0, 3e38], dtype=torch.bfloat16),
    int64=torch.tensor([5, -7, 2**40]),
    int32=torch.tensor([5, -(2**31)], dtype=torch.int32),
    int16=torch.tensor([5, -(2**15)], dtype=torch.int16),
    int8=torch.tensor([5, -128], dtype=torch.int8),
    uint8=torch.tensor([5, 255], dtype=torch.uint8),
    bool=torch.tensor([True, False]),
    scalar=torch.tensor(3.25),
    empty=torch.zeros(0, 4),
)
save("types.pt", types, ("", types))
save("protocol4.pt", types, ("", types), pickle_protocol=4)

# Views of shared storages.
base = torch.arange(24.0).reshape(4, 6)
views = collections.OrderedDict(
    base=base,
    transposed=base.t(),
    row=base[2],
    column=base[:, 1],
    step=base[::2, 1::3],
    expanded=base[0, :3].expand(2, 3),
    channels_last=torch.arange(24.0).reshape(1, 2, 3, 4).contiguous(memory_format=torch.channels_last),
    parameter=nn.Parameter(base[1:3]),
)
save("views.pt", views, ("", views))
# As PyTorch wrote files until 1.5.
before = {"_use_new_zipfile_serialization": False}
save("legacy_types.pt", types, ("", types), **before)
save("legacy_views.pt", views, ("", views), **before)

net = net_module.Net().eval()
with torch.no_grad():
    net.features[1].running_mean.uniform_(-0.5, 0.5)
    net.features[1].running_var.uniform_(0.5, 1.5)
    net.features[1].weight.uniform_(0.5, 1.5)
state = net.state_dict()
save("plain.pt", state, ("", state))

# A training run's checkpoint: wrapped in DataParallel, beside the optimiser and its settings.
optimizer = torch.optim.Adam(net.parameters())
net(torch.randn(2, 1, 8, 8)).sum().backward()
optimizer.step()
optimizer.zero_grad()
net.load_state_dict(torch.load(out / "plain.pt"))
wrapped = nn.DataParallel(net).state_dict()
save(
    "checkpoint.pth",
    {
        "epoch": 12,
        "arch": "net",
        "state_dict": wrapped,
        "best_acc1": torch.tensor(71.5),
        "loss": np.float64(0.25),
        "history": [0.5, 0.25],
        "args": argparse.Namespace(lr=0.1, data=pathlib.PurePosixPath("data"), device=torch.device("cpu")),
        "optimizer": optimizer.state_dict(),
        "big": 2**70,
        "tags": {"a", "b"},
        "size": torch.Size([1, 2]),
        "dtype": torch.float16,
    },
    ("", {"best_acc1": torch.tensor(71.5)}),
    ("state_dict", wrapped),
)
for key in ["model", "model_state_dict"]:
    save(f"{key}.pt", {key: state, "optimizer_state_dict": optimizer.state_dict()}, (key, state))
discriminator = nn.Linear(2, 1).state_dict()
save(
    "gan.pt",
    {"discriminator": discriminator, "generator": state},
    ("discriminator", discriminator),
    ("generator", state),
)
parameters = {"weight": nn.Parameter(torch.ones(2)), "buffer": nn.Parameter(torch.zeros(1), requires_grad=False)}
save("parameters.pt", parameters, ("", parameters))
lightning = {f"model.{name}": tensor for name, tensor in state.items()}
lightning["criterion.weight"] = torch.ones(3)
save("lightning.ckpt", {"state_dict": lightning, "hyper_parameters": {"lr": 0.1}}, ("state_dict", lightning))
half = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in state.items()}
save("half.pt", half, ("", half))
other = net_module.Net(num_classes=5).state_dict()
other["extra.weight"] = torch.ones(1)
del other["features.0.bias"]
save("other.pt", other, ("", other))
save("legacy.pt", {"epoch": 3, "state_dict": state}, ("state_dict", state), **before)
try:
    net_module.Net().load_state_dict(torch.load(out / "other.pt"))
except RuntimeError as error:
    refusal = str(error)

# What is refused.
save("whole_model.pt", net)
torch.jit.save(torch.jit.script(nn.Linear(2, 2)), str(out / "script.pt"))
save("complex.pt", {"phase": torch.zeros(2, dtype=torch.complex64)})
save("sparse.pt", {"table": torch.eye(3).to_sparse()})
save("quantized.pt", {"weight": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)})


class Evil:
    def __reduce__(self):
        return os.system, ("echo this must never run",)


save("evil.pt", {"state_dict": state, "x": Evil()})

arrays = {name: tensor.numpy() for name, tensor in state.items()}
np.savez(out / "plain.npz", **arrays)
expect("plain.npz", ("", state))
np.savez_compressed(out / "packed.npz", **arrays)
expect("packed.npz", ("", state))
orders = {
    "fortran": np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
    "big": np.arange(3, dtype=">f4"),
    "half": np.array([1.5, -2], dtype=np.float16),
    "flag": np.array([True, False]),
    "number": np.int64(7),
}
np.savez(out / "orders.npz", **orders)
expect("orders.npz", ("", {k: torch.from_numpy(np.asarray(v, dtype=v.dtype.newbyteorder("="))) for k, v in orders.items()}))
np.save(out / "weight.npy", np.arange(4, dtype=np.float64))
expect("weight.npy", ("", {"weight": torch.arange(4, dtype=torch.float64)}))
np.savez(out / "objects.npz", state=np.array({"a": 1}, dtype=object))

with torch.no_grad():
    ramp = torch.linspace(-1, 1, 64).reshape(1, 1, 8, 8)
    output = net(ramp).flatten().tolist()
json.dump(
    {"files": expected, "refusal": refusal, "input": ramp.flatten().tolist(), "output": output},
    open(out / "weights.json", "w"),
)
