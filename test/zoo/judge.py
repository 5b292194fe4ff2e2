"""PyTorch's word on models that were read: builds the same expressions, by running the checkout's own code.

Started by judge.ts as `python judge.py ROOT`. Reads a JSON line for each model and answers with one: `verdict` is `verified`,
`unverified` (it could not be built or run here; `reason` says why) or `wrong` (`reason` says what differs).
"""
import ast
import dataclasses
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import json
import os
import sys
import traceback
import types
import unittest.mock

reply = os.fdopen(os.dup(1), "w")
# What the checkout prints is no answer.
os.dup2(2, 1)

import torch



def fake(name, function=None, **keywords):
    """Registering a kernel for an operator that is not there is no error."""

    def attempt(function):
        try:
            return register_fake(name, function, **keywords)
        except RuntimeError:
            return function

    return attempt if function is None else attempt(function)


# Where torchvision's compiled operators do not fit this PyTorch: no model needs them to be built.
register_fake, torch.library.register_fake = torch.library.register_fake, fake

torch.set_num_threads(1)
# Initial values are not compared, and take most of the time.
for name in [each for each in dir(torch.nn.init) if each.endswith("_") and not each.startswith("_")]:
    setattr(torch.nn.init, name, lambda tensor, *args, **kwargs: tensor)

root = os.path.abspath(sys.argv[1])
# Scripts that read a command line get an empty one.
sys.argv = sys.argv[:1]
LARGEST = 300_000_000


class Unverified(Exception):
    pass


class StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Modules that are not installed here and that no layer is made of: SciPy, OpenCV, plotting."""

    names = set()

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.names:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = unittest.mock.MagicMock(name=spec.name)
        module.__path__, module.__spec__, module.__all__ = [], spec, []
        return module

    def exec_module(self, module):
        pass


sys.meta_path.append(StandIns())
MOST_STAND_INS = 8


def module_of(path):
    """Imports a file, with stand-ins for what is missing: guarded imports (`try: import x`) never get that far."""
    for _ in range(MOST_STAND_INS):
        try:
            return import_file(path)
        except ModuleNotFoundError as error:
            missing = (error.name or "").split(".")[0]
            if not missing or missing != error.name or missing in StandIns.names or os.path.exists(os.path.join(root, missing)):
                raise Unverified(f"the file can't be imported: {error}")
            StandIns.names.add(missing)
        except BaseException as error:
            raise Unverified(f"the file can't be imported: {type(error).__name__}: {error}")
    raise Unverified("the file can't be imported: too many modules are missing")


def import_file(path):
    """Imports a file as its package has it, else by itself."""
    folder, name = os.path.split(path)
    parts = [os.path.splitext(name)[0]]
    while os.path.exists(os.path.join(folder, "__init__.py")) and folder != root:
        folder, last = os.path.split(folder)
        parts.insert(0, last)
    if parts[-1] == "__init__":
        parts.pop()
    for each in (root, os.path.dirname(path), folder):
        while each in sys.path:
            sys.path.remove(each)
        sys.path.insert(0, each)
    # A folder without __init__.py is a package as well, where its files import each other by dots.
    from_root = os.path.splitext(os.path.relpath(path, root))[0].split(os.sep)
    for name in (parts, from_root):
        try:
            module = importlib.import_module(".".join(name))
        except ImportError as error:
            if "parent package" not in str(error):
                raise
            continue
        if os.path.realpath(getattr(module, "__file__", None) or "") == os.path.realpath(path):
            return module
    spec = importlib.util.spec_from_file_location("zoo_" + parts[-1], path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def required(callee):
    try:
        parameters = inspect.signature(callee).parameters.values()
    except (TypeError, ValueError):
        return []
    open_ended = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [p.name for p in parameters if p.default is inspect.Parameter.empty and p.kind not in open_ended]


def arguments_at(module, path, line, name):
    """The arguments of the call at a line, in the module's own names and the plain ones of the functions around it."""
    text = open(path, encoding="utf8").read()
    lines = text.split("\n")
    if path.endswith((".yaml", ".yml", ".json", ".ipynb")):
        raise Unverified("its arguments are from a file of settings or a notebook")
    if path.endswith(".md"):
        lines = blocks_of(lines)
    elif lines[line - 1].lstrip().startswith(">>>"):
        lines = [each.lstrip()[4:] if each.lstrip().startswith((">>>", "...")) else "" for each in lines]
    is_shown = lines != text.split("\n")
    tree = ast.parse("\n".join(lines))
    scope = dict(vars(module))
    for each in tree.body if is_shown else []:
        if isinstance(each, (ast.Import, ast.ImportFrom, ast.Assign)) and each.lineno < line:
            try:
                exec(compile(ast.Module([each], []), path, "exec"), scope)
            except Exception:
                pass
    around = [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.If)) and n.lineno <= line <= n.end_lineno]
    for outer in around:
        for each in outer.body:
            if isinstance(each, ast.Assign) and each.lineno < line:
                try:
                    exec(compile(ast.Module([each], []), path, "exec"), scope)
                except Exception:
                    pass
    for node in ast.walk(tree):
        called = getattr(node, "func", None)
        if isinstance(node, ast.Call) and node.lineno == line and getattr(called, "id", getattr(called, "attr", "")) == name:
            call = ast.Call(ast.Name("__collect", ast.Load()), node.args, node.keywords)
            scope["__collect"] = lambda *args, **keywords: (args, keywords)
            try:
                return eval(compile(ast.fix_missing_locations(ast.Expression(call)), path, "eval"), scope)
            except Exception as error:
                raise Unverified(f"the arguments at line {line} can't be had: {type(error).__name__}: {error}")
    raise Unverified(f"there is no call at line {line}")


def blocks_of(lines):
    """The Python blocks of a page, each line where it stands."""
    inside, found, start = False, [], 0
    for each in lines:
        fence = each.strip().startswith("```")
        found.append(each if inside and not fence else "")
        if fence and inside:
            try:
                ast.parse("\n".join(found[start:]))
            except SyntaxError:
                found[start:] = [""] * (len(found) - start)
        if fence:
            inside = not inside and each.strip().strip("`").lower() in ("py", "python", "python3")
            start = len(found)
    return found


def within(question):
    """The module of a larger model that was read: the larger model is built by itself."""
    place = question["within"]
    if place["definedIn"] != place["file"]:
        raise Unverified("the larger model is built as another file builds it")
    whole = build(module_of(place["file"]), {"expression": place["text"], "file": place["file"]})
    name, path = place["part"]["name"], os.path.realpath(place["part"]["file"])
    is_part = lambda cls: cls.__name__ == name and os.path.realpath(inspect.getfile(cls)) == path
    modules = [each for each in whole.modules()]
    found = [each for each in modules if is_part(type(each))] or [
        each for each in modules if any(is_part(base) for base in type(each).__mro__ if base.__module__ != "builtins")
    ]
    if place["index"] >= len(found):
        raise Unverified(f"the larger model has {len(found)} of it: it may be what a builder returns")
    return found[place["index"]]


def build(module, question):
    if "within" in question:
        return within(question)
    name = question["expression"]
    value = eval(name, vars(module))
    if isinstance(value, torch.nn.Module):
        return value
    missing = required(value)
    if not missing and question.get("line") is None and not question.get("settings"):
        return value()
    if question.get("line") is None:
        raise Unverified(f"it needs {', '.join(missing) or 'settings'}, and what was taken is not told")
    args, keywords = arguments_at(module, question.get("lineFile") or question["file"], question["line"], name)
    return value(*args, **keywords)


def object_of(name, entries):
    """An object of a class of the checkout by its name, made without its `__init__`."""
    last = name.split(".")[-1]
    own = [module for module in list(sys.modules.values()) if (getattr(module, "__file__", None) or "").startswith(root)]
    found = [each for module in own if isinstance(each := vars(module).get(last), type)]
    value = object.__new__(found[0]) if found and last != "SimpleNamespace" else types.SimpleNamespace()
    vars(value).update(entries)
    return value


def value_of(spec, device):
    """What an input is: a tensor, a plain value, or several of them put together."""
    if "constant" in spec:
        return spec["constant"]
    if "items" in spec:
        items = [value_of(each, device) for each in spec["items"]]
        return items if spec["form"] == "list" else tuple(items)
    if "entries" in spec:
        entries = {key: value_of(each, device) for key, each in spec["entries"]}
        return object_of(spec["cls"], entries) if spec["form"] == "object" else entries
    shape, dtype = spec["shape"], getattr(torch, spec["dtype"])
    if dtype == torch.bool:
        return torch.ones(shape, dtype=dtype, device=device)
    return torch.randn(shape, device=device).to(dtype) if dtype.is_floating_point else torch.zeros(shape, dtype=dtype, device=device)


def flat(value):
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        return [each for item in value.values() for each in flat(item)]
    if isinstance(value, (tuple, list)):
        return [each for item in value for each in flat(item)]
    if dataclasses.is_dataclass(value):
        return [each for field in dataclasses.fields(value) for each in flat(getattr(value, field.name))]
    return []


def run(model, inputs, device):
    values = [value_of(spec, device) for spec in inputs if "name" not in spec]
    return model(*values, **{spec["name"]: value_of(spec, device) for spec in inputs if "name" in spec})


# What a machine lacks, or what a model without weights of its own can't do: nothing that was read is wrong by it.
ELSEWHERE = ("cuda", "not compiled", "no nvidia", "xformers", "triton", "flash", "meta", "out of memory", "allocate", "process group")


def judge_refusal(question):
    try:
        build(module_of(question["file"]), question)
    except Unverified as error:
        raise error
    except BaseException as error:
        return "verified", f"PyTorch does not build it either: {type(error).__name__}: {error}"
    raise Unverified("PyTorch builds it")


def judge(question):
    if question.get("refused"):
        return judge_refusal(question)
    module = module_of(question["file"])
    device = "meta" if question["parameters"] > LARGEST else "cpu"
    try:
        with torch.device(device):
            model = build(module, question)
    except Unverified:
        raise
    except BaseException as error:
        text = f"{type(error).__name__}: {error}"
        if isinstance(error, (ImportError, OSError, NotImplementedError)) or any(word in text.lower() for word in ELSEWHERE):
            raise Unverified(f"it can't be built here: {text}")
        return "wrong", f"PyTorch does not build it: {text}"
    if not isinstance(model, torch.nn.Module):
        found = [each for each in model if isinstance(each, torch.nn.Module)] if isinstance(model, (tuple, list)) else []
        if not found:
            raise Unverified("it is no module in PyTorch")
        model = found[0]
    model.eval()
    state = {key: list(value.shape) for key, value in model.state_dict().items() if isinstance(value, torch.Tensor)}
    ours = {each["name"]: each["shape"] for each in question["tensors"]}
    missing, surplus = [k for k in state if k not in ours], [k for k in ours if k not in state]
    if missing or surplus:
        return "wrong", f"state: PyTorch has also {missing[:3]} ({len(missing)}), and has not {surplus[:3]} ({len(surplus)})"
    for key, shape in state.items():
        if shape != ours[key]:
            return "wrong", f"state: {key} is {shape}, not {ours[key]}"
    count = sum(p.numel() for p in model.parameters())
    if count != question["parameters"]:
        return "wrong", f"parameters: {count}, not {question['parameters']}"
    try:
        with torch.no_grad():
            outputs = flat(run(model, question["inputs"], device))
    except BaseException as error:
        text = f"{type(error).__name__}: {error}".split("\n")[0]
        if isinstance(error, (ImportError, OSError, NotImplementedError)) or any(word in text.lower() for word in ELSEWHERE):
            raise Unverified(f"its state is right; it can't run here: {text}")
        return "wrong", f"PyTorch does not run it on {question['inputs']}: {text}"
    shapes = [list(each.shape) for each in outputs]
    if shapes != question["outputs"]:
        if sorted(map(str, shapes)) == sorted(map(str, question["outputs"])):
            return "verified", "outputs in another order"
        if not shapes:
            raise Unverified("its state is right; its output holds no tensors that are known")
        return "wrong", f"outputs: {shapes[:6]}, not {question['outputs'][:6]}"
    return "verified", f"with stand-ins for {', '.join(sorted(StandIns.names))}" if StandIns.names else ""


for line in sys.stdin:
    try:
        verdict, reason = judge(json.loads(line))
    except Unverified as error:
        verdict, reason = "unverified", str(error)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        traceback.print_exc()
        verdict, reason = "unverified", f"the judge failed: {type(error).__name__}: {error}"
    reply.write(json.dumps({"verdict": verdict, "reason": reason[:500]}) + "\n")
    reply.flush()
