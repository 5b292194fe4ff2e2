"""Parts of models that keep state in every way that modules have, drawn at random: `MODULES`.

A part is a function of a draw and a name that gives three lists of lines: for the constructor, for `forward` (from `h`
to `h`, both [3, 4]), and for the file behind the class, where `m` is the model.
"""

LAYERS = ("fixed(nn.Linear(4, 4), {k})", "nn.ReLU()", "nn.Tanh()", "nn.Identity()", "fixed(nn.LayerNorm(4), {k})", "nn.Dropout(0.0)")


def layer(d):
    return d.choice(LAYERS + LAYERS[:1] * 3).format(k=d.randint(0, 9))


def steps(d, choices, most=5):
    return [d.choice(choices)() for _ in range(d.randint(1, most))]


def sequential(d, name):
    if d.maybe(0.2):
        pairs = ", ".join(f"({key!r}, {layer(d)})" for key in d.sample(("in_", "b", "act", "out", "z9"), d.randint(2, 4)))
        made = f"nn.Sequential(collections.OrderedDict([{pairs}]))"
    else:
        made = f"nn.Sequential({', '.join(layer(d) for _ in range(d.randint(1, 4)))})"
    s = f"self.{name}"
    at = lambda: d.randint(-2, 3)
    edits = steps(d, (
        lambda: f"{s}.append({layer(d)})",
        lambda: f"{s}.insert({d.randint(0, 2)}, {layer(d)})",
        lambda: f"{s}.extend([{layer(d)}, {layer(d)}])",
        lambda: f"del {s}[{at()}]",
        lambda: f"del {s}[{at()}:]",
        lambda: f"{s}[{at()}] = {layer(d)}",
        lambda: f"{s} = {s}[{d.choice(('1:', ':-1', '::2', ':2', '-2:', ':'))}]",
        lambda: f"{s}.add_module({d.choice(('0', 'extra', '7'))!r}, {layer(d)})",
        lambda: f"{s}.register_module('late', {layer(d)})",
        lambda: f"{s} = nn.Sequential(*{s}, {layer(d)})",
        lambda: f"{s} = nn.Sequential(*list({s}.children())[{d.choice(('1:', ':-1', '::-1'))}])",
        lambda: f"{s} = nn.Sequential({s}, {layer(d)})",
        lambda: f"setattr({s}, {d.choice(('0', 'zz'))!r}, {layer(d)})",
        lambda: f"{s}._modules[{d.choice(('0', 'new'))!r}] = {layer(d)}",
        lambda: f"{s}._modules.pop(list({s}._modules)[-1])",
        lambda: f"{s}[-1].extra = {layer(d)}",
        lambda: f"{s}.append({s}[0])",
        lambda: f"{s}.tag = {d.randint(0, 3)}",
    ))
    runs = d.choice(([f"h = {s}(h)"], [f"for each in {s}:", "    h = each(h)"], [f"for i in range(len({s})):", f"    h = {s}[i](h)"],
                     [f"for key, each in {s}.named_children():", "    h = each(h) + len(key)"], [f"for each in {s}[::2]: h = each(h)"]))
    return [f"{s} = {made}", *edits], runs, [f"print(len(m.{name}), [type(each).__name__ for each in m.{name}], list(m.{name}._modules))"]


def module_list(d, name):
    s = f"self.{name}"
    item = lambda: d.choice((layer(d), layer(d), "None", f"nn.ModuleList([{layer(d)}])")) if d.maybe(0.4) else layer(d)
    edits = steps(d, (
        lambda: f"{s}.append({item()})",
        lambda: f"{s}.insert({d.randint(-1, 3)}, {layer(d)})",
        lambda: f"{s}.extend([{layer(d)} for _ in range(2)])",
        lambda: f"{s} += [{layer(d)}]",
        lambda: f"{s}[{d.randint(-2, 2)}] = {layer(d)}",
        lambda: f"del {s}[{d.randint(-2, 2)}]",
        lambda: f"del {s}[{d.choice(('1:', ':1', '::2'))}]",
        lambda: f"{s} = {s}[{d.choice(('1:', ':-1', '::-1', '::2'))}]",
        lambda: f"{s} = nn.ModuleList(reversed({s}))",
        lambda: f"{s} = {s} + nn.ModuleList([{layer(d)}])",
        lambda: f"self.{name}_last = {s}.pop({d.choice(('0', '-1', '1'))})",
        lambda: f"self.{name}_alias = {s}[0]",
        lambda: f"{s} = nn.ModuleList([*{s}, *{s}])",
        lambda: f"{s}.append({s}[-1])",
        lambda: f"{s}.steps = [1, 2]",
        lambda: f"{s} = nn.ModuleList(copy.deepcopy({s}[0]) for _ in range(2))",
    ))
    run = [f"for each in {s}:", "    if each is None: h = h + 1", "    elif isinstance(each, nn.ModuleList): h = each[0](h) if len(each) else h", "    else: h = each(h)"]
    if d.maybe(0.3):
        run = [f"for i, (each, other) in enumerate(zip({s}, reversed({s}))):", "    if each is not None and not isinstance(each, nn.ModuleList): h = each(h) + i", "    if other is None: h = -h"]
    return [f"{s} = nn.ModuleList([{', '.join(item() for _ in range(d.randint(0, 3)))}])", *edits], run, [f"print(len(m.{name}), [type(each).__name__ for each in m.{name}])"]


def module_dict(d, name):
    s, keys = f"self.{name}", ("a", "b", "c", "z", "0")
    pair = lambda: f"{d.choice(keys)!r}: {layer(d)}"
    key = lambda: repr(d.choice(keys))
    edits = steps(d, (
        lambda: f"{s}[{key()}] = {layer(d)}",
        lambda: f"{s}.update({{{pair()}, {pair()}}})",
        lambda: f"{s}.update([[{key()}, {layer(d)}]])",
        lambda: f"{s}.update(nn.ModuleDict({{{pair()}}}))",
        lambda: f"self.{name}_out = {s}.pop({key()})",
        lambda: f"del {s}[{key()}]",
        lambda: f"if {key()} in {s}: {s}.pop({key()})",
        lambda: f"{s}[{key()}] = {s}[{key()}]",
        lambda: f"self.{name}_keys = sorted({s})",
        lambda: f"{s}[{key()}] = nn.ModuleDict({{{pair()}}})",
        lambda: f"{s}.clear()",
        lambda: f"{s}.add_module({key()}, None)",
    ))
    run = d.choice(([f"for key, each in {s}.items():"], [f"for key in {s}:", f"    each = {s}[key]"], [f"for key, each in zip({s}.keys(), {s}.values()):"]))
    return [f"{s} = nn.ModuleDict({{{', '.join(pair() for _ in range(d.randint(1, 3)))}}})", *edits], [*run, "    if each is not None and not isinstance(each, nn.ModuleDict): h = each(h) + len(key)"], [f"print(list(m.{name}), len(m.{name}), 'b' in m.{name}, list(m.{name}.keys()))"]


def tensor(d, shape="4"):
    return d.choice((f"torch.linspace(-1, {d.randint(1, 3)}, {shape})", f"torch.arange({shape}.) / {d.choice((2, 4))}", f"torch.full(({shape},), {d.choice((0.5, 2.0))})", f"torch.ones({shape})", f"torch.eye({shape})[{d.randint(0, 3)}]"))


def parameter_list(d, name):
    s = f"self.{name}"
    item = lambda: d.choice((f"nn.Parameter({tensor(d)})", tensor(d), f"nn.Parameter({tensor(d)}, requires_grad=False)", f"nn.Parameter({tensor(d)})"))
    edits = steps(d, (
        lambda: f"{s}.append({item()})",
        lambda: f"{s}.extend([{item()}, {item()}])",
        lambda: f"{s} += [{item()}]",
        lambda: f"{s}[{d.randint(-2, 2)}] = {item()}",
        lambda: f"{s} = {s}[{d.choice(('1:', ':-1', '::2'))}]",
        lambda: f"{s}.append({s}[0])",
        lambda: f"self.{name}_first = {s}[0]",
        lambda: f"{s}.append({d.randint(1, 5)})",
    ))
    return [f"{s} = nn.ParameterList([{', '.join(item() for _ in range(d.randint(0, 3)))}])", *edits], [f"for i, p in enumerate({s}): h = h * (i + 1) + p"], [f"print(len(m.{name}), [type(each).__name__ for each in m.{name}])"]


def parameter_dict(d, name):
    s, keys = f"self.{name}", ("w", "b", "k", "a")
    key = lambda: repr(d.choice(keys))
    item = lambda: d.choice((f"nn.Parameter({tensor(d)})", tensor(d)))
    pair = lambda: f"{key()}: {item()}"
    edits = steps(d, (
        lambda: f"{s}[{key()}] = {item()}",
        lambda: f"{s}.update({{{pair()}, {pair()}}})",
        lambda: f"{s}.pop({key()})",
        lambda: f"del {s}[{key()}]",
        lambda: f"{s}.setdefault({key()}, {item()})",
        lambda: f"{s}[{key()}] = {s}[{key()}]",
        lambda: f"{s}.clear()",
        lambda: f"self.{name}_got = {s}.get({key()})",
        lambda: f"{s}.update(nn.ParameterDict({{{pair()}}}))",
        lambda: f"self.{name}_copy = {s}.copy()",
        lambda: f"{s} = {s} | nn.ParameterDict({{{pair()}}})",
        lambda: f"{s}.popitem()",
    ))
    return [f"{s} = nn.ParameterDict({{{', '.join(pair() for _ in range(d.randint(0, 3)))}}})", *edits], [f"for i, (key, p) in enumerate({s}.items()): h = h + p * (i + 1) + len(key)"], [f"print(list(m.{name}), len(m.{name}), 'w' in m.{name}, sorted(m.{name}.keys()))"]


def sharing(d, name):
    # Two parameters over one memory are left out: PyTorch counts them twice, we once.
    a, b, c = (f"self.{name}_{each}" for each in "abc")
    ties = steps(d, (
        lambda: f"{b}.weight = {a}.weight",
        lambda: f"{c} = {a}",
        lambda: f"{a} = {b}",
        lambda: f"{b}.bias = None",
        lambda: f"{c}.weight = nn.Parameter({b}.weight.data.clone())",
        lambda: f"{c}.weight = nn.Parameter({b}.weight * 2)",
        lambda: f"{b}.weight.data = {a}.weight.data + 1",
        lambda: f"{c} = nn.Sequential({a}, {b})",
        lambda: f"del {b}; {b} = {a}",
        lambda: f"self.{name}_w = {c}.weight",
        lambda: f"{a}.inner = {b}",
        lambda: f"{b} = None; {b} = {layer(d)}",
        lambda: f"{a}.register_parameter('scale', nn.Parameter({tensor(d)}))",
        lambda: f"{a}.register_parameter('gone', None)",
        lambda: f"{a}.weight.data.copy_({b}.weight.data * 2)",
        lambda: f"{c} = copy.deepcopy({a})",
        lambda: f"{a}, {b} = {b}, {a}",
        lambda: f"{b}.weight.requires_grad_(False)",
    ))
    start = [f"{each} = fixed(nn.Linear(4, 4), {i})" for i, each in enumerate((a, b, c))]
    return start + ties, [f"h = {c}(torch.tanh({b}({a}(h))))"], [f"print(m.{name}_a is m.{name}_b, sum(p.numel() for p in m.parameters()))"]


def buffers(d, name):
    s = f"self.{name}"
    value = lambda: d.choice((tensor(d), f"torch.arange(4)", "torch.tensor([True, False, True, True])", "torch.tensor(2.)"))
    edits = steps(d, (
        lambda: f"{s} = {value()}",
        lambda: f"{s} = None",
        lambda: f"self.register_buffer('{name}', {value()}, persistent={d.maybe()})",
        lambda: f"{s} *= 2",
        lambda: f"{s} = {s} + 1",
        lambda: f"{s}[0] = 3",
        lambda: f"{s}.add_(1)",
        lambda: f"self.register_buffer('{name}_n', None)",
        lambda: f"self.{name}_n = {value()}",
        lambda: f"del {s}; self.register_buffer('{name}', {value()})",
        lambda: f"self.{name}_alias = {s}",
        lambda: f"self.register_buffer('{name}_view', {s}.view(2, 2) if {s}.numel() == 4 else {s})",
        lambda: f"self._buffers['{name}_raw'] = {value()}",
        lambda: f"self.{name}_p = nn.Parameter({tensor(d)}); del self.{name}_p",
        lambda: f"self.{name}_size = int({s}.sum())",
        lambda: f"{s}.fill_({d.randint(1, 3)})",
        lambda: f"{s} = {s}.float()",
    ))
    run = [f"if {s} is not None: h = h * {s}"]
    if d.maybe(0.5):
        run = [f"for key, b in self.named_buffers():", "    if b.numel() in (1, 4): h = h + b.reshape(-1) * len(key)"]
    if d.maybe(0.3):
        run += [f"if {s} is not None and {s}.sum() > 3: h = h[:, {s}.long() % 4] if {s}.dim() == 1 else -h"]
    return [f"self.register_buffer('{name}', {value()}{', persistent=False' if d.maybe(0.3) else ''})", *edits], run, [f"print(m.{name}, [k for k, _ in m.named_buffers()])"] if d.maybe(0) else [f"print([(k, tuple(b.shape), b.dtype, b.tolist()) for k, b in m.named_buffers() if not b.is_floating_point()])"]


def attributes(d, name):
    s = f"self.{name}"
    edits = steps(d, (
        lambda: f"setattr(self, '{name}', {layer(d)})",
        lambda: f"self.__dict__['{name}_plain'] = {tensor(d)}",
        lambda: f"self.__dict__.update({name}_k={d.randint(1, 4)})",
        lambda: f"vars(self)['{name}_v'] = {layer(d)}",
        lambda: f"{s}_t = {tensor(d)}",
        lambda: f"{s}_list = [{layer(d)}, {layer(d)}]",
        lambda: f"{s}_d = {{'x': {layer(d)}}}",
        lambda: f"delattr(self, '{name}')",
        lambda: f"{s} = {tensor(d)}",
        lambda: f"{s} = nn.Parameter({tensor(d)})",
        lambda: f"{s} = None",
        lambda: f"{s}_same = getattr(self, '{name}', None)",
        lambda: f"{s}_has = hasattr(self, '{name}_t') + 2 * hasattr(self, '{name}')",
        lambda: f"self._parameters['{name}_raw'] = nn.Parameter({tensor(d)})",
        lambda: f"self._modules['{name}_mod'] = {layer(d)}",
        lambda: f"object.__setattr__(self, '{name}_hidden', {layer(d)})",
        lambda: f"super().__setattr__('{name}_sup', {layer(d)})",
        lambda: f"{s}_lazy = self.base * 2; self.base = {d.randint(2, 4)}; type(self).base = 7",
        lambda: f"self.add_module('{name}', {layer(d)})",
        lambda: f"{s}_n = len(self.__dict__['_modules']) + len(vars(self)['_parameters'])",
    ), 6)
    run = [
        f"for key in ('{name}', '{name}_plain', '{name}_t', '{name}_v', '{name}_hidden', '{name}_raw', '{name}_mod', '{name}_sup', '{name}_same'):",
        "    value = getattr(self, key, None)",
        "    if isinstance(value, nn.Module): h = value(h)",
        "    elif torch.is_tensor(value): h = h + value",
        f"h = h * self.base + self.doubled + getattr(self, '{name}_k', 0) + getattr(self, '{name}_n', 0) + getattr(self, '{name}_has', 0)",
    ]
    return [f"{s} = {layer(d)}", *edits], run, [f"print([k for k in vars(m) if k.startswith('{name}')], '{name}' in m._modules, hasattr(m, '{name}'))"]


def copies(d, name):
    a, b = f"self.{name}_a", f"self.{name}_b"
    start = d.choice((f"fixed(nn.Linear(4, 4), 1)", f"nn.Sequential(fixed(nn.Linear(4, 4), 2), nn.ReLU())", f"nn.BatchNorm1d(4)"))
    one = f"list({{}}.parameters())[0]"
    edits = steps(d, (
        lambda: f"{one.format(a)}.data.mul_(2)",
        lambda: f"{one.format(b)}.data.add_(1)",
        lambda: f"{b}.extra = {layer(d)}",
        lambda: f"{a}.more = nn.Parameter({tensor(d)})",
        lambda: f"{a}.plain = 3",
        lambda: f"{b}.weight = nn.Parameter(torch.eye(4)) if isinstance({b}, nn.Linear) else None",
        lambda: f"{a}.register_buffer('buf', {tensor(d)})",
        lambda: f"{b}.requires_grad_(False)",
        lambda: f"{one.format(a)}.requires_grad = False",
        lambda: f"{a}, {b} = {b}, {a}",
        lambda: f"self.{name}_c = copy.deepcopy(nn.ModuleList([{a}, {b}]))",
    ))
    copier = d.choice(("copy.copy", "copy.deepcopy"))
    return [f"{a} = {start}", f"{b} = {copier}({a})", *edits], [f"h = {b}({a}(h))"], [f"print(hasattr(m.{name}_a, 'plain'), hasattr(m.{name}_b, 'plain'), hasattr(m.{name}_b, 'extra'), hasattr(m.{name}_b, 'more'))"]


def freezing(d, name):
    a, b = f"self.{name}_a", f"self.{name}_b"
    edits = steps(d, (
        lambda: f"{a}.requires_grad_(False)",
        lambda: f"for p in {b}.parameters(): p.requires_grad = {d.maybe()}",
        lambda: f"for k, p in self.named_parameters():\n            if 'weight' in k: p.requires_grad_({d.maybe()})",
        lambda: f"{a}.weight.requires_grad = False",
        lambda: f"{b}.weight = nn.Parameter({b}.weight.detach(), requires_grad={d.maybe()})",
        lambda: f"{b}.bias.requires_grad_(False).requires_grad_({d.maybe()})",
        lambda: f"self.requires_grad_({d.maybe()})",
        lambda: f"{a}.weight.detach_()" if d.maybe(0) else f"{a}.bias = None",
    ))
    runs = d.choice((
        [f"h = {b}({a}(h))"],
        [f"with torch.no_grad(): h = {a}(h)", f"h = {b}(h)"],
        [f"h = {b}({a}(h).detach()) + {a}(h)"],
        [f"h = {b}({a}(h)); h = h + (torch.tanh(h) - h).detach()"],
        [f"q = torch.round({a}(h)); h = {b}(h + (q - h).detach())"],
        [f"h = {b}({a}(h).data)"],
        [f"with torch.no_grad():", f"    t = {a}(h)", f"    with torch.enable_grad(): u = {b}(h)", "h = t + u"],
        [f"with torch.set_grad_enabled({d.maybe()}): h = {a}(h)", f"h = {b}(h)"],
        [f"with torch.inference_mode(False): h = {a}(h)", f"h = {b}(h)"],
        [f"h = self.still(h, {a}) + {b}(h)"],
        [f"h = {b}(h.requires_grad_() if h.is_leaf else h)"] if d.maybe(0) else [f"h = {b}(h.clone().detach()) + h"],
        [f"w = {a}.weight.detach(); h = F.linear(h, w, {a}.bias); h = {b}(h)"],
        [f"prev = torch.is_grad_enabled(); torch.set_grad_enabled(False); t = {a}(h); torch.set_grad_enabled(prev); h = {b}(h) * t"],
    ))
    return [f"{a}, {b} = fixed(nn.Linear(4, 4), 3), fixed(nn.Linear(4, 4), 4)", *edits], runs, []


def parametrized(d, name):
    s = f"self.{name}"
    edits = d.choice((
        [f"{s} = nn.utils.weight_norm({s})"],
        [f"{s} = nn.utils.weight_norm({s}, dim={d.choice((0, 1, None))})", f"nn.utils.remove_weight_norm({s})"],
        [f"P.register_parametrization({s}, 'weight', Symmetric())"],
        [f"P.register_parametrization({s}, 'weight', Symmetric())", f"P.remove_parametrizations({s}, 'weight', leave_parametrized={d.maybe()})"],
        [f"P.register_parametrization({s}, 'weight', Symmetric())", f"P.register_parametrization({s}, 'weight', Shift({d.randint(1, 3)}.))"],
        [f"P.register_parametrization({s}, 'bias', Shift(2.))", f"{s}.bias = torch.ones(4)"],
        [f"P.register_parametrization({s}, 'bias', Shift(2.))", f"with torch.no_grad(): {s}.parametrizations.bias.original.fill_(1.5)"],
        [f"P.register_parametrization({s}, 'weight', Symmetric())", f"{s} = copy.deepcopy({s})"],
    ))
    return [f"{s} = fixed(nn.Linear(4, 4), {d.randint(0, 9)})", *edits], [f"h = {s}(h)", *([f"h = h + {s}.weight.sum(0)"] if d.maybe() else [])], [f"print(type(m.{name}).__name__, P.is_parametrized(m.{name}), [k for k, _ in m.{name}.named_modules()])"]


def hooked(d, name):
    s = f"self.{name}"
    edits = steps(d, (
        lambda: f"{s}.register_forward_hook(lambda mod, args, out: out * 2)",
        lambda: f"{s}.register_forward_pre_hook(lambda mod, args: (args[0] + 1,))",
        lambda: f"{s}.register_forward_pre_hook(lambda mod, args: args[0] - 1)",
        lambda: f"self.{name}_handle = {s}.register_forward_hook(lambda mod, args, out: out - args[0])",
        lambda: f"{s}.register_forward_hook(lambda mod, args, out: None).remove()",
        lambda: f"{s}.register_forward_hook(self.keep)",
        lambda: f"{s}.apply(lambda mod: mod.register_forward_hook(lambda mod, args, out: out + 1))",
        *([lambda: f"{s}.register_forward_pre_hook(lambda mod, args, kwargs: (args, kwargs), with_kwargs=True)", lambda: f"{s}.register_forward_hook(lambda mod, args, out: out * 3, prepend=True)"] if d.modern else []),
    ))
    if any("handle" in each for each in edits) and d.maybe():
        edits.append(f"self.{name}_handle.remove()")
    made = d.choice(("fixed(nn.Linear(4, 4), 2)", "nn.Sequential(fixed(nn.Linear(4, 4), 5), nn.ReLU())"))
    return [f"{s} = {made}", *edits], [f"h = {s}(h)", "if self.kept is not None: h = h + self.kept"], []


def modes(d, name):
    s = f"self.{name}"
    made = d.choice(("nn.BatchNorm1d(4)", "nn.BatchNorm1d(4, momentum=0.3)", "nn.Sequential(fixed(nn.Linear(4, 4), 1), nn.BatchNorm1d(4))", "nn.BatchNorm1d(4, affine=False)", "nn.BatchNorm1d(4, track_running_stats=False)", "nn.BatchNorm1d(4, momentum=None)", "Frozen(nn.BatchNorm1d(4))"))
    edits = steps(d, (
        lambda: f"{s}.eval()",
        lambda: f"{s}.train()",
        lambda: f"{s}.train({d.maybe()})",
        lambda: f"for each in {s}.modules(): each.training = {d.maybe()}",
        lambda: f"for each in {s}.modules():\n            if isinstance(each, nn.BatchNorm1d): each.running_var.fill_(4.) if each.running_var is not None else None",
        lambda: f"{s}.frozen = True",
        lambda: "self.training = False",
        lambda: f"{s}.requires_grad_(False)",
    ), 3)
    run = [f"h = {s}(h)", *([f"if self.training: h = h * 2"] if d.maybe() else []), *([f"if {s}.training: h = h + 1"] if d.maybe() else [])]
    return [f"{s} = {made}", *edits], run, []


def loading(d, name):
    a, b = f"self.{name}_a", f"self.{name}_b"
    edits = steps(d, (
        lambda: f"{b}.load_state_dict({a}.state_dict())",
        lambda: f"{b}.load_state_dict({{k: v * 2 for k, v in {a}.state_dict().items()}})",
        lambda: f"{a}.load_state_dict({{'weight': torch.eye(4)}}, strict=False)",
        lambda: f"{b}.state_dict()['weight'].zero_()",
        lambda: f"self.{name}_keys = list(self.state_dict(prefix='p.'))",
        lambda: f"for (k, p), q in zip({a}.state_dict().items(), {b}.parameters()): q.data.copy_(p + 1)",
        lambda: f"for p, q in zip({a}.parameters(), {b}.parameters()): q.data.copy_(p.data); q.requires_grad = False",
        lambda: f"for p, q in zip({a}.parameters(), {b}.parameters()): q.data = p.data * 0.5 + q.data * 0.5",
    ), 3)
    return [f"{a}, {b} = fixed(nn.Linear(4, 4), 6), fixed(nn.Linear(4, 4), 7)", *edits], [f"h = {b}(torch.tanh({a}(h)))"], [f"print(getattr(m, '{name}_keys', None), list(m.state_dict(prefix='q.')))"]


def traversal(d, name):
    s = f"self.{name}"
    edits = steps(d, (
        lambda: f"for each in self.modules():\n            if isinstance(each, nn.Linear): fixed(each, {d.randint(0, 9)})",
        lambda: f"for key, each in list(self.named_modules()):\n            if isinstance(each, nn.ReLU) and '.' in key: setattr(self.get_submodule(key.rpartition('.')[0]), key.rpartition('.')[2], nn.Tanh())",
        lambda: f"self.apply(lambda mod: mod.bias.data.fill_(0.5) if isinstance(mod, nn.Linear) and mod.bias is not None else None)",
        lambda: f"for key, each in {s}.named_children():\n            {s}.add_module(key, nn.Sequential(each, nn.Identity()))",
        lambda: f"items = [1, 2, 3]\n        for i in items:\n            if i == 2 and len(items) < 6: items.append(4); items.remove(1)\n        self.{name}_items = items",
        lambda: f"for key in [k for k, _ in {s}.named_children()][:1]: {s}._modules[key] = {layer(d)}",
        lambda: f"self.{name}_count = len(list(self.modules())) + len(list({s}.parameters())) * 10",
        lambda: f"for p in {s}.parameters():\n            if p.dim() > 1: nn.init.eye_(p)",
        lambda: f"for p in {s}.parameters(): nn.init.constant_(p, 0.25)",
        lambda: f"{s}.get_parameter(next(iter(dict({s}.named_parameters())))).data.neg_()",
    ))
    made = f"nn.Sequential({layer(d)}, nn.ReLU(), nn.Sequential({layer(d)}, nn.ReLU()), fixed(nn.Linear(4, 4), 8))"
    return [f"{s} = {made}", *edits], [f"h = {s}(h) + len(getattr(self, '{name}_items', [])) + getattr(self, '{name}_count', 0) / 16"], [f"print(getattr(m, '{name}_items', None), getattr(m, '{name}_count', None))"]


def casted(d, name):
    s = f"self.{name}"
    to = d.choice((".double()", ".to(torch.float64)", ".half().float()", ".float()", ".to(dtype=torch.float64)", ".bfloat16().float()", ".double().float()", ".type(torch.float64)", ".to('cpu')", ".to(torch.zeros(1, dtype=torch.float64))", ".to('cpu', torch.float64)"))
    made = d.choice(("fixed(nn.Linear(4, 4), 2)", "nn.Sequential(fixed(nn.Linear(4, 4), 1), nn.BatchNorm1d(4))", "nn.LayerNorm(4)"))
    edits = [f"{s} = {made}{to}" if d.maybe() else f"{s} = {made}; {s}{to}"]
    if d.maybe(0.3):
        edits.append(f"{s}_t = next({s}.parameters()).new_ones(4) + 1")
    cast = d.choice((f"h = {s}(h.to(next({s}.parameters()).dtype)).float()", f"h = {s}(h.double()).float()", f"h = {s}(h)"))
    return edits, [cast], [f"print([(k, v.dtype) for k, v in m.{name}.state_dict().items()])"]


MODULES = [sequential, module_list, module_dict, parameter_list, parameter_dict, sharing, buffers, attributes, copies, freezing, parametrized, hooked, modes, loading, traversal, casted]
