"""Environments by their names. Of those that no table has, nothing is known."""

import importlib
import re

import _unread

from .core import Env
from .spaces import Box, Discrete, Tuple

registry = {}

# What changes no space of any environment that is known.
HARMLESS = set(
    """apply_api_compatibility apply_step_compatibility autoreset camera_id camera_name contact_cost_weight
    contact_force_range ctrl_cost_weight default_camera_config difficulty disable_env_checker domain_randomize
    enable_wind fickle_passenger forward_reward_weight frame_skip frameskip g goal_velocity gravity hardcore
    healthy_angle_range healthy_reward healthy_state_range healthy_z_range height is_rainy is_slippery
    lap_complete_percent max_episode_steps max_num_frames_per_episode mode natural new_step_api order_enforce render
    render_fps render_mode repeat_action_probability reset_noise_scale reward_schedule sab screen seed success_rate
    sutton_barto_reward terminate_when_unhealthy turbulence_power verbose width wind_power""".split()
)


class EnvSpec:
    def __init__(self, id, entry_point=None, kwargs=None, **options):
        self.id, self.entry_point, self.kwargs = id, entry_point, kwargs or {}
        self.max_episode_steps = options.get('max_episode_steps') or _unread.observation()
        self.reward_threshold = options.get('reward_threshold') or _unread.observation()


class KnownEnv(Env):
    def __init__(self, name, observation_space, action_space, meanings=None):
        self.spec = EnvSpec(name)
        self.observation_space, self.action_space = observation_space, action_space
        self._meanings = meanings

    def get_action_meanings(self):
        if self._meanings is None:
            raise AttributeError("object has no attribute 'get_action_meanings'")
        return list(self._meanings)

    def __getattr__(self, name):
        if name.startswith('__') or name in ('num_envs', 'is_vector_env', 'single_observation_space', 'single_action_space'):
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        return _unread.observation()


def register(id, entry_point=None, kwargs=None, **options):
    registry[id] = EnvSpec(id, entry_point, kwargs, **options)


def spec(id):
    return registry[id] if id in registry else EnvSpec(id)


def pprint_registry(*args, **options):
    pass


def make(id, max_episode_steps=None, autoreset=None, apply_api_compatibility=None, disable_env_checker=None, **options):
    name = id if isinstance(id, str) else id.id
    if name in registry:
        given = registry[name]
        maker = given.entry_point
        if isinstance(maker, str):
            module, _, attribute = maker.partition(':')
            maker = getattr(importlib.import_module(module), attribute)
        return _unread.environment(name) if maker is None else maker(**{**given.kwargs, **options})
    name = name.split(':')[-1]
    return atari(name, **options) or known(name, **options) or procgen(name) or _unread.environment(name)


def make_vec(id, num_envs=1, vectorization_mode=None, vector_kwargs=None, wrappers=None, **options):
    from .vector import SyncVectorEnv

    def one():
        env = make(id, **options)
        for wrap in wrappers or ():
            env = wrap(env)
        return env

    return SyncVectorEnv([one] * num_envs)


def space(described):
    if isinstance(described, int):
        return Discrete(described)
    if isinstance(described, list):
        return Tuple([space(each) for each in described])
    shape, low, high, kind = described
    import numpy as np

    bounds = [np.array(each, dtype=kind) if isinstance(each, list) else each for each in (low, high)]
    return Box(*bounds, shape=shape, dtype=kind)


def known(name, continuous=None, map_name=None, **options):
    from .known import KNOWN

    if continuous is not None:
        if name.startswith('LunarLander-'):
            name = name.replace('-', 'Continuous-') if continuous else name
        elif name.startswith('CarRacing-'):
            if not continuous:
                return KnownEnv(name, Box(0, 255, (96, 96, 3), 'uint8'), Discrete(5))
        else:
            return None
    if map_name is not None:
        if not name.startswith('FrozenLake') or map_name not in ('4x4', '8x8'):
            return None
        name = re.sub(r'FrozenLake(8x8)?', 'FrozenLake8x8' if map_name == '8x8' else 'FrozenLake', name)
    if not HARMLESS.issuperset(options):
        return None
    for names, observations, actions in KNOWN:
        if name in names.split():
            return KnownEnv(name, space(observations), space(actions))


def atari(name, obs_type=None, full_action_space=False, **options):
    from .atari import GAMES, HEIGHTS, MEANINGS

    found = re.fullmatch(r'(?:ALE/)?([A-Z]\w*?)(-ram)?(?:NoFrameskip|Deterministic)?-v([045])', name)
    if found is None or not HARMLESS.issuperset(options):
        return None
    for actions, games in GAMES.items():
        if found.group(1) in games.split():
            break
    else:
        return None
    height = HEIGHTS.get(found.group(1), 210)
    shapes = {'rgb': (height, 160, 3), 'image': (height, 160, 3), 'grayscale': (height, 160), 'ram': (128,)}
    shape = shapes.get(obs_type or ('ram' if found.group(2) else 'rgb'))
    if shape is None:
        return None
    words = MEANINGS.split()
    meanings = words if full_action_space else [words[action] for action in actions]
    return KnownEnv(name, Box(0, 255, shape, 'uint8'), Discrete(len(meanings)), meanings)


PROCGEN = """bigfish bossfight caveflyer chaser climber coinrun dodgeball fruitbot heist jumper leaper maze miner ninja
plunder starpilot""".split()


def procgen(name):
    found = re.fullmatch(r'procgen-(\w+)-v0', name)
    if found and found.group(1) in PROCGEN:
        return KnownEnv(name, Box(0, 255, (64, 64, 3), 'uint8'), Discrete(15))
