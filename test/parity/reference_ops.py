"""Writes test/fixtures/ops.json: every operator of the graph on small inputs, with PyTorch's results.

Run: python3 test/parity/reference_ops.py
Each case is an `op` as src/graph/types.ts has it, its inputs and the output that PyTorch computes (in float64, from
the float32 inputs that the case holds).
"""
import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(0)
cases = []


def tensor(t):
    names = {torch.float32: "float32", torch.float64: "float32", torch.int64: "int64", torch.int32: "int32", torch.bool: "bool"}
    flat = t.flatten().tolist()
    if t.dtype in (torch.float32, torch.float64):
        flat = [float(f"{x:.7g}") for x in flat]
    elif t.dtype == torch.bool:
        flat = [int(x) for x in flat]
    return {"dtype": names[t.dtype], "shape": list(t.shape), "data": flat}


def randn(*shape):
    """Values that survive being written with a few digits."""
    x = (torch.randn(*shape) * 64).round() / 64
    return torch.where(x == 0, torch.tensor(1 / 64), x)


def case(name, op, inputs, compute):
    wide = [i.double() if i is not None and i.dtype == torch.float32 else i for i in inputs]
    cases.append({"name": name, "op": op, "inputs": [None if i is None else tensor(i) for i in inputs], "output": tensor(compute(*wide))})


# --- convolutions
def conv(name, x, w, b, stride, padding, dilation, groups):
    rank = x.dim() - 2
    fn = [F.conv1d, F.conv2d, F.conv3d][rank - 1]
    op = {"kind": "conv", "stride": stride, "padding": padding * 2, "dilation": dilation, "groups": groups}
    case(name, op, [x, w, b], lambda x, w, b=None: fn(x, w, b, stride, padding, dilation, groups))


conv("conv 2d", randn(2, 3, 6, 5), randn(4, 3, 3, 3), randn(4), [1, 1], [1, 1], [1, 1], 1)
conv("conv 2d strided, dilated, no bias", randn(1, 6, 8, 8), randn(16, 6, 3, 3), None, [2, 1], [2, 0], [2, 1], 1)
conv("conv 2d grouped", randn(1, 4, 5, 5), randn(6, 2, 3, 3), randn(6), [1, 1], [1, 1], [1, 1], 2)
conv("conv 2d depthwise", randn(2, 4, 5, 5), randn(4, 1, 3, 3), None, [2, 2], [1, 1], [1, 1], 4)
conv("conv 1d", randn(2, 3, 9), randn(4, 3, 3), randn(4), [2], [1], [1], 1)
conv("conv 3d", randn(1, 2, 4, 4, 4), randn(3, 2, 2, 2, 2), randn(3), [1, 1, 1], [0, 0, 0], [1, 1, 1], 1)


def conv_transpose(name, x, w, b, stride, padding, extra, dilation, groups):
    fn = [F.conv_transpose1d, F.conv_transpose2d][x.dim() - 3]
    op = {"kind": "conv_transpose", "stride": stride, "padding": padding * 2, "outputPadding": extra, "dilation": dilation, "groups": groups}
    case(name, op, [x, w, b], lambda x, w, b=None: fn(x, w, b, stride, padding, extra, groups, dilation))


conv_transpose("transposed conv 2d", randn(1, 4, 4, 4), randn(4, 3, 3, 3), randn(3), [2, 2], [1, 1], [1, 1], [1, 1], 1)
conv_transpose("transposed conv 2d grouped", randn(1, 4, 3, 3), randn(4, 2, 2, 2), None, [1, 1], [0, 0], [0, 0], [1, 1], 2)
conv_transpose("transposed conv 1d", randn(1, 4, 5), randn(4, 2, 3), randn(2), [2], [0], [0], [2], 1)

# --- products
for name, x in [("matrix", randn(3, 5)), ("vector", randn(5)), ("batch", randn(2, 3, 5)), ("deep batch", randn(2, 2, 3, 5))]:
    case(f"linear of a {name}", {"kind": "linear"}, [x, randn(4, 5), randn(4)], F.linear)
case("linear without bias", {"kind": "linear"}, [randn(2, 3, 5), randn(4, 5), None], lambda x, w, b: F.linear(x, w))
for a, b in [((3, 4), (4, 5)), ((2, 3, 4), (4, 5)), ((2, 1, 3, 4), (3, 4, 2)), ((4,), (4, 5)), ((3, 4), (4,)), ((4,), (4,))]:
    case(f"matmul {a} {b}", {"kind": "matmul"}, [randn(*a), randn(*b)], torch.matmul)


def attention(q, k, v, mask, causal, scale):
    scores = q @ k.transpose(-2, -1) * scale
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), float("-inf"))
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf")) if mask.dtype == torch.bool else scores + mask
    return scores.softmax(-1) @ v


for name, mask, causal in [
    ("attention", None, False),
    ("attention, causal", None, True),
    ("attention, bool mask", torch.tensor([[1, 1, 0, 1], [1, 0, 1, 1], [0, 1, 1, 1], [1, 1, 1, 1]]).bool(), False),
    ("attention, float mask", randn(4, 4), False),
]:
    op = {"kind": "attention", "causal": causal, "scale": 0.5, "dropout": 0}
    q, k, v = randn(1, 2, 4, 3), randn(1, 2, 4, 3), randn(1, 2, 4, 3)
    case(name, op, [q, k, v, mask], lambda q, k, v, m, c=causal: attention(q, k, v, m, c, 0.5))
case("embedding", {"kind": "embedding", "paddingIndex": None}, [torch.tensor([[0, 3], [2, 2]]), randn(4, 3)], F.embedding)

# --- normalisations
for name, x in [("2d", randn(2, 3, 4, 4)), ("rows", randn(4, 3)), ("1d", randn(2, 3, 5))]:
    op = {"kind": "batch_norm", "eps": 1e-5, "momentum": 0.1}
    stats = [randn(3), randn(3), randn(3), randn(3).abs() + 0.5]
    case(f"batch norm {name}", op, [x, *stats], lambda x, w, b, m, v: F.batch_norm(x, m, v, w, b, False, 0.1, 1e-5))
op = {"kind": "batch_norm", "eps": 1e-3, "momentum": 0.1}
case("batch norm without affine", op, [randn(2, 3, 4, 4), None, None, randn(3), randn(3).abs() + 0.5], lambda x, w, b, m, v: F.batch_norm(x, m, v, None, None, False, 0.1, 1e-3))
case("batch norm without statistics", op, [randn(2, 3, 4, 4), randn(3), randn(3), None, None], lambda x, w, b, m, v: F.batch_norm(x, None, None, w, b, True, 0.1, 1e-3))
case("layer norm", {"kind": "layer_norm", "shape": [5], "eps": 1e-5}, [randn(2, 3, 5), randn(5), randn(5)], lambda x, w, b: F.layer_norm(x, [5], w, b))
case("layer norm of two dimensions", {"kind": "layer_norm", "shape": [3, 5], "eps": 1e-6}, [randn(2, 3, 5), randn(3, 5), None], lambda x, w, b: F.layer_norm(x, [3, 5], w, b, 1e-6))
case("layer norm without affine", {"kind": "layer_norm", "shape": [5], "eps": 1e-5}, [randn(2, 3, 5), None, None], lambda x, w, b: F.layer_norm(x, [5]))
case("group norm", {"kind": "group_norm", "groups": 2, "eps": 1e-5}, [randn(2, 4, 3, 3), randn(4), randn(4)], lambda x, w, b: F.group_norm(x, 2, w, b))
case("group norm of rows", {"kind": "group_norm", "groups": 2, "eps": 1e-5}, [randn(3, 6), None, None], lambda x, w, b: F.group_norm(x, 2))
case("dropout", {"kind": "dropout", "p": 0.5, "variant": "element"}, [randn(2, 3)], lambda x: x)


# --- pooling
def pool(kind, name, x, kernel, stride, padding, ceil, **more):
    op = {"kind": kind, "kernel": kernel, "stride": stride, "padding": padding * 2, "ceil": ceil}
    rank = x.dim() - 2
    if kind == "max_pool":
        dilation = more.get("dilation", [1] * rank)
        fn = [F.max_pool1d, F.max_pool2d][rank - 1]
        case(name, {**op, "dilation": dilation}, [x], lambda x: fn(x, kernel, stride, padding, dilation, ceil))
    else:
        include = more.get("include", True)
        fn = [F.avg_pool1d, F.avg_pool2d][rank - 1]
        case(name, {**op, "countIncludePad": include}, [x], lambda x: fn(x, kernel, stride, padding, ceil, include))


pool("max_pool", "max pool", randn(2, 2, 6, 6), [2, 2], [2, 2], [0, 0], False)
pool("max_pool", "max pool padded", randn(1, 2, 7, 7), [3, 3], [2, 2], [1, 1], False)
pool("max_pool", "max pool ceil", randn(1, 2, 6, 7), [3, 2], [2, 2], [0, 0], True)
pool("max_pool", "max pool ceil, last window in the padding", randn(1, 1, 6, 6), [3, 3], [4, 4], [1, 1], True)
pool("max_pool", "max pool dilated", randn(1, 2, 7, 7), [2, 2], [1, 1], [0, 0], False, dilation=[2, 2])
pool("max_pool", "max pool 1d", randn(1, 2, 7), [3], [2], [1], False)
pool("avg_pool", "average pool", randn(2, 2, 6, 6), [2, 2], [2, 2], [0, 0], False)
pool("avg_pool", "average pool counting padding", randn(1, 2, 6, 6), [3, 3], [2, 2], [1, 1], False)
pool("avg_pool", "average pool not counting padding", randn(1, 2, 6, 6), [3, 3], [2, 2], [1, 1], False, include=False)
pool("avg_pool", "average pool ceil counting padding", randn(1, 2, 6, 7), [3, 3], [2, 2], [1, 1], True)
pool("avg_pool", "average pool ceil not counting padding", randn(1, 2, 6, 7), [3, 3], [2, 2], [1, 1], True, include=False)
pool("avg_pool", "average pool 1d", randn(1, 2, 7), [3], [2], [0], True)
for function, fn2, fn1 in [("avg", F.adaptive_avg_pool2d, F.adaptive_avg_pool1d), ("max", F.adaptive_max_pool2d, F.adaptive_max_pool1d)]:
    for size in ([1, 1], [2, 3], [3, 4], [7, 7], [6, 6]):
        case(f"adaptive {function} pool to {size}", {"kind": "adaptive_pool", "function": function, "output": size}, [randn(1, 2, 6, 6)], lambda x, s=size, f=fn2: f(x, s))
    case(f"adaptive {function} pool 1d", {"kind": "adaptive_pool", "function": function, "output": [3]}, [randn(1, 2, 7)], lambda x, f=fn1: f(x, 3))

# --- elementwise
halves = torch.tensor([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, -0.3, 0.7, 3.2, 0.0])
unary = {
    "neg": torch.neg, "abs": torch.abs, "exp": torch.exp, "sign": torch.sign, "floor": torch.floor, "ceil": torch.ceil,
    "round": torch.round, "erf": torch.erf, "sin": torch.sin, "cos": torch.cos, "tanh": torch.tanh, "sigmoid": torch.sigmoid,
}
for name, fn in unary.items():
    case(name, {"kind": "unary", "function": name}, [halves], fn)
for name, fn in {"log": torch.log, "sqrt": torch.sqrt, "rsqrt": torch.rsqrt, "reciprocal": torch.reciprocal}.items():
    case(name, {"kind": "unary", "function": name}, [randn(8).abs() + 0.25], fn)
case("not", {"kind": "unary", "function": "not"}, [torch.tensor([True, False])], torch.logical_not)
for name, fn in {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div, "max": torch.maximum, "min": torch.minimum}.items():
    case(name, {"kind": "binary", "function": name}, [randn(2, 3, 1), randn(3, 4)], fn)
case("pow, whole exponents", {"kind": "binary", "function": "pow"}, [torch.tensor([-2.0, -1.5, 0.5, 3.0]), torch.tensor([2.0, 3.0, 2.0, 0.0])], torch.pow)
case("pow", {"kind": "binary", "function": "pow"}, [randn(5).abs() + 0.25, torch.tensor([0.5])], torch.pow)
case("add of integers", {"kind": "binary", "function": "add"}, [torch.tensor([1, 2, 3]), torch.tensor([4])], torch.add)
for name, fn in {"and": torch.logical_and, "or": torch.logical_or}.items():
    case(name, {"kind": "binary", "function": name}, [torch.tensor([True, True, False, False]), torch.tensor([True, False, True, False])], fn)
for name in ["eq", "ne", "lt", "le", "gt", "ge"]:
    case(name, {"kind": "compare", "function": name}, [torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0])], getattr(torch, name))
case("eq of integers", {"kind": "compare", "function": "eq"}, [torch.tensor([1, 2, 3]), torch.tensor([2])], torch.eq)
case("where", {"kind": "where"}, [torch.tensor([[True], [False]]), randn(2, 3), randn(3)], torch.where)
case("cast to integers", {"kind": "cast", "dtype": "int64"}, [halves], lambda x: x.long())
case("cast to bool", {"kind": "cast", "dtype": "bool"}, [halves], lambda x: x.bool())
case("cast of bools", {"kind": "cast", "dtype": "float32"}, [torch.tensor([True, False])], lambda x: x.double())

# --- shapes
x = randn(2, 3, 4)
for name in ["sum", "mean", "max", "min", "prod"]:
    fn = {"sum": torch.sum, "mean": torch.mean, "max": torch.amax, "min": torch.amin}.get(name, lambda x, d, keepdim: torch.prod(torch.prod(x, 2, True), 1, keepdim) if keepdim else torch.prod(torch.prod(x, 2), 1))
    case(f"{name} over two dimensions", {"kind": "reduce", "function": name, "dims": [1, 2], "keepdim": name != "mean"}, [x], lambda x, f=fn, k=name != "mean": f(x, (1, 2), keepdim=k))
case("mean of all", {"kind": "reduce", "function": "mean", "dims": [], "keepdim": False}, [x], torch.mean)
case("reshape", {"kind": "reshape", "shape": [4, 6]}, [x], lambda x: x.reshape(4, 6))
case("permute", {"kind": "permute", "dims": [2, 0, 1]}, [x], lambda x: x.permute(2, 0, 1))
case("permute of bools", {"kind": "permute", "dims": [1, 0]}, [torch.tensor([[True, False, False], [True, True, False]])], lambda x: x.permute(1, 0))
case("expand", {"kind": "expand", "shape": [2, 3, 4]}, [randn(3, 1)], lambda x: x.expand(2, 3, 4))
case("slice", {"kind": "slice", "dim": 2, "start": 1, "end": 4, "step": 2}, [x], lambda x: x[:, :, 1:4:2])
case("cat", {"kind": "cat", "dim": 1}, [x, randn(2, 2, 4), randn(2, 1, 4)], lambda *t: torch.cat(t, 1))
case("cat of twelve", {"kind": "cat", "dim": 1}, [randn(2, 1 + i % 3) for i in range(12)], lambda *t: torch.cat(t, 1))
case("cat of bools", {"kind": "cat", "dim": 0}, [torch.tensor([True]), torch.tensor([False, True])], lambda *t: torch.cat(t, 0))
case("pad", {"kind": "pad", "mode": "constant", "padding": [0, 1, 2, 0, 0, 1], "value": 0.5}, [x], lambda x: F.pad(x, (2, 1, 1, 0), value=0.5))
case("pad by reflection", {"kind": "pad", "mode": "reflect", "padding": [0, 0, 2, 0, 0, 1], "value": 0}, [x], lambda x: F.pad(x, (2, 1), "reflect"))
case("pad by replication", {"kind": "pad", "mode": "replicate", "padding": [0, 0, 2, 0, 0, 1], "value": 0}, [x], lambda x: F.pad(x, (2, 1), "replicate"))
case("gather", {"kind": "gather", "dim": 1}, [x, torch.tensor([2, 0])], lambda x, i: x.index_select(1, i))

# --- activations, with parameters besides the defaults
grid = torch.cat([torch.linspace(-6, 6, 25), torch.tensor([-30.0, 30.0, 1.0])]).reshape(2, 14)


def activation(name, parameters, fn, x=grid, weight=None):
    op = {"kind": "activation", "activation": name, "parameters": parameters}
    label = ", ".join(f"{k}={v}" for k, v in parameters.items())
    case(f"{name}({label})", op, [x] if weight is None else [x, weight], fn)


activation("identity", {}, lambda x: x)
activation("relu", {}, F.relu)
activation("relu6", {}, F.relu6)
activation("leaky_relu", {"negative_slope": 0.2}, lambda x: F.leaky_relu(x, 0.2))
activation("prelu", {"num_parameters": 1, "init": 0.25}, F.prelu, weight=torch.tensor([0.25]))
activation("prelu", {"num_parameters": 3, "init": 0.25}, F.prelu, randn(2, 3, 2, 2), torch.tensor([0.25, -0.5, 2.0]))
activation("elu", {"alpha": 1.5}, lambda x: F.elu(x, 1.5))
activation("selu", {}, F.selu)
activation("celu", {"alpha": 0.5}, lambda x: F.celu(x, 0.5))
activation("gelu", {"approximate": "none"}, F.gelu)
activation("gelu", {"approximate": "tanh"}, lambda x: 0.5 * x * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (x + 0.044715 * x**3))))
activation("silu", {}, F.silu)
activation("mish", {}, F.mish)
activation("hardswish", {}, lambda x: x * (x + 3).clamp(0, 6) / 6)
activation("hardsigmoid", {}, lambda x: (x + 3).clamp(0, 6) / 6)
activation("hardtanh", {"min_val": -2.0, "max_val": 0.5}, lambda x: F.hardtanh(x, -2.0, 0.5))
activation("sigmoid", {}, torch.sigmoid)
activation("tanh", {}, torch.tanh)
activation("softplus", {"beta": 1.0, "threshold": 20.0}, F.softplus)
activation("softplus", {"beta": 2.0, "threshold": 20.0}, lambda x: F.softplus(x, 2.0))
activation("softplus", {"beta": 1.0, "threshold": 2.0}, lambda x: F.softplus(x, 1.0, 2.0))
activation("softmax", {"dim": 1}, lambda x: F.softmax(x, 1))
activation("softmax", {"dim": 0}, lambda x: F.softmax(x, 0))
activation("log_softmax", {"dim": 1}, lambda x: F.log_softmax(x, 1))
activation("softmin", {"dim": 1}, lambda x: F.softmin(x, 1))
activation("softsign", {}, F.softsign)
activation("logsigmoid", {}, F.logsigmoid)
activation("tanhshrink", {}, F.tanhshrink)
activation("softshrink", {"lambd": 0.5}, F.softshrink)
activation("hardshrink", {"lambd": 0.5}, F.hardshrink)
activation("threshold", {"threshold": 0.5, "value": 0.0}, lambda x: F.threshold(x, 0.5, 0.0))
activation("threshold", {"threshold": 0.5, "value": -1.0}, lambda x: F.threshold(x, 0.5, -1.0))

# --- rounding division, orders, places
signs = torch.tensor([-7.0, -2.5, -0.75, 0.0, 0.75, 2.5, 7.0])
for name, fn in {"floordiv": torch.floor_divide, "mod": torch.remainder}.items():
    case(name, {"kind": "binary", "function": name}, [signs, torch.tensor([[2.0], [-2.0], [0.75]])], fn)
    case(f"{name} of integers", {"kind": "binary", "function": name}, [torch.arange(-5, 6), torch.tensor([[3], [-3]])], fn)
inner = torch.linspace(-0.9, 0.9, 7)
for name in ["tan", "asin", "acos", "atan", "sinh", "cosh", "erfinv"]:
    case(name, {"kind": "unary", "function": name}, [inner], getattr(torch, name))
distinct = torch.randperm(24).reshape(2, 3, 4) / 8
for name in ["max", "min"]:
    case(f"arg{name}", {"kind": "arg", "function": name, "dim": 1, "keepdim": True}, [distinct], lambda x, f=getattr(torch, f"arg{name}"): f(x, 1, keepdim=True))
case("argmax, the first of equal ones", {"kind": "arg", "function": "max", "dim": 0, "keepdim": False}, [torch.tensor([1.0, 3.0, 3.0, 2.0])], lambda x: torch.tensor(1))
case("topk", {"kind": "topk", "k": 2, "dim": 2, "largest": True}, [distinct], lambda x: x.topk(2).indices)
case("sort", {"kind": "topk", "k": 3, "dim": 1, "largest": False}, [distinct], lambda x: x.argsort(1))
case("cumsum", {"kind": "cumsum", "dim": 1}, [randn(2, 5, 3)], lambda x: x.cumsum(1))
case("cumsum of integers", {"kind": "cumsum", "dim": 0}, [torch.tensor([3, -1, 4])], lambda x: x.cumsum(0))
indices = torch.tensor([[[0, 1, 1, 0], [2, 2, 0, 1]], [[1, 1, 2, 0], [0, 0, 1, 2]]])
case("gather_elements", {"kind": "gather_elements", "dim": 1}, [distinct, indices], lambda x, i: x.gather(1, i))
case("gather_elements of bools", {"kind": "gather_elements", "dim": 0}, [torch.tensor([True, False, True]), torch.tensor([2, 1, 1, 0])], lambda x, i: x.gather(0, i))
apart = torch.tensor([[2, 0], [1, 2], [0, 3]])
case("scatter_elements", {"kind": "scatter_elements", "dim": 1, "reduction": "none"}, [randn(3, 4), apart, randn(3, 2)], lambda x, i, u: x.scatter(1, i, u))
case("scatter_elements, adding", {"kind": "scatter_elements", "dim": 0, "reduction": "add"}, [randn(4, 2), apart.clamp(max=1), randn(3, 2)], lambda x, i, u: x.scatter_add(0, i, u))
case("scatter_rows", {"kind": "scatter_rows", "reduction": "none"}, [randn(4, 3), torch.tensor([3, 0]), randn(2, 3)], lambda x, i, u: x.index_copy(0, i, u))
case("scatter_rows, adding", {"kind": "scatter_rows", "reduction": "add"}, [randn(4, 3), torch.tensor([3, 3, 0]), randn(3, 3)], lambda x, i, u: x.index_add(0, i, u))
image = randn(2, 3, 4, 5)
for mode, name in {"linear": "bilinear", "cubic": "bicubic"}.items():
    for corners in [False, True]:
        for size in [[7, 9], [3, 2], [1, 1]]:
            op = {"kind": "resize", "mode": mode, "sizes": size, "factors": None, "corners": corners}
            case(f"{name} to {size[0]}x{size[1]}{', corners aligned' if corners else ''}", op, [image], lambda x, n=name, c=corners, s=size: F.interpolate(x, s, mode=n, align_corners=c))
    op = {"kind": "resize", "mode": mode, "sizes": [6, 11], "factors": [1.6, 2.3], "corners": False}
    case(f"{name} by factors", op, [image], lambda x, n=name: F.interpolate(x, scale_factor=(1.6, 2.3), mode=n, align_corners=False))

# --- recurrent layers, one direction each
sequence = randn(5, 2, 3)
for cell, gates, make in [("lstm", 4, torch.nn.LSTM), ("gru", 3, torch.nn.GRU), ("tanh", 1, torch.nn.RNN), ("relu", 1, lambda *a, **k: torch.nn.RNN(*a, nonlinearity="relu", **k))]:
    for reverse in [False, True]:

        def run(x, wi, wh, bi, bh, h, c=None, make=make, reverse=reverse):
            layer = make(3, 4, bias=bi is not None).double()
            with torch.no_grad():
                for name, value in {"weight_ih_l0": wi, "weight_hh_l0": wh, "bias_ih_l0": bi, "bias_hh_l0": bh}.items():
                    if value is not None:
                        getattr(layer, name).copy_(value)
            hx = h[None] if c is None else (h[None], c[None])
            y = layer(x.flip(0) if reverse else x, hx)[0].detach()
            return y.flip(0) if reverse else y

        biases = [None, None] if reverse and cell in ("lstm", "relu") else [randn(4 * gates), randn(4 * gates)]
        states = [randn(2, 4), randn(2, 4)] if cell == "lstm" else [randn(2, 4)]
        inputs = [sequence, randn(4 * gates, 3), randn(4 * gates, 4), *biases, *states]
        case(f"{cell} {'backwards' if reverse else 'forwards'}", {"kind": "recurrent", "cell": cell, "reverse": reverse}, inputs, run)

target = pathlib.Path(__file__).parent.parent / "fixtures" / "ops.json"
lines = ",\n".join(json.dumps(c, allow_nan=False, separators=(",", ":")) for c in cases)
target.write_text(f"[\n{lines}\n]\n")
print(f"{len(cases)} cases, {target.stat().st_size} bytes")
