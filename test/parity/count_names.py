"""Writes test/fixtures/torch/counts.json: how often code uses each name of PyTorch.

Run: python3 test/parity/count_names.py FOLDER…, with checkouts of repositories and folders of installed packages.
Only Python's own ast looks at the files. A name counts where it is used; what an import binds is followed within the
file. A method counts where something that no import explains has an attribute of a tensor's that neither str, list,
dict, set, bytes nor a module has: who the receiver is no syntax tells.
"""

import ast
import collections
import json
import pathlib
import sys
import warnings

warnings.simplefilter('ignore')

ROOT = pathlib.Path(__file__).parents[2]
TABLE = json.loads((ROOT / 'src' / 'torch' / 'names.json').read_text())['names']
OUT = ROOT / 'test' / 'fixtures' / 'torch' / 'counts.json'
ELSEWHERE = {name for kind in (str, list, dict, set, bytes, int, pathlib.Path) for name in dir(kind)} | {
    # of nn.Module, numpy's and pandas's modules, argparse and files
    'apply', 'train', 'eval', 'zero_grad', 'data', 'type', 'names', 'values', 'name',
}
METHODS = set(TABLE['torch.Tensor'].split()) - ELSEWHERE


class Uses(ast.NodeVisitor):
    def __init__(self, tree, counts):
        self.bound, self.counts = {}, counts
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for each in node.names:
                    self.bound[each.asname or each.name.split('.')[0]] = (
                        each.name if each.asname else each.name.split('.')[0]
                    )
            elif isinstance(node, ast.ImportFrom):
                for each in node.names:
                    self.bound[each.asname or each.name] = f'{node.module}.{each.name}' if not node.level else '.'
        self.visit(tree)

    def path(self, node):
        """The dotted name that an expression has by the file's imports; None where it is no such name."""
        if isinstance(node, ast.Name):
            return self.bound.get(node.id)
        if isinstance(node, ast.Attribute):
            above = self.path(node.value)
            return above and f'{above}.{node.attr}'
        return None

    def count(self, path):
        parts = path.split('.')
        if parts[0] != 'torch' or len(parts) < 2:
            return
        if parts[:3] == ['torch', 'nn', 'modules'] and parts[-1][:1].isupper():
            parts = ['torch', 'nn', parts[-1]]
        if parts[:3] == ['torch', 'nn', 'parameter']:
            parts = ['torch', 'nn', *parts[3:]]
        for length in range(len(parts) - 1, 0, -1):
            namespace = '.'.join(parts[:length])
            if namespace == 'torch.Tensor' and parts[length].startswith('_'):
                continue
            if namespace in TABLE and (length > 1 or len(parts) == 2 or parts[1] in TABLE['torch'].split()):
                lower = '.'.join(parts[: length + 1])
                # A namespace that the table lacks counts under its own name.
                self.counts[(namespace, parts[length])] += lower not in TABLE
                return
        self.counts[('torch', parts[1])] += 1

    def visit_Attribute(self, node):
        path = self.path(node)
        if path is not None:
            if path.startswith('torch.'):
                self.count(path)
            return
        alone = isinstance(node.value, ast.Name) and node.value.id in ('self', 'cls', 'np', 'F', 'tf', 'args')
        if node.attr in METHODS and not alone:
            self.counts[('torch.Tensor', node.attr)] += 1
        self.generic_visit(node)

    def visit_Name(self, node):
        path = self.bound.get(node.id, '')
        if path.startswith('torch.') and isinstance(node.ctx, ast.Load) and path not in TABLE:
            self.count(path)


counts, files = collections.Counter(), {}
for folder in map(pathlib.Path, sys.argv[1:]):
    for file in sorted(folder.rglob('*.py')):
        text = file.read_text(errors='replace')
        if 'torch' not in text:
            continue
        try:
            Uses(ast.parse(text), counts)
        except (SyntaxError, ValueError, RecursionError):
            continue
        files[folder.name] = files.get(folder.name, 0) + 1

table = {}
for (namespace, name), count in sorted(counts.items(), key=lambda each: (each[0][0], -each[1], each[0][1])):
    if count:
        table.setdefault(namespace, {})[name] = count
OUT.write_text(json.dumps({'files': files, 'counts': table}, indent=1) + '\n')
