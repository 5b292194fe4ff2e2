"""Stable-Baselines3, where it is not installed: what changes the spaces of an environment, and what a user's network
derives from. Its own policies are not here."""


def __getattr__(name):
    import _unread

    if name.startswith('__'):
        raise AttributeError(f"module has no attribute '{name}'")
    return _unread.member('stable_baselines3', name)
