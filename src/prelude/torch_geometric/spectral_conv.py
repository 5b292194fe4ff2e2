# Layers that spread features along edges by how many each node has.
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn import ModuleList, Parameter

from torch_geometric.nn.conv.message_passing import MessagePassing
from torch_geometric.nn.dense.linear import Linear
from torch_geometric.utils import add_remaining_self_loops, get_laplacian, maybe_num_nodes, scatter


def gcn_norm(edge_index, edge_weight=None, num_nodes=None, improved=False, add_self_loops=True,
             flow='source_to_target', dtype=None):
    count = maybe_num_nodes(edge_index, num_nodes)
    if add_self_loops:
        edge_index, edge_weight = add_remaining_self_loops(edge_index, edge_weight, 2.0 if improved else 1.0, count)
    if edge_weight is None:
        edge_weight = torch.ones(edge_index.size(1), dtype=dtype)
    row, column = edge_index[0], edge_index[1]
    deg = scatter(edge_weight, column if flow == 'source_to_target' else row, 0, count, 'sum')
    scale = deg.pow(-0.5)
    scale = scale.masked_fill(scale == float('inf'), 0.0)
    return edge_index, scale[row] * edge_weight * scale[column]


def weigh(x_j, edge_weight):
    return x_j if edge_weight is None else edge_weight.view(-1, 1) * x_j


class GCNConv(MessagePassing):
    def __init__(self, in_channels, out_channels, improved=False, cached=False, add_self_loops=None, normalize=True,
                 bias=True, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(**kwargs)
        self.in_channels, self.out_channels = in_channels, out_channels
        self.improved, self.normalize = improved, normalize
        self.add_self_loops = normalize if add_self_loops is None else add_self_loops
        self.lin = Linear(in_channels, out_channels, bias=False, weight_initializer='glorot')
        if bias:
            self.bias = Parameter(torch.zeros(out_channels))
        else:
            self.register_parameter('bias', None)

    def forward(self, x, edge_index, edge_weight=None):
        if self.normalize:
            edge_index, edge_weight = gcn_norm(edge_index, edge_weight, x.size(self.node_dim), self.improved,
                                               self.add_self_loops, self.flow, x.dtype)
        out = self.propagate(edge_index, x=self.lin(x), edge_weight=edge_weight)
        return out if self.bias is None else out + self.bias

    def message(self, x_j, edge_weight):
        return weigh(x_j, edge_weight)


class ChebConv(MessagePassing):
    def __init__(self, in_channels, out_channels, K, normalization='sym', bias=True, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(**kwargs)
        self.in_channels, self.out_channels, self.normalization = in_channels, out_channels, normalization
        self.lins = ModuleList([
            Linear(in_channels, out_channels, bias=False, weight_initializer='glorot') for _ in range(K)
        ])
        if bias:
            self.bias = Parameter(torch.zeros(out_channels))
        else:
            self.register_parameter('bias', None)

    def forward(self, x, edge_index, edge_weight=None, batch=None, lambda_max=None):
        count = x.size(self.node_dim)
        edge_index, edge_weight = get_laplacian(edge_index, edge_weight, self.normalization, x.dtype, count)
        if lambda_max is None:
            lambda_max = 2.0 * edge_weight.max()
        elif isinstance(lambda_max, Tensor) and lambda_max.numel() > 1:
            lambda_max = lambda_max[batch[edge_index[0]]]
        norm = (2.0 * edge_weight) / lambda_max
        norm = norm.masked_fill(norm == float('inf'), 0)
        norm = torch.where(edge_index[0] == edge_index[1], norm - 1, norm)
        before, at = x, x
        out = self.lins[0](before)
        for i, lin in enumerate(self.lins[1:]):
            spread = self.propagate(edge_index, x=at, norm=norm)
            before, at = at, spread if i == 0 else 2.0 * spread - before
            out = out + lin(at)
        return out if self.bias is None else out + self.bias

    def message(self, x_j, norm):
        return norm.view(-1, 1) * x_j


class TAGConv(MessagePassing):
    def __init__(self, in_channels, out_channels, K=3, bias=True, normalize=True, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(**kwargs)
        self.in_channels, self.out_channels, self.K, self.normalize = in_channels, out_channels, K, normalize
        self.lins = ModuleList([Linear(in_channels, out_channels, bias=False) for _ in range(K + 1)])
        if bias:
            self.bias = Parameter(torch.zeros(out_channels))
        else:
            self.register_parameter('bias', None)

    def forward(self, x, edge_index, edge_weight=None):
        if self.normalize:
            edge_index, edge_weight = gcn_norm(edge_index, edge_weight, x.size(self.node_dim), False, False, self.flow, x.dtype)
        out = self.lins[0](x)
        for lin in self.lins[1:]:
            x = self.propagate(edge_index, x=x, edge_weight=edge_weight)
            out = out + lin(x)
        return out if self.bias is None else out + self.bias

    def message(self, x_j, edge_weight):
        return weigh(x_j, edge_weight)


class SGConv(MessagePassing):
    def __init__(self, in_channels, out_channels, K=1, cached=False, add_self_loops=True, bias=True, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(**kwargs)
        self.in_channels, self.out_channels, self.K, self.add_self_loops = in_channels, out_channels, K, add_self_loops
        self.lin = Linear(in_channels, out_channels, bias=bias)

    def forward(self, x, edge_index, edge_weight=None):
        edge_index, edge_weight = gcn_norm(edge_index, edge_weight, x.size(self.node_dim), False, self.add_self_loops,
                                           self.flow, x.dtype)
        for _ in range(self.K):
            x = self.propagate(edge_index, x=x, edge_weight=edge_weight)
        return self.lin(x)

    def message(self, x_j, edge_weight):
        return weigh(x_j, edge_weight)


class APPNP(MessagePassing):
    def __init__(self, K, alpha, dropout=0.0, cached=False, add_self_loops=True, normalize=True, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(**kwargs)
        self.K, self.alpha, self.dropout = K, alpha, dropout
        self.add_self_loops, self.normalize = add_self_loops, normalize

    def forward(self, x, edge_index, edge_weight=None):
        if self.normalize:
            edge_index, edge_weight = gcn_norm(edge_index, edge_weight, x.size(self.node_dim), False,
                                               self.add_self_loops, self.flow, x.dtype)
        first = x
        for _ in range(self.K):
            weight = edge_weight
            if self.dropout > 0 and self.training:
                weight = F.dropout(weight, p=self.dropout)
            x = self.propagate(edge_index, x=x, edge_weight=weight) * (1 - self.alpha) + self.alpha * first
        return x

    def message(self, x_j, edge_weight):
        return weigh(x_j, edge_weight)
