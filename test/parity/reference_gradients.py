"""What autograd says of whole models in training mode, as JSON lines, one a model.

Run: python3 test/parity/reference_gradients.py [PATTERN]
Each line: the file, the call, the inputs, and the gradient of the sum of all outputs, weighted by the rule, in every
parameter: in double precision, at most 256 values a parameter, with the norm of them all; and `own`: how far PyTorch's
single precision is from that, relative to the norm. Weights, inputs and random numbers follow the tests' rule.
"""
import json
import re
import sys

import torch
from noise import Noise
from reference_models import example, flat, load, mixed, output, weight
from torchvision import models

torch.set_num_threads(2)

VISION = [(2, 3, 32, 32)]
ZOO = {
    "resnet18": (models.resnet, "resnet18(num_classes=10)", [(2, 3, 64, 64)]),
    "mobilenet_v2": (models.mobilenetv2, "mobilenet_v2(num_classes=10)", [(2, 3, 64, 64)]),
    "densenet121": (models.densenet, "densenet121(num_classes=10)", [(2, 3, 64, 64)]),
    "efficientnet_b0": (models.efficientnet, "efficientnet_b0(num_classes=10)", [(2, 3, 64, 64)]),
    "vit": (
        models.vision_transformer,
        "VisionTransformer(32, 8, 2, 4, 64, 128, dropout=0.1, num_classes=10)",
        VISION,
    ),
    "swin": (
        models.swin_transformer,
        "SwinTransformer([4, 4], 24, [2, 2], [2, 4], [4, 4], stochastic_depth_prob=0.2, num_classes=10)",
        VISION,
    ),
}
SAMPLES = {
    "samples/mlp.py": {"MLP()": [(4, 20)]},
    "samples/cifar_cnn.py": {"CifarCNN()": [(3, 3, 32, 32)]},
    "samples/resnet.py": {"resnet14()": [(2, 3, 32, 32)]},
    "samples/vit.py": {"ViT(image_size=16, depth=2)": [(2, 3, 16, 16)]},
    "test/fixtures/models/styles.py": {
        "GPT(GPTConfig())": [((2, 8), 31)],
        "UNet()": [(1, 3, 18, 23)],
        "TCN()": [(2, 3, 10)],
        "MixtureOfExperts()": [(2, 3, 6)],
        "ASPP()": [(2, 4, 7, 6)],
    },
}


def describe(file, module, expression, inputs):
    model = eval(expression, dict(vars(module)))
    made = []
    for dtype in (torch.float32, torch.float64):
        model.to(torch.float32)
        seen = set()
        for name, tensor in model.state_dict().items():
            if tensor.is_floating_point() and tensor.data_ptr() not in seen:
                tensor.copy_(weight(name, tuple(tensor.shape)))
            seen.add(tensor.data_ptr())
        model.to(dtype).train()
        model.zero_grad(set_to_none=True)
        tensors = [example(i, spec) for i, spec in enumerate(inputs)]
        with Noise():
            outputs = flat(model(*[x.to(dtype) if x.is_floating_point() else x for x in tensors]))
        loss = 0
        for i, out in enumerate(outputs):
            if out.is_floating_point():
                loss = loss + (out * torch.tensor(mixed(f"cotangent{i}", out.numel()).reshape(out.shape), dtype=dtype)).sum()
        loss.backward()
        made.append({name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None})
    norm = sum(float((each**2).sum()) for each in made[1].values()) ** 0.5
    return {
        "file": file,
        "expression": expression,
        "inputs": [
            {"shape": list(x.shape), "dtype": str(x.dtype)[6:], **({} if x.is_floating_point() else {"below": spec[1]})}
            for x, spec in zip(tensors, inputs)
        ],
        "norm": norm,
        "own": max(float((made[0][name].double() - each).abs().max()) / norm for name, each in made[1].items()),
        "gradients": [{"name": name, **output(each)} for name, each in made[1].items()],
    }


pattern = re.compile(sys.argv[1] if len(sys.argv) > 1 else "")
cases = [(file, load(file), *case) for file, found in SAMPLES.items() for case in found.items()]
cases += [(module.__file__, module, *case) for module, *case in ZOO.values()]
for file, module, expression, inputs in cases:
    if pattern.search(f"{file} {expression}"):
        print(json.dumps(describe(file, module, expression, inputs), allow_nan=False), flush=True)
