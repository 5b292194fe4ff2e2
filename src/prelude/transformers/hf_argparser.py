"""What a program of transformers gets that is started without arguments: its data classes with their defaults."""


class HfArgumentParser:
    def __init__(self, dataclass_types=None, **options):
        types = dataclass_types or []
        self.dataclass_types = list(types) if isinstance(types, (list, tuple)) else [types]

    def add_argument(self, *args, **options):
        pass

    def parse_args_into_dataclasses(self, args=None, return_remaining_strings=False, *more, **options):
        made = tuple(each() for each in self.dataclass_types)
        return (*made, []) if return_remaining_strings else made

    def parse_dict(self, args, allow_extra_keys=False):
        from dataclasses import fields

        names = [{field.name for field in fields(each)} for each in self.dataclass_types]
        return tuple(
            each(**{key: value for key, value in args.items() if key in own})
            for each, own in zip(self.dataclass_types, names)
        )
