"""Environments and what is put around them. What they give in a run is unknown; their spaces are not."""

import typing

import _unread

ObsType = typing.TypeVar('ObsType')
ActType = typing.TypeVar('ActType')


class Env:
    metadata = {'render_modes': []}
    render_mode = None
    reward_range = (-float('inf'), float('inf'))
    spec = None
    observation_space = None
    action_space = None

    def __class_getitem__(cls, item):
        return cls

    @property
    def unwrapped(self):
        return self

    @property
    def np_random(self):
        return _unread.observation()

    def reset(self, *args, **options):
        # Gym's versions give the observation alone or beside more.
        return _observed(self.observation_space)

    def step(self, action):
        return _unread.observation()

    def render(self, *args, **options):
        return _unread.observation()

    def close(self):
        pass

    def seed(self, seed=None):
        return [seed]

    def get_wrapper_attr(self, name):
        return getattr(self, name)

    def has_wrapper_attr(self, name):
        return hasattr(self, name)

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        return False


def _observed(space):
    if not __name__.startswith('gymnasium') or space is None:
        return _unread.observation()
    return space.sample(), {}


class Wrapper(Env):
    def __init__(self, env, new_step_api=False):
        self.env = env
        self._observation_space = self._action_space = None

    def __getattr__(self, name):
        if name.startswith('__') or name == 'env':
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        return getattr(self.env, name)

    @property
    def observation_space(self):
        given = self.__dict__.get('_observation_space')
        return self.env.observation_space if given is None else given

    @observation_space.setter
    def observation_space(self, space):
        self._observation_space = space

    @property
    def action_space(self):
        given = self.__dict__.get('_action_space')
        return self.env.action_space if given is None else given

    @action_space.setter
    def action_space(self, space):
        self._action_space = space

    @property
    def spec(self):
        return self.env.spec

    @property
    def metadata(self):
        return self.env.metadata

    @property
    def render_mode(self):
        return self.env.render_mode

    @property
    def unwrapped(self):
        return self.env.unwrapped

    def seed(self, seed=None):
        return [seed]


class ObservationWrapper(Wrapper):
    pass


class ActionWrapper(Wrapper):
    pass


class RewardWrapper(Wrapper):
    pass


class logger:
    @staticmethod
    def set_level(level):
        pass

    setLevel = warn = info = error = debug = deprecation = set_level


class seeding:
    @staticmethod
    def np_random(seed=None):
        return _unread.observation(), seed
