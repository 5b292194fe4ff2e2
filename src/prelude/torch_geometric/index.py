# Vectors of indices that know whether they are sorted: plain tensors are used everywhere.
import torch


def index2ptr(index, size=None):
    size = int(index.max()) + 1 if size is None else size
    return (index[:, None] < torch.arange(size + 1)[None]).sum(0)


def ptr2index(ptr, output_size=None):
    return torch.arange(ptr.numel() - 1).repeat_interleave(ptr[1:] - ptr[:-1])


class Index:
    pass


class CatMetadata:
    pass
