"""Finds the activations that Python files name, with Python's own `ast`: an independent judge of the detector.

Run with the folders of packages (`…/torch`, `…/torchvision`); prints a JSON list of
`[file, line, column, activation, form]`, lines and columns from 1, columns in UTF-16 units.
Written from PyTorch's documentation, not from the detector: names are resolved by Python's scopes, with the package of
the file known from its path, so relative imports are absolute ones.
"""

import ast
import json
import pathlib
import sys

MODULES = """Threshold ReLU RReLU Hardtanh ReLU6 Sigmoid Hardsigmoid Tanh SiLU Mish Hardswish ELU CELU SELU GLU GELU
Hardshrink LeakyReLU LogSigmoid Softplus Softshrink PReLU Softsign Tanhshrink Softmin Softmax Softmax2d LogSoftmax
Identity""".split()
FUNCTIONS = """threshold relu rrelu hardtanh relu6 sigmoid hardsigmoid tanh silu mish hardswish elu celu selu glu gelu
hardshrink leaky_relu logsigmoid softplus softshrink prelu softsign tanhshrink softmin softmax log_softmax
gumbel_softmax threshold_ relu_ hardtanh_ elu_ leaky_relu_ rrelu_ celu_ selu_""".split()
TORCH = """relu relu_ sigmoid sigmoid_ tanh tanh_ selu selu_ celu celu_ rrelu rrelu_ prelu softmax log_softmax hardshrink
threshold threshold_""".split()
SPECIAL = {'expit': 'sigmoid', 'softmax': 'softmax', 'log_softmax': 'log_softmax'}
METHODS = 'relu relu_ sigmoid sigmoid_ tanh tanh_ softmax log_softmax prelu hardshrink'.split()
IDS = {
    'Threshold': 'threshold', 'ReLU': 'relu', 'RReLU': 'rrelu', 'Hardtanh': 'hardtanh', 'ReLU6': 'relu6',
    'Sigmoid': 'sigmoid', 'Hardsigmoid': 'hardsigmoid', 'Tanh': 'tanh', 'SiLU': 'silu', 'Mish': 'mish',
    'Hardswish': 'hardswish', 'ELU': 'elu', 'CELU': 'celu', 'SELU': 'selu', 'GLU': 'glu', 'GELU': 'gelu',
    'Hardshrink': 'hardshrink', 'LeakyReLU': 'leaky_relu', 'LogSigmoid': 'logsigmoid', 'Softplus': 'softplus',
    'Softshrink': 'softshrink', 'PReLU': 'prelu', 'Softsign': 'softsign', 'Tanhshrink': 'tanhshrink',
    'Softmin': 'softmin', 'Softmax': 'softmax', 'Softmax2d': 'softmax2d', 'LogSoftmax': 'log_softmax',
    'Identity': 'identity',
}
NAMES = {f'torch.nn.{name}': (IDS[name], 'module') for name in MODULES}
NAMES |= {f'torch.nn.functional.{name}': (name.rstrip('_'), 'function') for name in FUNCTIONS}
NAMES |= {f'torch.{name}': (name.rstrip('_'), 'function') for name in TORCH}
NAMES |= {f'torch.special.{name}': (known, 'function') for name, known in SPECIAL.items()}
INSIDE = {
    'torch.nn.CrossEntropyLoss': ['softmax'], 'torch.nn.functional.cross_entropy': ['softmax'],
    'torch.nn.functional.scaled_dot_product_attention': ['softmax'], 'torch.nn.MultiheadAttention': ['softmax'],
    'torch.nn.functional.multi_head_attention_forward': ['softmax'], 'torch.nn.AdaptiveLogSoftmaxWithLoss': ['log_softmax'],
} | {f'torch.nn.{name}': ['sigmoid', 'tanh'] for name in ('LSTM', 'LSTMCell', 'GRU', 'GRUCell')}
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Module)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def canonical(name):
    parts = name.split('.')
    if parts[:3] == ['torch', 'nn', 'modules'] and parts[-1][:1].isupper():
        return f'torch.nn.{parts[-1]}'
    return name


class Scanner:
    def __init__(self, path, root, tree, source):
        self.path, self.tree = path, tree
        self.lines = source.split('\n')
        relative = path.relative_to(root.parent).with_suffix('').parts
        self.package = relative[:-1]
        self.parent, self.bindings, self.stars = {}, {}, []
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                self.parent[child] = node
        for node in ast.walk(tree):
            self.bind(node)
        self.found = []

    # Names

    def scope(self, node):
        """The scope that holds what is bound at a node, and the ones around it, innermost first."""
        child, at = node, self.parent.get(node)
        while at is not None:
            if isinstance(at, COMPREHENSIONS):
                yield at
            elif isinstance(at, ast.Module):
                yield at
            elif isinstance(at, SCOPES):
                body = at.body if isinstance(at.body, list) else [at.body]
                if any(child is each for each in body) or isinstance(node, ast.arg):
                    yield at
            child, at = at, self.parent.get(at)

    def add(self, name, node, value, scope=None):
        scope = scope or next(self.scope(node), self.tree)
        self.bindings.setdefault((scope, name), []).append(((node.lineno, node.col_offset), value))

    def bind(self, node):
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.add(alias.asname or alias.name.split('.')[0], node,
                         alias.name if alias.asname else alias.name.split('.')[0])
        elif isinstance(node, ast.ImportFrom):
            base = list(self.package[: len(self.package) - node.level + 1]) if node.level else []
            module = '.'.join(base + (node.module.split('.') if node.module else []))
            for alias in node.names:
                if alias.name == '*':
                    self.stars.append(module)
                else:
                    self.add(alias.asname or alias.name, node, f'{module}.{alias.name}')
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.add(node.name, node, None)
        elif isinstance(node, ast.arg):
            self.add(node.arg, node, None, self.parent[self.parent[node]])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            self.add(node.name, node, None)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            statement = self.parent[node]
            value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
            if isinstance(value, ast.Constant) and value.value is None:
                return
            self.add(node.id, node, value)

    def qualified(self, node, depth=0):
        if isinstance(node, ast.Attribute):
            base = self.qualified(node.value, depth)
            return base and canonical(f'{base}.{node.attr}')
        if not isinstance(node, ast.Name) or depth > 4:
            return None
        where, first = (node.lineno, node.col_offset), True
        for scope in self.scope(node):
            if isinstance(scope, ast.ClassDef) and not first:
                continue
            found = self.bindings.get((scope, node.id))
            if found:
                found = sorted(found, key=lambda each: each[0])
                before = [value for place, value in found if place < where]
                value = (before or [found[-1][1]])[-1] if first else found[-1][1]
                if isinstance(value, str):
                    return canonical(value)
                if isinstance(value, ast.Attribute):
                    name = self.qualified(value, depth + 1)
                    return name if name in ('torch', 'torch.nn', 'torch.nn.functional') else None
                return None
            first = False
        for module in reversed(self.stars):
            name = canonical(f'{module}.{node.id}')
            if name in NAMES or name in INSIDE:
                return name
        return None

    # Uses

    def use(self, node):
        """What a name does: 'choice', 'mention' in a check or as a base, 'nothing' as a type."""
        child, at = node, self.parent.get(node)
        while at is not None:
            if isinstance(at, ast.ClassDef) and any(child is each for each in at.bases + at.keywords):
                return 'mention'
            if isinstance(at, ast.arg) or (isinstance(at, ast.AnnAssign) and at.annotation is child):
                return 'nothing'
            if isinstance(at, (ast.FunctionDef, ast.AsyncFunctionDef)) and at.returns is child:
                return 'nothing'
            if isinstance(at, ast.Call) and child is at.func:
                return 'choice'
            if isinstance(at, ast.Compare):
                return 'mention'
            if isinstance(at, ast.Call) and isinstance(at.func, ast.Name) and at.func.id in ('isinstance', 'issubclass'):
                return 'mention'
            if isinstance(at, ast.stmt):
                return 'choice'
            child, at = at, self.parent.get(at)
        return 'choice'

    def excluded(self, node):
        return self.use(node) == 'nothing'

    def emit(self, node, activation, form):
        line = self.lines[node.lineno - 1].encode()[: node.col_offset].decode()
        self.found.append([str(self.path), node.lineno, len(line.encode('utf-16-le')) // 2 + 1, activation, form])

    def visit(self, node):
        if not isinstance(getattr(node, 'ctx', ast.Load()), ast.Load):
            return
        name = self.qualified(node)
        parent = self.parent.get(node)
        called = isinstance(parent, ast.Call) and parent.func is node
        if name in INSIDE:
            # A check of what holds a softmax names none.
            if self.use(node) == 'choice':
                for activation in INSIDE[name]:
                    self.emit(node, activation, 'implicit')
            return
        if name in NAMES:
            if self.excluded(node):
                return
            activation, form = NAMES[name]
            if self.use(node) == 'mention':
                self.emit(node, activation, 'mention')
                return
            partial = isinstance(parent, ast.Call) and parent.args[:1] == [node]
            if partial and self.qualified(parent.func) == 'functools.partial':
                form = 'partial'
            elif form == 'module' and not called:
                form = 'class'
            self.emit(node, activation, form)
            return
        if isinstance(node, ast.Attribute) and called and node.attr in METHODS:
            self.method(node, parent)

    def method(self, node, call):
        base = node.value
        if isinstance(base, ast.Name) and base.id in ('self', 'cls'):
            return
        if isinstance(base, ast.Call) and isinstance(base.func, ast.Name) and base.func.id == 'super':
            return
        root = base
        while isinstance(root, (ast.Attribute, ast.Call, ast.Subscript)):
            root = root.func if isinstance(root, ast.Call) else root.value
        imported = self.qualified(root) if isinstance(root, ast.Name) else None
        if imported and not (isinstance(base, ast.Call) and imported.split('.')[0] == 'torch'):
            return
        number = lambda each: isinstance(each, ast.UnaryOp) or (
            isinstance(each, ast.Constant) and isinstance(each.value, (int, float)) and not isinstance(each.value, bool))
        dimension = lambda each: getattr(each, 'attr', getattr(each, 'id', '')).split('_')[-1] in ('dim', 'axis')
        if all(number(each) or dimension(each) for each in call.args):
            end = (node.end_lineno, node.end_col_offset - len(node.attr))
            where = ast.Name(node.attr)
            where.lineno, where.col_offset = end
            self.emit(where, node.attr.rstrip('_'), 'method')


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
            for node in ast.walk(tree):
                if isinstance(node, (ast.Name, ast.Attribute)):
                    scanner.visit(node)
            found += scanner.found
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
