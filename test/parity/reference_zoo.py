"""What PyTorch says of torchvision's model builders, as JSON lines, one a builder.

Run: python3 test/parity/reference_zoo.py [PATTERN]
Each line: builder, its file, the call to make, input shape, count of parameters, state dict (names, shapes, order), and
outputs in evaluation mode with weights and input by the rule of reference_models.py, for models that are small enough.
For one of each family, `training` has the same of a batch of two in training mode: outputs, and the buffers after the
step. Random numbers follow the rule too: the k-th draw is `noise{k}`.
"""
import inspect
import json
import os
import re
import sys

import torch
from noise import Noise
from reference_models import example, flat, output, weight
from torchvision import models

torch.set_num_threads(2)
# Initial values don't matter here, and take most of the time.
for name in [each for each in dir(torch.nn.init) if each.endswith("_") and not each.startswith("_")]:
    setattr(torch.nn.init, name, lambda tensor, *args, **kwargs: tensor)

# Above this count of parameters only the graph is compared: the weights take minutes, and gigabytes beside the runtime.
# Never more than an ONNX file holds.
LARGEST = min(int(float(os.environ.get("ZOO_LARGEST") or 62e6)), 2**31 // 4 - 1)
IMAGE = [1, 3, 96, 96]
FIXED = {"vit": 224, "maxvit": 224}
CLIPS = {"s3d": [1, 3, 16, 224, 224], "mvit": [1, 3, 16, 224, 224]}


TRAINED = set('''alexnet convnext_tiny densenet121 efficientnet_b0 googlenet inception_v3 maxvit_t mnasnet0_5 mobilenet_v2
mobilenet_v3_small regnet_y_400mf resnet18 shufflenet_v2_x0_5 squeezenet1_0 swin_t swin_v2_t'''.split())


def fill(model):
    for key, tensor in model.state_dict().items():
        if tensor.is_floating_point():
            tensor.copy_(weight(key, tuple(tensor.shape)))


def training_step(name, model):
    """In double precision, and how far single precision is from it: a head that normalises two numbers is far."""
    size = 224 if name.startswith("maxvit") else 299 if name.startswith("inception") else 64
    shape = [2, 3, size, size]
    made = []
    for dtype in (torch.float32, torch.float64):
        model.to(torch.float32)
        fill(model)
        model.to(dtype).train()
        with Noise(), torch.no_grad():
            outputs = flat(model(example(0, tuple(shape)).to(dtype)))
        made.append((outputs, {key: each.clone() for key, each in model.named_buffers() if "running" in key}))
    pairs = [*zip(made[0][0], made[1][0]), *((made[0][1][key], each) for key, each in made[1][1].items())]
    return {
        "inputs": [{"shape": shape, "dtype": "float32"}],
        "outputs": [output(each) for each in made[1][0]],
        "buffers": {key: output(each) for key, each in made[1][1].items()},
        "own": max(float((single.double() - double).abs().max() / double.abs().max()) for single, double in pairs),
    }


def input_shape(group, name):
    family = name.split("_")[0]
    if group == "video":
        return CLIPS.get(family, [1, 3, 8, 56, 56])
    size = FIXED.get(family)
    return [1, 3, size, size] if size else IMAGE


def builders():
    for group in ("models", "quantization", "segmentation", "video"):
        room = models if group == "models" else getattr(models, group)
        for name in sorted(dir(room)):
            build = getattr(room, name)
            if name.islower() and callable(build) and not name.startswith(("get_", "list_", "_")):
                yield group, name, build


def describe(group, name, build):
    torch.manual_seed(0)
    arguments = "weights_backbone=None" if group == "segmentation" else ""
    model = eval(f"build({arguments})").eval()
    shape = input_shape(group, name)
    count = sum(p.numel() for p in model.parameters())
    line = {
        "builder": f"{group}.{name}",
        "file": inspect.getsourcefile(inspect.unwrap(build)),
        "expression": f"{name}({arguments})",
        "inputs": [{"shape": shape, "dtype": "float32"}],
        "parameters": count,
        "tensors": [{"name": k, "shape": list(v.shape)} for k, v in model.state_dict().items()],
    }
    if count <= LARGEST:
        fill(model)
        with torch.no_grad():
            line["outputs"] = [output(t) for t in flat(model(example(0, tuple(shape))))]
    if group == "models" and name in TRAINED:
        line["training"] = training_step(name, model)
    return line


pattern = re.compile(sys.argv[1] if len(sys.argv) > 1 else "")
# The largest first: they take most of the 4 GB that the runtime may have, in one piece each.
for group, name, build in sorted(builders(), key=lambda each: not each[1].startswith("vit_l")):
    if pattern.search(f"{group}.{name}"):
        print(json.dumps(describe(group, name, build)), flush=True)
