"""Writes test/fixtures/numpy.json: what NumPy makes of each expression. Run with /usr/bin/python3 from anywhere; a path as
argument writes there instead. Results are compared as the text of plain Python values."""
import json
import math
import pathlib
import sys

import numpy as np

FIXTURE = pathlib.Path(__file__).parents[1] / "fixtures" / "numpy.json"
CASES = """
np.linspace(0, 0.2, 5)
np.linspace(0, 1, 4, endpoint=False)
np.linspace(0, 0.1, 3)[1]
float(np.linspace(0, 0.1, 3)[2])
[x for x in np.linspace(0.0, 0.5, 3)]
np.linspace(0, 10, 3, dtype=int)
np.arange(5)
np.arange(1, 10, 3)
np.arange(3).dtype == np.int64
np.arange(4) * 8 + 24
(np.arange(4) * 36.44 + 24)
np.round(np.array([1.5, 2.5, 3.7]))
np.round(2.567, 2)
np.round(np.array([8.0, 20.0]) / 8) * 8
np.array([1, 2, 3])
np.array([1.5, 2])
np.array([[1, 2], [3, 4]]).shape
np.array([[1, 2], [3, 4]]).size
np.array([[1, 2], [3, 4]]).T
np.array([[1, 2], [3, 4]])[1, 0]
np.array([[1, 2], [3, 4]])[:, 1]
np.array([3, 1, 2]).tolist()
np.array([3.7, 1.2]).astype(int)
np.array([3, 1, 2]).max()
np.array([3, 1, 2]).sum()
np.array([3, 1, 2]).argmax()
np.argsort(np.array([3, 1, 2]))
np.array([1, 2, 3]) > 1
np.zeros(3)
np.zeros((2, 2), dtype=np.int64)
np.ones((1, 2))
np.full((2,), 7.5)
np.eye(2)
np.prod([2, 3, 4])
np.prod((2, 2)) // 4
int(np.prod(np.array([2, 3])))
np.cumsum([1, 2, 3])
np.sum([1, 2, 3])
np.mean([1, 2, 4, 5])
np.max([1, 5, 2])
np.sqrt(16)
np.sqrt(2)
np.sqrt(np.array([4.0, 9.0]))
np.sqrt([1, 4])
np.log2(8)
np.log(10000.0)
np.log2(np.array([1, 2, 8]))
np.exp(0)
np.ceil(3.2)
int(np.ceil(np.log2(100)))
np.floor(np.array([1.7, -1.2]))
np.power(2, 3)
np.power(np.array([1.0, 2.0]), 2)
np.abs(-3)
np.maximum(np.array([1, 5]), 3)
np.clip(np.array([1, 5, 9]), 2, 6)
np.where(np.array([True, False]), 1, 2)
np.concatenate([np.arange(2), np.arange(3)])
np.concatenate([np.ones((1, 2)), np.zeros((1, 2))], axis=0).shape
np.stack([np.arange(2), np.arange(2)], axis=1)
np.tile(np.arange(2), 2)
np.repeat(np.arange(2), 2)
np.meshgrid(np.arange(2), np.arange(3))[0].shape
np.meshgrid(np.arange(2), np.arange(3), indexing="ij")[0].shape
np.outer(np.arange(2), np.arange(3))
np.tril(np.ones((2, 2)))
np.triu(np.ones((2, 2)), k=1)
np.diff(np.array([1, 4, 9]))
np.expand_dims(np.arange(2), 0).shape
np.arange(6).reshape(2, 3)
np.arange(6).reshape((3, 2)).shape
np.arange(6).reshape(-1, 2).sum(axis=0)
np.float32(0.5)
np.int64(7)
np.pi
np.int64(3) + 1
isinstance(np.arange(3), np.ndarray)
len(np.arange(3))
range(np.arange(5)[3])
sum(np.arange(4))
list(range(int(np.array(3))))
math.sqrt(np.arange(5)[4])
sorted(set(np.array([3, 1, 3]).tolist()))
np.array([1, 2]) / 4
np.array([1, 2]) * 2
np.array([1, 2]).mean()
np.array([[1, 2], [3, 4]]).mean(axis=1)
np.std([1.0, 3.0])
np.var(np.array([1, 3]))
np.cumsum(np.array([[1, 2], [3, 4]]), axis=1)
np.cumprod([1, 2, 3])
np.arange(0, 1, 0.25)
np.arange(2.0)
np.arange(3, dtype=np.float32).dtype == np.float32
np.absolute(np.array([-1, 2]))
np.sign(np.array([-1.5, 2.0]))
[int(x) for x in np.linspace(2, 8, 3)]
[(i, float(x)) for i, x in enumerate(np.linspace(0, 1, 2))]
{int(k): v for k, v in zip(np.arange(2), "ab")}
np.array_equal(np.arange(2), np.array([0, 1]))
np.allclose(np.arange(2), [0.0, 1.0])
np.unique(np.array([3, 1, 3]))
np.flatnonzero(np.array([0, 1, 1]))
np.sort(np.array([3, 1, 2]))
np.isnan(np.array([1.0, float("nan")]))
np.floor_divide(np.array([7, 8]), 2)
np.mod(np.array([7, 8]), 4)
np.array([7, 8]) // 2
np.array([7, 8]) % 4
-np.array([7, 8])
np.array([7, 8]) ** 2
2 ** np.arange(4)
1 / np.array([2.0, 4.0])
10 - np.arange(2)
np.array([1, 2]) == np.array([1, 3])
(np.array([1, 2]) == np.array([1, 3])).all()
np.any(np.array([False, True]))
np.all([True, True])
np.ravel(np.ones((2, 2)))
np.arange(4).reshape(2, 2).flatten()
np.arange(4).reshape(2, 2).transpose()
np.transpose(np.ones((1, 2, 3)), (2, 0, 1)).shape
np.swapaxes(np.ones((1, 2, 3)), 0, 2).shape
np.moveaxis(np.ones((1, 2, 3)), 0, -1).shape
np.squeeze(np.ones((1, 2))).shape
np.atleast_1d(3)
np.arange(6)[::2]
np.arange(6)[::-1]
np.arange(6)[-2:]
np.arange(6)[[1, 3]]
np.arange(6)[np.array([True, False] * 3)]
np.arange(6).reshape(2, 3)[None].shape
np.arange(6).reshape(2, 3)[..., 0]
np.vstack([np.arange(2), np.arange(2)])
np.hstack([np.arange(2), np.arange(2)])
np.ones(2).astype(np.float32).dtype == np.float32
np.array(3).item()
np.array([1.5]).item()
np.arange(3).min()
np.array([1, 2]).astype("float32").tolist()
np.bool_(True)
np.float64(1.5)
np.dtype("float32") == np.float32
np.linspace(0, 1, 3).tolist()
np.log1p(0.0)
np.logspace(0, 2, 3)
np.geomspace(1, 100, 3)
np.ndim(np.ones((1, 2)))
np.shape(np.ones((1, 2)))
np.arctan2(1.0, 1.0)
np.cos(0.0)
np.rint(2.5)
np.log(np.array([1.0, np.e]))
np.inf > 10
np.minimum(3, 5)
np.multiply(np.arange(2), 3)
np.add(1, 2)
np.divide(1, 2)
np.dot(np.array([1, 2]), np.array([3, 4]))
np.einsum("i,j->ij", np.arange(2), np.arange(2))
np.split(np.arange(4), 2)
np.array_split(np.arange(5), 2)
np.linalg.norm(np.array([3.0, 4.0]))
np.isscalar(3)
np.isinf(np.inf)
"""


def plain(value):
    if isinstance(value, np.ndarray) or isinstance(value, np.generic):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return type(value)(plain(each) for each in value)
    return value


def main():
    cases = []
    for code in CASES.strip().splitlines():
        cases.append({"code": code, "result": repr(plain(eval(code)))})
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else FIXTURE
    path.write_text("[\n" + ",\n".join(map(json.dumps, cases)) + "\n]\n")


main()
