"""Kernels that transformers may fetch from its hub: a model runs without."""
from contextlib import contextmanager

ALLOW_ALL_KERNELS = False


def passing(*args, **options):
    return lambda value: value


use_kernel_forward_from_hub = use_kernel_func_from_hub = use_kernelized_func = passing
use_kernel_func_from_hub_with_fallback = passing


def lazy_load_kernel(*args, **options):
    return None


@contextmanager
def allow_all_hub_kernels():
    yield


def is_kernel(name):
    return False
