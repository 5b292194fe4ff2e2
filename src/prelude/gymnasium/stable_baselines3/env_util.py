"""Several environments by a name."""

import gymnasium as gym

from .atari_wrappers import AtariWrapper
from .vec_env import DummyVecEnv


def make_vec_env(
    env_id,
    n_envs=1,
    seed=None,
    start_index=0,
    monitor_dir=None,
    wrapper_class=None,
    env_kwargs=None,
    vec_env_cls=None,
    vec_env_kwargs=None,
    monitor_kwargs=None,
    wrapper_kwargs=None,
):
    def one():
        env = gym.make(env_id, **(env_kwargs or {})) if isinstance(env_id, str) else env_id(**(env_kwargs or {}))
        return env if wrapper_class is None else wrapper_class(env, **(wrapper_kwargs or {}))

    return DummyVecEnv([one] * n_envs)


def make_atari_env(env_id, n_envs=1, seed=None, *args, env_kwargs=None, wrapper_kwargs=None, **options):
    return make_vec_env(
        env_id, n_envs, wrapper_class=AtariWrapper, env_kwargs=env_kwargs, wrapper_kwargs=wrapper_kwargs
    )
