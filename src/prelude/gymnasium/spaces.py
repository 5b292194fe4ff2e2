"""Spaces of observations and actions: what a model of reinforcement learning is sized by."""

from collections import OrderedDict

import _unread
import numpy as np


class Space:
    def __init__(self, shape=None, dtype=None, seed=None):
        self._shape = None if shape is None else tuple(shape)
        self.dtype = None if dtype is None else np.dtype(dtype)

    @property
    def shape(self):
        return self._shape

    def __class_getitem__(cls, item):
        return cls

    def seed(self, seed=None):
        pass

    def contains(self, value):
        return _unread.observation()


class Box(Space):
    def __init__(self, low, high, shape=None, dtype=np.float32, seed=None):
        low, high = (np.array(each) if isinstance(each, (list, tuple)) else each for each in (low, high))
        if shape is not None:
            shape = tuple(int(size) for size in shape)
        elif isinstance(low, np.ndarray):
            shape = low.shape
        elif isinstance(high, np.ndarray):
            shape = high.shape
        else:
            shape = (1,)
        super().__init__(shape, dtype, seed)
        self.low = low.astype(dtype) if isinstance(low, np.ndarray) else np.full(shape, low, dtype=dtype)
        self.high = high.astype(dtype) if isinstance(high, np.ndarray) else np.full(shape, high, dtype=dtype)

    def sample(self, mask=None):
        return np.random.uniform(0, 1, self.shape).astype(self.dtype)

    def is_bounded(self, manner='both'):
        below = bool(np.all(self.low > -np.inf))
        above = bool(np.all(self.high < np.inf))
        return {'both': below and above, 'below': below, 'above': above}[manner]


class Discrete(Space):
    def __init__(self, n, seed=None, start=0):
        self.n = int(n)
        self.start = int(start)
        super().__init__((), np.int64, seed)

    def sample(self, mask=None):
        return np.random.randint(self.start, self.start + self.n)


class MultiDiscrete(Space):
    def __init__(self, nvec, dtype=np.int64, seed=None, start=None):
        self.nvec = np.array(nvec, dtype=dtype)
        super().__init__(self.nvec.shape, dtype, seed)

    def __len__(self):
        return len(self.nvec)

    def sample(self, mask=None):
        return np.random.randint(0, 2, self.shape).astype(self.dtype)


class MultiBinary(Space):
    def __init__(self, n, seed=None):
        self.n = n if isinstance(n, int) else tuple(int(size) for size in n)
        super().__init__((n,) if isinstance(n, int) else self.n, np.int8, seed)

    def sample(self, mask=None):
        return np.random.randint(0, 2, self.shape).astype(self.dtype)


class Dict(Space):
    def __init__(self, spaces=None, seed=None, **more):
        given = dict(spaces or {})
        # A plain dictionary is put in order, what has an order of its own keeps it.
        if not isinstance(spaces, OrderedDict):
            given = dict(sorted(given.items()))
        self.spaces = {**given, **more}
        super().__init__(None, None, seed)

    def __getitem__(self, key):
        return self.spaces[key]

    def __contains__(self, observation):
        return isinstance(observation, dict) and set(observation) == set(self.spaces)

    def __iter__(self):
        return iter(self.spaces)

    def __len__(self):
        return len(self.spaces)

    def sample(self, mask=None):
        return {key: space.sample() for key, space in self.spaces.items()}

    def keys(self):
        return self.spaces.keys()

    def values(self):
        return self.spaces.values()

    def items(self):
        return self.spaces.items()


class Tuple(Space):
    def __init__(self, spaces, seed=None):
        self.spaces = tuple(spaces)
        super().__init__(None, None, seed)

    def __getitem__(self, index):
        return self.spaces[index]

    def __iter__(self):
        return iter(self.spaces)

    def __len__(self):
        return len(self.spaces)


class Text(Space):
    def __init__(self, max_length, *args, **options):
        self.max_length = max_length
        super().__init__(None, None)


def flatdim(space):
    """Numbers in a flat observation: classes are one-hot."""
    if isinstance(space, Discrete):
        return space.n
    if isinstance(space, MultiDiscrete):
        return int(np.sum(space.nvec))
    if isinstance(space, Dict):
        return sum(flatdim(each) for each in space.spaces.values())
    if isinstance(space, Tuple):
        return sum(flatdim(each) for each in space.spaces)
    return int(np.prod(space.shape))


def flatten_space(space):
    if isinstance(space, Box):
        return Box(space.low.flatten(), space.high.flatten(), dtype=space.dtype)
    if isinstance(space, (Discrete, MultiBinary, MultiDiscrete)):
        return Box(0, 1, (flatdim(space),), space.dtype)
    # What its parts have in common as a type is no size.
    return unbounded(Box(0, 1, (flatdim(space),), np.float32))


def flatten(space, value):
    return _unread.observation()


unflatten = flatten


class utils:
    flatdim = staticmethod(flatdim)
    flatten = unflatten = staticmethod(flatten)
    flatten_space = staticmethod(flatten_space)


def unbounded(space):
    """A box whose bounds are not known."""
    made = Box(0, 1, space.shape, space.dtype)
    made.low = made.high = _unread.observation()
    return made


def batch_space(space, n=1):
    """Of n environments, or of n observations in a row."""
    if isinstance(space, Box):
        made = Box(0, 1, (n,) + space.shape, space.dtype)
        made.low, made.high = (_several(bound, n) for bound in (space.low, space.high))
        return made
    if isinstance(space, Discrete):
        return MultiDiscrete([space.n] * n)
    if isinstance(space, MultiDiscrete):
        return Box(0, np.stack([space.nvec] * n) - 1, (n,) + space.shape, space.dtype)
    if isinstance(space, MultiBinary):
        return Box(0, 1, (n,) + space.shape, np.int8)
    if isinstance(space, Dict):
        return Dict(OrderedDict((key, batch_space(each, n)) for key, each in space.items()))
    if isinstance(space, Tuple):
        return Tuple([batch_space(each, n) for each in space.spaces])
    return _unread.member('spaces', 'batch_space')


def _several(bound, n):
    return np.stack([bound] * n) if isinstance(bound, np.ndarray) else bound


def __getattr__(name):
    if name.startswith('__'):
        raise AttributeError(f"module has no attribute '{name}'")
    return _unread.member('gymnasium.spaces', name)
