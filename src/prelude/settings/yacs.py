"""yacs: settings by attributes, defaults of which a file overwrites some."""
import copy


class CfgNode(dict):
    def __init__(self, init_dict=None, key_list=None, new_allowed=False):
        super().__init__()
        for name, value in (init_dict or {}).items():
            self[name] = CfgNode(value) if isinstance(value, dict) and not isinstance(value, CfgNode) else value
        self.__dict__["_frozen"] = False

    def __getattr__(self, name):
        if name in self:
            return self[name]
        raise AttributeError(name)

    def __setattr__(self, name, value):
        if self.__dict__["_frozen"]:
            raise AttributeError(f"Attempted to set {name} to {value}, but CfgNode is immutable")
        self[name] = value

    def freeze(self):
        self._freeze(True)

    def defrost(self):
        self._freeze(False)

    def _freeze(self, frozen):
        self.__dict__["_frozen"] = frozen
        for value in self.values():
            if isinstance(value, CfgNode):
                value._freeze(frozen)

    def is_frozen(self):
        return self.__dict__["_frozen"]

    def clone(self):
        made = CfgNode()
        for name, value in self.items():
            made[name] = value.clone() if isinstance(value, CfgNode) else copy.deepcopy(value)
        return made

    def merge_from_other_cfg(self, other):
        for name, value in other.items():
            if name not in self:
                raise KeyError(f"Non-existent config key: {name}")
            if isinstance(self[name], CfgNode) and isinstance(value, dict):
                self[name].merge_from_other_cfg(value)
            else:
                self[name] = value

    def merge_from_file(self, cfg_filename):
        import yaml

        with open(cfg_filename) as file:
            self.merge_from_other_cfg(yaml.safe_load(file))

    def merge_from_list(self, cfg_list):
        for full, value in zip(cfg_list[0::2], cfg_list[1::2]):
            *path, last = full.split(".")
            at = self
            for part in path:
                at = at[part]
            if last not in at:
                raise KeyError(f"Non-existent key: {full}")
            at[last] = value

    def set_new_allowed(self, is_new_allowed):
        pass

    def register_deprecated_key(self, key):
        pass


def load_cfg(text):
    return CfgNode()
