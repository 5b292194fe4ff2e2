# Many values that become one, a node or a graph.
import torch

from torch_geometric.utils import scatter, softmax, to_dense_batch


class Aggregation(torch.nn.Module):
    how = None

    def forward(self, x, index=None, ptr=None, dim_size=None, dim=-2, **kwargs):
        return self.reduce(x, index, ptr, dim_size, dim, self.how)

    def reset_parameters(self):
        pass

    def reduce(self, x, index=None, ptr=None, dim_size=None, dim=-2, reduce='sum'):
        if index is None and ptr is not None:
            index = torch.arange(ptr.numel() - 1).repeat_interleave(ptr[1:] - ptr[:-1])
            dim_size = ptr.numel() - 1
        elif index is None:
            index, dim_size = x.new_zeros(x.size(dim), dtype=torch.long), dim_size or 1
        return scatter(x, index, dim, dim_size, reduce)

    def to_dense_batch(self, x, index=None, ptr=None, dim_size=None, dim=-2, fill_value=0.0, max_num_elements=None):
        return to_dense_batch(x, index, fill_value, max_num_elements, dim_size)

    def __repr__(self):
        return f'{type(self).__name__}()'


class SumAggregation(Aggregation):
    how = 'sum'


AddAggregation = SumAggregation


class MeanAggregation(Aggregation):
    how = 'mean'


class MaxAggregation(Aggregation):
    how = 'max'


class MinAggregation(Aggregation):
    how = 'min'


class MulAggregation(Aggregation):
    how = 'mul'


class VarAggregation(Aggregation):
    def __init__(self, semi_grad=False):
        super().__init__()

    def forward(self, x, index=None, ptr=None, dim_size=None, dim=-2, **kwargs):
        mean = self.reduce(x, index, ptr, dim_size, dim, 'mean')
        return self.reduce(x * x, index, ptr, dim_size, dim, 'mean') - mean * mean


class StdAggregation(VarAggregation):
    def forward(self, x, index=None, ptr=None, dim_size=None, dim=-2, **kwargs):
        out = super().forward(x, index, ptr, dim_size, dim).clamp(min=1e-5).sqrt()
        return out.masked_fill(out <= 1e-5**0.5, 0.0)


class SoftmaxAggregation(Aggregation):
    def __init__(self, t=1.0, learn=False, semi_grad=False, channels=1):
        super().__init__()
        self.t = torch.nn.Parameter(torch.full((channels,), float(t))) if learn else t
        self.channels = channels

    def forward(self, x, index=None, ptr=None, dim_size=None, dim=-2, **kwargs):
        t = self.t.view(-1, self.channels) if self.channels != 1 else self.t
        alpha = x if not isinstance(t, torch.Tensor) and t == 1 else x * t
        return self.reduce(x * softmax(alpha, index, ptr, dim_size, dim), index, ptr, dim_size, dim, 'sum')


class MultiAggregation(Aggregation):
    def __init__(self, aggrs, aggrs_kwargs=None, mode='cat', mode_kwargs=None):
        super().__init__()
        options = aggrs_kwargs or [{} for _ in aggrs]
        self.aggrs = torch.nn.ModuleList([aggregation_of(each, **option) for each, option in zip(aggrs, options)])
        self.mode = mode

    def forward(self, x, index=None, ptr=None, dim_size=None, dim=-2, **kwargs):
        outs = [aggr(x, index, ptr=ptr, dim_size=dim_size, dim=dim) for aggr in self.aggrs]
        if self.mode == 'cat':
            return torch.cat(outs, dim=-1)
        stacked = torch.stack(outs, dim=0)
        if self.mode in ('max', 'min'):
            return getattr(stacked, self.mode)(dim=0)[0]
        return getattr(stacked, self.mode)(dim=0)


class AttentionalAggregation(Aggregation):
    def __init__(self, gate_nn, nn=None):
        super().__init__()
        self.gate_nn, self.nn = gate_nn, nn

    def forward(self, x, index=None, ptr=None, dim_size=None, dim=-2, **kwargs):
        gate = self.gate_nn(x)
        x = x if self.nn is None else self.nn(x)
        return self.reduce(softmax(gate, index, ptr, dim_size, dim) * x, index, ptr, dim_size, dim, 'sum')


GlobalAttention = AttentionalAggregation


def aggregation_of(query, **kwargs):
    if query is None or isinstance(query, torch.nn.Module):
        return query
    if isinstance(query, (list, tuple)):
        return MultiAggregation(query, **kwargs)
    kinds = {
        'sum': SumAggregation, 'add': SumAggregation, 'mean': MeanAggregation, 'max': MaxAggregation,
        'min': MinAggregation, 'mul': MulAggregation, 'var': VarAggregation, 'std': StdAggregation,
        'softmax': SoftmaxAggregation,
    }
    name = query.lower().replace('aggregation', '')
    if name not in kinds:
        raise ValueError(f"Could not resolve '{query}' among choices {set(kinds)}")
    return kinds[name](**kwargs)


def aggregation_resolver(query, *args, **kwargs):
    return aggregation_of(query, **kwargs)


ACTIVATIONS = (
    'ReLU', 'ELU', 'GELU', 'SiLU', 'LeakyReLU', 'PReLU', 'RReLU', 'Tanh', 'Sigmoid', 'SELU', 'CELU', 'Mish', 'Softplus',
    'ReLU6', 'Hardswish', 'Hardtanh', 'Hardsigmoid', 'Hardshrink', 'LogSigmoid', 'Softshrink', 'Softsign', 'Tanhshrink',
    'Threshold', 'GLU', 'Identity', 'Softmax', 'LogSoftmax',
)


def activation_resolver(query='relu', *args, **kwargs):
    if query is None or query == 'None':
        return None
    if not isinstance(query, str):
        return query
    if query.lower() == 'swish':
        query = 'silu'
    for name in ACTIVATIONS:
        if name.lower() == query.lower().replace('_', '').replace('-', ''):
            return getattr(torch.nn, name)(*args, **kwargs)
    raise ValueError(f"Could not resolve '{query}'")
