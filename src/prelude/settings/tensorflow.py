"""What PyTorch code still has of TensorFlow: settings kept in its HParams, and its flags."""
import tensorflow.python as elsewhere
from absl import app, flags


class HParams:
    def __init__(self, **values):
        for name, value in values.items():
            self.add_hparam(name, value)

    def add_hparam(self, name, value):
        setattr(self, name, value)

    def set_hparam(self, name, value):
        setattr(self, name, value)

    def del_hparam(self, name):
        delattr(self, name)

    def get(self, key, default=None):
        return getattr(self, key, default)

    def values(self):
        return dict(vars(self))

    def override_from_dict(self, values):
        for name, value in values.items():
            setattr(self, name, value)
        return self

    def parse(self, text):
        for part in str(text).split(","):
            if "=" not in part:
                continue
            name, value = (side.strip() for side in part.split("=", 1))
            before = getattr(self, name)
            if isinstance(before, bool):
                value = value.lower() in ("true", "1")
            elif isinstance(before, (int, float)):
                value = type(before)(value)
            setattr(self, name, value)
        return self

    def __contains__(self, key):
        return key in vars(self)


class training:
    HParams = HParams


class contrib:
    training = training


class v1:
    flags = flags
    app = app
    __getattr__ = lambda self, name: elsewhere


class compat:
    v1 = v1()


def __getattr__(name):
    return elsewhere
