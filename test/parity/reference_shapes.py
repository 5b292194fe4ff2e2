"""The shapes that PyTorch has on the lines of model code, as JSON lines, one a model and an input.

Run: python3 test/parity/reference_shapes.py [PATTERN | --arguments]
Each line: file, the call to make, input shape, `calls` (of modules, in the order in which they begin: path, class, types of what
goes in and comes out) and `statements` (by tracing each line of the file: what its assignments and returns give, each
time that they run). With --arguments, models built with other arguments than those of `base`, which is what is read, and
the arguments as `changed`.
"""
import ast
import importlib.util
import inspect
import json
import re
import sys
from pathlib import Path

import torch
from torchvision import models

root = Path(__file__).parents[2]
asks_arguments = sys.argv[1:] == ["--arguments"]
pattern = sys.argv[1] if len(sys.argv) > 1 and not asks_arguments else ""
torch.set_num_threads(2)
for name in [each for each in dir(torch.nn.init) if each.endswith("_") and not each.startswith("_")]:
    setattr(torch.nn.init, name, lambda tensor, *args, **kwargs: tensor)

SAMPLES = [
    ("samples/mlp.py", "MLP()", [[2, 20], [5, 20]]),
    ("samples/cifar_cnn.py", "CifarCNN()", [[1, 3, 32, 32], [2, 3, 32, 32]]),
    ("samples/resnet.py", "resnet14()", [[1, 3, 32, 32], [3, 3, 96, 64]]),
    ("samples/vit.py", "ViT()", [[1, 3, 32, 32], [4, 3, 32, 32]]),
    ("samples/mistakes.py", "Classifier()", [[1, 1, 28, 28], [2, 1, 28, 28]]),
]
IMAGE = [[1, 3, 96, 96], [2, 3, 128, 192]]
BUILDERS = """alexnet convnext_tiny densenet121 efficientnet_b0 googlenet inception_v3 mobilenet_v2 mobilenet_v3_small
regnet_y_400mf resnet18 shufflenet_v2_x0_5 squeezenet1_0""".split()
# Their own image size is part of them.
SQUARE = {"swin_t": [[1, 3, 224, 224], [2, 3, 224, 224]], "vit_b_16": [[1, 3, 224, 224], [2, 3, 224, 224]]}

# What is read, and the arguments that are others then.
ARGUMENTS = [
    ("samples/mlp.py", "MLP()", dict(in_features=33, num_classes=7), [4, 33]),
    ("samples/cifar_cnn.py", "CifarCNN()", dict(num_classes=7, width=12), [1, 3, 32, 32]),
    ("samples/resnet.py", "resnet14()", dict(num_classes=7, width=40), [2, 3, 32, 32]),
    ("samples/vit.py", "ViT()", dict(image_size=60, patch_size=10, in_channels=1, num_classes=3, dim=96, num_heads=6), [2, 1, 60, 60]),
    ("samples/vit.py", "ViT()", dict(dim=40, num_heads=8), [1, 3, 32, 32]),
    ("resnet", "resnet18()", dict(num_classes=7), [1, 3, 96, 96]),
    ("resnet", "ResNet(Bottleneck, [1, 2, 1, 1], num_classes=10, width_per_group=64)", dict(num_classes=3, width_per_group=80), [1, 3, 64, 96]),
    ("densenet", "DenseNet(growth_rate=8, block_config=(2, 3), num_init_features=16, bn_size=2, num_classes=10)", dict(growth_rate=11, num_init_features=34, bn_size=3, num_classes=5), [2, 3, 64, 64]),
    ("vision_transformer", "VisionTransformer(image_size=64, patch_size=16, num_layers=2, num_heads=4, hidden_dim=32, mlp_dim=48, num_classes=10)", dict(image_size=60, patch_size=12, num_heads=3, hidden_dim=54, mlp_dim=50, num_classes=4), [1, 3, 60, 60]),
    ("mobilenetv2", "mobilenet_v2()", dict(num_classes=11), [1, 3, 96, 96]),
    ("mobilenetv3", "mobilenet_v3_small()", dict(num_classes=11), [1, 3, 96, 96]),
    ("swin_transformer", "swin_t()", dict(num_classes=11), [1, 3, 96, 96]),
    ("convnext", "convnext_tiny()", dict(num_classes=11), [1, 3, 96, 96]),
    ("efficientnet", "efficientnet_b0()", dict(num_classes=11), [1, 3, 96, 96]),
    ("squeezenet", "squeezenet1_0()", dict(num_classes=11), [1, 3, 96, 96]),
    ("alexnet", "AlexNet(num_classes=10)", dict(num_classes=11), [1, 3, 96, 96]),
    ("vgg", "vgg11()", dict(num_classes=11), [1, 3, 96, 96]),
]


def tensors(value, depth=0):
    """As the product counts them: tensors in containers, in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)) and not isinstance(value, torch.Size):
        return [each for item in value for each in tensors(item, depth + 1)]
    return []


def types(value):
    return [[str(each.dtype).removeprefix("torch."), list(each.shape)] for each in tensors(value)]


class Calls:
    """What each call of a module is given, and gives: around `Module.__call__`, whose hooks see no keywords before 2.0."""

    def __init__(self, model):
        self.calls = []
        self.paths = {module: path for path, module in model.named_modules()}

    def __enter__(self):
        self.call = torch.nn.Module.__call__
        calls = self

        def call(module, *args, **kwargs):
            seen = {"path": calls.paths[module], "name": type(module).__name__, "inputs": types([*args, *kwargs.values()])}
            calls.calls.append(seen)
            result = calls.call(module, *args, **kwargs)
            seen["outputs"] = types(result)
            return result

        torch.nn.Module.__call__ = call

    def __exit__(self, *_):
        torch.nn.Module.__call__ = self.call


class Statements:
    """What assignments to names, and returns, give, by their first lines."""

    def __init__(self, file):
        self.file, self.found = str(file), []
        self.by_line = {}
        for node in ast.walk(ast.parse(Path(file).read_text())):
            if not isinstance(node, ast.stmt) or isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.For, ast.If, ast.With)):
                continue
            for line in range(node.lineno, node.end_lineno + 1):
                self.by_line.setdefault(line, node)

    def trace(self, frame, event, arg):
        if frame.f_code.co_filename != self.file or frame.f_code.co_name in ("__init__", "<module>"):
            return None
        running = [None]

        def settle():
            node = running[0]
            running[0] = None
            targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, (ast.AugAssign, ast.AnnAssign)) else []
            names = [name for target in targets[:1] for name in self.names(target)]
            if names and all(name in frame.f_locals for name in names):
                self.add(node, [frame.f_locals[name] for name in names])

        def local(inner, what, value):
            node = self.by_line.get(inner.f_lineno)
            if what == "line":
                # Each line of a long statement is an event of its own, and the first one comes again at its end.
                if running[0] is not None and (running[0] is not node or node.lineno == node.end_lineno):
                    settle()
                running[0] = node
            elif what == "return":
                if isinstance(running[0], ast.Return):
                    self.add(running[0], value)
                elif running[0] is not None:
                    settle()
            return local

        return local

    def names(self, target):
        if isinstance(target, ast.Name):
            return [target.id]
        if isinstance(target, (ast.Tuple, ast.List)):
            return [name for each in target.elts for name in self.names(each)]
        return []

    def add(self, node, value):
        found = types(value)
        if found:
            self.found.append([node.lineno - 1, found])


def describe(file, expression, model, shape):
    calls, statements = Calls(model), Statements(file)
    with torch.no_grad(), calls:
        sys.settrace(statements.trace)
        try:
            model(torch.zeros(shape))
        finally:
            sys.settrace(None)
    parameters = sum(p.numel() for p in model.parameters())
    return {"file": str(file), "expression": expression, "shape": shape, "parameters": parameters, "calls": calls.calls, "statements": statements.found}


def cases():
    for file, expression, shapes in SAMPLES:
        if not re.search(pattern, expression):
            continue
        spec = importlib.util.spec_from_file_location("sample", root / file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield str(root / file), expression, eval(expression, vars(module)), shapes
    for name in [*BUILDERS, *SQUARE]:
        if not re.search(pattern, name):
            continue
        make = getattr(models, name)
        file = inspect.getsourcefile(inspect.unwrap(make))
        options = {"aux_logits": False, "init_weights": False} if name in ("googlenet", "inception_v3") else {}
        arguments = ", ".join(f"{key}={value}" for key, value in options.items())
        yield file, f"{name}({arguments})", make(**options), SQUARE.get(name, IMAGE)


def changed_cases():
    for file, base, changed, shape in ARGUMENTS:
        if file.startswith("samples/"):
            spec = importlib.util.spec_from_file_location("sample", root / file)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
        else:
            module = importlib.import_module(f"torchvision.models.{file}")
        call = ast.parse(base, mode="eval").body
        call.keywords = [each for each in call.keywords if each.arg not in changed]
        call.keywords += [ast.keyword(name, ast.Constant(value)) for name, value in changed.items()]
        expression = ast.unparse(call)
        model = eval(expression, vars(module)).eval()
        yield {**describe(module.__file__, expression, model, shape), "base": base, "changed": changed}


if asks_arguments:
    for case in changed_cases():
        print(json.dumps(case), flush=True)
else:
    for file, expression, model, shapes in cases():
        for shape in shapes:
            print(json.dumps(describe(file, expression, model.eval(), shape)), flush=True)
