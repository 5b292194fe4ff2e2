"""addict: dictionaries whose keys are attributes, and which make what is not there yet."""


class Dict(dict):
    def __init__(self, *args, **kwargs):
        super().__init__()
        for name, value in dict(*args, **kwargs).items():
            self[name] = self._hook(value)

    @classmethod
    def _hook(cls, value):
        if isinstance(value, dict) and not isinstance(value, Dict):
            return cls(value)
        if isinstance(value, (list, tuple)):
            return type(value)(cls._hook(item) for item in value)
        return value

    def __setattr__(self, name, value):
        self[name] = value

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __missing__(self, name):
        made = type(self)()
        self[name] = made
        return made

    def __getitem__(self, name):
        return super().__getitem__(name) if name in self else self.__missing__(name)

    def __delattr__(self, name):
        del self[name]

    def to_dict(self):
        return {name: value.to_dict() if isinstance(value, Dict) else value for name, value in self.items()}
