"""What is put around environments, as far as it changes their spaces."""

import _unread
import numpy as np

from .. import spaces
from ..core import ActionWrapper, ObservationWrapper, RewardWrapper, Wrapper
from ..spaces import Box


class _Passing(Wrapper):
    """Changes no space."""

    def __init__(self, env, *args, **options):
        super().__init__(env)


class RecordEpisodeStatistics(_Passing):
    pass


# Each may be derived from, and tested for.
AtariRewardClipping = type('AtariRewardClipping', (_Passing,), {})
Autoreset = type('Autoreset', (_Passing,), {})
AutoResetWrapper = type('AutoResetWrapper', (_Passing,), {})
ClipReward = type('ClipReward', (_Passing,), {})
DelayObservation = type('DelayObservation', (_Passing,), {})
EnvCompatibility = type('EnvCompatibility', (_Passing,), {})
HumanRendering = type('HumanRendering', (_Passing,), {})
MaxAndSkipObservation = type('MaxAndSkipObservation', (_Passing,), {})
Monitor = type('Monitor', (_Passing,), {})
NormalizeReward = type('NormalizeReward', (_Passing,), {})
OrderEnforcing = type('OrderEnforcing', (_Passing,), {})
PassiveEnvChecker = type('PassiveEnvChecker', (_Passing,), {})
RecordVideo = type('RecordVideo', (_Passing,), {})
RenderCollection = type('RenderCollection', (_Passing,), {})
RepeatAction = type('RepeatAction', (_Passing,), {})
StepAPICompatibility = type('StepAPICompatibility', (_Passing,), {})
StickyAction = type('StickyAction', (_Passing,), {})
TimeLimit = type('TimeLimit', (_Passing,), {})
TransformReward = type('TransformReward', (_Passing,), {})
VectorListInfo = type('VectorListInfo', (_Passing,), {})


class NormalizeObservation(_Passing):
    """Its bounds depend on the library's version."""

    def __init__(self, env, *args, **options):
        super().__init__(env)
        if isinstance(env.observation_space, Box):
            self.observation_space = spaces.unbounded(env.observation_space)


class ClipAction(ActionWrapper):
    def __init__(self, env):
        super().__init__(env)
        if isinstance(env.action_space, Box):
            self.action_space = spaces.unbounded(env.action_space)


class RescaleAction(ActionWrapper):
    def __init__(self, env, min_action, max_action):
        super().__init__(env)
        space = env.action_space
        low, high = (np.zeros(space.shape, dtype=space.dtype) + each for each in (min_action, max_action))
        self.action_space = Box(low, high, shape=space.shape, dtype=space.dtype)


class TransformObservation(ObservationWrapper):
    """A function changes no space: where it changes the shape, the space is given."""

    def __init__(self, env, func=None, observation_space=None, *, f=None):
        super().__init__(env)
        if observation_space is not None:
            self.observation_space = observation_space


class TransformAction(ActionWrapper):
    def __init__(self, env, func, action_space):
        super().__init__(env)
        if action_space is not None:
            self.action_space = action_space


class FlattenObservation(ObservationWrapper):
    def __init__(self, env):
        super().__init__(env)
        self.observation_space = spaces.flatten_space(env.observation_space)


class FilterObservation(ObservationWrapper):
    def __init__(self, env, filter_keys=None):
        super().__init__(env)
        if filter_keys is not None:
            self.observation_space = spaces.Dict({key: env.observation_space[key] for key in filter_keys})


class ReshapeObservation(ObservationWrapper):
    def __init__(self, env, shape):
        super().__init__(env)
        space = env.observation_space
        self.observation_space = Box(space.low.reshape(shape), space.high.reshape(shape), dtype=space.dtype)


class ResizeObservation(ObservationWrapper):
    def __init__(self, env, shape):
        super().__init__(env)
        shape = (shape, shape) if isinstance(shape, int) else tuple(shape)
        self.shape = shape
        self.observation_space = Box(0, 255, shape + tuple(env.observation_space.shape[2:]), np.uint8)


class GrayScaleObservation(ObservationWrapper):
    def __init__(self, env, keep_dim=False):
        super().__init__(env)
        self.keep_dim = keep_dim
        shape = tuple(env.observation_space.shape[:2])
        self.observation_space = Box(0, 255, shape + (1,) if keep_dim else shape, np.uint8)


class GrayscaleObservation(GrayScaleObservation):
    pass


class FrameStack(ObservationWrapper):
    def __init__(self, env, num_stack=None, lz4_compress=False, *, stack_size=None, padding_type='reset'):
        super().__init__(env)
        self.num_stack = self.stack_size = num_stack if stack_size is None else stack_size
        self.observation_space = spaces.batch_space(env.observation_space, self.num_stack)


class FrameStackObservation(FrameStack):
    pass


class TimeAwareObservation(ObservationWrapper):
    def __init__(self, env, *args, **options):
        super().__init__(env)
        space = env.observation_space
        if isinstance(space, Box) and len(space.shape) == 1 and not args and not options:
            self.observation_space = spaces.unbounded(Box(0, 1, (space.shape[0] + 1,), np.float32))
        else:
            self.observation_space = _unread.member('TimeAwareObservation', 'observation_space')


class AtariPreprocessing(Wrapper):
    def __init__(
        self,
        env,
        noop_max=30,
        frame_skip=4,
        screen_size=84,
        terminal_on_life_loss=False,
        grayscale_obs=True,
        grayscale_newaxis=False,
        scale_obs=False,
    ):
        super().__init__(env)
        shape = (screen_size, screen_size) if isinstance(screen_size, int) else tuple(screen_size)[::-1]
        if not grayscale_obs:
            shape += (3,)
        elif grayscale_newaxis:
            shape += (1,)
        self.observation_space = Box(0, 1, shape, np.float32) if scale_obs else Box(0, 255, shape, np.uint8)


LazyFrames = np.ndarray


def __getattr__(name):
    if name.startswith('__'):
        raise AttributeError(f"module has no attribute '{name}'")
    return _unread.member('gymnasium.wrappers', name)
