"""absl.flags: options of a command line that code declares one by one, with what they are without one."""
import argparse


class FlagHolder:
    def __init__(self, values, name):
        self.name = name
        self._values = values

    @property
    def value(self):
        return getattr(self._values, self.name)

    @property
    def default(self):
        return self.value


class FlagValues:
    def __init__(self):
        self.__dict__["_parser"] = argparse.ArgumentParser()
        self.__dict__["_set"] = {}

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self._set:
            return self._set[name]
        return getattr(self._parser.parse_args([]), name)

    def __setattr__(self, name, value):
        self._set[name] = value

    def __getitem__(self, name):
        return FlagHolder(self, name)

    def __contains__(self, name):
        return hasattr(self._parser.parse_args([]), name)

    def __call__(self, argv, known_only=False):
        return argv

    def mark_as_parsed(self):
        pass

    def flag_values_dict(self):
        return {**vars(self._parser.parse_args([])), **self._set}


FLAGS = FlagValues()


def define(name, default, kind=None, choices=None, flag_values=FLAGS):
    flag_values._parser.add_argument("--" + name, default=default, type=kind, choices=choices)
    return FlagHolder(flag_values, name)


def to_list(default):
    if default is None or isinstance(default, (list, tuple)):
        return default if default is None else list(default)
    return [item.strip() for item in default.split(",")] if isinstance(default, str) else [default]


def DEFINE_string(name, default, help=None, flag_values=FLAGS, **options):
    return define(name, default, str, flag_values=flag_values)


def DEFINE_integer(name, default, help=None, lower_bound=None, upper_bound=None, flag_values=FLAGS, **options):
    return define(name, default, int, flag_values=flag_values)


def DEFINE_float(name, default, help=None, lower_bound=None, upper_bound=None, flag_values=FLAGS, **options):
    return define(name, default if default is None else float(default), float, flag_values=flag_values)


def DEFINE_boolean(name, default, help=None, flag_values=FLAGS, **options):
    return define(name, default, flag_values=flag_values)


def DEFINE_enum(name, default, enum_values, help=None, flag_values=FLAGS, **options):
    return define(name, default, choices=list(enum_values), flag_values=flag_values)


def DEFINE_enum_class(name, default, enum_class, help=None, flag_values=FLAGS, **options):
    return define(name, enum_class[default] if isinstance(default, str) else default, flag_values=flag_values)


def DEFINE_list(name, default, help=None, flag_values=FLAGS, **options):
    return define(name, to_list(default), flag_values=flag_values)


def DEFINE_multi_string(name, default, help=None, flag_values=FLAGS, **options):
    return define(name, to_list(default), flag_values=flag_values)


def DEFINE_alias(name, original_name, flag_values=FLAGS, **options):
    return FlagHolder(flag_values, original_name)


DEFINE_bool = DEFINE_boolean
DEFINE_spaceseplist = DEFINE_multi_enum = DEFINE_multi_integer = DEFINE_multi_float = DEFINE_multi_string


def mark_flag_as_required(flag_name, flag_values=FLAGS):
    pass


def mark_flags_as_required(flag_names, flag_values=FLAGS):
    pass
