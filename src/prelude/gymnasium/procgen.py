"""Procgen: games that are generated, all of one size."""

import gym
from gym.spaces import Box, Dict, Discrete


class ProcgenEnv(gym.Env):
    def __init__(self, num_envs, env_name, **options):
        self.num_envs = num_envs
        self.observation_space = Dict(rgb=Box(0, 255, (64, 64, 3), 'uint8'))
        self.action_space = Discrete(15)
