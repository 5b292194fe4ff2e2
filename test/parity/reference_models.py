"""Writes test/fixtures/models.json: the samples and the small models of test/fixtures/models/ as PyTorch sees them.

Run: python3 test/parity/reference_models.py [OUT]
For each model: names, shapes and order of its state dict, its count of parameters, the activation modules in the order
in which they ran, and its outputs in evaluation mode. Weights and inputs follow a rule that test/support/rule.ts
has too, so that neither has to be stored. Models of test/fixtures/models/ name themselves in `CASES`: expression ->
inputs, each a shape, or (shape, n) for integers below n.
"""
import importlib.util
import json
import pathlib
import sys

import numpy as np
import torch

root = pathlib.Path(__file__).resolve().parents[2]
torch.set_num_threads(1)

SAMPLES = {
    "samples/mlp.py": {"MLP()": [(2, 20)]},
    "samples/cifar_cnn.py": {"CifarCNN()": [(2, 3, 32, 32)]},
    "samples/resnet.py": {
        "resnet14()": [(2, 3, 32, 32)],
        "resnet29(act_layer=nn.SiLU)": [(1, 3, 32, 32)],
        "ResNet(BasicBlock, [1, 1], zero_init_residual=True)": [(1, 3, 16, 16)],
    },
    "samples/vit.py": {"ViT()": [(2, 3, 32, 32)], "ViT(image_size=16, depth=1)": [(1, 3, 16, 16)]},
    "samples/mistakes.py": {"Classifier()": [(2, 1, 28, 28)]},
}


def mixed(name, count):
    """Uniform in [-1, 1): FNV-1a of the name, then a 32-bit finaliser of each index."""
    start = 0x811C9DC5
    for byte in name.encode():
        start = ((start ^ byte) * 0x01000193) & 0xFFFFFFFF
    mask = np.uint64(0xFFFFFFFF)
    x = (np.uint64(start) + np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B9)) & mask
    for factor in (0x21F0AAAD, 0x735A2D97):
        x = ((x ^ (x >> np.uint64(16))) * np.uint64(factor)) & mask
    x ^= x >> np.uint64(15)
    return x.astype(np.float64) / 2**31 - 1


def weight(name, shape):
    u = mixed(name, int(np.prod(shape)))
    if name.endswith("running_var"):
        u = 1 + 0.5 * u
    elif len(shape) >= 2:
        u = u * np.sqrt(3 / np.prod(shape[1:]))
    else:
        u = 1 + 0.5 * u if name.endswith("weight") else 0.2 * u
    return torch.tensor(u.reshape(shape), dtype=torch.float32)


def example(index, spec):
    shape, high = spec if isinstance(spec[0] if spec else 0, tuple) else (spec, None)
    u = mixed(f"input{index}", int(np.prod(shape)))
    if high is None:
        return torch.tensor((2 * u).reshape(shape), dtype=torch.float32)
    return torch.tensor(np.floor((u + 1) / 2 * high).reshape(shape), dtype=torch.int64)


def load(file):
    spec = importlib.util.spec_from_file_location(pathlib.Path(file).stem, root / file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def flat(result):
    if isinstance(result, torch.Tensor):
        return [result]
    if isinstance(result, dict):
        result = list(result.values())
    return [t for part in result for t in flat(part)] if isinstance(result, (list, tuple)) else []


def output(tensor):
    """At most 256 values, evenly spread."""
    values = tensor.detach().double().flatten()
    step = max(1, -(-values.numel() // 256))
    return {"shape": list(tensor.shape), "step": step, "data": [float(f"{v:.7g}") for v in values[::step].tolist()]}


def describe(file, module, expression, inputs):
    torch.manual_seed(0)
    model = eval(expression, dict(vars(module))).eval()
    tensors = [example(i, spec) for i, spec in enumerate(inputs)]
    if any(isinstance(p, torch.nn.parameter.UninitializedTensorMixin) for p in model.parameters()):
        model(*tensors)
    seen = set()
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point() and tensor.data_ptr() not in seen:
            tensor.copy_(weight(name, tuple(tensor.shape)))
        seen.add(tensor.data_ptr())
    ran = []
    for path, part in model.named_modules():
        if type(part).__module__ == "torch.nn.modules.activation" and type(part).__name__ != "MultiheadAttention":
            part.register_forward_pre_hook(lambda part, _, path=path: ran.append([path, type(part).__name__]))
    given = [{"shape": list(t.shape), "dtype": str(t.dtype)[6:]} for t in tensors]
    for spec, one in zip(inputs, given):
        if one["dtype"] == "int64":
            one["below"] = spec[1]
    with torch.no_grad():
        outputs = [output(t) for t in flat(model(*tensors))]
    return {
        "file": file,
        "expression": expression,
        "inputs": given,
        "parameters": sum(p.numel() for p in model.parameters()),
        "tensors": [{"name": k, "shape": list(v.shape)} for k, v in model.state_dict().items()],
        "activations": ran,
        "outputs": outputs,
    }


def main():
    found = {}
    for path in sorted((root / "test/fixtures/models").glob("*.py")):
        file = path.relative_to(root).as_posix()
        module = load(file)
        found[file] = (module, module.CASES)
    all_models = {**{file: (load(file), cases) for file, cases in SAMPLES.items()}, **found}
    lines = []
    for file, (module, cases) in all_models.items():
        for expression, inputs in cases.items():
            try:
                lines.append(json.dumps(describe(file, module, expression, inputs), allow_nan=False))
            except Exception as error:
                raise RuntimeError(f"{file}: {expression}") from error
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "test/fixtures/models.json"
    out.write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
