"""yacs: settings by attributes, defaults of which a file overwrites some."""
import copy

WORDS = {"True": True, "False": False, "None": None}


def _decode(value):
    if isinstance(value, dict):
        return CfgNode(value)
    return _literal(value.strip(), value) if isinstance(value, str) else value


def _literal(text, value):
    """What a text stands for that is a literal of Python; else itself."""
    if text in WORDS:
        return WORDS[text]
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" and text[0] not in text[1:-1]:
        return text[1:-1]
    signs = [index for index, letter in enumerate(text) if letter in "+-" and index > 0 and text[index - 1] not in "eE, "]
    is_number = text[:1] in tuple("+-.0123456789") and all(letter in "+-.0123456789_eE, " for letter in text)
    if (is_number and not signs) or (text[:1], text[-1:]) in (("(", ")"), ("[", "]"), ("{", "}")):
        try:
            return eval(text, {})
        except Exception:
            pass
    return value


def _coerce(replacement, original, key):
    if type(original) == type(replacement) or original is None or replacement is None:
        return replacement
    if isinstance(original, CfgNode) and isinstance(replacement, dict):
        return replacement
    for kind, other in ((tuple, list), (list, tuple)):
        if isinstance(replacement, kind) and isinstance(original, other):
            return other(replacement)
    raise ValueError(
        f"Type mismatch ({type(original)} vs. {type(replacement)}) with values ({original} vs. {replacement}) for config key: {key}"
    )


class CfgNode(dict):
    def __init__(self, init_dict=None, key_list=None, new_allowed=False):
        super().__init__()
        for name, value in (init_dict or {}).items():
            self[name] = type(self)(value) if isinstance(value, dict) and not isinstance(value, CfgNode) else value
        self.__dict__["_frozen"] = False
        self.__dict__["_new_allowed"] = new_allowed
        self.__dict__["_deprecated"] = set()

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
        made = type(self)()
        for name, value in self.items():
            made[name] = value.clone() if isinstance(value, CfgNode) else copy.deepcopy(value)
        for name in ("_frozen", "_new_allowed", "_deprecated"):
            made.__dict__[name] = self.__dict__[name]
        return made

    def merge_from_other_cfg(self, other):
        self._merge(other, "", self)

    def _merge(self, other, above, root):
        for name, value in other.items():
            value = _decode(value)
            if name in self:
                if isinstance(self[name], CfgNode) and isinstance(value, dict):
                    self[name]._merge(value, above + name + ".", root)
                else:
                    self[name] = _coerce(value, self[name], above + name)
            elif self.is_new_allowed():
                self[name] = value
            elif above + name not in root.__dict__["_deprecated"]:
                raise KeyError(f"Non-existent config key: {above}{name}")

    def merge_from_file(self, cfg_filename):
        with open(cfg_filename) as file:
            self.merge_from_other_cfg(self.load_cfg(file))

    @classmethod
    def load_cfg(cls, cfg_file_obj_or_str):
        import yaml

        return cls(yaml.safe_load(cfg_file_obj_or_str))

    def merge_from_list(self, cfg_list):
        for full, value in zip(cfg_list[0::2], cfg_list[1::2]):
            *path, last = full.split(".")
            at = self
            for part in path:
                at = at[part]
            if last not in at:
                raise KeyError(f"Non-existent key: {full}")
            at[last] = _coerce(_decode(value), at[last], full)

    def dump(self, **kwargs):
        return ""

    def is_new_allowed(self):
        return self.__dict__["_new_allowed"]

    def set_new_allowed(self, is_new_allowed):
        self.__dict__["_new_allowed"] = is_new_allowed
        for value in self.values():
            if isinstance(value, CfgNode):
                value.set_new_allowed(is_new_allowed)

    def register_deprecated_key(self, key):
        self.__dict__["_deprecated"].add(key)

    def register_renamed_key(self, old_name, new_name, message=None):
        pass


load_cfg = CfgNode.load_cfg
