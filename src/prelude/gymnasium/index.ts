/** Python of ours that stands for gym, gymnasium and what code of reinforcement learning uses beside them. */
import atari from './atari.py';
import core from './core.py';
import envpool from './envpool.py';
import gymnasium from './gymnasium.py';
import known from './known.py';
import procgen from './procgen.py';
import registered from './registered.py';
import spaces from './spaces.py';
import atariWrappers from './stable_baselines3/atari_wrappers.py';
import environmentUtilities from './stable_baselines3/env_util.py';
import baselines from './stable_baselines3/init.py';
import torchLayers from './stable_baselines3/torch_layers.py';
import vectors from './stable_baselines3/vec_env.py';
import vector from './vector.py';
import wrappers from './wrappers.py';

/** Both libraries have the same text: what differs between their versions is unknown in it. */
const library = (root: string): Readonly<Record<string, string>> => ({
  [`${root}/__init__.py`]: gymnasium,
  [`${root}/atari.py`]: atari,
  [`${root}/core.py`]: core,
  [`${root}/envs/__init__.py`]: 'from ..registered import *',
  [`${root}/known.py`]: known,
  [`${root}/registered.py`]: registered,
  [`${root}/spaces/__init__.py`]: spaces,
  [`${root}/vector/__init__.py`]: vector,
  [`${root}/wrappers/__init__.py`]: wrappers,
});

export const environments: Readonly<Record<string, string>> = {
  ...library('gym'),
  ...library('gymnasium'),
  'envpool/__init__.py': envpool,
  'procgen/__init__.py': procgen,
  'stable_baselines3/__init__.py': baselines,
  'stable_baselines3/common/atari_wrappers.py': atariWrappers,
  'stable_baselines3/common/env_util.py': environmentUtilities,
  'stable_baselines3/common/monitor.py': 'from .atari_wrappers import _Passing as Monitor',
  'stable_baselines3/common/preprocessing.py': 'from gymnasium.spaces import flatdim as get_flattened_obs_dim',
  'stable_baselines3/common/torch_layers.py': torchLayers,
  'stable_baselines3/common/vec_env/__init__.py': vectors,
};
