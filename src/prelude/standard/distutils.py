"""distutils.version, which older code compares versions with."""
import re


class LooseVersion:
    def __init__(self, vstring=None):
        self.vstring = vstring
        parts = [part for part in re.split(r"(\d+|[a-z]+|\.)", str(vstring)) if part and part != "."]
        self.version = [int(part) if part.isdigit() else part for part in parts]

    def _of(self, other):
        return other.version if isinstance(other, LooseVersion) else LooseVersion(other).version

    def __str__(self):
        return self.vstring

    def __repr__(self):
        return f"LooseVersion ('{self}')"

    def __eq__(self, other):
        return self.version == self._of(other)

    def __lt__(self, other):
        return self.version < self._of(other)

    def __le__(self, other):
        return self.version <= self._of(other)

    def __gt__(self, other):
        return self.version > self._of(other)

    def __ge__(self, other):
        return self.version >= self._of(other)


StrictVersion = LooseVersion
