"""The spaces of environments by their names: a number of classes, a list of spaces, or a shape with its bounds and
type. Written by test/fixtures/gymnasium/make.py."""

inf = float("inf")
KNOWN = (
    (
        'CartPole-v0 CartPole-v1',
        ((4,), [-4.8, -inf, -0.41887903, -inf], [4.8, inf, 0.41887903, inf], 'float32'),
        2,
    ),
    (
        'MountainCar-v0',
        ((2,), [-1.2, -0.07], [0.6, 0.07], 'float32'),
        3,
    ),
    (
        'MountainCarContinuous-v0',
        ((2,), [-1.2, -0.07], [0.6, 0.07], 'float32'),
        ((1,), -1, 1, 'float32'),
    ),
    (
        'Acrobot-v1',
        ((6,), [-1, -1, -1, -1, -12.566371, -28.274334], [1, 1, 1, 1, 12.566371, 28.274334], 'float32'),
        3,
    ),
    (
        'Pendulum-v0 Pendulum-v1',
        ((3,), [-1, -1, -8], [1, 1, 8], 'float32'),
        ((1,), -2, 2, 'float32'),
    ),
    (
        'Blackjack-v0 Blackjack-v1',
        [32, 11, 2],
        2,
    ),
    (
        'CliffWalking-v0 CliffWalking-v1',
        48,
        4,
    ),
    (
        'FrozenLake-v0 FrozenLake-v1',
        16,
        4,
    ),
    (
        'FrozenLake8x8-v0 FrozenLake8x8-v1',
        64,
        4,
    ),
    (
        'Taxi-v2 Taxi-v3 Taxi-v4',
        500,
        6,
    ),
    (
        'LunarLander-v2 LunarLander-v3',
        ((8,), [-2.5, -2.5, -10, -10, -6.2831855, -10, 0, 0], [2.5, 2.5, 10, 10, 6.2831855, 10, 1, 1], 'float32'),
        4,
    ),
    (
        'LunarLanderContinuous-v2 LunarLanderContinuous-v3',
        ((8,), [-2.5, -2.5, -10, -10, -6.2831855, -10, 0, 0], [2.5, 2.5, 10, 10, 6.2831855, 10, 1, 1], 'float32'),
        ((2,), -1, 1, 'float32'),
    ),
    (
        'BipedalWalker-v2 BipedalWalker-v3 BipedalWalkerHardcore-v2 BipedalWalkerHardcore-v3',
        ((24,), [-3.1415927, -5, -5, -5, -3.1415927, -5, -3.1415927, -5, 0, -3.1415927, -5, -3.1415927, -5, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1], [3.1415927, 5, 5, 5, 3.1415927, 5, 3.1415927, 5, 5, 3.1415927, 5, 3.1415927, 5, 5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 'float32'),
        ((4,), -1, 1, 'float32'),
    ),
    (
        'CarRacing-v0 CarRacing-v1 CarRacing-v2 CarRacing-v3',
        ((96, 96, 3), 0, 255, 'uint8'),
        ((3,), [-1, 0, 0], 1, 'float32'),
    ),
    (
        'Ant-v5',
        ((105,), -inf, inf, 'float64'),
        ((8,), -1, 1, 'float32'),
    ),
    (
        'Ant-v2 Ant-v3',
        ((111,), -inf, inf, 'float64'),
        ((8,), -1, 1, 'float32'),
    ),
    (
        'Ant-v4',
        ((27,), -inf, inf, 'float64'),
        ((8,), -1, 1, 'float32'),
    ),
    (
        'HalfCheetah-v2 HalfCheetah-v3 HalfCheetah-v4 HalfCheetah-v5 Walker2d-v2 Walker2d-v3 Walker2d-v4 Walker2d-v5',
        ((17,), -inf, inf, 'float64'),
        ((6,), -1, 1, 'float32'),
    ),
    (
        'Hopper-v2 Hopper-v3 Hopper-v4 Hopper-v5',
        ((11,), -inf, inf, 'float64'),
        ((3,), -1, 1, 'float32'),
    ),
    (
        'Humanoid-v5 HumanoidStandup-v5',
        ((348,), -inf, inf, 'float64'),
        ((17,), -0.4, 0.4, 'float32'),
    ),
    (
        'Humanoid-v2 Humanoid-v3 Humanoid-v4 HumanoidStandup-v2 HumanoidStandup-v4',
        ((376,), -inf, inf, 'float64'),
        ((17,), -0.4, 0.4, 'float32'),
    ),
    (
        'InvertedDoublePendulum-v5',
        ((9,), -inf, inf, 'float64'),
        ((1,), -1, 1, 'float32'),
    ),
    (
        'InvertedDoublePendulum-v2 InvertedDoublePendulum-v4',
        ((11,), -inf, inf, 'float64'),
        ((1,), -1, 1, 'float32'),
    ),
    (
        'InvertedPendulum-v2 InvertedPendulum-v4 InvertedPendulum-v5',
        ((4,), -inf, inf, 'float64'),
        ((1,), -3, 3, 'float32'),
    ),
    (
        'Pusher-v2 Pusher-v4 Pusher-v5',
        ((23,), -inf, inf, 'float64'),
        ((7,), -2, 2, 'float32'),
    ),
    (
        'Reacher-v5',
        ((10,), -inf, inf, 'float64'),
        ((2,), -1, 1, 'float32'),
    ),
    (
        'Reacher-v2 Reacher-v4',
        ((11,), -inf, inf, 'float64'),
        ((2,), -1, 1, 'float32'),
    ),
    (
        'Swimmer-v2 Swimmer-v3 Swimmer-v4 Swimmer-v5',
        ((8,), -inf, inf, 'float64'),
        ((2,), -1, 1, 'float32'),
    ),
)
