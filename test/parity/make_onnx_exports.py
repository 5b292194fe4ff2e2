"""Exports models as ONNX with the PyTorch that is installed, with an input and the outputs of each.

usage: make_onnx_exports.py FOLDER

Models of samples/ and five of torchvision; a folder each, as ONNX's own tests have them. Prints a line a model: its name,
or its name and why the exporter refuses it.
"""

import importlib.util
import pathlib
import struct
import sys
import warnings

import torch
import torchvision.models as zoo

warnings.filterwarnings("ignore")
ROOT = pathlib.Path(__file__).parents[2]


def sample(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "samples" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def tensor(values):
    """A TensorProto: the package onnx is not needed for it."""
    types = {torch.float32: (1, "f"), torch.int64: (7, "q")}
    kind, letter = types[values.dtype]
    dims = b"".join(b"\x08" + varint(size) for size in values.shape)
    raw = struct.pack(f"<{values.numel()}{letter}", *values.flatten().tolist())
    return dims + b"\x10" + varint(kind) + b"\x4a" + varint(len(raw)) + raw


def models():
    cnn, mlp, resnet, vit, mistakes = map(sample, ("cifar_cnn", "mlp", "resnet", "vit", "mistakes"))
    small, patch = torch.randn(2, 3, 32, 32), torch.randn(1, 3, 16, 16)
    yield "mlp", mlp.MLP(), torch.randn(2, 20), 13
    yield "cifar_cnn", cnn.CifarCNN(), small, 13
    yield "resnet14", resnet.resnet14(), small, 13
    yield "resnet29_silu", resnet.resnet29(act_layer=torch.nn.SiLU), patch, 13
    yield "vit", vit.ViT(), small, 13
    yield "mistakes", mistakes.Classifier(), torch.randn(2, 1, 28, 28), 13
    image = torch.randn(1, 3, 64, 64)
    for name in ("resnet18", "mobilenet_v3_small", "shufflenet_v2_x0_5", "squeezenet1_1", "efficientnet_b0"):
        yield name, getattr(zoo, name)(), image, 13
    blocks = [zoo.convnext.CNBlockConfig(8, 16, 1), zoo.convnext.CNBlockConfig(16, None, 1)]
    yield "convnext", zoo.convnext.ConvNeXt(blocks), image, 16
    # The oldest that is read: GELU, layer norm and Hardswish in their parts.
    yield "mobilenet_v3_small_9", zoo.mobilenet_v3_small(), image, 9
    yield "vit_9", vit.ViT(image_size=16, depth=1), patch, 9


def main(out):
    for name, model, image, opset in models():
        torch.manual_seed(0)
        model.eval()
        folder = out / name
        data = folder / "test_data_set_0"
        data.mkdir(parents=True)
        try:
            torch.onnx.export(model, image, str(folder / "model.onnx"), opset_version=opset)
        except Exception as error:
            print(f"{name} {type(error).__name__}: {str(error).splitlines()[0]}")
            (folder / "model.onnx").unlink(missing_ok=True)
            continue
        with torch.no_grad():
            output = model(image)
        (data / "input_0.pb").write_bytes(tensor(image))
        (data / "output_0.pb").write_bytes(tensor(output))
        print(name)


main(pathlib.Path(sys.argv[1]))
