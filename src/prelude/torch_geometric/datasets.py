# Sets of graphs, by what is known of them: how many features and classes they have. Nothing is loaded.
from torch_geometric.data import Data, InMemoryDataset

# Name: features of a node, classes, features of an edge.
KNOWN = {
    'cora': (1433, 7, 0),
    'citeseer': (3703, 6, 0),
    'pubmed': (500, 3, 0),
    'mutag': (7, 2, 4),
    'proteins': (3, 2, 0),
    'enzymes': (3, 6, 0),
    'nci1': (37, 2, 0),
    'dd': (89, 2, 0),
    'imdbbinary': (0, 2, 0),
    'imdbmulti': (0, 3, 0),
    'redditbinary': (0, 2, 0),
    'collab': (0, 3, 0),
    'karateclub': (34, 4, 0),
    'reddit': (602, 41, 0),
    'reddit2': (602, 41, 0),
    'flickr': (500, 7, 0),
    'yelp': (300, 100, 0),
    'ppi': (50, 121, 0),
    'qm9': (11, 19, 4),
    'computers': (767, 10, 0),
    'photo': (745, 8, 0),
    'cs': (6805, 15, 0),
    'physics': (8415, 5, 0),
    'wikics': (300, 10, 0),
    'cornell': (1703, 5, 0),
    'texas': (1703, 5, 0),
    'wisconsin': (1703, 5, 0),
    'actor': (932, 5, 0),
    'mnistsuperpixels': (1, 10, 0),
}


class Graph(Data):
    """One of a set: what it holds is on no disk that is read."""

    def __init__(self, known):
        super().__init__()
        self.__dict__['_known'] = known

    def __getattr__(self, name):
        raise NotImplementedError(f'{name} of a set of graphs is not loaded')

    @property
    def num_node_features(self):
        return self.__dict__['_known'].num_node_features

    num_features = num_node_features

    @property
    def num_edge_features(self):
        return self.__dict__['_known'].num_edge_features

    @property
    def num_classes(self):
        return self.__dict__['_known'].num_classes


class KnownDataset(InMemoryDataset):
    def __init__(self, root=None, name=None, *args, **kwargs):
        self.name = name if isinstance(name, str) else type(self).__name__

    def _numbers(self):
        for name in (self.name, type(self).__name__):
            key = name.lower().replace('-', '').replace('_', '')
            if key in KNOWN:
                return KNOWN[key]
        raise NotImplementedError(f'how many features and classes {self.name} has is not known here; give the numbers')

    @property
    def num_node_features(self):
        return self._numbers()[0]

    num_features = num_node_features

    @property
    def num_classes(self):
        return self._numbers()[1]

    @property
    def num_edge_features(self):
        return self._numbers()[2]

    def __getitem__(self, index):
        return Graph(self) if isinstance(index, int) else self

    def __len__(self):
        return 1

    def __iter__(self):
        return iter([])

    def shuffle(self, *args, **kwargs):
        return self

    def get_idx_split(self):
        return {}

    def copy(self, *args, **kwargs):
        return self


def __getattr__(name):
    if name.startswith('_'):
        raise AttributeError(f"module 'torch_geometric.datasets' has no attribute '{name}'")
    return type(name, (KnownDataset,), {})
