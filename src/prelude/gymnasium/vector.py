"""Environments side by side: the first one tells the spaces of all."""

import _unread

from .. import spaces
from ..core import Env


class VectorEnv(Env):
    is_vector_env = True
    single_observation_space = None
    single_action_space = None

    def __init__(self, num_envs=None, observation_space=None, action_space=None):
        self.num_envs = num_envs
        if observation_space is not None and action_space is not None:
            self.single_observation_space, self.single_action_space = observation_space, action_space
            self.observation_space = spaces.batch_space(observation_space, num_envs)
            self.action_space = spaces.batch_space(action_space, num_envs)

    def call(self, name, *args, **options):
        return _unread.observation()

    def get_attr(self, name):
        return tuple(getattr(env, name) for env in self.envs)

    def set_attr(self, name, values):
        pass


class SyncVectorEnv(VectorEnv):
    def __init__(self, env_fns, observation_space=None, action_space=None, *args, **options):
        self.env_fns = list(env_fns)
        first = self.env_fns[0]()
        self.envs = [first] * len(self.env_fns)
        self.metadata, self.spec = first.metadata, first.spec
        super().__init__(
            len(self.env_fns),
            first.observation_space if observation_space is None else observation_space,
            first.action_space if action_space is None else action_space,
        )


class AsyncVectorEnv(SyncVectorEnv):
    pass


class VectorWrapper(VectorEnv):
    def __init__(self, env):
        self.env = env

    def __getattr__(self, name):
        if name.startswith('__') or name == 'env':
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        return getattr(self.env, name)


for _name in ('num_envs', 'observation_space', 'action_space', 'single_observation_space', 'single_action_space'):

    def _forwarded(name):
        return property(
            lambda self: self.__dict__.get('_' + name, getattr(self.__dict__['env'], name)),
            lambda self, value: self.__dict__.__setitem__('_' + name, value),
        )

    setattr(VectorWrapper, _name, _forwarded(_name))

VectorEnvWrapper = VectorObservationWrapper = VectorActionWrapper = VectorRewardWrapper = VectorWrapper
batch_space = spaces.batch_space


def make(id, num_envs=1, asynchronous=True, wrappers=None, disable_env_checker=None, **options):
    from ..registered import make as make_one

    def one():
        env = make_one(id, **options)
        for wrap in wrappers if isinstance(wrappers, (list, tuple)) else [wrappers] if wrappers else []:
            env = wrap(env)
        return env

    return SyncVectorEnv([one] * num_envs)


def __getattr__(name):
    if name.startswith('__'):
        raise AttributeError(f"module has no attribute '{name}'")
    return _unread.member('gymnasium.vector', name)
