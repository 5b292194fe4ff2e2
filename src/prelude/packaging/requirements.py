"""What packages a requirement names, and which of their versions: by the rules of PEP 440 and 508, as far as asking needs."""
import re

from packaging.version import Version

CLAUSE = re.compile(r"^(===|~=|==|!=|<=|>=|<|>)\s*(.+)$")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class InvalidSpecifier(ValueError):
    pass


class InvalidRequirement(ValueError):
    pass


def same_base(a, b):
    return Version(a.base_version) == Version(b.base_version)


class Specifier:
    def __init__(self, spec="", prereleases=None):
        match = CLAUSE.match(spec.strip())
        if match is None:
            raise InvalidSpecifier(f"Invalid specifier: {spec!r}")
        self.operator, self.version = match.group(1), match.group(2).strip()
        self.prereleases = prereleases

    def __str__(self):
        return self.operator + self.version

    def __repr__(self):
        return f"<Specifier({str(self)!r})>"

    def __eq__(self, other):
        return str(self) == str(other)

    def __hash__(self):
        return hash(str(self))

    def contains(self, item, prereleases=None):
        version = item if isinstance(item, Version) else Version(str(item))
        if self.operator == "===":
            return str(item).lower() == self.version.lower()
        if self.version.endswith(".*"):
            release = Version(self.version[:-2]).release
            held = (version.release + (0,) * len(release))[: len(release)] == release
            return held if self.operator == "==" else not held
        wanted = Version(self.version)
        public = version if wanted.local else Version(version.public)
        if self.operator == "==":
            return public == wanted
        if self.operator == "!=":
            return public != wanted
        if self.operator == "~=":
            release = wanted.release[:-1]
            return public >= wanted and (version.release + (0,) * len(release))[: len(release)] == release
        if self.operator == "<=":
            return Version(version.public) <= wanted
        if self.operator == ">=":
            return Version(version.public) >= wanted
        if self.operator == "<":
            return version < wanted and (wanted.is_prerelease or not same_base(version, wanted))
        return version > wanted and not same_base(version, wanted)

    __contains__ = contains


class SpecifierSet:
    def __init__(self, specifiers="", prereleases=None):
        parts = specifiers.split(",") if isinstance(specifiers, str) else [str(each) for each in specifiers]
        self._all = [Specifier(part) for part in parts if part.strip()]
        self.prereleases = prereleases

    def __iter__(self):
        return iter(self._all)

    def __len__(self):
        return len(self._all)

    def __bool__(self):
        return True

    def __str__(self):
        return ",".join(sorted(str(each) for each in self._all))

    def __and__(self, other):
        return SpecifierSet([*self._all, *SpecifierSet(str(other))])

    def contains(self, item, prereleases=None, installed=None):
        version = item if isinstance(item, Version) else Version(str(item))
        allowed = self.prereleases if prereleases is None else prereleases
        if allowed is False and version.is_prerelease:
            return False
        return all(each.contains(version) for each in self._all)

    __contains__ = contains

    def filter(self, iterable, prereleases=None):
        return [each for each in iterable if self.contains(each, prereleases)]


class Requirement:
    def __init__(self, requirement_string):
        text, _, marker = requirement_string.partition(";")
        match = NAME.match(text.strip())
        if match is None:
            raise InvalidRequirement(f"Expected package name at the start of dependency specifier: {requirement_string!r}")
        self.name = match.group()
        rest = text.strip()[len(self.name) :].strip()
        extras = ""
        if rest.startswith("["):
            extras, _, rest = rest[1:].partition("]")
        self.extras = {each.strip() for each in extras.split(",") if each.strip()}
        rest = rest.strip().strip("()")
        self.url = rest[1:].strip() if rest.startswith("@") else None
        self.specifier = SpecifierSet("" if self.url else rest)
        self.marker = marker.strip() or None

    def __str__(self):
        extras = f"[{','.join(sorted(self.extras))}]" if self.extras else ""
        return f"{self.name}{extras}{self.specifier}"
