"""fvcore: yacs whose files may be based on another one."""
import os

from yacs.config import CfgNode as Node

BASE_KEY = "_BASE_"


class CfgNode(Node):
    @classmethod
    def load_yaml_with_base(cls, filename, allow_unsafe=False):
        import yaml

        with open(filename) as file:
            own = yaml.safe_load(file)
        if BASE_KEY not in own:
            return own
        base = cls.load_yaml_with_base(os.path.join(os.path.dirname(filename), own.pop(BASE_KEY)))
        return _over(own, base)

    def merge_from_file(self, cfg_filename, allow_unsafe=False):
        self.merge_from_other_cfg(type(self)(self.load_yaml_with_base(cfg_filename)))


def _over(own, base):
    for name, value in own.items():
        base[name] = _over(value, base[name]) if isinstance(value, dict) and isinstance(base.get(name), dict) else value
    return base
