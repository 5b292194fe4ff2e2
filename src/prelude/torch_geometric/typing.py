# Names of types, and of libraries that compute the same faster: none of those is there.
from typing import Any, Dict, List, Optional, Tuple, Union

import torch
from torch import Tensor

MAX_INT64 = torch.iinfo(torch.int64).max
INDEX_DTYPES = {torch.int32, torch.int64}
NoneType = type(None)


def __getattr__(name):
    if name.startswith('WITH_PT'):
        return name != 'WITH_PT20X'
    if name.startswith('WITH_'):
        return False
    raise AttributeError(f"module 'torch_geometric.typing' has no attribute '{name}'")


class SparseStorage:
    pass


class SparseTensor:
    def __init__(self, *args, **kwargs):
        raise ImportError("'SparseTensor' requires 'torch-sparse'")

    @classmethod
    def from_edge_index(cls, *args, **kwargs):
        raise ImportError("'SparseTensor' requires 'torch-sparse'")


class TensorFrame:
    pass


class torch_sparse:
    SparseTensor = SparseTensor


class torch_scatter:
    pass


class torch_cluster:
    pass


class torch_spline_conv:
    pass


class pyg_lib:
    pass


class torch_frame:
    pass


DEFAULT_REL = 'to'
EDGE_TYPE_STR_SPLIT = '__'
Adj = Union[Tensor, SparseTensor]
OptTensor = Optional[Tensor]
PairTensor = Tuple[Tensor, Tensor]
OptPairTensor = Tuple[Tensor, Optional[Tensor]]
PairOptTensor = Tuple[Optional[Tensor], Optional[Tensor]]
Size = Optional[Tuple[int, int]]
NodeType = str
EdgeType = Tuple[str, str, str]
NodeOrEdgeType = Union[NodeType, EdgeType]
Metadata = Tuple[List[NodeType], List[EdgeType]]
EdgeTypeStr = str
MaybeHeteroNodeTensor = MaybeHeteroEdgeTensor = MaybeHeteroAdjTensor = Any
FeatureTensorType = EdgeTensorType = QueryType = InputNodes = InputEdges = OptTensorDict = Any
