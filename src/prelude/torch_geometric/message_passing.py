# Message passing: what `message`, `aggregate` and `update` take is told by their names.
import inspect

import torch
from torch import Tensor

from torch_geometric.nn.resolver import aggregation_resolver
from torch_geometric.utils import is_sparse

AGGREGATION = {'inputs', 'index', 'ptr', 'dim_size'}


def parameters_of(function, skipped):
    names = list(inspect.signature(function).parameters.items())[skipped:]
    return [(name, parameter.default) for name, parameter in names]


class MessagePassing(torch.nn.Module):
    special_args = {
        'edge_index', 'adj_t', 'edge_index_i', 'edge_index_j', 'size', 'size_i', 'size_j', 'ptr', 'index', 'dim_size',
    }
    SUPPORTS_FUSED_EDGE_INDEX = False

    def __init__(self, aggr='sum', *, aggr_kwargs=None, flow='source_to_target', node_dim=-2, decomposed_layers=1):
        super().__init__()
        if flow not in ['source_to_target', 'target_to_source']:
            raise ValueError(f"Expected 'flow' to be either 'source_to_target' or 'target_to_source' (got '{flow}')")
        if aggr is None:
            self.aggr = None
        elif isinstance(aggr, (tuple, list)):
            self.aggr = [str(each) for each in aggr]
        else:
            self.aggr = str(aggr)
        self.aggr_module = aggregation_resolver(aggr, **(aggr_kwargs or {}))
        self.flow = flow
        self.node_dim = node_dim
        self.explain = None
        self.fuse = False
        self.decomposed_layers = decomposed_layers
        self._hooks_of = {}

    def reset_parameters(self):
        if self.aggr_module is not None:
            self.aggr_module.reset_parameters()

    def __repr__(self):
        names = [str(getattr(self, name)) for name in ('in_channels', 'out_channels') if hasattr(self, name)]
        return f"{self.__class__.__name__}({', '.join(names)})"

    def forward(self, *args, **kwargs):
        pass

    def message(self, x_j):
        return x_j

    def aggregate(self, inputs, index, ptr=None, dim_size=None):
        return self.aggr_module(inputs, index, ptr=ptr, dim_size=dim_size, dim=self.node_dim)

    def message_and_aggregate(self, edge_index):
        raise NotImplementedError

    def update(self, inputs):
        return inputs

    def edge_update(self):
        raise NotImplementedError

    def edge_updater(self, edge_index, size=None, **kwargs):
        kwargs = self._hooked('edge_update_pre', kwargs)
        given = self._given(self.edge_update, 0, edge_index, self._size_of(edge_index, size), kwargs)
        asked = {name: given[name] for name, _ in parameters_of(self.edge_update, 0) if name in given}
        return self._hooked('edge_update', self.edge_update(**asked))

    def propagate(self, edge_index, size=None, **kwargs):
        kwargs = self._hooked('propagate_pre', kwargs)
        size = self._size_of(edge_index, size)
        if self.decomposed_layers > 1:
            parts = [{} for _ in range(self.decomposed_layers)]
            for name, value in kwargs.items():
                chunks = value.chunk(self.decomposed_layers, -1) if isinstance(value, Tensor) and value.dim() > 1 else None
                for i, part in enumerate(parts):
                    part[name] = value if chunks is None else chunks[i]
            return torch.cat([self._pass(edge_index, list(size), part) for part in parts], dim=-1)
        return self._hooked('propagate', self._pass(edge_index, size, kwargs))

    def _pass(self, edge_index, size, kwargs):
        steps = [(self.message, 0), (self.aggregate, 1), (self.update, 1)]
        given = {}
        for function, skipped in steps:
            given.update(self._given(function, skipped, edge_index, size, kwargs))
        given.update(self._sizes(edge_index, size))

        def arguments(function, skipped):
            names = parameters_of(function, skipped)
            return {name: given[name] for name, _ in names if name in given}

        message = self._hooked('message_pre', arguments(self.message, 0))
        out = self._hooked('message', self.message(**message))
        aggregate = self._hooked('aggregate_pre', arguments(self.aggregate, 1))
        out = self._hooked('aggregate', self.aggregate(out, **aggregate))
        return self.update(out, **arguments(self.update, 1))

    def _ends(self):
        return (1, 0) if self.flow == 'source_to_target' else (0, 1)

    def _size_of(self, edge_index, size):
        if not isinstance(edge_index, Tensor) or is_sparse(edge_index):
            raise ValueError('`MessagePassing.propagate` of sparse matrices is not read; give the edges as a tensor of two rows')
        if edge_index.dim() != 2 or edge_index.size(0) != 2:
            raise ValueError(f"Expected 'edge_index' to have two rows (got shape {list(edge_index.size())})")
        return list(size) if size is not None else [None, None]

    def _learn(self, size, dim, value):
        if value is None:
            return
        length = value.size(self.node_dim)
        if size[dim] is None:
            size[dim] = length
        elif size[dim] != length:
            raise ValueError(f'Encountered tensor with size {length} in dimension {self.node_dim}, but expected size {size[dim]}.')

    def _given(self, function, skipped, edge_index, size, kwargs):
        """What a function asks for, by its names."""
        i, j = self._ends()
        given = {}
        for name, default in parameters_of(function, skipped):
            if name in self.special_args:
                continue
            if name[-2:] not in ('_i', '_j'):
                if name in kwargs:
                    given[name] = kwargs[name]
                elif default is inspect.Parameter.empty:
                    raise TypeError(f"Required parameter '{name}' is empty.")
                else:
                    given[name] = default
                continue
            base, dim = name[:-2], j if name[-2:] == '_j' else i
            if base not in kwargs:
                if default is inspect.Parameter.empty:
                    raise TypeError(f"Required parameter '{name}' is empty.")
                given[name] = default
                continue
            value = kwargs[base]
            if isinstance(value, (tuple, list)):
                if isinstance(value[1 - dim], Tensor):
                    self._learn(size, 1 - dim, value[1 - dim])
                value = value[dim]
            if isinstance(value, Tensor):
                self._learn(size, dim, value)
                value = value.index_select(self.node_dim, edge_index[dim])
            given[name] = value
        return {**given, **self._sizes(edge_index, size)}

    def _sizes(self, edge_index, size):
        i, j = self._ends()
        size_i = size[i] if size[i] is not None else size[j]
        size_j = size[j] if size[j] is not None else size[i]
        return {
            'edge_index': edge_index, 'adj_t': None, 'edge_index_i': edge_index[i], 'edge_index_j': edge_index[j],
            'size': size, 'size_i': size_i, 'size_j': size_j, 'ptr': None, 'index': edge_index[i], 'dim_size': size_i,
        }

    def _hooked(self, kind, value):
        for hook in self._hooks_of.get(kind, []):
            changed = hook(self, value)
            value = value if changed is None else changed
        return value

    def jittable(self, typing=None):
        return self
