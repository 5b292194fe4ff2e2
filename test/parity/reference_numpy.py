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
3 * np.ceil(np.log(40)).astype('int').item()
np.log2(100).astype(np.int64)
np.floor(2.9).astype(int) + 1
[np.float32(2.75).item(), np.int64(3).item(), np.sqrt(2.0).tolist(), np.float64(3).astype(bool).item()]
(np.prod([2, 3]) / 4).astype(np.int32).item()
int(np.ceil(np.log2(100)))
np.floor(np.array([1.7, -1.2]))
np.power(2, 3)
np.power(10000, 0.25)
[float(np.power(10000, 2 * (j // 2) / 6)) for j in range(6)]
[p / np.power(100.0, j) + np.sin(-p) - np.arctan2(p, 2.0) for p in range(3) for j in range(2)]
np.power(0.0, -1.5) > 5
np.maximum(2, 1.5)
np.minimum(2.5, float('nan'))
np.fmod(-7.5, 2)
np.hypot(3.0, 4)
np.divide(1, 4.0)
np.add(1, 0.5) * np.subtract(3.0, 1) / np.multiply(2.0, 2)
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
np.array([1, 2]) * (2, 3)
(1, 2) + np.array([1, 2])
[3, 4] * np.array([1, 2])
np.array([1, 2]) == (1, 3)
(np.array([1, 2]) - 1) * (2, 2) % 2
np.array([1, 2]) @ [1, 1]
np.array([1, 2]) > [0, 5]
(2, 4) / np.array([1, 2])
np.real(np.fft.fft(np.array([1.0, 2.0, 3.0])))
np.imag(np.fft.fft(np.eye(3)))[1]
np.vstack([np.real(np.fft.fft(np.eye(4))[:3, :]), np.imag(np.fft.fft(np.eye(4))[:3, :])])
np.fft.rfft(np.array([1.0, 2.0, 3.0, 4.0])).real
np.fft.rfft(np.array([1.0, 2.0, 3.0, 4.0])).imag
np.abs(np.fft.rfft(np.array([1.0, 2.0, 3.0, 4.0])))
np.real(np.fft.ifft(np.fft.fft(np.array([1.0, 2.0, 3.0]))))
np.fft.irfft(np.fft.rfft(np.array([1.0, 2.0, 3.0, 4.0])))
np.fft.fftfreq(4)
np.fft.fftfreq(5, 0.5)
np.fft.rfftfreq(4, d=2.0)
np.fft.fftshift(np.arange(5))
np.fft.ifftshift(np.arange(5))
np.fft.fftshift(np.arange(6).reshape(2, 3), axes=1)
np.angle(np.fft.fft(np.array([1.0, 2.0, 4.0])))
np.linalg.inv(np.array([[2.0, 1.0], [0.0, 4.0]]))
np.linalg.pinv(np.array([[2.0, 0.0], [0.0, 4.0], [0.0, 0.0]]))
np.linalg.det(np.array([[2.0, 1.0], [1.0, 4.0]]))
np.linalg.solve(np.array([[2.0, 0.0], [0.0, 4.0]]), np.array([1.0, 2.0]))
np.linalg.svd(np.array([[3.0, 0.0], [0.0, 4.0]]))[1]
np.linalg.inv(np.array([[2, 1], [0, 4]]))
np.diag([1, 2])
np.diag(np.array([[1, 2], [3, 4]]))
np.rot90(np.arange(4).reshape(2, 2))
np.fliplr(np.arange(4).reshape(2, 2))
np.flipud(np.arange(4).reshape(2, 2))
np.nonzero(np.array([0, 1, 0, 2]))
np.nonzero(np.array([[0, 1], [1, 0]]))
np.where(np.array([0, 1, 1]))
np.hypot(3.0, 4.0)
np.sinh(0.0)
np.arcsin(1.0)
np.arccos(np.array([1.0]))
np.arctan(1)
np.sinc(np.array([0.0, 0.5]))
np.exp2(3)
np.sin(np.array([0, 1]))
np.hanning(4)
np.hanning(1)
np.hamming(4)
np.blackman(5)
np.bartlett(5)
np.pad(np.arange(3), 1)
np.pad(np.arange(3), (1, 2))
np.pad(np.arange(4).reshape(2, 2), ((1, 0), (0, 1)))
np.pad(np.arange(3), 2, mode="constant", constant_values=7)
np.pad(np.arange(4), (2, 1), "reflect")
np.pad(np.arange(4), (2, 1), mode="symmetric")
np.pad(np.arange(4), (2, 1), mode="edge")
np.pad(np.arange(4), (2, 1), mode="wrap")
np.pad(np.ones((1, 2)), ((0, 0), (1, 1)), mode="constant")
np.median([3, 1, 2])
np.median(np.array([4.0, 1.0, 2.0, 3.0]))
np.median(np.arange(6).reshape(2, 3), axis=1)
np.percentile(np.arange(5), 25)
np.percentile(np.arange(4), [0, 50])
np.quantile(np.array([1.0, 2.0, 4.0]), 0.5)
np.interp(1.5, [1, 2], [10, 20])
np.interp(np.array([0.0, 1.5, 9.0]), [1, 2, 3], [10, 20, 40])
np.append([1, 2], 3)
np.append(np.ones((1, 2)), np.zeros((1, 2)), axis=0)
np.copy(np.arange(2))
np.mgrid[0:2, 0:3]
np.mgrid[0:4:2]
np.ogrid[0:2, 0:3]
np.indices((2, 2))
np.ix_([0, 1], [2])[0].shape
np.arange(6).reshape(2, 3)[np.ix_([0, 1], [2])]
np.iinfo(np.int32).max
np.finfo(np.float32).eps > 0
np.double(1.5)
np.float_power(2, 3)
np.trace(np.eye(3))
np.kron(np.eye(2), np.ones((1, 2)))
np.cross(np.array([1, 0, 0]), np.array([0, 1, 0]))
np.nansum(np.array([1.0, float("nan")]))
np.nanmean(np.array([1.0, float("nan")]))
np.nan_to_num(np.array([1.0, float("nan")]))
np.ptp(np.array([1, 5, 2]))
np.tensordot(np.ones((2, 3)), np.ones((3, 2)), axes=1)
np.bincount(np.array([0, 1, 1]))
np.searchsorted(np.array([1, 3, 5]), 3)
np.searchsorted(np.array([1, 3, 5]), [2, 6])
np.lcm(4, 6)
np.gcd(12, 18)
np.sign(-2.0)
np.dstack([np.arange(2), np.arange(2)]).shape
np.column_stack([np.arange(2), np.arange(2)])
np.empty_like(np.ones(2)).shape
np.full_like(np.arange(2), 3)
np.take(np.arange(5) * 2, [1, 3])
np.argmin(np.array([3, 1, 2]))
np.bitwise_and(6, 3)
np.invert(np.array([True, False]))
np.isin(np.array([1, 2, 3]), [1, 3])
np.triu_indices(3, k=1)
np.tril_indices(3)
np.average([1, 2, 3])
np.clip(1.7, 0, 1)
np.float32(1.1)
np.sum(np.arange(6).reshape(2, 3), axis=(0, 1))
np.logaddexp(0.0, 0.0)
np.fmod(7, 3)
np.degrees(np.pi)
np.vander([1, 2], 3)
np.cumsum([[1, 2], [3, 4]])
np.roll(np.arange(4), 1)
np.ceil(np.array([1, 2]))
np.identity(2)
np.max(np.array([[1, 5], [7, 2]]), axis=0)
np.greater(3, 2)
np.less_equal(np.array([1, 3]), 2)
np.reciprocal(2.0)
np.sqrt(np.array([4, 9])).astype(int)
np.eye(2).dtype == np.float64
np.arange(0, 1, 0.1)[3]
np.arange(0, 1, 0.1).dtype == np.float64
np.full((2,), 0.1)
np.full((2,), 0.1).dtype == np.float64
np.full((2,), 3).dtype == np.int64
np.divide(np.array([1, 2]), 3)
np.arctan2(np.array([1, 2]), 3)
np.arange(5, dtype=np.float32).dtype == np.float32
np.ones((2, 2)).max(axis=0)
np.array([[1, 5], [7, 2]]).min(axis=1)
np.array([[1, 5], [7, 2]]).max()
np.fft.fft(np.eye(2)).shape
np.fft.fft(np.eye(2)).T.real
np.abs(np.fft.fft(np.arange(3)))
(np.fft.fft(np.arange(3)) * 2).real
np.fft.rfft(np.eye(4))[:, 0].imag.astype(np.float32)
np.conj(np.fft.fft(np.arange(3))).imag
np.diagonal(np.eye(2))
np.floor_divide(7, 2)
np.std(np.array([[1, 2], [3, 4]]), axis=0)
np.sum(np.eye(2), axis=-1, keepdims=True)
np.square(np.arange(3))
np.subtract(3, 1)
np.array([1.0, 2.0]).dot(np.array([3.0, 4.0]))
np.prod(np.arange(1, 4), dtype=np.int64)
np.asarray([1, 2], dtype="int32").dtype == np.int32
np.array([1, 2]).cumsum()
np.array([[1, 2], [3, 4]]).ravel()
np.array([1, 2]).repeat(2)
np.array([3, 1]).argsort()
np.array([1.26]).round(1)
np.array([1, 2]).nonzero()
np.array([1, 2]).clip(0, 1)
np.array([[1, 2]]).squeeze()
np.array([[1, 2], [3, 4]]).diagonal()
np.array([1, 2]).tolist()
np.array([2, 3]).prod()
np.array([1, 2]).nbytes
np.array([1, 2]).ndim
np.array([1, 2]).itemsize
np.array([1.5]).astype(np.int32).item()
np.array([[1, 2], [3, 4]]).swapaxes(0, 1)
np.array([1, 0]).any()
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
