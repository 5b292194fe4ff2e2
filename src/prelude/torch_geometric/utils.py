# What graph networks compute with edges, in plain tensors.
import torch
from torch import Tensor


def is_sparse(src):
    return False


is_torch_sparse_tensor = is_sparse


def is_dense(src):
    return True


def maybe_num_nodes(edge_index, num_nodes=None):
    if num_nodes is not None:
        return num_nodes
    if isinstance(edge_index, tuple):
        return max(edge_index[0].size(0), edge_index[1].size(0))
    return int(edge_index.max()) + 1 if edge_index.numel() > 0 else 0


def cumsum(x, dim=0):
    return torch.cat([x.new_zeros([1 if i == dim % x.dim() else n for i, n in enumerate(x.shape)]), x.cumsum(dim)], dim)


def spread(index, ref, dim):
    """An index a row, as one for each element."""
    dim = dim + ref.dim() if dim < 0 else dim
    return index.view([-1 if i == dim else 1 for i in range(ref.dim())]).expand_as(ref)


def scatter(src, index, dim=0, dim_size=None, reduce='sum'):
    dim = dim + src.dim() if dim < 0 else dim
    if dim_size is None:
        dim_size = int(index.max()) + 1 if index.numel() > 0 else 0
    size = [dim_size if i == dim else n for i, n in enumerate(src.shape)]
    places, zeros = spread(index, src, dim), src.new_zeros(size)
    if reduce in ('sum', 'add'):
        return zeros.scatter_add(dim, places, src)
    if reduce == 'mean':
        count = src.new_zeros(dim_size).scatter_add(0, index, src.new_ones(src.size(dim))).clamp(min=1)
        return zeros.scatter_add(dim, places, src) / spread(count, zeros, dim)
    if reduce in ('max', 'min', 'amax', 'amin'):
        return zeros.scatter_reduce(dim, places, src, reduce='a' + reduce[-3:], include_self=False)
    if reduce == 'mul':
        return src.new_ones(size).scatter_reduce(dim, places, src, reduce='prod', include_self=True)
    if reduce == 'any':
        return zeros.scatter(dim, places, src)
    raise ValueError(f"Encountered invalid `reduce` argument '{reduce}'")


def group_argsort(src, index, *args, **kwargs):
    raise NotImplementedError('group_argsort is not read without PyTorch Geometric installed')


def segment(src, ptr, reduce='sum'):
    index = torch.arange(ptr.numel() - 1).repeat_interleave(ptr[1:] - ptr[:-1])
    return scatter(src, index, 0, ptr.numel() - 1, reduce)


def softmax(src, index=None, ptr=None, num_nodes=None, dim=0):
    if index is None:
        index = torch.arange(ptr.numel() - 1).repeat_interleave(ptr[1:] - ptr[:-1])
        num_nodes = ptr.numel() - 1
    count = maybe_num_nodes(index, num_nodes)
    most = scatter(src.detach(), index, dim, count, 'max')
    out = (src - most.index_select(dim, index)).exp()
    total = scatter(out, index, dim, count, 'sum') + 1e-16
    return out / total.index_select(dim, index)


def degree(index, num_nodes=None, dtype=None):
    count = maybe_num_nodes(index, num_nodes)
    return torch.zeros(count, dtype=dtype).scatter_add_(0, index, torch.ones(index.size(0), dtype=dtype))


def remove_self_loops(edge_index, edge_attr=None):
    mask = edge_index[0] != edge_index[1]
    return edge_index[:, mask], None if edge_attr is None else edge_attr[mask]


def contains_self_loops(edge_index):
    return bool((edge_index[0] == edge_index[1]).any())


def loops(count):
    return torch.arange(count).view(1, -1).repeat(2, 1)


def loop_attributes(edge_index, edge_attr, fill_value, count):
    """What an edge from each node to itself has."""
    if fill_value is None:
        fill_value = 1.0
    if isinstance(fill_value, (int, float)):
        return edge_attr.new_full((count,) + tuple(edge_attr.shape[1:]), fill_value)
    if isinstance(fill_value, Tensor):
        fill_value = fill_value.to(edge_attr.dtype)
        if fill_value.dim() != edge_attr.dim():
            fill_value = fill_value.unsqueeze(0)
        return fill_value.expand((count,) + tuple(edge_attr.shape[1:]))
    return scatter(edge_attr, edge_index[1], 0, count, fill_value)


def add_self_loops(edge_index, edge_attr=None, fill_value=None, num_nodes=None):
    if isinstance(num_nodes, (tuple, list)):
        count = min(num_nodes)
    else:
        count = maybe_num_nodes(edge_index, num_nodes)
    if edge_attr is not None:
        edge_attr = torch.cat([edge_attr, loop_attributes(edge_index, edge_attr, fill_value, count)], dim=0)
    return torch.cat([edge_index, loops(count)], dim=1), edge_attr


def add_remaining_self_loops(edge_index, edge_attr=None, fill_value=None, num_nodes=None):
    count = maybe_num_nodes(edge_index, num_nodes)
    mask = edge_index[0] != edge_index[1]
    if edge_attr is not None:
        own = loop_attributes(edge_index, edge_attr, fill_value, count)
        at_loops = edge_index[0][~mask]
        own = own.clone()
        own[at_loops] = edge_attr[~mask]
        edge_attr = torch.cat([edge_attr[mask], own], dim=0)
    return torch.cat([edge_index[:, mask], loops(count)], dim=1), edge_attr


def coalesce(edge_index, edge_attr=None, num_nodes=None, reduce='sum', **kwargs):
    count = maybe_num_nodes(edge_index, num_nodes)
    keys, places = torch.unique(edge_index[0] * count + edge_index[1], return_inverse=True)
    edges = torch.stack([keys // count, keys % count])
    if edge_attr is None:
        return edges
    return edges, scatter(edge_attr, places, 0, keys.numel(), reduce)


def to_undirected(edge_index, edge_attr=None, num_nodes=None, reduce='add'):
    both = torch.cat([edge_index, edge_index.flip(0)], dim=1)
    if edge_attr is None:
        return coalesce(both, None, num_nodes)
    return coalesce(both, torch.cat([edge_attr, edge_attr], dim=0), num_nodes, reduce)


def to_dense_batch(x, batch=None, fill_value=0.0, max_num_nodes=None, batch_size=None):
    if batch is None and max_num_nodes is None:
        return x.unsqueeze(0), torch.ones(1, x.size(0), dtype=torch.bool)
    batch = torch.zeros(x.size(0), dtype=torch.long) if batch is None else batch
    count = batch_size or int(batch.max()) + 1
    sizes = scatter(batch.new_ones(x.size(0)), batch, 0, count, 'sum')
    most = int(sizes.max()) if max_num_nodes is None else max_num_nodes
    within = torch.arange(batch.size(0)) - cumsum(sizes)[batch]
    kept = within < most
    places = (within + batch * most)[kept]
    out = torch.full([count * most] + list(x.shape[1:]), fill_value, dtype=x.dtype)
    out[places] = x[kept]
    mask = torch.zeros(count * most, dtype=torch.bool)
    mask[places] = True
    return out.view([count, most] + list(x.shape[1:])), mask.view(count, most)


def to_dense_adj(edge_index, batch=None, edge_attr=None, max_num_nodes=None, batch_size=None):
    if batch is None:
        nodes = int(edge_index.max()) + 1 if edge_index.numel() > 0 else 0
        batch = torch.zeros(max(nodes, max_num_nodes or 0), dtype=torch.long)
    count = batch_size or (int(batch.max()) + 1 if batch.numel() > 0 else 1)
    sizes = scatter(batch.new_ones(batch.size(0)), batch, 0, count, 'sum')
    start = cumsum(sizes)
    graph = batch[edge_index[0]]
    row, column = edge_index[0] - start[graph], edge_index[1] - start[graph]
    most = int(sizes.max()) if max_num_nodes is None else max_num_nodes
    kept = (row < most) & (column < most)
    places = ((graph * most + row) * most + column)[kept]
    values = torch.ones(places.numel()) if edge_attr is None else edge_attr[kept]
    size = [count * most * most] + list(values.shape[1:])
    return scatter(values, places, 0, size[0], 'sum').view([count, most, most] + size[1:])


def dense_to_sparse(adj, mask=None):
    places = adj.nonzero().t()
    return places, adj[tuple(places)]


def get_laplacian(edge_index, edge_weight=None, normalization=None, dtype=None, num_nodes=None):
    edge_index, edge_weight = remove_self_loops(edge_index, edge_weight)
    if edge_weight is None:
        edge_weight = torch.ones(edge_index.size(1), dtype=dtype)
    count = maybe_num_nodes(edge_index, num_nodes)
    row, column = edge_index[0], edge_index[1]
    deg = scatter(edge_weight, row, 0, count, 'sum')
    if normalization is None:
        edge_index, _ = add_self_loops(edge_index, num_nodes=count)
        return edge_index, torch.cat([-edge_weight, deg], dim=0)
    scale = deg.pow(-0.5 if normalization == 'sym' else -1)
    scale = scale.masked_fill(scale == float('inf'), 0)
    if normalization == 'sym':
        edge_weight = scale[row] * edge_weight * scale[column]
    else:
        edge_weight = scale[row] * edge_weight
    return add_self_loops(edge_index, -edge_weight, fill_value=1.0, num_nodes=count)


def dropout_edge(edge_index, p=0.5, force_undirected=False, training=True):
    if not training or p == 0.0:
        return edge_index, torch.ones(edge_index.size(1), dtype=torch.bool)
    raise NotImplementedError('dropping edges in training is not read: it makes another graph each time')


def dropout_adj(edge_index, edge_attr=None, p=0.5, force_undirected=False, num_nodes=None, training=True):
    return dropout_edge(edge_index, p, force_undirected, training)[0], edge_attr


def one_hot(index, num_classes=None, dtype=None):
    count = int(index.max()) + 1 if num_classes is None else num_classes
    return torch.zeros(index.size(0), count, dtype=dtype).scatter_(1, index.view(-1, 1), 1)


def unbatch(src, batch, dim=0, batch_size=None):
    sizes = degree(batch, batch_size, dtype=torch.long).tolist()
    return src.split(sizes, dim)
