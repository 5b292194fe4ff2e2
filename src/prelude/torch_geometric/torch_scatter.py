# torch_scatter: what several rows come to that share a place.
import torch


def broadcast(src, other, dim):
    dim = dim + other.dim() if dim < 0 else dim
    if src.dim() == 1:
        for _ in range(dim):
            src = src.unsqueeze(0)
    for _ in range(src.dim(), other.dim()):
        src = src.unsqueeze(-1)
    return src.expand(other.size())


def places(src, index, dim, out, dim_size):
    dim = dim + src.dim() if dim < 0 else dim
    index = broadcast(index, src, dim)
    if out is not None:
        return dim, index, out
    if dim_size is None:
        dim_size = int(index.max()) + 1 if index.numel() > 0 else 0
    return dim, index, src.new_zeros([dim_size if i == dim else n for i, n in enumerate(src.shape)])


def scatter_sum(src, index, dim=-1, out=None, dim_size=None):
    dim, index, out = places(src, index, dim, out, dim_size)
    return out.scatter_add(dim, index, src)


scatter_add = scatter_sum


def scatter_mul(src, index, dim=-1, out=None, dim_size=None):
    given = out is not None
    dim, index, out = places(src, index, dim, out, dim_size)
    return (out if given else out + 1).scatter_reduce(dim, index, src, reduce='prod', include_self=True)


def scatter_mean(src, index, dim=-1, out=None, dim_size=None):
    dim, index, out = places(src, index, dim, out, dim_size)
    count = torch.zeros_like(out).scatter_add(dim, index, torch.ones_like(src)).clamp(min=1)
    return out.scatter_add(dim, index, src) / count


def extreme(src, index, dim, out, dim_size, how):
    given = out is not None
    dim, index, out = places(src, index, dim, out, dim_size)
    found = out.scatter_reduce(dim, index, src, reduce=how, include_self=given)
    size = src.size(dim)
    rows = broadcast(torch.arange(size), src, dim)
    rows = torch.where(src == found.gather(dim, index), rows, size)
    nobody = torch.full(out.shape, size, dtype=torch.long)
    return found, nobody.scatter_reduce(dim, index, rows, reduce='amin', include_self=True)


def scatter_max(src, index, dim=-1, out=None, dim_size=None):
    return extreme(src, index, dim, out, dim_size, 'amax')


def scatter_min(src, index, dim=-1, out=None, dim_size=None):
    return extreme(src, index, dim, out, dim_size, 'amin')


def scatter(src, index, dim=-1, out=None, dim_size=None, reduce='sum'):
    if reduce in ('sum', 'add'):
        return scatter_sum(src, index, dim, out, dim_size)
    if reduce == 'mul':
        return scatter_mul(src, index, dim, out, dim_size)
    if reduce == 'mean':
        return scatter_mean(src, index, dim, out, dim_size)
    if reduce in ('max', 'min'):
        return extreme(src, index, dim, out, dim_size, 'a' + reduce)[0]
    raise ValueError


def scatter_std(src, index, dim=-1, out=None, dim_size=None, unbiased=True):
    dim, index, out = places(src, index, dim, out, dim_size)
    count = torch.zeros_like(out).scatter_add(dim, index, torch.ones_like(src))
    mean = torch.zeros_like(out).scatter_add(dim, index, src) / count.clamp(min=1)
    spread = src - mean.gather(dim, index)
    count = (count - 1).clamp(min=1) if unbiased else count
    return (out.scatter_add(dim, index, spread * spread) / (count + 1e-6)).sqrt()


def scatter_softmax(src, index, dim=-1, dim_size=None):
    dim, index, _ = places(src, index, dim, None, dim_size)
    most = scatter_max(src, index, dim, None, dim_size)[0]
    out = (src - most.gather(dim, index)).exp()
    return out / scatter_sum(out, index, dim, None, dim_size).gather(dim, index)


def scatter_logsumexp(src, index, dim=-1, out=None, dim_size=None, eps=1e-12):
    dim, index, _ = places(src, index, dim, None, dim_size)
    most = scatter_max(src, index, dim, None, dim_size)[0]
    total = scatter_sum((src - most.gather(dim, index)).exp(), index, dim, None, dim_size)
    return (total + eps).log() + most


def scatter_log_softmax(src, index, dim=-1, eps=1e-12, dim_size=None):
    dim, index, _ = places(src, index, dim, None, dim_size)
    most = scatter_max(src, index, dim, None, dim_size)[0]
    centred = src - most.gather(dim, index)
    total = scatter_sum(centred.exp(), index, dim, None, dim_size)
    return centred - (total + eps).log().gather(dim, index)
