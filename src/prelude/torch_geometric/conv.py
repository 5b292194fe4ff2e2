# The commonest layers of graph networks.
import torch
import torch.nn.functional as F
from torch.nn import Parameter

from torch_geometric.nn.conv.attention_conv import GATConv, GATv2Conv, TransformerConv, pair
from torch_geometric.nn.conv.message_passing import MessagePassing
from torch_geometric.nn.conv.spectral_conv import APPNP, ChebConv, GCNConv, SGConv, TAGConv, gcn_norm, weigh
from torch_geometric.nn.dense.linear import Linear


class SAGEConv(MessagePassing):
    def __init__(self, in_channels, out_channels, aggr='mean', normalize=False, root_weight=True, project=False,
                 bias=True, **kwargs):
        self.in_channels, self.out_channels = in_channels, out_channels
        self.normalize, self.root_weight, self.project = normalize, root_weight, project
        own = in_channels if isinstance(in_channels, (tuple, list)) else (in_channels, in_channels)
        super().__init__(aggr, **kwargs)
        if project:
            self.lin = Linear(own[0], own[0], bias=True)
        several = len(aggr) if isinstance(aggr, (tuple, list)) else 1
        self.lin_l = Linear(own[0] * several, out_channels, bias=bias)
        if root_weight:
            self.lin_r = Linear(own[1], out_channels, bias=False)

    def forward(self, x, edge_index, size=None):
        x = pair(x)
        if self.project:
            x = (self.lin(x[0]).relu(), x[1])
        out = self.lin_l(self.propagate(edge_index, x=x, size=size))
        if self.root_weight and x[1] is not None:
            out = out + self.lin_r(x[1])
        return F.normalize(out, p=2.0, dim=-1) if self.normalize else out

    def message(self, x_j):
        return x_j


class GraphConv(MessagePassing):
    def __init__(self, in_channels, out_channels, aggr='add', bias=True, **kwargs):
        super().__init__(aggr=aggr, **kwargs)
        self.in_channels, self.out_channels = in_channels, out_channels
        own = in_channels if isinstance(in_channels, (tuple, list)) else (in_channels, in_channels)
        self.lin_rel = Linear(own[0], out_channels, bias=bias)
        self.lin_root = Linear(own[1], out_channels, bias=False)

    def forward(self, x, edge_index, edge_weight=None, size=None):
        x = pair(x)
        out = self.lin_rel(self.propagate(edge_index, x=x, edge_weight=edge_weight, size=size))
        return out if x[1] is None else out + self.lin_root(x[1])

    def message(self, x_j, edge_weight):
        return weigh(x_j, edge_weight)


class GINConv(MessagePassing):
    def __init__(self, nn, eps=0.0, train_eps=False, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(**kwargs)
        self.nn = nn
        if train_eps:
            self.eps = Parameter(torch.full((1,), float(eps)))
        else:
            self.register_buffer('eps', torch.full((1,), float(eps)))

    def forward(self, x, edge_index, size=None):
        x = pair(x)
        out = self.propagate(edge_index, x=x, size=size)
        return self.nn(out if x[1] is None else out + (1 + self.eps) * x[1])

    def message(self, x_j):
        return x_j


class GINEConv(GINConv):
    def __init__(self, nn, eps=0.0, train_eps=False, edge_dim=None, **kwargs):
        super().__init__(nn, eps, train_eps, **kwargs)
        self.lin = None
        if edge_dim is not None:
            first = nn[0] if isinstance(nn, torch.nn.Sequential) else nn
            width = first.in_features if hasattr(first, 'in_features') else first.in_channels
            self.lin = Linear(edge_dim, width)

    def forward(self, x, edge_index, edge_attr=None, size=None):
        x = pair(x)
        out = self.propagate(edge_index, x=x, edge_attr=edge_attr, size=size)
        return self.nn(out if x[1] is None else out + (1 + self.eps) * x[1])

    def message(self, x_j, edge_attr):
        return (x_j + (edge_attr if self.lin is None else self.lin(edge_attr))).relu()


class EdgeConv(MessagePassing):
    def __init__(self, nn, aggr='max', **kwargs):
        super().__init__(aggr=aggr, **kwargs)
        self.nn = nn

    def forward(self, x, edge_index):
        return self.propagate(edge_index, x=pair(x))

    def message(self, x_i, x_j):
        return self.nn(torch.cat([x_i, x_j - x_i], dim=-1))


class NNConv(MessagePassing):
    def __init__(self, in_channels, out_channels, nn, aggr='add', root_weight=True, bias=True, **kwargs):
        super().__init__(aggr=aggr, **kwargs)
        own = in_channels if isinstance(in_channels, (tuple, list)) else (in_channels, in_channels)
        self.in_channels, self.out_channels, self.nn = own, out_channels, nn
        self.root_weight = root_weight
        if root_weight:
            self.lin = Linear(own[1], out_channels, bias=False, weight_initializer='uniform')
        if bias:
            self.bias = Parameter(torch.zeros(out_channels))
        else:
            self.register_parameter('bias', None)

    def forward(self, x, edge_index, edge_attr=None, size=None):
        x = pair(x)
        out = self.propagate(edge_index, x=x, edge_attr=edge_attr, size=size)
        if x[1] is not None and self.root_weight:
            out = out + self.lin(x[1])
        return out if self.bias is None else out + self.bias

    def message(self, x_j, edge_attr):
        weight = self.nn(edge_attr).view(-1, self.in_channels[0], self.out_channels)
        return torch.matmul(x_j.unsqueeze(1), weight).squeeze(1)


class SimpleConv(MessagePassing):
    def __init__(self, aggr='sum', combine_root=None, **kwargs):
        super().__init__(aggr, **kwargs)
        self.combine_root = combine_root

    def forward(self, x, edge_index, edge_weight=None, size=None):
        x = pair(x)
        out = self.propagate(edge_index, x=x, edge_weight=edge_weight, size=size)
        if x[1] is None or self.combine_root is None:
            return out
        return torch.cat([x[1], out], dim=-1) if self.combine_root == 'cat' else out + x[1]

    def message(self, x_j, edge_weight):
        return weigh(x_j, edge_weight)


def __getattr__(name):
    import torch_geometric.nn

    return torch_geometric.nn.__getattr__(name)
