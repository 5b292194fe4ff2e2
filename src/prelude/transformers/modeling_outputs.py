"""Outputs of transformers' models, where it is not installed: an ordered dictionary whose values are attributes."""
from collections import OrderedDict


class ModelOutput(OrderedDict):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{name: value for name, value in kwargs.items() if value is not None})

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self.get(name)

    def __getitem__(self, key):
        return super().__getitem__(key) if isinstance(key, str) else self.to_tuple()[key]

    def to_tuple(self):
        return tuple(self.values())


def __getattr__(name):
    return ModelOutput
