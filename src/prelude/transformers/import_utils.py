"""What transformers finds on its machine: PyTorch, and timm for backbones where it is installed. Everything else is optional
to a model's code."""
import importlib.util

import torch

is_torch_available = lambda: True  # noqa: E731


def is_timm_available():
    return importlib.util.find_spec("timm") is not None


def absent(*args, **options):
    return False


def version(library):
    return tuple(int(part) if part.isdigit() else 0 for part in library.split("+")[0].split("."))


def is_torch_greater_or_equal(library_version, accept_dev=False):
    return version(torch.__version__) >= version(library_version)


def is_torch_less_or_equal(library_version, accept_dev=False):
    return version(torch.__version__) <= version(library_version)


def get_torch_version():
    return torch.__version__


def passing(value=None, *args, **options):
    return value if callable(value) else (lambda inner: inner)


requires = torch_only_method = passing


def requires_backends(obj, backends):
    return None


def torch_compilable_check(condition, message=None, error_type=ValueError):
    return None


class OptionalDependencyNotAvailable(BaseException):
    pass


class DummyObject(type):
    pass


class _LazyModule:
    pass


def define_import_structure(*args, **options):
    return {}


def direct_transformers_import(path, file="__init__.py"):
    import transformers

    return transformers


BACKENDS_MAPPING = {}
ENV_VARS_TRUE_VALUES = {"1", "ON", "YES", "TRUE"}
ENV_VARS_TRUE_AND_AUTO_VALUES = ENV_VARS_TRUE_VALUES | {"AUTO"}


def __getattr__(name):
    """Every other question is whether something is available."""
    if name.startswith("is_"):
        return absent
    raise AttributeError(f"module 'transformers.utils.import_utils' has no attribute '{name}'")
