"""Nested dictionaries, lists and tuples as trees, after torch.utils._pytree."""


# Names that are there and are not read: of another namespace, so that they are unknown.
from torch.utils._cxx_pytree import (
    ConstantNode, EnumEncoder, GetAttrKey, KeyEntry, MappingKey, NodeDef, SequenceKey, _Asterisk, _ProtocolFn,
    _SerializeNodeDef, _TreeSpecSchema, _broadcast_to_and_flatten, _defaultdict_deserialize, _defaultdict_flatten,
    _defaultdict_flatten_with_keys, _defaultdict_serialize, _defaultdict_unflatten, _deque_flatten,
    _deque_flatten_with_keys, _deque_unflatten, _deregister_pytree_node, _ensure_python_treespec_instance,
    _generate_key_paths, _get_node_type, _is_constant_holder, _is_leaf, _is_namedtuple_instance,
    _is_pytreespec_instance, _json_to_treespec, _list_flatten, _list_flatten_with_keys, _list_unflatten,
    _namedtuple_deserialize, _namedtuple_flatten, _namedtuple_flatten_with_keys, _namedtuple_serialize,
    _namedtuple_unflatten, _ordereddict_flatten, _ordereddict_flatten_with_keys, _ordereddict_unflatten,
    _private_register_pytree_node, _register_namedtuple, _retrieve_constant, _treespec_to_json, _tuple_flatten,
    _tuple_flatten_with_keys, _tuple_unflatten, arg_tree_leaves, enum_object_hook, is_constant_class, is_namedtuple,
    is_namedtuple_class, is_namedtuple_instance, is_structseq, is_structseq_class, is_structseq_instance, key_get,
    keystr, map_only, pytree_to_str, str_to_pytree, structseq, tree_all_only, tree_any_only, tree_flatten_with_path,
    tree_is_leaf, tree_leaves_with_path, tree_map_only_, tree_map_with_path, treespec_dict, treespec_dumps,
    treespec_leaf, treespec_loads, treespec_pprint, treespec_tuple,
)

# How trees of registered classes come apart and together.
_registered = {}

SUPPORTED_NODES = {}
PyTree = object
Context = object


def register_pytree_node(cls, flatten_fn, unflatten_fn, **options):
    _registered[cls] = (flatten_fn, unflatten_fn)


_register_pytree_node = register_pytree_node


def register_dataclass(cls, **options):
    pass


def register_constant(cls):
    pass


def _dict_flatten(tree):
    return list(tree.values()), list(tree.keys())


def _dict_flatten_with_keys(tree):
    return list(tree.items()), list(tree.keys())


def _dict_unflatten(values, context):
    return dict(zip(context, values))


class TreeSpec:
    """How a tree is nested: its kind, what makes it again of its children, and theirs."""

    def __init__(self, type, context, children):
        self.type = type
        self.context = context
        self.children_specs = children
        self.num_children = len(children)
        self.num_leaves = 1 if type is None else sum(each.num_leaves for each in children)

    def is_leaf(self):
        return self.type is None

    def unflatten(self, leaves):
        return tree_unflatten(leaves, self)


def LeafSpec():
    return TreeSpec(None, None, [])


def _children(tree):
    if type(tree) in _registered:
        children, context = _registered[type(tree)][0](tree)
        return context, list(children)
    if isinstance(tree, dict):
        return list(tree.keys()), list(tree.values())
    return None, list(tree)


def _is_node(tree):
    return type(tree) in _registered or isinstance(tree, dict) or type(tree) in (list, tuple) or hasattr(tree, '_fields')


def tree_flatten(tree, is_leaf=None):
    if (is_leaf is not None and is_leaf(tree)) or not _is_node(tree):
        return [tree], TreeSpec(None, None, [])
    context, children = _children(tree)
    leaves, specs = [], []
    for child in children:
        inner, spec = tree_flatten(child, is_leaf)
        leaves.extend(inner)
        specs.append(spec)
    return leaves, TreeSpec(type(tree), context, specs)


def _take(leaves, spec):
    if spec.is_leaf():
        return next(leaves)
    children = [_take(leaves, each) for each in spec.children_specs]
    if spec.type in _registered:
        return _registered[spec.type][1](children, spec.context)
    if spec.context is not None:
        return spec.type(zip(spec.context, children))
    return spec.type(*children) if hasattr(spec.type, '_fields') else spec.type(children)


def tree_unflatten(leaves, treespec):
    leaves = list(leaves)
    if len(leaves) != treespec.num_leaves:
        raise ValueError(
            f'tree_unflatten(leaves, treespec): `leaves` has length {len(leaves)} '
            f'but the spec refers to a pytree that holds {treespec.num_leaves} items'
        )
    return _take(iter(leaves), treespec)


def tree_leaves(tree, is_leaf=None):
    return tree_flatten(tree, is_leaf)[0]


def tree_iter(tree, is_leaf=None):
    return iter(tree_leaves(tree, is_leaf))


def tree_structure(tree, is_leaf=None):
    return tree_flatten(tree, is_leaf)[1]


def tree_map(func, tree, *rests, is_leaf=None):
    leaves, spec = tree_flatten(tree, is_leaf)
    others = [tree_leaves(each, is_leaf) for each in rests]
    return tree_unflatten([func(*each) for each in zip(leaves, *others)], spec)


def tree_map_(func, tree, *rests, is_leaf=None):
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def tree_map_only(kind, func, tree, is_leaf=None):
    return tree_map(lambda leaf: func(leaf) if isinstance(leaf, kind) else leaf, tree, is_leaf=is_leaf)


def tree_all(predicate, tree, is_leaf=None):
    return all(map(predicate, tree_leaves(tree, is_leaf)))


def tree_any(predicate, tree, is_leaf=None):
    return any(map(predicate, tree_leaves(tree, is_leaf)))
