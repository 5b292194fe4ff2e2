"""Versions by the rules of PEP 440, as far as comparing them needs."""
import re

PATTERN = re.compile(
    r"^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|alpha|b|beta|c|rc|pre|preview)[-_.]?(\d*))?"
    r"(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$",
    re.IGNORECASE,
)
VERSION_PATTERN = PATTERN.pattern
PHASES = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}
FIRST, LAST = (-1,), (1,)


class InvalidVersion(ValueError):
    pass


class Version:
    def __init__(self, version):
        match = PATTERN.match(str(version))
        if match is None:
            raise InvalidVersion(f"Invalid version: {version!r}")
        epoch, release, phase, number, implicit, post, post_number, dev, dev_number, local = match.groups()
        self.epoch = int(epoch or 0)
        self.release = tuple(int(part) for part in release.split("."))
        self.pre = (PHASES.get(phase.lower(), phase.lower()), int(number or 0)) if phase else None
        self.post = int(implicit or post_number or 0) if implicit or post else None
        self.dev = int(dev_number or 0) if dev else None
        self.local = local.lower() if local else None

    @property
    def key(self):
        release = list(self.release)
        while len(release) > 1 and release[-1] == 0:
            release.pop()
        if self.pre is None and self.post is None and self.dev is not None:
            pre = FIRST
        else:
            pre = LAST if self.pre is None else (0, *self.pre)
        post = FIRST if self.post is None else (0, self.post)
        dev = LAST if self.dev is None else (0, self.dev)
        parts = [] if self.local is None else re.split(r"[-_.]", self.local)
        local = FIRST if self.local is None else (0, *((1, int(p), "") if p.isdigit() else (0, 0, p) for p in parts))
        return (self.epoch, tuple(release), pre, post, dev, local)

    major = property(lambda self: self.release[0])
    minor = property(lambda self: self.release[1] if len(self.release) > 1 else 0)
    micro = property(lambda self: self.release[2] if len(self.release) > 2 else 0)
    is_devrelease = property(lambda self: self.dev is not None)
    is_postrelease = property(lambda self: self.post is not None)
    is_prerelease = property(lambda self: self.dev is not None or self.pre is not None)

    @property
    def base_version(self):
        return (f"{self.epoch}!" if self.epoch else "") + ".".join(map(str, self.release))

    @property
    def public(self):
        return str(self).split("+")[0]

    def __str__(self):
        text = self.base_version
        if self.pre is not None:
            text += "".join(map(str, self.pre))
        if self.post is not None:
            text += f".post{self.post}"
        if self.dev is not None:
            text += f".dev{self.dev}"
        return text if self.local is None else f"{text}+{self.local}"

    def __repr__(self):
        return f"<Version('{self}')>"

    def __hash__(self):
        return hash(self.key)

    def __eq__(self, other):
        return self.key == other.key if isinstance(other, Version) else NotImplemented

    def __lt__(self, other):
        return self.key < other.key

    def __le__(self, other):
        return self.key <= other.key

    def __gt__(self, other):
        return self.key > other.key

    def __ge__(self, other):
        return self.key >= other.key


LegacyVersion = Version


def parse(version):
    return Version(version)
