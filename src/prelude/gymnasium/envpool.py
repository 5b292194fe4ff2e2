"""EnvPool: games of Atari as it prepares them, and the classic environments."""

import importlib

import _unread

CLASSIC = 'CartPole-v0 CartPole-v1 MountainCar-v0 MountainCarContinuous-v0 Acrobot-v1 Pendulum-v0 Pendulum-v1'.split()
SIMPLE = set('num_envs batch_size num_threads seed episodic_life reward_clip max_episode_steps max_num_players noop_max'
             ' zero_discount_on_life_loss frame_skip fire_reset use_fire_reset repeat_action_probability'
             ' use_inter_area_resize thread_affinity_offset base_path'.split())


class Pool:
    def __init__(self, name, num_envs, observation_space, action_space):
        self.observation_space, self.action_space = observation_space, action_space
        self.config = {'num_envs': num_envs}
        self._count = num_envs

    def __len__(self):
        return self._count

    @property
    def all_env_ids(self):
        import numpy as np

        return np.arange(self._count)

    def seed(self, seed=None):
        pass

    def close(self):
        pass

    def __getattr__(self, name):
        if name.startswith('__') or name in ('num_envs', 'single_observation_space', 'single_action_space', 'env'):
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        return _unread.observation()


def make(
    task_id,
    env_type,
    num_envs=1,
    stack_num=4,
    img_height=84,
    img_width=84,
    gray_scale=True,
    full_action_space=False,
    **options,
):
    if env_type not in ('gym', 'gymnasium') or not SIMPLE.issuperset(options):
        return _unread.environment(task_id)
    library = importlib.import_module(env_type)
    if task_id.endswith('-v5'):
        game = library.make('ALE/' + task_id, full_action_space=full_action_space)
        shape = (stack_num * (1 if gray_scale else 3), img_height, img_width)
        if not isinstance(game, library.Env):
            return game
        return Pool(task_id, num_envs, library.spaces.Box(0, 255, shape, 'uint8'), game.action_space)
    if task_id in CLASSIC:
        one = library.make(task_id)
        return Pool(task_id, num_envs, one.observation_space, one.action_space)
    return _unread.environment(task_id)


def make_gym(task_id, **options):
    return make(task_id, 'gym', **options)


def make_gymnasium(task_id, **options):
    return make(task_id, 'gymnasium', **options)
