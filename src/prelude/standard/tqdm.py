"""tqdm: what it is given, one after the other; the bar is drawn nowhere."""


class tqdm:
    def __init__(self, iterable=None, desc=None, total=None, *args, **options):
        self.iterable, self.desc, self.total = iterable, desc, total
        self.n = 0

    def __iter__(self):
        return iter(self.iterable)

    def __len__(self):
        return self.total if self.iterable is None else len(self.iterable)

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        return False

    def update(self, n=1):
        self.n += n

    def _pass(self, *args, **options):
        pass

    close = clear = refresh = reset = unpause = display = _pass
    set_description = set_description_str = set_postfix = set_postfix_str = _pass

    @classmethod
    def write(cls, *args, **options):
        pass

    @classmethod
    def pandas(cls, *args, **options):
        pass


def trange(*args, **options):
    return tqdm(range(*args), **options)


tqdm_notebook, tnrange = tqdm, trange
