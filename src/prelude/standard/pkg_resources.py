"""What models ask of pkg_resources: which of two versions is newer."""
from packaging.version import Version, parse

parse_version = parse
