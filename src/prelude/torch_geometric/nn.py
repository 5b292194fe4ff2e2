# Layers, norms, pools and whole networks of graphs: the commonest.
import torch
import torch.nn.functional as F
from torch.nn import Module, ModuleList, Parameter

from torch_geometric.nn.aggr import (
    AddAggregation,
    Aggregation,
    AttentionalAggregation,
    GlobalAttention,
    MaxAggregation,
    MeanAggregation,
    MinAggregation,
    MulAggregation,
    MultiAggregation,
    SoftmaxAggregation,
    StdAggregation,
    SumAggregation,
    VarAggregation,
    activation_resolver,
    aggregation_resolver,
)
from torch_geometric.nn.conv import (
    APPNP,
    ChebConv,
    EdgeConv,
    GATConv,
    GATv2Conv,
    GCNConv,
    GINConv,
    GINEConv,
    GraphConv,
    NNConv,
    SAGEConv,
    SGConv,
    SimpleConv,
    TAGConv,
    TransformerConv,
    gcn_norm,
)
from torch_geometric.nn.conv.message_passing import MessagePassing
from torch_geometric.nn.dense.linear import Linear
from torch_geometric.nn.sequential import Sequential
from torch_geometric.utils import degree, scatter


def pool_by(how):
    def pool(x, batch=None, size=None):
        dim = -1 if isinstance(x, torch.Tensor) and x.dim() == 1 else -2
        if batch is None:
            if how == 'max':
                return x.max(dim=dim, keepdim=x.dim() <= 2)[0]
            return getattr(x, how)(dim=dim, keepdim=x.dim() <= 2)
        return scatter(x, batch, dim, size, how)

    return pool


global_add_pool, global_mean_pool, global_max_pool = pool_by('sum'), pool_by('mean'), pool_by('max')


class BatchNorm(Module):
    def __init__(self, in_channels, eps=1e-5, momentum=0.1, affine=True, track_running_stats=True,
                 allow_single_element=False):
        super().__init__()
        self.module = torch.nn.BatchNorm1d(in_channels, eps, momentum, affine, track_running_stats)

    def reset_parameters(self):
        self.module.reset_parameters()

    def forward(self, x):
        return self.module(x)


class LayerNorm(Module):
    def __init__(self, in_channels, eps=1e-5, affine=True, mode='graph'):
        super().__init__()
        self.in_channels, self.eps, self.mode = in_channels, eps, mode
        if affine:
            self.weight, self.bias = Parameter(torch.ones(in_channels)), Parameter(torch.zeros(in_channels))
        else:
            self.register_parameter('weight', None)
            self.register_parameter('bias', None)

    def forward(self, x, batch=None, batch_size=None):
        if self.mode == 'node':
            return F.layer_norm(x, (self.in_channels,), self.weight, self.bias, self.eps)
        if batch is None:
            x = x - x.mean()
            out = x / (x.std(unbiased=False) + self.eps)
        else:
            size = int(batch.max()) + 1 if batch_size is None else batch_size
            norm = (degree(batch, size, dtype=x.dtype).clamp(min=1) * x.size(-1)).view(-1, 1)
            x = x - (scatter(x, batch, 0, size, 'sum').sum(dim=-1, keepdim=True) / norm)[batch]
            var = scatter(x * x, batch, 0, size, 'sum').sum(dim=-1, keepdim=True) / norm
            out = x / (var + self.eps).sqrt()[batch]
        return out if self.weight is None else out * self.weight + self.bias


class GraphNorm(Module):
    def __init__(self, in_channels, eps=1e-5):
        super().__init__()
        self.in_channels, self.eps = in_channels, eps
        self.weight, self.bias = Parameter(torch.ones(in_channels)), Parameter(torch.zeros(in_channels))
        self.mean_scale = Parameter(torch.ones(in_channels))

    def forward(self, x, batch=None, batch_size=None):
        if batch is None:
            batch, batch_size = x.new_zeros(x.size(0), dtype=torch.long), 1
        size = int(batch.max()) + 1 if batch_size is None else batch_size
        out = x - scatter(x, batch, 0, size, 'mean')[batch] * self.mean_scale
        std = (scatter(out * out, batch, 0, size, 'mean') + self.eps).sqrt()[batch]
        return self.weight * out / std + self.bias


class JumpingKnowledge(Module):
    def __init__(self, mode, channels=None, num_layers=None):
        super().__init__()
        self.mode = mode.lower()
        if self.mode == 'lstm':
            self.lstm = torch.nn.LSTM(channels, (num_layers * channels) // 2, bidirectional=True, batch_first=True)
            self.att = torch.nn.Linear(2 * ((num_layers * channels) // 2), 1)

    def reset_parameters(self):
        pass

    def forward(self, xs):
        if self.mode == 'cat':
            return torch.cat(xs, dim=-1)
        x = torch.stack(xs, dim=-1 if self.mode == 'max' else 1)
        if self.mode == 'max':
            return x.max(dim=-1)[0]
        alpha = torch.softmax(self.att(self.lstm(x)[0]).squeeze(-1), dim=-1)
        return (x * alpha.unsqueeze(-1)).sum(dim=1)


def norm_of(norm, channels, **kwargs):
    if norm is None or isinstance(norm, Module):
        return norm
    if not isinstance(norm, str):
        return norm(channels, **kwargs)
    kinds = {'batchnorm': BatchNorm, 'layernorm': LayerNorm, 'graphnorm': GraphNorm}
    return kinds[norm.lower().replace('_', '')](channels, **kwargs)


class MLP(Module):
    def __init__(self, channel_list=None, *, in_channels=None, hidden_channels=None, out_channels=None, num_layers=None,
                 dropout=0.0, act='relu', act_first=False, act_kwargs=None, norm='batch_norm', norm_kwargs=None,
                 plain_last=True, bias=True, **kwargs):
        super().__init__()
        if isinstance(channel_list, int):
            in_channels, channel_list = channel_list, None
        if in_channels is not None:
            channel_list = [in_channels] + [hidden_channels] * (num_layers - 1) + [out_channels]
        self.channel_list = channel_list
        count = len(channel_list) - 1
        self.act, self.act_first, self.plain_last = activation_resolver(act, **(act_kwargs or {})), act_first, plain_last
        self.dropout = [dropout] * count if isinstance(dropout, float) else list(dropout)
        if isinstance(dropout, float) and plain_last:
            self.dropout[-1] = 0.0
        biases = [bias] * count if isinstance(bias, bool) else bias
        self.lins = ModuleList(
            Linear(a, b, bias=each) for a, b, each in zip(channel_list[:-1], channel_list[1:], biases)
        )
        self.norms = ModuleList()
        for width in channel_list[1:-1] if plain_last else channel_list[1:]:
            made = norm_of(norm, width, **(norm_kwargs or {}))
            self.norms.append(torch.nn.Identity() if made is None else made)

    def reset_parameters(self):
        for each in self.lins:
            each.reset_parameters()

    def forward(self, x, batch=None, batch_size=None, return_emb=None):
        emb = None
        for i, lin in enumerate(self.lins):
            x = lin(x)
            if i < len(self.norms):
                if self.act is not None and self.act_first:
                    x = self.act(x)
                norm = self.norms[i]
                x = norm(x, batch, batch_size) if isinstance(norm, (LayerNorm, GraphNorm)) else norm(x)
                if self.act is not None and not self.act_first:
                    x = self.act(x)
                emb = x
            x = F.dropout(x, p=self.dropout[i], training=self.training)
        return (x, emb) if isinstance(return_emb, bool) else x


class BasicGNN(Module):
    takes_weights = takes_attributes = False

    def __init__(self, in_channels, hidden_channels, num_layers, out_channels=None, dropout=0.0, act='relu',
                 act_first=False, act_kwargs=None, norm=None, norm_kwargs=None, jk=None, **kwargs):
        super().__init__()
        self.in_channels, self.hidden_channels, self.num_layers = in_channels, hidden_channels, num_layers
        self.dropout = torch.nn.Dropout(p=dropout)
        self.act, self.act_first, self.jk_mode = activation_resolver(act, **(act_kwargs or {})), act_first, jk
        self.out_channels = hidden_channels if out_channels is None else out_channels
        self.convs, self.norms = ModuleList(), ModuleList()
        for i in range(num_layers):
            plain_end = i == num_layers - 1 and out_channels is not None and jk is None
            width = out_channels if plain_end else hidden_channels
            self.convs.append(self.init_conv(in_channels if i == 0 else self.width_behind(hidden_channels, kwargs), width, **(
                {**kwargs, 'is_last': plain_end} if self.tells_last else kwargs)))
        made = norm_of(norm, hidden_channels, **(norm_kwargs or {}))
        for i in range(num_layers if jk is not None else num_layers - 1):
            self.norms.append(torch.nn.Identity() if made is None else norm_of(norm, hidden_channels, **(norm_kwargs or {})))
        if jk is None and num_layers > 0:
            self.norms.append(torch.nn.Identity())
        if jk is not None and jk != 'last':
            self.jk = JumpingKnowledge(jk, hidden_channels, num_layers)
        if jk is not None:
            self.lin = Linear(num_layers * hidden_channels if jk == 'cat' else hidden_channels, self.out_channels)

    tells_last = False

    def width_behind(self, hidden, kwargs):
        return hidden

    def forward(self, x, edge_index, edge_weight=None, edge_attr=None, batch=None, batch_size=None):
        xs = []
        for i, (conv, norm) in enumerate(zip(self.convs, self.norms)):
            if self.takes_weights or self.takes_attributes:
                x = conv(x, edge_index, edge_weight if self.takes_weights else edge_attr)
            else:
                x = conv(x, edge_index)
            if i < self.num_layers - 1 or self.jk_mode is not None:
                if self.act is not None and self.act_first:
                    x = self.act(x)
                x = norm(x, batch, batch_size) if isinstance(norm, (LayerNorm, GraphNorm)) else norm(x)
                if self.act is not None and not self.act_first:
                    x = self.act(x)
                x = self.dropout(x)
                xs.append(x)
        x = self.jk(xs) if hasattr(self, 'jk') else x
        return self.lin(x) if hasattr(self, 'lin') else x


class GCN(BasicGNN):
    takes_weights = True

    def init_conv(self, in_channels, out_channels, **kwargs):
        return GCNConv(in_channels, out_channels, **kwargs)


class GraphSAGE(BasicGNN):
    def init_conv(self, in_channels, out_channels, **kwargs):
        return SAGEConv(in_channels, out_channels, **kwargs)


class GIN(BasicGNN):
    def init_conv(self, in_channels, out_channels, **kwargs):
        mlp = MLP([in_channels, out_channels, out_channels], act=self.act, act_first=self.act_first)
        return GINConv(mlp, **kwargs)


class GAT(BasicGNN):
    takes_attributes = tells_last = True

    def init_conv(self, in_channels, out_channels, v2=False, heads=1, concat=True, is_last=False, **kwargs):
        if is_last:
            concat = False
        width = out_channels // heads if concat else out_channels
        return (GATv2Conv if v2 else GATConv)(in_channels, width, heads=heads, concat=concat,
                                              dropout=self.dropout.p, **kwargs)


BELOW = {'conv', 'aggr', 'norm', 'pool', 'models', 'dense', 'inits', 'resolver', 'sequential', 'glob', 'unpool'}


def __getattr__(name):
    """Others of the library's layers: code that does not use them may name them."""
    if name.startswith('_') or name in BELOW:
        raise AttributeError(f"module 'torch_geometric.nn' has no attribute '{name}'")

    def refuse(*args, **kwargs):
        raise NotImplementedError(
            f"{name} is read from PyTorch Geometric's own text alone; select the Python that has it, or name its folder"
        )

    return type(name, (Module,), {'__init__': refuse}) if name[0].isupper() else refuse
