# ----------------------------------------------------------------------------------------- calls of functions, swapped


class Run:
    """One run of a module's forward: which calls it has made so far."""

    def __init__(self, path):
        self.path = path
        self.counts = {}


class WithCalls(nn.Module):
    """A model in whose code calls such as F.relu(x) compute another activation.

    PyTorch tells a TorchFunctionMode of every call of its functions; which module makes it, hooks tell.
    """

    def __init__(self, model, places, make):
        super().__init__()
        self.model = model
        self.activations = nn.ModuleList(nn.ModuleList(make(fit) for fit in place["fits"]) for place in places)
        self.places = {}
        for place, made in zip(places, self.activations):
            functions = {find_function(name) for name in place["functions"]} - {None}
            self.places.setdefault(place["path"], []).append((place, functions, made))
        self.runs = []
        for path, module in model.named_modules():
            module.register_forward_pre_hook(self.enter(path))
            module.register_forward_hook(self.leave)

    def enter(self, path):
        def hook(module, inputs):
            self.runs.append(Run(path))

        return hook

    def leave(self, module, inputs, output):
        run = self.runs.pop()
        for place, _, _ in self.places.get(run.path, []):
            made, expected = run.counts.get(id(place), 0), len(place["calls"])
            if made != expected and None in place["calls"]:
                sys.exit(f"{place['label']}: {made} calls instead of {expected}, so which ones to swap isn't known")

    def forward(self, *inputs, **named):
        self.runs.clear()
        with ActivationCalls(self):
            return self.model(*inputs, **named)

    def replacement(self, function):
        """What takes the place of a call that the innermost running module makes; None: nothing does."""
        run = self.runs[-1] if self.runs else Run(None)
        for place, functions, made in self.places.get(run.path, []):
            if function in functions:
                count = run.counts.get(id(place), 0)
                run.counts[id(place)] = count + 1
                # Where all calls are swapped, more of them than were seen are, too.
                chosen = place["calls"][min(count, len(place["calls"]) - 1)]
                return None if chosen is None else made[chosen]
        return None


def find_function(name):
    """torch.nn.functional.relu of its name; None where this PyTorch has none."""
    found = torch
    for part in name.split(".")[1:]:
        found = getattr(found, part, None)
    return found


class ActivationCalls(torch.overrides.TorchFunctionMode):
    def __init__(self, owner):
        super().__init__()
        self.owner = owner

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        new = self.owner.replacement(function)
        if new is None:
            return function(*args, **kwargs)
        x = args[0] if args else kwargs["input"]
        in_place = kwargs.get("inplace", False) or getattr(function, "__name__", "").endswith("_")
        return write_over(x, new) if in_place else new(x)
