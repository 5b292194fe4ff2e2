"""Nested dictionaries, lists and tuples as trees, after torch.utils._pytree."""


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


def _children(tree):
    if isinstance(tree, dict):
        return list(tree.keys()), list(tree.values())
    return None, list(tree)


def _is_node(tree):
    return isinstance(tree, dict) or type(tree) in (list, tuple) or hasattr(tree, '_fields')


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
