# Layers that weigh the edges of a node against each other.
import math

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn import Parameter

from torch_geometric.nn.conv.message_passing import MessagePassing
from torch_geometric.nn.dense.linear import Linear
from torch_geometric.nn.inits import glorot
from torch_geometric.utils import add_self_loops, remove_self_loops, softmax


def pair(x):
    return (x, x) if isinstance(x, Tensor) else x


class GATConv(MessagePassing):
    def __init__(self, in_channels, out_channels, heads=1, concat=True, negative_slope=0.2, dropout=0.0,
                 add_self_loops=True, edge_dim=None, fill_value='mean', bias=True, residual=False, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(node_dim=0, **kwargs)
        self.in_channels, self.out_channels, self.heads, self.concat = in_channels, out_channels, heads, concat
        self.negative_slope, self.dropout, self.fill_value = negative_slope, dropout, fill_value
        self.add_self_loops, self.edge_dim, self.residual = add_self_loops, edge_dim, residual
        self.lin = self.lin_src = self.lin_dst = None
        if isinstance(in_channels, int):
            self.lin = Linear(in_channels, heads * out_channels, bias=False, weight_initializer='glorot')
        else:
            self.lin_src = Linear(in_channels[0], heads * out_channels, False, weight_initializer='glorot')
            self.lin_dst = Linear(in_channels[1], heads * out_channels, False, weight_initializer='glorot')
        self.att_src = Parameter(torch.empty(1, heads, out_channels))
        self.att_dst = Parameter(torch.empty(1, heads, out_channels))
        glorot(self.att_src)
        glorot(self.att_dst)
        if edge_dim is not None:
            self.lin_edge = Linear(edge_dim, heads * out_channels, bias=False, weight_initializer='glorot')
            self.att_edge = Parameter(torch.empty(1, heads, out_channels))
            glorot(self.att_edge)
        else:
            self.lin_edge = None
            self.register_parameter('att_edge', None)
        total = out_channels * (heads if concat else 1)
        if residual:
            width = in_channels if isinstance(in_channels, int) else in_channels[1]
            self.res = Linear(width, total, bias=False, weight_initializer='glorot')
        else:
            self.register_parameter('res', None)
        if bias:
            self.bias = Parameter(torch.zeros(total))
        else:
            self.register_parameter('bias', None)

    def forward(self, x, edge_index, edge_attr=None, size=None, return_attention_weights=None):
        shape = (-1, self.heads, self.out_channels)
        source, target = pair(x)
        rest = self.res(target) if self.res is not None and target is not None else None
        if isinstance(x, Tensor) and self.lin is not None:
            source = target = self.lin(source).view(shape)
        else:
            to_source = self.lin if self.lin is not None else self.lin_src
            to_target = self.lin if self.lin is not None else self.lin_dst
            source = to_source(source).view(shape)
            target = None if target is None else to_target(target).view(shape)
        alpha = (
            (source * self.att_src).sum(dim=-1),
            None if target is None else (target * self.att_dst).sum(-1),
        )
        if self.add_self_loops:
            count = source.size(0) if target is None else min(source.size(0), target.size(0))
            count = count if size is None else min(size)
            edge_index, edge_attr = remove_self_loops(edge_index, edge_attr)
            edge_index, edge_attr = add_self_loops(edge_index, edge_attr, fill_value=self.fill_value, num_nodes=count)
        alpha = self.edge_updater(edge_index, alpha=alpha, edge_attr=edge_attr, size=size)
        out = self.propagate(edge_index, x=(source, target), alpha=alpha, size=size)
        out = out.view(-1, self.heads * self.out_channels) if self.concat else out.mean(dim=1)
        out = out if rest is None else out + rest
        out = out if self.bias is None else out + self.bias
        return (out, (edge_index, alpha)) if isinstance(return_attention_weights, bool) else out

    def edge_update(self, alpha_j, alpha_i, edge_attr, index, ptr, dim_size):
        alpha = alpha_j if alpha_i is None else alpha_j + alpha_i
        if edge_attr is not None and self.lin_edge is not None:
            edge_attr = edge_attr.view(-1, 1) if edge_attr.dim() == 1 else edge_attr
            edge_attr = self.lin_edge(edge_attr).view(-1, self.heads, self.out_channels)
            alpha = alpha + (edge_attr * self.att_edge).sum(dim=-1)
        alpha = F.leaky_relu(alpha, self.negative_slope)
        return F.dropout(softmax(alpha, index, ptr, dim_size), p=self.dropout, training=self.training)

    def message(self, x_j, alpha):
        return alpha.unsqueeze(-1) * x_j


class GATv2Conv(MessagePassing):
    def __init__(self, in_channels, out_channels, heads=1, concat=True, negative_slope=0.2, dropout=0.0,
                 add_self_loops=True, edge_dim=None, fill_value='mean', bias=True, share_weights=False, residual=False,
                 **kwargs):
        super().__init__(node_dim=0, **kwargs)
        self.in_channels, self.out_channels, self.heads, self.concat = in_channels, out_channels, heads, concat
        self.negative_slope, self.dropout, self.fill_value = negative_slope, dropout, fill_value
        self.add_self_loops = add_self_loops
        own = in_channels if isinstance(in_channels, (tuple, list)) else (in_channels, in_channels)
        self.lin_l = Linear(own[0], heads * out_channels, bias=bias, weight_initializer='glorot')
        if share_weights:
            self.lin_r = self.lin_l
        else:
            self.lin_r = Linear(own[1], heads * out_channels, bias=bias, weight_initializer='glorot')
        self.att = Parameter(torch.empty(1, heads, out_channels))
        glorot(self.att)
        self.lin_edge = None
        if edge_dim is not None:
            self.lin_edge = Linear(edge_dim, heads * out_channels, bias=False, weight_initializer='glorot')
        total = out_channels * (heads if concat else 1)
        if residual:
            self.res = Linear(own[1], total, bias=False, weight_initializer='glorot')
        else:
            self.register_parameter('res', None)
        if bias:
            self.bias = Parameter(torch.zeros(total))
        else:
            self.register_parameter('bias', None)

    def forward(self, x, edge_index, edge_attr=None, return_attention_weights=None):
        shape = (-1, self.heads, self.out_channels)
        source, target = pair(x)
        rest = self.res(target) if self.res is not None and target is not None else None
        left = self.lin_l(source).view(shape)
        if isinstance(x, Tensor) and self.lin_r is self.lin_l:
            right = left
        else:
            right = None if target is None else self.lin_r(target).view(shape)
        if self.add_self_loops:
            count = left.size(0) if right is None else min(left.size(0), right.size(0))
            edge_index, edge_attr = remove_self_loops(edge_index, edge_attr)
            edge_index, edge_attr = add_self_loops(edge_index, edge_attr, fill_value=self.fill_value, num_nodes=count)
        alpha = self.edge_updater(edge_index, x=(left, right), edge_attr=edge_attr)
        out = self.propagate(edge_index, x=(left, right), alpha=alpha)
        out = out.view(-1, self.heads * self.out_channels) if self.concat else out.mean(dim=1)
        out = out if rest is None else out + rest
        out = out if self.bias is None else out + self.bias
        return (out, (edge_index, alpha)) if isinstance(return_attention_weights, bool) else out

    def edge_update(self, x_j, x_i, edge_attr, index, ptr, dim_size):
        x = x_i + x_j
        if edge_attr is not None:
            edge_attr = edge_attr.view(-1, 1) if edge_attr.dim() == 1 else edge_attr
            x = x + self.lin_edge(edge_attr).view(-1, self.heads, self.out_channels)
        alpha = (F.leaky_relu(x, self.negative_slope) * self.att).sum(dim=-1)
        return F.dropout(softmax(alpha, index, ptr, dim_size), p=self.dropout, training=self.training)

    def message(self, x_j, alpha):
        return x_j * alpha.unsqueeze(-1)


class TransformerConv(MessagePassing):
    def __init__(self, in_channels, out_channels, heads=1, concat=True, beta=False, dropout=0.0, edge_dim=None,
                 bias=True, root_weight=True, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(node_dim=0, **kwargs)
        self.in_channels, self.out_channels, self.heads = in_channels, out_channels, heads
        self.concat, self.dropout, self.root_weight = concat, dropout, root_weight
        self.beta = beta and root_weight
        own = in_channels if isinstance(in_channels, (tuple, list)) else (in_channels, in_channels)
        self.lin_key = Linear(own[0], heads * out_channels)
        self.lin_query = Linear(own[1], heads * out_channels)
        self.lin_value = Linear(own[0], heads * out_channels)
        self.lin_edge = None if edge_dim is None else Linear(edge_dim, heads * out_channels, bias=False)
        total = out_channels * (heads if concat else 1)
        self.lin_skip = Linear(own[1], total, bias=bias)
        self.lin_beta = Linear(3 * total, 1, bias=False) if self.beta else None

    def forward(self, x, edge_index, edge_attr=None, return_attention_weights=None):
        x = pair(x)
        shape = (-1, self.heads, self.out_channels)
        query, key, value = self.lin_query(x[1]).view(shape), self.lin_key(x[0]).view(shape), self.lin_value(x[0]).view(shape)
        out = self.propagate(edge_index, query=query, key=key, value=value, edge_attr=edge_attr)
        alpha, self._alpha = self._alpha, None
        out = out.view(-1, self.heads * self.out_channels) if self.concat else out.mean(dim=1)
        if self.root_weight:
            skip = self.lin_skip(x[1])
            if self.lin_beta is not None:
                beta = self.lin_beta(torch.cat([out, skip, out - skip], dim=-1)).sigmoid()
                out = beta * skip + (1 - beta) * out
            else:
                out = out + skip
        return (out, (edge_index, alpha)) if isinstance(return_attention_weights, bool) else out

    def message(self, query_i, key_j, value_j, edge_attr, index, ptr, size_i):
        out = value_j
        if self.lin_edge is not None:
            edge_attr = self.lin_edge(edge_attr).view(-1, self.heads, self.out_channels)
            key_j, out = key_j + edge_attr, out + edge_attr
        alpha = softmax((query_i * key_j).sum(dim=-1) / math.sqrt(self.out_channels), index, ptr, size_i)
        self._alpha = alpha
        alpha = F.dropout(alpha, p=self.dropout, training=self.training)
        return out * alpha.view(-1, self.heads, 1)
