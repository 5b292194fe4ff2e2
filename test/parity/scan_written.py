"""Finds activations that Python files name in strings or write out as formulas: the judge of those two forms.

Run as scan_activations.py. A string counts by where it stands: the value of an argument, parameter, variable or
comparison whose name says activation. A formula counts by what it computes: its tree is evaluated here, with PyTorch's
own functions, at points in the place of one part of it, and the values are compared with PyTorch's activations.
"""

import ast
import json
import math
import pathlib
import re
import sys

import torch
import torch.nn.functional as F
from scan_activations import IDS, NAMES, Scanner

# Strings

WORDS = {name.lower(): known for name, known in IDS.items()} | {known: known for known in IDS.values()}
WORDS |= {'swish': 'silu', 'gelu_new': 'gelu', 'hard_swish': 'hardswish', 'hard_sigmoid': 'hardsigmoid'}
WORDS.pop('identity')
SAYS = re.compile(r'(^|_)(activations?|activation_fn|nonlinearity|non_linearity|act|act_layer|act_fn|hidden_act|'
                  r'hidden_activation|act_type)$')


def says(node):
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
    return name is not None and bool(SAYS.search(name))


def is_key(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(SAYS.search(node.value))


def named_in_string(scanner, node):
    """The activation that a string means where it stands, or None."""
    known = WORDS.get(node.value.lower())
    if known is None:
        return None
    child, at = node, scanner.parent.get(node)
    siblings = [node.value]
    while isinstance(at, (ast.Tuple, ast.List, ast.Set)):
        siblings = [each.value for each in at.elts if isinstance(each, ast.Constant)]
        # A list of nothing but activations says so itself.
        if len(at.elts) > 2 and len(siblings) == len(at.elts) and all(str(each).lower() in WORDS for each in siblings):
            return known
        child, at = at, scanner.parent.get(at)
    if isinstance(at, ast.keyword):
        return known if at.arg and SAYS.search(at.arg) else None
    if isinstance(at, ast.Compare):
        return known if any(says(each) for each in [at.left, *at.comparators] if each is not child) else None
    if isinstance(at, (ast.Assign, ast.AnnAssign)):
        targets = at.targets if isinstance(at, ast.Assign) else [at.target]
        return known if any(says(each) for each in targets) else None
    if isinstance(at, ast.arguments):
        positional = [*at.posonlyargs, *at.args]
        pairs = list(zip(positional[len(positional) - len(at.defaults):], at.defaults)) + list(zip(at.kwonlyargs, at.kw_defaults))
        return known if any(value is child and SAYS.search(arg.arg) for arg, value in pairs) else None
    if isinstance(at, ast.Dict):
        keys = [key for key, value in zip(at.keys, at.values) if value is child]
        return known if any(is_key(key) for key in keys) else None
    if isinstance(at, ast.Call) and len(at.args) > 1 and at.args[1] is child and is_key(at.args[0]):
        return known
    if isinstance(at, ast.Call) and child in at.args and (scanner.qualified(at.func) or '').endswith('.calculate_gain'):
        return known
    return None


# Formulas

POINTS = torch.tensor([-6.3, -3.1, -2.2, -1.45, -0.9, -0.5, -0.21, 0.13, 0.4, 0.77, 1.3, 1.9, 2.6, 3.3, 5.2], dtype=torch.float64)
# Functions of torch, of tensors and of math that formulas are made of.
ALLOWED = set("""exp expm1 log log1p sigmoid tanh erf abs sqrt rsqrt pow square where true_divide div mul add sub neg clamp
maximum minimum relu relu6 softplus logsigmoid hardtanh clip reciprocal""".split())
OPERATORS = {ast.Add: torch.add, ast.Sub: torch.sub, ast.Mult: torch.mul, ast.Div: torch.true_divide, ast.Pow: torch.pow}
COMPARISONS = {ast.Gt: torch.gt, ast.GtE: torch.ge, ast.Lt: torch.lt, ast.LtE: torch.le}
NOT_NETWORKS = re.compile(r'backward|(^|_)(grad|gradient|bwd)(_|$)|loss|criterion|entropy|divergence|log_prob|log_abs_det|'
                          r'normalizer|likelihood', re.I)


class Opaque(Exception):
    pass


class Formula:
    """Evaluates an expression with one part of it replaced by points."""

    def __init__(self, scanner, function):
        self.scanner, self.assigned = scanner, {}
        for node in ast.walk(function):
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    if isinstance(target, ast.Name):
                        self.assigned.setdefault(target.id, []).append(node.value)

    def value(self, node, part, depth=0):
        if part is not None and ast.dump(node) == part:
            return POINTS
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return torch.tensor(float(node.value), dtype=torch.float64)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -self.value(node.operand, part, depth)
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            return OPERATORS[type(node.op)](self.value(node.left, part, depth), self.value(node.right, part, depth))
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARISONS:
            compare = COMPARISONS[type(node.ops[0])]
            return compare(self.value(node.left, part, depth), self.value(node.comparators[0], part, depth))
        if isinstance(node, ast.Attribute) and self.scanner.qualified(node) == 'math.pi':
            return torch.tensor(math.pi, dtype=torch.float64)
        if isinstance(node, ast.Name) and len(self.assigned.get(node.id, [])) == 1 and depth < 4:
            return self.value(self.assigned[node.id][0], part, depth + 1)
        if isinstance(node, ast.Call):
            return self.call(node, part, depth)
        raise Opaque

    def call(self, node, part, depth):
        name = self.scanner.qualified(node.func) or ''
        given = [self.value(each, part, depth) for each in node.args]
        named = {each.arg: self.value(each.value, part, depth) for each in node.keywords if each.arg != 'inplace'}
        room, _, last = name.rpartition('.')
        if last not in ALLOWED and isinstance(node.func, ast.Attribute) and node.func.attr in ALLOWED:
            given, last, room = [self.value(node.func.value, part, depth), *given], node.func.attr, 'torch'
        if last not in ALLOWED or room not in ('torch', 'torch.nn.functional', 'math', 'torch.special'):
            raise Opaque
        if last in ('clamp', 'clip'):
            bounds = [float(each) for each in given[1:]]
            return torch.clamp(given[0], *bounds, **{key: float(each) for key, each in named.items()})
        if last in ('hardtanh', 'softplus'):
            return getattr(F, last)(given[0], *map(float, given[1:]), **{key: float(each) for key, each in named.items()})
        return getattr(torch, last, None)(*given) if hasattr(torch, last) else getattr(F, last)(*given)


def close(a, b):
    return bool(torch.allclose(a, b, rtol=1e-4, atol=1e-5))


def recognise(y):
    """The activation whose values these are at POINTS."""
    x = POINTS
    if not isinstance(y, torch.Tensor) or y.shape != x.shape or y.dtype == torch.bool or not torch.isfinite(y).all():
        return None
    slope, floor = float(y[0] / x[0]), float(y[0] / torch.expm1(x[0]))
    beta = next((b for b in (0.5, 1.0, 2.0) if close(y, F.softplus(x, b))), None)
    candidates = {
        'silu': x * torch.sigmoid(x), 'quick_gelu': x * torch.sigmoid(1.702 * x), 'mish': F.mish(x), 'selu': F.selu(x),
        'logsigmoid': F.logsigmoid(x), 'tanhshrink': x - torch.tanh(x), 'softsign': F.softsign(x),
        'hardswish': F.hardswish(x), 'hardsigmoid': F.hardsigmoid(x), 'sigmoid': torch.sigmoid(x), 'tanh': torch.tanh(x),
        'relu': F.relu(x), 'relu2': F.relu(x) ** 2, 'relu6': F.relu6(x),
    }
    for name, values in candidates.items():
        if close(y, values):
            return name
    if close(y, F.gelu(x)) or close(y, F.gelu(x, approximate='tanh')):
        return 'gelu'
    if beta is not None:
        return 'softplus'
    if 0 < slope < 0.6 and close(y, F.leaky_relu(x, slope)):
        return 'leaky_relu'
    if floor > 0 and close(y, F.elu(x, floor)):
        return 'elu'
    return 'celu' if any(close(y, F.celu(x, alpha)) for alpha in (0.25, 0.5, 2.0, 4.0)) else None


PLAIN = {name.rpartition('.')[2] for name in NAMES} | {'logsigmoid'}


def is_plain(scanner, node):
    """A single call of an activation, which is a form of its own; or a bound, which is none."""
    if not isinstance(node, ast.Call):
        return False
    last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, 'id', '')
    return (scanner.qualified(node.func) in NAMES or last in PLAIN | {'clamp', 'clip', 'maximum', 'minimum', 'max', 'min'})


def inside_other_work(scanner, node):
    at = node
    while at is not None:
        if isinstance(at, (ast.FunctionDef, ast.ClassDef)) and NOT_NETWORKS.search(at.name):
            return True
        at = scanner.parent.get(at)
    return False


def has_call(nodes):
    return any(
        isinstance(each, (ast.Compare, ast.Pow))
        or isinstance(each, ast.Call) and (getattr(each.func, 'attr', None) or getattr(each.func, 'id', '')) in ALLOWED
        for each in nodes
    )


def formula_at(scanner, node, formula):
    nodes = list(ast.walk(node))
    if len(nodes) > 150 or not has_call(nodes) or is_plain(scanner, node) or inside_other_work(scanner, node):
        return None
    parts = {}
    for each in nodes:
        if each is not node and isinstance(each, ast.expr) and not isinstance(each, ast.Constant):
            parts.setdefault(ast.dump(each))
    for part in parts:
        try:
            name = recognise(formula.value(node, part))
        except (Opaque, RuntimeError, TypeError, ValueError, OverflowError):
            continue
        # A bound alone is no activation: a comparison makes it one.
        if name and (name != 'relu' or any(isinstance(each, ast.Compare) for each in nodes)):
            return name
    return gated(scanner, node)


def gated(scanner, node):
    """`a * sigmoid(b)`, both halves of one tensor."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return None
    for gate, value in ((node.left, node.right), (node.right, node.left)):
        if not isinstance(gate, ast.Call) or len(gate.args) != 1 or not isinstance(value, ast.Name):
            continue
        name = scanner.qualified(gate.func) or ''
        if name.endswith('.sigmoid') and isinstance(gate.args[0], ast.Name):
            function = next(scanner.scope(node), scanner.tree)
            halves = {value.id, gate.args[0].id}
            for each in ast.walk(function):
                if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Tuple):
                    names = {getattr(one, 'id', None) for one in each.targets[0].elts}
                    if names == halves and isinstance(each.value, ast.Call) and \
                            getattr(each.value.func, 'attr', '') in ('chunk', 'split', 'tensor_split', 'unbind'):
                        return 'glu'
    return None


def scan(scanner):
    for node in ast.walk(scanner.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            known = named_in_string(scanner, node)
            if known and not scanner.excluded(node):
                # The place is that of the text within the quotes.
                scanner.emit(node, known, 'string')
                scanner.found[-1][2] += 1
    visit(scanner, scanner.tree, Formula(scanner, ast.Module([], [])))


def visit(scanner, node, formula):
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        formula = Formula(scanner, node)
    if isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Call)):
        name = formula_at(scanner, node, formula)
        if name:
            scanner.emit(node, name, 'formula')
            return
    for child in ast.iter_child_nodes(node):
        visit(scanner, child, formula)


def main():
    found = []
    for folder in map(pathlib.Path, sys.argv[1:]):
        for path in sorted(folder.rglob('*.py')):
            source = path.read_text(encoding='utf-8')
            if 'torch' not in source:
                continue
            try:
                tree = ast.parse(source)
            except SyntaxError:
                continue
            scanner = Scanner(path, folder, tree, source)
            scan(scanner)
            found += scanner.found
    json.dump(found, sys.stdout)


if __name__ == '__main__':
    main()
