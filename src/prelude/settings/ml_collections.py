"""ml_collections: settings by attributes."""
import copy


class ConfigDict:
    def __init__(self, initial_dictionary=None, type_safe=True, convert_dict=True, *, allow_dotted_keys=False):
        self.__dict__["_fields"] = {}
        self.__dict__["_locked"] = False
        for name, value in dict(initial_dictionary or {}).items():
            self._fields[name] = ConfigDict(value) if isinstance(value, dict) else value

    def __getattr__(self, name):
        fields = self.__dict__["_fields"]
        if name in fields:
            return fields[name]
        raise AttributeError(name)

    def __setattr__(self, name, value):
        self[name] = value

    def __delattr__(self, name):
        del self._fields[name]

    def __getitem__(self, name):
        at = self
        for part in name.split("."):
            if part not in at._fields:
                raise KeyError(name)
            at = at._fields[part]
        return at

    def __setitem__(self, name, value):
        if self._locked and name not in self._fields:
            raise AttributeError(f'Key "{name}" does not exist and cannot be added since the config is locked.')
        self._fields[name] = ConfigDict(value) if isinstance(value, dict) else value

    def __contains__(self, name):
        return name in self._fields

    def __iter__(self):
        return iter(self._fields)

    def __len__(self):
        return len(self._fields)

    def __eq__(self, other):
        return isinstance(other, ConfigDict) and self._fields == other._fields

    def __hash__(self):
        return id(self)

    def get(self, name, default=None):
        return self._fields.get(name, default)

    def get_oneway_ref(self, name):
        return self._fields[name]

    get_ref = get_oneway_ref

    def keys(self):
        return list(self._fields.keys())

    def values(self):
        return list(self._fields.values())

    def items(self):
        return list(self._fields.items())

    def update(self, *args, **kwargs):
        for name, value in {**dict(*args), **kwargs}.items():
            known = self._fields.get(name)
            if isinstance(known, ConfigDict) and isinstance(value, (dict, ConfigDict)):
                known.update(dict(value.items()))
            else:
                self[name] = value

    def to_dict(self):
        return {name: value.to_dict() if isinstance(value, ConfigDict) else value for name, value in self._fields.items()}

    def copy_and_resolve_references(self):
        return copy.deepcopy(self)

    def lock(self):
        self.__dict__["_locked"] = True
        return self

    def unlock(self):
        self.__dict__["_locked"] = False
        return self

    def unlocked(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return None


FrozenConfigDict = ConfigDict


def placeholder(field_type, required=False):
    return None


def create(**kwargs):
    return ConfigDict(kwargs)
