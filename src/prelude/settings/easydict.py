"""Dictionaries whose keys are attributes, as settings of models are kept: easydict, munch, and what is like them."""


def wrap(value, cls):
    if isinstance(value, cls):
        return value
    if isinstance(value, dict):
        return cls(value)
    if isinstance(value, (list, tuple)):
        return type(value)(wrap(item, cls) for item in value)
    return value


class EasyDict(dict):
    def __init__(self, d=None, **kwargs):
        super().__init__()
        self.update(d, **kwargs)

    def __setattr__(self, name, value):
        self[name] = value

    def __getattr__(self, name):
        if name in self:
            return self[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name):
        del self[name]

    def __setitem__(self, name, value):
        super().__setitem__(name, wrap(value, EasyDict))

    def update(self, d=None, **kwargs):
        for name, value in {**dict(d or {}), **kwargs}.items():
            self[name] = value

    def setdefault(self, name, default=None):
        if name not in self:
            self[name] = default
        return self[name]

    def copy(self):
        return type(self)(self)

    def toDict(self):
        return {name: value.toDict() if isinstance(value, EasyDict) else value for name, value in self.items()}


Munch = DefaultMunch = Box = DotMap = AttrDict = EasyDict


def munchify(value):
    return wrap(value, EasyDict)
