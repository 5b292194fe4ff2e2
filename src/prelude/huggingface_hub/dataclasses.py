"""Data classes of huggingface_hub: its checks refuse values and change none, so that they are left out."""
from dataclasses import MISSING, field, fields


def open_init(cls):
    """Gives a data class an __init__ that hands on what is no field of its own to __post_init__."""

    def __init__(self, **kwargs):
        for each in fields(cls):
            if each.name in kwargs:
                setattr(self, each.name, kwargs.pop(each.name))
            elif each.default is not MISSING:
                setattr(self, each.name, each.default)
            elif each.default_factory is not MISSING:
                setattr(self, each.name, each.default_factory())
            else:
                raise TypeError(f"Missing required field - '{each.name}'")
        if hasattr(self, "__post_init__"):
            self.__post_init__(**kwargs)
        else:
            for name, value in kwargs.items():
                setattr(self, name, value)

    cls.__init__ = __init__
    return cls


def strict(cls=None, /, *, accept_kwargs=False):
    decorate = open_init if accept_kwargs else (lambda value: value)
    return decorate if cls is None else decorate(cls)


def as_validated_field(validator):
    return lambda **options: field(**options)


def validated_field(validator, **options):
    return field(**options)


def validate_typed_dict(schema, data):
    return None
