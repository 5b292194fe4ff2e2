"""numba: a function that is compiled is the function."""


def jit(function=None, *args, **options):
    # A signature may stand where the function would.
    return function if callable(function) and not isinstance(function, type) else (lambda made: made)


njit = autojit = generated_jit = jit
prange = range


def vectorize(*args, **options):
    return _unread('vectorize')


def _unread(name):
    import _unread

    return _unread.member('numba', name)


def __getattr__(name):
    if name.startswith('__'):
        raise AttributeError(f"module 'numba' has no attribute '{name}'")
    return _unread(name)
