"""pathlib, as text: a path is split and joined by POSIX's rules, and files are those that open() finds."""
import os


class PurePath:
    def __init__(self, *parts):
        self._text = os.path.join(*[str(part) for part in parts]) if parts else "."
        if len(self._text) > 1:
            self._text = self._text.rstrip("/") or "/"

    def __str__(self):
        return self._text

    __fspath__ = as_posix = __str__

    def __repr__(self):
        return f"PosixPath('{self._text}')"

    def __hash__(self):
        return hash(self._text)

    def __eq__(self, other):
        return isinstance(other, PurePath) and self._text == other._text

    def __lt__(self, other):
        return self._text < other._text

    def __truediv__(self, other):
        return type(self)(self._text, other)

    def __rtruediv__(self, other):
        return type(self)(other, self._text)

    def joinpath(self, *parts):
        return type(self)(self._text, *parts)

    @property
    def parts(self):
        root = ("/",) if self._text.startswith("/") else ()
        return root + tuple(part for part in self._text.split("/") if part)

    @property
    def name(self):
        return os.path.basename(self._text)

    @property
    def suffix(self):
        return os.path.splitext(self.name)[1]

    @property
    def suffixes(self):
        return ["." + part for part in self.name.lstrip(".").split(".")[1:]]

    @property
    def stem(self):
        return os.path.splitext(self.name)[0]

    @property
    def parent(self):
        return type(self)(os.path.dirname(self._text) or ("/" if self._text.startswith("/") else "."))

    @property
    def parents(self):
        found = []
        at = self
        while at.parent != at:
            at = at.parent
            found.append(at)
        return found

    def with_suffix(self, suffix):
        return type(self)(self.parent, self.stem + suffix) if "/" in self._text else type(self)(self.stem + suffix)

    def with_name(self, name):
        return type(self)(self.parent, name) if "/" in self._text else type(self)(name)

    def is_absolute(self):
        return os.path.isabs(self._text)


class Path(PurePath):
    def resolve(self, strict=False):
        return self

    absolute = expanduser = resolve

    def exists(self):
        return os.path.exists(self._text)

    def is_file(self):
        return os.path.isfile(self._text)

    def is_dir(self):
        return os.path.isdir(self._text)

    def open(self, mode="r", *args, **kwargs):
        return open(self._text, mode)

    def read_text(self, encoding=None, errors=None):
        return open(self._text).read()

    def iterdir(self):
        return os.listdir(self._text)

    def glob(self, pattern):
        return os.listdir(self._text)

    rglob = glob

    def mkdir(self, *args, **kwargs):
        pass

    touch = unlink = rmdir = mkdir


PosixPath = PurePosixPath = Path
