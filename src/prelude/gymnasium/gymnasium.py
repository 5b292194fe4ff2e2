"""Environments: what a model is built for, and never runs."""

from . import spaces
from .spaces import Space


class Env:
    metadata = {}
    observation_space = None
    action_space = None
    spec = None

    @property
    def unwrapped(self):
        return self


class Wrapper(Env):
    def __init__(self, env):
        self.env = env

    def __getattr__(self, name):
        return getattr(self.env, name)

    @property
    def unwrapped(self):
        return self.env.unwrapped


class ObservationWrapper(Wrapper):
    pass


class ActionWrapper(Wrapper):
    pass


class RewardWrapper(Wrapper):
    pass


def make(*args, **options):
    raise ModuleNotFoundError("No module named 'gymnasium'")
