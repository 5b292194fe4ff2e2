# PyTorch Geometric without what loads, samples, explains and stores graphs.
__version__ = '2.8.0'


def is_compiling():
    return False


def is_in_onnx_export():
    return False


def is_experimental_mode_enabled(options=None):
    return False


def is_debug_enabled():
    return False


def is_torch_instance(obj, cls):
    return isinstance(obj, cls)


def seed_everything(seed):
    import torch

    torch.manual_seed(seed)


def compile(model=None, *args, **kwargs):
    return (lambda given: given) if model is None else model


def device(name):
    import torch

    return torch.device('cpu')


# These ask for the names above.
import torch_geometric.data
import torch_geometric.nn
import torch_geometric.typing
import torch_geometric.utils
from torch_geometric.edge_index import EdgeIndex
from torch_geometric.index import Index
