# Edges that know how they are sorted: plain tensors are used everywhere.
from enum import Enum


class SortOrder(Enum):
    ROW = 'row'
    COL = 'col'


class EdgeIndex:
    pass


class CatMetadata:
    pass
