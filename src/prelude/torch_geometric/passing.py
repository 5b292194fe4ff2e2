# What changes, samples and loads graphs while a model is trained: none of it makes a model.
class Passing:
    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, data=None, *args, **kwargs):
        return data

    def __iter__(self):
        return iter([])

    def __len__(self):
        return 0


def __getattr__(name):
    if name.startswith('_'):
        raise AttributeError(f"module has no attribute '{name}'")
    return type(name, (Passing,), {})
