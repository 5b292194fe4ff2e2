"""Decorators of transformers that compose documentation: what they decorate stays as it is."""


def passing(*args, **options):
    return lambda value: value


add_start_docstrings = add_start_docstrings_to_model_forward = add_end_docstrings = passing
add_code_sample_docstrings = replace_return_docstrings = passing


def copy_func(function):
    return getattr(function, "__func__", function)
