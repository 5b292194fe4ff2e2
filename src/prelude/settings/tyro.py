"""tyro: a command line made of a class's or a function's parameters, whose defaults a program gets that is started
without arguments."""


def cli(f, *, default=None, args=None, **options):
    return f() if default is None else default


class conf:
    """Marks of fields, which change only what the command line looks like."""

    def __class_getitem__(cls, item):
        return item

    def __getattr__(self, name):
        return self

    @staticmethod
    def arg(**options):
        return None


extras = conf()
MISSING = None
