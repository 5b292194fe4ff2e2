"""gym and gymnasium: environments by their spaces, which models are sized by. None runs."""

from . import spaces, vector, wrappers
from .core import (
    ActionWrapper,
    ActType,
    Env,
    ObservationWrapper,
    ObsType,
    RewardWrapper,
    Wrapper,
    logger,
    seeding,
)
from .registered import make, make_vec, pprint_registry, register, registry, spec
from .spaces import Space


class error:
    class Error(Exception):
        pass

    class UnregisteredEnv(Error):
        pass

    class DependencyNotInstalled(Error):
        pass

    class ResetNeeded(Error):
        pass

    class NameNotFound(Error):
        pass


class EzPickle:
    def __init__(self, *args, **kwargs):
        pass


class utils:
    EzPickle = EzPickle
    seeding = seeding


def __getattr__(name):
    import _unread

    if name.startswith('__'):
        raise AttributeError(f"module has no attribute '{name}'")
    return _unread.member('gymnasium', name)
