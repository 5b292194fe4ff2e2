"""draccus, pyrallis and simple_parsing: a command line made of a data class, whose defaults a program gets that is started
without arguments."""

import argparse


def parse(config_class=None, config_path=None, args=None, default=None, **options):
    return config_class() if default is None else default


def wrap(config_path=None, **options):
    """The function as it is: which class its parameter names is an annotation's matter, which the reader has by text."""
    return lambda function: function


class ArgumentParser:
    """argparse's, to which data classes can be added."""

    def __init__(self, *args, **options):
        known = ('prog', 'description', 'usage', 'epilog')
        self._parser = argparse.ArgumentParser(**{key: value for key, value in options.items() if key in known})
        self._added = []

    def add_arguments(self, dataclass, dest, default=None, **options):
        self._added.append((dataclass, dest, default))

    def parse_args(self, *args, **options):
        found = self._parser.parse_args(*args, **options)
        for dataclass, dest, default in self._added:
            made = default if default is not None else dataclass() if isinstance(dataclass, type) else dataclass
            setattr(found, dest, made)
        return found

    def parse_known_args(self, *args, **options):
        return self.parse_args(*args, **options), []

    def __getattr__(self, name):
        if name.startswith('__') or name == '_parser':
            raise AttributeError(name)
        return getattr(self._parser, name)


class Serializable:
    pass


def field(*args, **options):
    import dataclasses

    known = ('default', 'default_factory', 'init', 'repr', 'hash', 'compare', 'metadata')
    given = {key: value for key, value in options.items() if key in known}
    if args:
        given['default'] = args[0]
    return dataclasses.field(**given)


def choice(*choices, default=None, **options):
    return field(default=default)


def mutable_field(default_factory, *args, **options):
    return field(default_factory=lambda: default_factory(*args))


def list_field(*items, **options):
    return field(default_factory=lambda: list(items))
