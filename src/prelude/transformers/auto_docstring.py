"""Decorators of transformers that compose documentation: what they decorate stays as it is."""


def auto_docstring(obj=None, **options):
    return (lambda value: value) if obj is None else obj


auto_class_docstring = auto_method_docstring = auto_docstring


class ClassAttrs:
    pass


ClassDocstring = ImageProcessorArgs = ModelArgs = ModelOutputArgs = ProcessorArgs = ClassAttrs


def get_args_doc_from_source(*args):
    return {}


def parse_docstring(*args, **options):
    return {}, {}


def set_min_indent(text, indent):
    return text
