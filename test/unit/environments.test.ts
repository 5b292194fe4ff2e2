import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { libraries } from '../../src/extract/libraries';
import { printed } from '../support/python';

const fixture = (name: string) => readFileSync(`test/fixtures/gymnasium/${name}`, 'utf8');
const lines = (code: string) => printed({ 'a.py': code }, 'a.py', {}, libraries);

describe('environments of reinforcement learning', () => {
  it('have the spaces that gymnasium prints', async () => {
    assert.deepEqual(await lines(fixture('spaces.py')), fixture('spaces.txt').trimEnd().split('\n'));
  });

  it('that need an engine or a game are those of the documentation', async () => {
    const code = `import gym
def told(name, **options):
    env = gym.make(name, **options)
    actions = env.action_space
    print(name, env.observation_space.shape, actions.n if isinstance(actions, gym.spaces.Discrete) else actions.shape)
told('Ant-v2')
told('Ant-v4')
told('Humanoid-v5')
told('HalfCheetah-v3', ctrl_cost_weight=0.1)
told('LunarLander-v2')
told('LunarLander-v3', continuous=True)
told('CarRacing-v2', continuous=False)
told('PongNoFrameskip-v4')
told('ALE/SpaceInvaders-v5', obs_type='grayscale')
told('Breakout-ram-v4')
told('ALE/Breakout-v5', full_action_space=True)
told('procgen:procgen-coinrun-v0')
print(gym.make('PongNoFrameskip-v4').unwrapped.get_action_meanings())
frames = gym.wrappers.FrameStack(gym.wrappers.AtariPreprocessing(gym.make('ALE/Pong-v5', frameskip=1)), 4)
print(frames.observation_space.shape)`;
    assert.deepEqual(await lines(code), [
      'Ant-v2 (111,) (8,)',
      'Ant-v4 (27,) (8,)',
      'Humanoid-v5 (348,) (17,)',
      'HalfCheetah-v3 (17,) (6,)',
      'LunarLander-v2 (8,) 4',
      'LunarLander-v3 (8,) (2,)',
      'CarRacing-v2 (96, 96, 3) 5',
      'PongNoFrameskip-v4 (210, 160, 3) 6',
      'ALE/SpaceInvaders-v5 (210, 160) 6',
      'Breakout-ram-v4 (128,) 4',
      'ALE/Breakout-v5 (210, 160, 3) 18',
      'procgen:procgen-coinrun-v0 (64, 64, 3) 15',
      "['NOOP', 'FIRE', 'RIGHT', 'LEFT', 'RIGHTFIRE', 'LEFTFIRE']",
      '(4, 84, 84)',
    ]);
  });

  it('are unknown where no table has them, or an option changes them', async () => {
    const code = `import gymnasium as gym
def width(*args, **options):
    return list(range(gym.make(*args, **options).observation_space.shape[0]))
width('Nowhere-v0')
width('Ant-v4', use_contact_forces=True)
width('FrozenLake-v1', desc=['SF', 'FG'])
width('Humanoid-v4', exclude_current_positions_from_observation=False)`;
    const found = await lines(code);
    assert.equal(found.length, 4);
    for (const [i, name] of ['Nowhere-v0', 'Ant-v4', 'FrozenLake-v1', 'Humanoid-v4'].entries())
      assert.match(
        found[i] ?? '',
        new RegExp(`the spaces of the environment ${name} are not among those that are known`),
      );
  });

  it('of EnvPool come prepared, and Procgen is of one size', async () => {
    const code = `import envpool
from procgen import ProcgenEnv
envs = envpool.make('Breakout-v5', env_type='gym', num_envs=8, stack_num=2, episodic_life=True)
print(envs.observation_space.shape, envs.action_space.n, len(envs), hasattr(envs, 'single_action_space'))
games = ProcgenEnv(num_envs=3, env_name='starpilot', num_levels=0)
print(games.observation_space['rgb'].shape, games.action_space.n)`;
    assert.deepEqual(await lines(code), ['(2, 84, 84) 4 8 False', '(64, 64, 3) 15']);
  });

  it('of Stable-Baselines3 have the spaces of one, and networks derive from its base class', async () => {
    const code = `import gymnasium as gym
import torch.nn as nn
from stable_baselines3.common.atari_wrappers import ClipRewardEnv, WarpFrame
from stable_baselines3.common.env_util import make_atari_env, make_vec_env
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from stable_baselines3.common.vec_env import DummyVecEnv, VecFrameStack, VecTransposeImage
from stable_baselines3.common.monitor import Monitor
class Features(BaseFeaturesExtractor):
    def __init__(self, observation_space: gym.spaces.Box, features_dim: int = 256):
        super().__init__(observation_space, features_dim)
        self.linear = nn.Linear(observation_space.shape[0], features_dim)
envs = make_vec_env('Pendulum-v1', n_envs=4)
print(envs.num_envs, envs.observation_space.shape, envs.action_space.shape)
print(Features(envs.observation_space, 8).features_dim, Features(envs.observation_space).linear.weight.shape)
frames = VecFrameStack(make_atari_env('PongNoFrameskip-v4', n_envs=2, seed=0), n_stack=4)
print(frames.observation_space.shape, VecTransposeImage(frames).observation_space.shape, frames.action_space.n)
one = ClipRewardEnv(WarpFrame(Monitor(gym.make('ALE/Pong-v5')), 64, 32))
print(one.observation_space.shape, DummyVecEnv([lambda: one]).observation_space.shape)`;
    assert.deepEqual(await lines(code), [
      '4 (3,) (1,)',
      '8 torch.Size([256, 3])',
      '(84, 84, 4) (4, 84, 84) 6',
      '(32, 64, 1) (32, 64, 1)',
    ]);
  });
});
