"""What PyTorch says of layers made with arguments drawn at random, as JSON lines, one a layer.

Run: python3 test/parity/reference_layers.py [COUNT] [SEED] [PATTERN]
COUNT draws are made, of each function of `DRAWS` in turn; those whose call matches PATTERN are printed.
Each line: the call to make, the inputs, and either what reference_models.py says of a model (null where an output is not
finite) or PyTorch's `error`: arguments are drawn so that most fit, and some do not.
"""
import itertools
import json
import math
import random
import re
import sys
import warnings

import torch
from reference_models import describe, example, flat, load, mixed, weight
from torch import nn

warnings.simplefilter("ignore")
torch.set_num_threads(1)


class Written(str):
    """Code as an argument."""

    __repr__ = str.__str__


class Draw(random.Random):
    """Random arguments, and how they are written."""

    def maybe(self, chance=0.5):
        return self.random() < chance

    def each(self, n, low, high):
        """One number for all dimensions, or one for each."""
        if self.maybe():
            return self.randint(low, high)
        return tuple(self.randint(low, high) for _ in range(n))

    def keywords(self, **options):
        """Some of the keywords, in any order; a function draws its value."""
        chosen = [name for name in options if self.maybe()]
        self.shuffle(chosen)
        made = {name: options[name]() if callable(options[name]) else self.choice(options[name]) for name in chosen}
        return "".join(f", {name}={value!r}" for name, value in made.items())

    def sizes(self, n, low=3, high=8):
        return tuple(self.randint(low, high) for _ in range(n))

    def batch(self):
        return () if self.maybe(0.25) else (self.randint(1, 3),)


BOTH = (True, False)


def convolution(d, n, transposed):
    groups = d.choice((1, 1, 2, 3))
    inner, outer = groups * d.randint(1, 2), groups * d.randint(1, 3)
    stride = d.each(n, 1, 3)
    options = {"bias": BOTH, "dilation": lambda: d.each(n, 1, 2)}
    if transposed:
        options |= {"padding": lambda: d.each(n, 0, 2), "output_padding": lambda: d.each(n, 0, 1)}
    else:
        modes = ("zeros", "circular", "reflect", "replicate")
        options |= {
            "padding": lambda: d.choice(("same", "valid")) if d.maybe(0.3) else d.each(n, 0, 2),
            "padding_mode": modes if n < 3 else ("zeros", "circular", "replicate"),
        }
    call = f"nn.Conv{'Transpose' if transposed else ''}{n}d({inner}, {outer}, {d.each(n, 1, 3)}"
    if d.maybe():
        call += f", stride={stride}"
    if groups > 1:
        call += f", groups={groups}"
    call += d.keywords(**options) + ")"
    # PyTorch 1.13 pads one example without a batch wrongly.
    batch = (d.randint(1, 3),) if "padding_mode" in call else d.batch()
    return call, [batch + (inner,) + d.sizes(n)]


def pooling(d, n, kind):
    shape = d.batch() + (d.randint(1, 3),) + d.sizes(n, 5)
    size = d.each(n, 1, 3)
    options = {"stride": lambda: d.each(n, 1, 3), "ceil_mode": BOTH}
    if kind == "Max":
        options |= {"padding": lambda: d.each(n, 0, 1), "dilation": lambda: d.each(n, 1, 2), "return_indices": BOTH}
    elif kind == "Avg":
        options |= {"padding": lambda: d.each(n, 0, 1), "count_include_pad": BOTH}
        if n > 1:
            options["divisor_override"] = (None, 2, 5)
    else:
        if n == 1:
            size = d.randint(1, 3)
        # PyTorch gives NaN for a negative sum under an even root; a norm of an odd order has a sign, too.
        return f"nn.LPPool{n}d({d.choice((1, 2, 4))}, {size}{d.keywords(**options)})", [shape]
    return f"nn.{kind}Pool{n}d({size}{d.keywords(**options)})", [shape]


def adaptive(d, n, kind):
    size = d.randint(1, 5) if n == 1 or d.maybe() else tuple(d.choice((None, 1, 2, 3, 5)) for _ in range(n))
    more = d.keywords(return_indices=BOTH) if kind == "Max" else ""
    return f"nn.Adaptive{kind}Pool{n}d({size}{more})", [d.batch() + (d.randint(1, 3),) + d.sizes(n)]


def padding(d, n, kind):
    pads = d.randint(0, 3) if d.maybe() else tuple(d.randint(-1 if kind == "Constant" else 0, 3) for _ in range(2 * n))
    value = f", {d.choice((0, 1.5, -2))}" if kind == "Constant" else ""
    return f"nn.{kind}Pad{n}d({pads}{value})", [d.batch() + (d.randint(1, 3),) + d.sizes(n)]


def batch_norm(d, n):
    channels = d.randint(1, 4)
    options = d.keywords(eps=(1e-3, 0.1), momentum=(None, 0.3), affine=BOTH, track_running_stats=BOTH)
    shape = (d.randint(1, 3), channels) + (d.sizes(n) if n > 1 or d.maybe() else ())
    return f"nn.BatchNorm{n}d({channels}{options})", [shape]


def instance_norm(d, n):
    channels = d.randint(1, 4)
    options = d.keywords(eps=(1e-3, 0.1), affine=BOTH, track_running_stats=BOTH)
    return f"nn.InstanceNorm{n}d({channels}{options})", [d.batch() + (channels,) + d.sizes(n)]


def layer_norm(d):
    shape = d.sizes(d.randint(1, 4), 2, 5)
    over = shape[d.randrange(len(shape)):]
    given = over[0] if len(over) == 1 and d.maybe() else over
    return f"nn.LayerNorm({given}{d.keywords(eps=(1e-3,), elementwise_affine=BOTH)})", [shape]


def group_norm(d):
    groups = d.randint(1, 3)
    channels = groups * d.randint(1, 3) + d.choice((0, 0, 0, 1))
    # What a single number is normalised to is rounding alone.
    least = 1 if channels == groups else 0
    shape = (d.randint(1, 3), channels) + d.sizes(d.randint(least, 3), 2, 4)
    return f"nn.GroupNorm({groups}, {channels}{d.keywords(eps=(1e-3,), affine=BOTH)})", [shape]


def response_norm(d):
    options = d.keywords(alpha=(0.5,), beta=(0.6,), k=(2.0,))
    return f"nn.LocalResponseNorm({d.randint(1, 5)}{options})", [(2, d.randint(1, 6)) + d.sizes(d.randint(1, 2))]


def linear(d):
    n, m = d.randint(1, 6), d.randint(1, 6)
    return f"nn.Linear({n}, {m}{d.keywords(bias=BOTH)})", [d.sizes(d.randint(0, 3), 1, 3) + (n + d.choice((0,) * 9 + (1,)),)]


def bilinear(d):
    a, b, lead = d.randint(1, 4), d.randint(1, 4), d.sizes(d.randint(1, 2), 1, 3)
    return f"nn.Bilinear({a}, {b}, {d.randint(1, 4)}{d.keywords(bias=BOTH)})", [lead + (a,), lead + (b,)]


ACTIVATIONS = {
    "ELU": {"alpha": (0.5, 2.0)},
    "CELU": {"alpha": (0.5, 2.0)},
    "SELU": {},
    "GELU": {"approximate": ("none", "tanh")},
    "GLU": {"dim": (-1, 0, 1)},
    "Hardshrink": {"lambd": (0.2, 1.0)},
    "Hardsigmoid": {},
    "Hardswish": {},
    "Hardtanh": {"min_val": (-2.0, -0.5), "max_val": (0.5, 3.0)},
    "LeakyReLU": {"negative_slope": (0.2, 0.0, -0.1)},
    "LogSigmoid": {},
    "LogSoftmax": {"dim": (0, -1)},
    "Mish": {},
    "PReLU": {"init": (0.1,)},
    "ReLU": {"inplace": BOTH},
    "ReLU6": {"inplace": BOTH},
    "RReLU": {"lower": (0.1,), "upper": (0.4,)},
    "SiLU": {},
    "Sigmoid": {},
    "Softmax": {"dim": (0, -1)},
    "Softmin": {"dim": (0, -1)},
    "Softplus": {"beta": (0.5, 2), "threshold": (1, 5)},
    "Softshrink": {"lambd": (0.1, 1.0)},
    "Softsign": {},
    "Tanh": {},
    "Tanhshrink": {},
}


def activation(d):
    name = d.choice(sorted(ACTIVATIONS))
    options = d.keywords(**ACTIVATIONS[name])
    return f"nn.{name}({options[2:]})", [d.sizes(d.randint(2, 4), 2, 4)]


def threshold(d):
    return f"nn.Threshold({d.choice((0.1, -0.5))}, {d.choice((0, 2.5))})", [d.sizes(2)]


def channel_activation(d):
    channels = d.randint(1, 4)
    call = d.choice((f"nn.PReLU({channels})", "nn.Softmax2d()", f"nn.Dropout2d({d.random():.2f})", "nn.Softmax(1)"))
    return call, [(2, channels) + d.sizes(2, 2, 4)]


def embedding(d):
    count = d.randint(2, 8)
    options = d.keywords(padding_idx=(0, -1), max_norm=(None,))
    return f"nn.Embedding({count}, {d.randint(1, 5)}{options})", [(d.sizes(d.randint(1, 3), 1, 3), count)]


def embedding_bag(d):
    count = d.randint(2, 8)
    options = d.keywords(mode=("sum", "mean", "max"), padding_idx=(None, 1))
    return f"nn.EmbeddingBag({count}, {d.randint(1, 5)}{options})", [(d.sizes(2, 1, 3), count)]


def recurrent(d, name):
    n, hidden, layers = d.randint(1, 4), d.randint(2, 4), d.randint(1, 2)
    options = {"bias": BOTH, "batch_first": BOTH, "bidirectional": BOTH, "dropout": (0.0, 0.2)}
    if name == "RNN":
        options["nonlinearity"] = ("tanh", "relu")
    if name == "LSTM":
        options["proj_size"] = (0, 1)
    return f"nn.{name}({n}, {hidden}, {layers}{d.keywords(**options)})", [d.sizes(1 if d.maybe(0.2) else 2, 1, 4) + (n,)]


def cell(d, name):
    n = d.randint(1, 4)
    options = d.keywords(bias=BOTH, **({"nonlinearity": ("tanh", "relu")} if name == "RNN" else {}))
    return f"nn.{name}Cell({n}, {d.randint(1, 4)}{options})", [d.batch() + (n,)]


def attention(d):
    heads = d.randint(1, 3)
    width = heads * d.randint(1, 3)
    first = d.maybe()
    options = f", batch_first={first}" if first or d.maybe() else ""
    kdim, vdim = width, width
    if d.maybe(0.3):
        kdim, vdim = d.randint(1, 4), d.randint(1, 4)
        options += f", kdim={kdim}, vdim={vdim}"
    options += d.keywords(bias=BOTH, add_bias_kv=BOTH, add_zero_attn=BOTH, dropout=(0.1,))
    q, k, b = d.randint(1, 4), d.randint(1, 4), d.randint(1, 3)
    lead = (lambda n: (n,)) if d.maybe(0.2) else (lambda n: (b, n) if first else (n, b))
    return f"nn.MultiheadAttention({width}, {heads}{options})", [lead(q) + (width,), lead(k) + (kdim,), lead(k) + (vdim,)]


def transformer(d):
    heads = d.randint(1, 2)
    width = heads * d.randint(1, 3) * 2
    options = d.keywords(
        dropout=(0.0, 0.3), activation=("relu", "gelu"), layer_norm_eps=(1e-3,), norm_first=BOTH, batch_first=BOTH
    )
    kind = d.choice(("Encoder", "Decoder"))
    b = d.randint(1, 3)
    inputs = [(b, b, width)] * (1 if kind == "Encoder" else 2)
    layer = f"nn.Transformer{kind}Layer({width}, {heads}, {d.randint(1, 6)}{options})"
    if d.maybe(0.4):
        norm = f", nn.LayerNorm({width})" if d.maybe() else ""
        layer = f"nn.Transformer{kind}({layer}, {d.randint(1, 2)}{norm})"
    return layer, inputs


def upsample(d):
    # One channel is laid out as channels last, too, where PyTorch places nearest samples otherwise.
    n = d.randint(1, 3)
    modes = ["nearest", "nearest-exact", {1: "linear", 2: "bilinear", 3: "trilinear"}[n]] + (["bicubic"] if n == 2 else [])
    mode = d.choice(modes)
    if d.maybe():
        options = f"size={d.each(n, 1, 9)}"
    else:
        scale = tuple(d.choice((0.5, 1.3, 2, 2.5)) for _ in range(n)) if d.maybe() else d.choice((0.4, 1.5, 2, 3))
        options = f"scale_factor={scale}" + d.keywords(recompute_scale_factor=(True, None))
    if "nearest" not in mode:
        options += d.keywords(align_corners=BOTH)
    return f"nn.Upsample({options}, mode={mode!r})", [(d.randint(1, 2), d.randint(2, 3)) + d.sizes(n, 2, 6)]


def shuffle(d):
    r = d.randint(1, 3)
    kind = d.choice(("PixelShuffle", "PixelUnshuffle", "ChannelShuffle"))
    c, (h, w) = d.randint(1, 3), d.sizes(2, 1, 3)
    shape = {"PixelShuffle": (c * r * r, h, w), "PixelUnshuffle": (c, h * r, w * r), "ChannelShuffle": (c * r, h, w)}[kind]
    return f"nn.{kind}({r})", [(d.randint(1, 2),) + shape]


def unfold(d):
    options = d.keywords(dilation=lambda: d.each(2, 1, 2), padding=lambda: d.each(2, 0, 2), stride=lambda: d.each(2, 1, 3))
    return f"nn.Unfold({d.each(2, 1, 3)}{options})", [(d.randint(1, 2), d.randint(1, 3)) + d.sizes(2)]


def fold(d):
    kernel, stride, pad, size = [tuple(d.randint(*span) for _ in range(2)) for span in ((1, 3), (1, 2), (0, 1), (3, 6))]
    blocks = 1
    for k, s, p, n in zip(kernel, stride, pad, size):
        blocks *= (n + 2 * p - k) // s + 1
    channels = d.randint(1, 2) * kernel[0] * kernel[1]
    return f"nn.Fold({size}, {kernel}, stride={stride}, padding={pad})", [(2, channels, blocks)]


def flatten(d):
    shape = d.sizes(4, 1, 3)
    if d.maybe():
        return f"nn.Flatten({', '.join(map(str, sorted((d.randint(0, 3), d.randint(0, 3)))))})", [shape]
    at = d.randrange(4)
    parts = (-1, d.randint(1, 2)) if d.maybe(0.3) else (d.randint(1, 3), d.randint(1, 3))
    size = parts[0] * parts[1] if parts[0] > 0 else 2 * parts[1]
    return f"nn.Unflatten({at - 4 if d.maybe() else at}, {parts})", [shape[:at] + (size,) + shape[at + 1:]]


def distance(d):
    shape = d.sizes(d.randint(1, 3), 1, 4)
    if d.maybe():
        return f"nn.CosineSimilarity({d.keywords(dim=(0, -1), eps=(1e-3,))[2:]})", [shape, shape]
    return f"nn.PairwiseDistance({d.keywords(p=(1, 2.0, 3), eps=(1e-3,), keepdim=BOTH)[2:]})", [shape, shape]


LOSSES = {
    "L1Loss": {},
    "MSELoss": {},
    "SmoothL1Loss": {"beta": (0.5, 2.0)},
    "HuberLoss": {"delta": (0.5, 2.0)},
    "BCEWithLogitsLoss": {},
    "SoftMarginLoss": {},
    "KLDivLoss": {"log_target": (True,)},
    "PoissonNLLLoss": {"log_input": (True,), "full": BOTH},
    "HingeEmbeddingLoss": {"margin": (0.5, 2.0)},
    "MultiLabelSoftMarginLoss": {},
}
TRIPLES = {
    "GaussianNLLLoss": {"full": BOTH},
    "MarginRankingLoss": {"margin": (0.5,)},
    "TripletMarginLoss": {"margin": (0.5,), "p": (1, 2, 3), "swap": BOTH},
}


def loss(d):
    name = d.choice(sorted(LOSSES))
    shape = d.sizes(d.randint(1, 3), 1, 4)
    return f"nn.{name}({d.keywords(reduction=('none', 'mean', 'sum'), **LOSSES[name])[2:]})", [shape, shape]


def triple_loss(d):
    name = d.choice(sorted(TRIPLES))
    shape = d.sizes(2, 2, 4)
    reduction = ("mean", "sum", "none") if name != "GaussianNLLLoss" else ("mean", "sum")
    options = d.keywords(reduction=reduction, **TRIPLES[name])[2:]
    call = f"nn.{name}({options})"
    # A variance has to be positive.
    return (f"Positive({call})" if name == "GaussianNLLLoss" else call), [shape] * 3


def class_loss(d):
    count, rows = d.randint(2, 5), d.randint(1, 4)
    more = d.sizes(d.choice((0, 0, 2)), 1, 3)
    name = d.choice(("CrossEntropyLoss", "CrossEntropyLoss", "NLLLoss", "MultiMarginLoss"))
    options = {"reduction": ("none", "mean", "sum"), "weight": (Written(f"torch.arange(1.0, {count + 1})"),)}
    if name == "MultiMarginLoss":
        return f"nn.{name}({d.keywords(p=(1, 2), margin=(0.5,), **options)[2:]})", [(rows, count), ((rows,), count)]
    options["ignore_index"] = (0, 1)
    if name == "CrossEntropyLoss":
        options["label_smoothing"] = (0.1, 0.3)
        if d.maybe(0.2):
            del options["ignore_index"]
            return f"nn.{name}({d.keywords(**options)[2:]})", [(rows, count) + more, (rows, count) + more]
    return f"nn.{name}({d.keywords(**options)[2:]})", [(rows, count) + more, ((rows,) + more, count)]


DRAWS = [
    *(lambda d, n=n, t=t: convolution(d, n, t) for n, t in itertools.product((1, 2, 3), BOTH)),
    *(lambda d, n=n, k=k: pooling(d, n, k) for n, k in itertools.product((1, 2, 3), ("Max", "Avg"))),
    *(lambda d, n=n: pooling(d, n, "LP") for n in (1, 2)),
    *(lambda d, n=n, k=k: adaptive(d, n, k) for n, k in itertools.product((1, 2, 3), ("Max", "Avg"))),
    *(lambda d, n=n, k=k: padding(d, n, k) for n, k in itertools.product((1, 2, 3), ("Constant", "Reflection", "Replication"))),
    *(lambda d, n=n: batch_norm(d, n) for n in (1, 2, 3)),
    *(lambda d, n=n: instance_norm(d, n) for n in (1, 2, 3)),
    *(lambda d, name=name: recurrent(d, name) for name in ("RNN", "LSTM", "GRU")),
    *(lambda d, name=name: cell(d, name) for name in ("RNN", "LSTM", "GRU")),
    *(activation,) * 6,
    layer_norm, group_norm, response_norm, linear, bilinear, threshold, channel_activation, embedding, embedding_bag,
    attention, attention, transformer, transformer, upsample, upsample, shuffle, unfold, fold, flatten, distance, loss,
    class_loss, class_loss, triple_loss,
]  # fmt: skip


room = load("test/fixtures/models/library.py")


def gradients(expression, inputs):
    """
    Of the sum of all outputs, weighted by the rule, in floating inputs and parameters, in double precision; and how far
    single precision is from that, relative to the norm of them all.
    """
    # Where a factor leaves the size as it is, PyTorch's backward pass places samples otherwise than its forward pass.
    if "nearest" in expression and "1.3" in expression:
        return [], 0
    made = []
    for dtype in (torch.float32, torch.float64):
        torch.manual_seed(0)
        model = eval(expression, dict(vars(room))).eval()
        for name, tensor in model.state_dict().items():
            if tensor.is_floating_point():
                tensor.copy_(weight(name, tuple(tensor.shape)))
        model.to(dtype)
        given = [example(i, spec) for i, spec in enumerate(inputs)]
        given = [x.to(dtype).requires_grad_() if x.is_floating_point() else x for x in given]
        try:
            # What is written in place must not be a leaf.
            outputs = flat(model(*[x * 1 if x.is_floating_point() else x for x in given]))
            loss = sum(
                (out * torch.tensor(mixed(f"cotangent{i}", out.numel()).reshape(out.shape), dtype=dtype)).sum()
                for i, out in enumerate(outputs)
                if out.is_floating_point()
            )
            if not (torch.is_tensor(loss) and loss.requires_grad and math.isfinite(loss)):
                return [], 0
            loss.backward()
        except (RuntimeError, NotImplementedError):
            # PyTorch itself lacks some derivatives.
            return [], 0
        named = [(f"input{i}", x) for i, x in enumerate(given)] + list(model.named_parameters())
        made.append({name: x.grad for name, x in named if x.is_floating_point() and x.grad is not None})
    norm = max(sum(float((each**2).sum()) for each in made[1].values()) ** 0.5, 1e-30)
    own = max(float((made[0][name].double() - each).abs().max()) / norm for name, each in made[1].items() if each.numel())
    found = [{"name": name, "data": [float(f"{v:.9g}") if math.isfinite(v) else None for v in each.flatten().tolist()]} for name, each in made[1].items()]
    return found, own if math.isfinite(own) else 0


def main():
    count, seed, pattern = [*sys.argv[1:], *("300", "0", "")[len(sys.argv) - 1:]]
    for i in range(int(count)):
        expression, inputs = DRAWS[i % len(DRAWS)](Draw(f"{seed}/{i}"))
        if not re.search(pattern, expression):
            continue
        try:
            line = describe("test/fixtures/models/library.py", room, expression, inputs)
            for each in line["outputs"]:
                each["data"] = [value if math.isfinite(value) else None for value in each["data"]]
        except Exception as error:
            given = [spec if isinstance(spec[0] if spec else 0, tuple) else (spec, None) for spec in inputs]
            line = {
                "file": "test/fixtures/models/library.py",
                "expression": expression,
                "inputs": [{"shape": list(shape), "dtype": "int64" if n else "float32"} for shape, n in given],
                "error": str(error).split("\n")[0],
            }
        else:
            line["gradients"], line["own"] = gradients(expression, inputs)
        print(json.dumps(line), flush=True)


main()
