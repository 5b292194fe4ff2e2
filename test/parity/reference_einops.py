"""Writes test/fixtures/einops.json: what einops makes of each expression, or why it refuses it.

Run with a Python that has PyTorch and einops (pip install einops); a path as argument writes there instead.
"""
import json
import pathlib
import re
import sys

import torch
from einops import einsum, pack, parse_shape, rearrange, reduce, repeat, unpack
from einops.layers.torch import Rearrange, Reduce

FIXTURE = pathlib.Path(__file__).parents[1] / "fixtures" / "einops.json"
CASES = """
rearrange(x, 'b c d -> d b c')
rearrange(x, 'b c d -> b (c d)')
rearrange(x, 'b c d -> (d c b)')
rearrange(x, 'b c (d e) -> b c d e', e=2)
rearrange(x, 'b c (d e) -> (b d) (c e)', d=2)
rearrange(x, '(b a) c d -> b a c d', a=2)
rearrange(x, 'b c d -> b 1 c d 1')
rearrange(x, '... d -> d ...')
rearrange(x, 'b ... -> b (...)')
rearrange(x, 'b ... d -> (b ...) d')
rearrange(x, '... (d e) -> ... e d', d=2)
rearrange(x[:, :1], 'b 1 d -> b d')
rearrange(x[:, :1], 'b () d -> d b')
rearrange(x, 'b c d -> () b (c d)')
rearrange([x, x + 1], 'n b c d -> b n (c d)')
rearrange(x, ' b  c d->b d  c ')
rearrange(x, 'b c d -> b c d')
rearrange(x, 'batch_1 c2 d -> c2 (batch_1 d)')
repeat(x, 'b c d -> b c d e', e=2)
repeat(x, 'b c d -> b (r c) d', r=2)
repeat(x, 'b c d -> b (c r) d', r=2)
repeat(x[0, 0], 'd -> b n d', b=2, n=3)
repeat(x[:1], '1 c d -> b c d', b=2)
repeat(x[:1], '() c d -> b c d', b=3)
repeat(x, 'b c d -> b 2 c d')
repeat(x, '... -> ... r', r=2)
repeat(x, 'b ... -> (r b) ...', r=2)
reduce(x, 'b c d -> b', 'mean')
reduce(x, 'b c d -> b d', 'max')
reduce(x, 'b c d -> d', 'min')
reduce(x, 'b c d -> ', 'sum')
reduce(x, 'b c (d e) -> b c d', 'max', e=2)
reduce(x, 'b c (d 2) -> b c d', 'mean')
reduce(x, 'b c d -> b 1 d', 'sum')
reduce(x / 10, 'b c d -> c', 'prod')
reduce(x > 3, 'b c d -> b d', 'any')
reduce(x > 3, 'b c d -> b d', 'all')
reduce(x, 'b ... -> b', 'mean')
reduce(x, '... d -> d', 'mean')
reduce(x, 'b c d -> b d', lambda t, dims: t.sum(dims))
einsum(x, x, 'b c d, b e d -> b c e')
einsum(x, x[0], 'batch c d, c d -> batch')
einsum(x, 'b c d -> d b')
einsum(x, x[0, 0], '... d, d -> ...')
parse_shape(x, 'b c d')
parse_shape(x, 'b _ width')
[[t.tolist() for t in pack([x, x[:, :, 0]], 'b *')[:1]], [list(s) for s in pack([x, x[:, :, 0]], 'b *')[1]]]
[list(s) for s in pack([x, x], '* d')[1]]
pack([x[0, 0, :1], x[0]], '*')[0]
[t.tolist() for t in unpack(x, [[1], [2]], 'b * d')]
[t.tolist() for t in unpack(x.reshape(2, 12), [(3, 2), (2, 3)], 'b *')]
[t.tolist() for t in unpack(x.reshape(2, 12), [(3, 2), (-1, 3)], 'b *')]
[list(t.shape) for t in unpack(*pack([x, x[:, 0]], 'b *'), 'b *')]
Rearrange('b c d -> b (c d)')(x)
Rearrange('b c (d e) -> (b e) c d', e=2)(x)
Reduce('b c d -> b d', 'mean')(x)
Reduce('b c (d k) -> b c d', 'max', k=2)(x)
torch.nn.Sequential(Rearrange('b c d -> b d c'), Reduce('b d c -> b c', 'sum'))(x)
rearrange(x, 'b c -> b c')
rearrange(x, 'b c d -> b c')
rearrange(x, 'b (c e) d -> b c e d', c=2)
rearrange(x, 'b c d -> (b c) d', b=3)
rearrange(x, 'b c d -> b d c', z=3)
rearrange(x, 'b c (d e) -> b c d e')
rearrange(x, 'b b c -> b c')
rearrange(x, 'a b c d ... -> a b c d')
rearrange(x, 'b c d')
rearrange(x, 'b (c (d e)) -> b c d e')
rearrange(x, 'b (c d -> b c d')
rearrange(x, 'b 2 d -> b d')
repeat(x, 'b c d -> b c d e')
repeat(x, 'b c d -> b d')
reduce(x, 'b c d -> b', 'median')
reduce(x, 'b c d -> b z', 'sum')
""".strip().split("\n")

x = torch.arange(24.0).reshape(2, 3, 4)


def plain(value):
    if isinstance(value, torch.Tensor):
        return value.tolist()
    return value


def main():
    cases = []
    for code in CASES:
        try:
            cases.append({"code": code, "result": plain(eval(code))})
        except Exception as error:
            message = str(error).strip().split("\n")[-1].strip().replace("side of reduce sum:", "side of reduce:")
            names = re.search(r"{(.*)}$", message)
            # A set has no order.
            if names:
                message = message.replace(names[1], ", ".join(sorted(names[1].split(", "))))
            cases.append({"code": code, "error": message})
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else FIXTURE
    path.write_text("[\n" + ",\n".join(map(json.dumps, cases)) + "\n]\n")


main()
