# Graphs as their tensors. What loads and keeps sets of them belongs to no model.
import copy

import torch

USUAL = ('x', 'edge_index', 'edge_weight', 'edge_attr', 'y', 'pos', 'batch', 'ptr', 'time', 'face', 'adj_t')


class BaseData:
    pass


class Data(BaseData):
    def __init__(self, x=None, edge_index=None, edge_attr=None, y=None, pos=None, time=None, **kwargs):
        given = {'x': x, 'edge_index': edge_index, 'edge_attr': edge_attr, 'y': y, 'pos': pos, 'time': time, **kwargs}
        for name, value in given.items():
            if value is not None:
                setattr(self, name, value)

    def __getattr__(self, name):
        if name in USUAL:
            return None
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __getitem__(self, name):
        return getattr(self, name)

    def __setitem__(self, name, value):
        setattr(self, name, value)

    def __contains__(self, name):
        return self.__dict__.get(name) is not None

    def __iter__(self):
        return iter(self.__dict__.items())

    def __len__(self):
        return len(self.__dict__)

    def keys(self):
        return list(self.__dict__)

    def to_dict(self):
        return dict(self.__dict__)

    def clone(self):
        return copy.copy(self)

    def to(self, *args, **kwargs):
        return self

    cpu = cuda = contiguous = to

    @property
    def num_nodes(self):
        if 'num_nodes' in self.__dict__:
            return self.__dict__['num_nodes']
        for name in ('x', 'pos', 'batch'):
            if name in self:
                return self.__dict__[name].size(0)
        return int(self.edge_index.max()) + 1 if self.edge_index.numel() > 0 else 0

    @num_nodes.setter
    def num_nodes(self, value):
        self.__dict__['num_nodes'] = value

    @property
    def num_edges(self):
        return self.edge_index.size(1)

    @property
    def num_node_features(self):
        return 0 if self.x is None else (1 if self.x.dim() == 1 else self.x.size(-1))

    num_features = num_node_features

    @property
    def num_edge_features(self):
        return 0 if self.edge_attr is None else (1 if self.edge_attr.dim() == 1 else self.edge_attr.size(-1))

    @property
    def num_graphs(self):
        return 1 if self.batch is None else int(self.batch.max()) + 1


class Batch(Data):
    @classmethod
    def from_data_list(cls, data_list, *args, **kwargs):
        made, start = cls(), 0
        shifts = []
        for data in data_list:
            shifts.append(start)
            start += data.num_nodes
        for name in data_list[0].keys():
            parts = [getattr(data, name) for data in data_list]
            if 'index' in name or name == 'face':
                parts = [part + shift for part, shift in zip(parts, shifts)]
            if isinstance(parts[0], torch.Tensor):
                setattr(made, name, torch.cat(parts, dim=-1 if 'index' in name or name == 'face' else 0))
        made.batch = torch.cat([torch.full((data.num_nodes,), i, dtype=torch.long) for i, data in enumerate(data_list)])
        return made


class HeteroData(BaseData):
    pass


class Dataset(torch.utils.data.Dataset):
    pass


class InMemoryDataset(Dataset):
    pass


class DataLoader:
    pass


def __getattr__(name):
    if name.startswith('_'):
        raise AttributeError(f"module 'torch_geometric.data' has no attribute '{name}'")
    return type(name, (BaseData,), {})
