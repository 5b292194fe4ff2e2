"""safetensors.torch: files of weights, which are not read while a model is."""
import torch


def load_file(filename, device="cpu"):
    return torch.load(filename)


load = load_file


def save_file(tensors, filename, metadata=None):
    pass


def load_model(model, filename, strict=True, device="cpu"):
    return set(), []
