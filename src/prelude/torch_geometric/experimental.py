# Modes that no code turns on while a model is read.
def is_experimental_mode_enabled(options=None):
    return False


class experimental_mode:
    def __init__(self, options=None):
        pass

    def __enter__(self):
        pass

    def __exit__(self, *args):
        pass


set_experimental_mode = experimental_mode


def disable_dynamic_shapes(required_args):
    return lambda function: function
