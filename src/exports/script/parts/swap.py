# ------------------------------------------------------------------------------------------------- model and activations


def import_model_file(path):
    """The module of a file, imported as the code around it would."""
    path = os.path.realpath(path)
    if not os.path.exists(path):
        sys.exit(f"{path}: there is no such file; say where it is with --model-file")
    folder, name = os.path.split(path)
    names = [os.path.splitext(name)[0]]
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        names.insert(0, package)
    if names[-1] == "__init__" and len(names) > 1:
        names.pop()
    sys.path.insert(0, folder)
    # Imports that begin at a project's root are found from the folder that the script is started in.
    sys.path.append(os.getcwd())
    if all(part.isidentifier() for part in names):
        module = importlib.import_module(".".join(names))
        if os.path.realpath(getattr(module, "__file__", None) or "") == path:
            return module
    # Another module has its name.
    spec = importlib.util.spec_from_file_location("model_file", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["model_file"] = module
    spec.loader.exec_module(module)
    return module


def build_model(module, expression, seed):
    """The model as the code builds it, with the weights that a seed draws. Load a checkpoint here if you have one."""
    torch.manual_seed(seed)
    try:
        model = eval(expression, vars(module))
        if not isinstance(model, nn.Module) and callable(model):
            model = model()
    except (NameError, TypeError) as error:
        sys.exit(
            f"{expression} can't be built of {module.__file__} ({error}); write the call that builds the model, over the "
            "names of that file, with --model, as in --model 'Net(width=64)'"
        )
    if not isinstance(model, nn.Module):
        sys.exit(f"{expression} is no nn.Module; write the call that builds the model with --model")
    return model.get_submodule(PART) if PART else model


class InPlace(nn.Module):
    """An activation in the place of one that works in place: what reads the tensor afterwards reads the result."""

    def __init__(self, activation):
        super().__init__()
        self.activation = activation

    def forward(self, x):
        return write_over(x, self.activation)


def write_over(x, activation):
    return x.copy_(activation(x.clone()))


def replace_module(model, old, new):
    """Puts a module wherever a model holds another; returns the model."""
    if old is model:
        return new
    for module in list(model.modules()):
        for name, child in list(module._modules.items()):
            if child is old:
                setattr(module, name, new)
    return model


def find_module(model, path, label):
    try:
        return model.get_submodule(path)
    except AttributeError as error:
        sys.exit(f"{label}: the model has no module {path} ({error}); has its code changed since the comparison?")


def swap_activations(model, candidate):
    """Puts a candidate at all PLACES. Returns the model, and each new activation with the place it stands at."""
    make = CANDIDATES[candidate]
    if make is None:
        return model, []
    swapped = []
    for place in PLACES:
        if place["how"] == "module":
            old = find_module(model, place["path"], place["label"])
            new = make(place["fits"][0])
            swapped.append((f"{place['path']} ({place['label']})", new))
            model = replace_module(model, old, InPlace(new) if getattr(old, "inplace", False) else new)
    by_call = [place for place in PLACES if place["how"] == "calls"]
    if by_call:
        model = WithCalls(model, by_call, make)
        for place, made in zip(by_call, model.activations):
            path = place["path"] or "the model's own forward"
            swapped.extend((f"calls in {path} ({place['label']})", new) for new in made)
    return model, swapped


def call_model(model, inputs):
    """The first tensor of what the model gives."""
    positional, named = arguments_of(inputs)
    output = model(*positional, **named)
    while not isinstance(output, torch.Tensor):
        output = next(iter(output.values())) if isinstance(output, dict) else output[0]
    return output


def check_swap(model, swapped, inputs):
    """Runs the model once: every new activation must take part, or the comparison would be of something else."""
    ran = [0] * len(swapped)

    def count(index):
        def hook(module, inputs, output):
            ran[index] += 1

        return hook

    hooks = [new.register_forward_hook(count(index)) for index, (_, new) in enumerate(swapped)]
    model.eval()
    with torch.no_grad():
        call_model(model, inputs)
    for hook in hooks:
        hook.remove()
    for (label, _), times in zip(swapped, ran):
        if times == 0:
            sys.exit(f"{label}: the model did not run what was put there, so it can't be compared; swap it in the code")
    return sum(ran)
