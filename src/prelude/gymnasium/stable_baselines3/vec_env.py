"""Environments side by side: here their spaces are those of one."""

import _unread
from gymnasium.spaces import Dict


class VecEnv:
    def __init__(self, num_envs, observation_space, action_space):
        self.num_envs, self.observation_space, self.action_space = num_envs, observation_space, action_space

    def seed(self, seed=None):
        pass

    def close(self):
        pass

    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        return _unread.observation()


class DummyVecEnv(VecEnv):
    def __init__(self, env_fns, *args, **options):
        first = env_fns[0]()
        self.envs = [first] * len(env_fns)
        super().__init__(len(env_fns), first.observation_space, first.action_space)


class SubprocVecEnv(DummyVecEnv):
    pass


class VecEnvWrapper(VecEnv):
    def __init__(self, venv, observation_space=None, action_space=None):
        self.venv = venv
        super().__init__(
            venv.num_envs,
            venv.observation_space if observation_space is None else observation_space,
            venv.action_space if action_space is None else action_space,
        )


class _Passing(VecEnvWrapper):
    def __init__(self, venv, *args, **options):
        super().__init__(venv)


VecNormalize = type('VecNormalize', (_Passing,), {})
VecMonitor = type('VecMonitor', (_Passing,), {})
VecVideoRecorder = type('VecVideoRecorder', (_Passing,), {})
VecCheckNan = type('VecCheckNan', (_Passing,), {})


def _changed(space, change):
    """Each part of a space by itself, in the space's own library."""
    if hasattr(space, 'spaces'):
        return Dict({key: _changed(each, change) for key, each in space.spaces.items()})
    return type(space)(0, 255, tuple(change(space)), space.dtype)


def _is_image(space):
    return len(space.shape) == 3 and 'int8' in str(space.dtype)


class VecTransposeImage(VecEnvWrapper):
    def __init__(self, venv, skip=False):
        def change(space):
            if not _is_image(space):
                return space.shape
            height, width, channels = space.shape
            return channels, height, width

        super().__init__(venv, venv.observation_space if skip else _changed(venv.observation_space, change))


class VecFrameStack(VecEnvWrapper):
    def __init__(self, venv, n_stack, channels_order=None):
        def change(space):
            shape = list(space.shape)
            first = channels_order == 'first'
            if channels_order is None and _is_image(space):
                first = shape[0] == min(shape)
            shape[0 if first else -1] *= n_stack
            return shape

        self.n_stack = n_stack
        super().__init__(venv, _changed(venv.observation_space, change))


class VecExtractDictObs(VecEnvWrapper):
    def __init__(self, venv, key):
        super().__init__(venv, venv.observation_space.spaces[key])


def __getattr__(name):
    if name.startswith('__'):
        raise AttributeError(f"module has no attribute '{name}'")
    return _unread.member('stable_baselines3.common.vec_env', name)
