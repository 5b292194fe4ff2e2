# pytest: what tests are marked and run with does nothing to the models that they build.


class _Mark:
    def __getattr__(self, name):
        return _mark


def _mark(*args, **options):
    if len(args) == 1 and not options and callable(args[0]):
        return args[0]
    return lambda function: function


mark = _Mark()
fixture = _mark


def param(*values, **options):
    return values[0] if len(values) == 1 else values


def importorskip(name, *args, **options):
    import importlib

    return importlib.import_module(name)


def __getattr__(name):
    return _mark
