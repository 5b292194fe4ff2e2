"""pydantic: classes of annotated fields. Its checks refuse values; few change one, and those are not made here."""
import copy
import dataclasses

MISSING = object()


class FieldInfo:
    def __init__(self, default=MISSING, default_factory=None, alias=None):
        self.default, self.default_factory, self.alias = default, default_factory, alias


def Field(default=MISSING, *, default_factory=None, alias=None, **options):
    return FieldInfo(MISSING if default is ... else default, default_factory, alias)


class ValidationError(ValueError):
    pass


class BaseModel:
    model_config = {}

    def __init__(self, **data):
        names = set()
        for name, described in type(self)._described().items():
            names.add(name)
            key = described.alias if described.alias in data else name
            if key in data:
                value = data[key]
                names.add(key)
            elif described.default_factory is not None:
                value = described.default_factory()
            elif described.default is not MISSING:
                value = copy.deepcopy(described.default)
            else:
                raise ValidationError(f"1 validation error for {type(self).__name__}\n{name}\n  Field required")
            setattr(self, name, value)
        self.__dict__.update({name: value for name, value in data.items() if name not in names and self._keeps_extra()})
        after = getattr(self, "model_post_init", None)
        if after is not None:
            after(None)

    @classmethod
    def _keeps_extra(cls):
        config = cls.__dict__.get("Config")
        extra = cls.model_config.get("extra") or getattr(config, "extra", None)
        return extra == "allow"

    @classmethod
    def _described(cls):
        found = {}
        for base in reversed(cls.__mro__):
            for name in base.__dict__.get("__annotations__", {}):
                if name == "model_config" or str(base.__dict__["__annotations__"][name]).startswith("ClassVar"):
                    continue
                value = base.__dict__.get(name, MISSING)
                found[name] = value if isinstance(value, FieldInfo) else FieldInfo(value)
        return found

    def model_dump(self, **options):
        return {
            name: value.model_dump() if isinstance(value, BaseModel) else value for name, value in self.__dict__.items()
        }

    dict = model_dump

    def model_copy(self, *, update=None, deep=False):
        made = copy.copy(self)
        made.__dict__.update(update or {})
        return made

    copy = model_copy

    @classmethod
    def model_validate(cls, data, **options):
        return cls(**data)

    parse_obj = model_validate


BaseSettings = BaseModel


def ConfigDict(**options):
    return options


def passing(*args, **options):
    if len(args) == 1 and callable(args[0]) and not isinstance(args[0], str):
        return args[0]
    return lambda function: None


field_validator = model_validator = validator = root_validator = passing
dataclass = dataclasses.dataclass
PrivateAttr = Field


def computed_field(function=None, **options):
    return (lambda value: value) if function is None else function


def __getattr__(name):
    """Types of fields."""
    return object
