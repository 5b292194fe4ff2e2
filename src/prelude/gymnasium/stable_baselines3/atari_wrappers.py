"""What Atari's games are wrapped in. A wrapper keeps the library of the environment's space: gym or gymnasium."""

from gymnasium import Wrapper


class _Passing(Wrapper):
    def __init__(self, env, *args, **options):
        super().__init__(env)


StickyActionEnv = type('StickyActionEnv', (_Passing,), {})
NoopResetEnv = type('NoopResetEnv', (_Passing,), {})
FireResetEnv = type('FireResetEnv', (_Passing,), {})
EpisodicLifeEnv = type('EpisodicLifeEnv', (_Passing,), {})
MaxAndSkipEnv = type('MaxAndSkipEnv', (_Passing,), {})
ClipRewardEnv = type('ClipRewardEnv', (_Passing,), {})


class WarpFrame(Wrapper):
    def __init__(self, env, width=84, height=84):
        super().__init__(env)
        space = env.observation_space
        self.observation_space = type(space)(0, 255, (height, width, 1), space.dtype)


class AtariWrapper(WarpFrame):
    def __init__(self, env, noop_max=30, frame_skip=4, screen_size=84, *args, **options):
        super().__init__(env, width=screen_size, height=screen_size)
