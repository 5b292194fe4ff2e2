"""What networks of a user's own derive from, which turn an observation into features."""

from gymnasium.spaces import flatdim
from torch import nn


class BaseFeaturesExtractor(nn.Module):
    def __init__(self, observation_space, features_dim=0):
        super().__init__()
        assert features_dim > 0
        self._observation_space, self._features_dim = observation_space, features_dim

    @property
    def features_dim(self):
        return self._features_dim


class FlattenExtractor(BaseFeaturesExtractor):
    def __init__(self, observation_space):
        super().__init__(observation_space, flatdim(observation_space))
        self.flatten = nn.Flatten()

    def forward(self, observations):
        return self.flatten(observations)


def __getattr__(name):
    import _unread

    if name.startswith('__'):
        raise AttributeError(f"module has no attribute '{name}'")
    return _unread.member('stable_baselines3.common.torch_layers', name)
