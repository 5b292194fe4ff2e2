"""Programs over tensors that share memory and have every dtype, drawn at random: `VALUES`. As in draw_modules.py."""

VIEWS = (
    "{t}[{i}]", "{t}[:, {i}]", "{t}[..., {i}:]", "{t}[::2]", "{t}[:, 1:]", "{t}.transpose(0, 1)", "{t}.t() if {t}.dim() == 2 else {t}.mT",
    "{t}.view(-1)", "{t}.reshape(-1)", "{t}.flatten()", "{t}.unsqueeze(0)", "{t}.squeeze()", "{t}.narrow(0, 0, 1)", "{t}.select(-1, {i})",
    "{t}.chunk(2, -1)[{i}]", "{t}.split(1)[{i}]", "{t}.unbind(0)[{i}]", "{t}.diagonal()", "{t}.unfold(-1, 2, 2)", "{t}.unfold(0, 2, 2)",
    "{t}.as_strided((2, 2), (2, 1))", "{t}.as_strided((2, 2), (1, 3), 1)", "{t}.detach()", "{t}.data", "{t}.expand(2, *{t}.shape)[0]", "{t}.movedim(0, -1)",
    "{t}.permute(*range({t}.dim() - 1, -1, -1))", "{t}.swapaxes(0, -1)", "{t}.contiguous()", "{t}.clone()", "{t}.T", "{t}.view_as({t})", "{t}[None]",
    "{t}[[0]]", "{t}[{t} > 0]" , "{t}.flip(0)", "{t}.repeat(2, 1) if {t}.dim() == 2 else {t}", "{t}.float()", "{t}.to(torch.float32)", "{t}.tril()",
    "torch.diagonal({t}, 1)", "{t}.unflatten(-1, (-1, 1))", "{t}.hsplit(2)[0]", "{t}.tensor_split(2)[{i}]", "{t}.real", "{t}[..., 0]", "{t}.ravel()",
    "{t}.expand_as({t})", "torch.atleast_3d({t})", "torch.broadcast_to({t}, (2, *{t}.shape))[1]", "{t}.index_select(0, torch.tensor([0]))", "{t}.select(0, 0)[None]",
)
WRITES = (
    "{t}.add_(1)", "{t}.mul_(2)", "{t}.fill_({n})", "{t}.zero_()", "{t}[0] = {n}", "{t}[..., -1] = {n}", "{t}[:] = {t} * 2", "{t} += 1", "{t} *= 3", "{t} -= {t}",
    "{t}.copy_({t} + 1)", "{t}.copy_(torch.tensor({n}.))", "{t}.neg_()", "{t}.clamp_(-1, 5)", "{t}.masked_fill_({t} > 3, {n})", "{t}.relu_()", "{t}.sub_({n}, alpha=2)",
    "{t}[{t} > 4] = {n}", "{t}.index_fill_(0, torch.tensor([0]), {n})", "{t}.index_add_(0, torch.tensor([0]), {t}[:1] * 0 + 1)", "{t}.index_copy_(0, torch.tensor([0]), {t}[-1:].clone())",
    "{t}.index_put_((torch.tensor([0]),), torch.tensor({n}.))", "{t}.index_put_((torch.tensor([0, 0]),), torch.tensor({n}.), accumulate=True)", "{t}.data.add_(1)", "{t}.detach().mul_(2)",
    "{t}.transpose_(0, 1)", "{t}.t_()", "{t}.unsqueeze_(0)", "{t}.squeeze_()", "{t}.fill_diagonal_({n})", "{t}.diagonal().fill_({n})", "{t}.scatter_(0, torch.zeros_like({t}, dtype=torch.long), {n})",
    "{t}.set_({t} + 1)" , "{t}[0], {t}[-1] = {t}[-1], {t}[0]", "{t}.div_(2)", "{t}.pow_(2)", "{t}.lerp_({t} + 2, 0.5)", "{t}.addcmul_({t}, {t}, value=0.5)",
    "{t}.exponential_ if False else None", "{t}.triu_()", "{t}.cumsum_(0)", "torch.add({t}, 1, out={t})", "{t}.resize_as_({t})", "{t}.put_(torch.tensor([0]), torch.tensor([{n}.]))",
    "{t}.view(-1)[0] = {n}", "{t}[torch.tensor([0])] += 1", "{t}[:1].add_({n})", "{t}.T[0] = {n}", "{t}.floor_()", "{t}.sqrt_() if False else {t}.abs_()", "{t}.swapaxes_(0, -1)", "{t}.unfold(-1, 2, 2).zero_()", "{t}.flatten().add_(1)", "{t}.sigmoid_()", "{t}.renorm_(2, 0, 1)", "{t}.where({t} > 0, {t}).zero_()",
)


def views(d, name):
    """The same program on a tensor that is known and on one that is not."""
    names, lines = ["t"], []
    for i in range(d.randint(2, 6)):
        source = d.choice(names)
        if d.maybe(0.5):
            made = f"v{i}"
            lines.append(f"{made} = " + d.choice(VIEWS).format(t=source, i=d.randint(-1, 1)))
            names.append(made)
        else:
            lines.append(d.choice(WRITES).format(t=source, n=d.randint(-2, 6)))
    lines.append(f"return [{', '.join(names)}]")
    function = [f"def {name}(t):", *(f"    {line}" for line in lines)]
    start = d.choice(("torch.arange(12.).view(3, 4)", "torch.arange(16.).view(4, 4)", "torch.linspace(-2, 6, 12).view(3, 4)"))
    behind = [*function, f"for r in {name}({start}): print(tuple(r.shape), r.tolist())"]
    return [], [f"self.made += {name}(h.clone())"], behind


DTYPES = ("torch.uint8", "torch.int8", "torch.int16", "torch.int32", "torch.int64", "torch.bool", "torch.float16", "torch.bfloat16", "torch.float32", "torch.float64")
INTEGERS = DTYPES[:5]


def promotion(d, name):
    """Known numbers of two dtypes under an operator: values and the dtype."""
    value = lambda dtype: d.choice(("[-3, 0, 2, 7]", "[100, 5, 200, -100]", "[1, 2, 3, 4]", "[0.1, 1.5, -2.5, 3.3]", "[1000.7, 0.3, -7.9, 65000.]", "[2, -1, 250, 40000]"))
    a, b = d.choice(DTYPES), d.choice(DTYPES)
    make = lambda dtype: d.choice((f"torch.tensor({value(dtype)}).to({dtype})", f"torch.tensor({value(dtype)}).to({dtype})", f"torch.tensor({d.choice(('3', '-2', '0.3', '200', 'True'))}).to({dtype})"))
    other = d.choice((make(b), make(b), d.choice(("2", "3", "-2", "0.5", "1.7", "True", "300"))))
    operators = ("a + b", "a - b", "a * b", "a / b", "a // b", "a % b", "a ** 2", "a == b", "a < b", "torch.maximum(torch.as_tensor(a), torch.as_tensor(b))", "torch.where(torch.as_tensor(a) > 1, a, b)", "torch.cat([a.reshape(-1), torch.as_tensor(b).reshape(-1)])",
                 "torch.stack([a.sum(), a.max()])", "a.sum()", "a.float().mean()", "a.prod()", "a.cumsum(0) if a.dim() else a", "-a", "abs(a)", "~a", "a & b", "a | b", "a ^ b", "a << 1", "a >> 1", "a.clamp(0, 3)", "torch.div(a, b, rounding_mode='trunc')", "torch.div(a, b, rounding_mode='floor')",
                 "torch.remainder(a, b)", "torch.fmod(a, b)", "a.exp()", "a.sqrt()", "a.round()", "a.sign()", "a.to(torch.int8)", "a.half() + 1", "a.bfloat16() * b", "a.half().float()", "a.double() + b", "torch.full_like(a, 3.7)", "torch.result_type(a, b)", "torch.tensor([a.sum().item(), 1])", "a.max()", "a.argmax()", "a.float().std()",
                 "torch.add(a, b, alpha=2)", "a.pow(b)", "b - a", "b / a", "b // a", "2 ** a", "a.mean()", "a.long() // 3", "torch.floor_divide(a, b)", "a.any()", "a.bool()", "a.abs().sqrt()", "a.half().cumsum(0) if a.dim() else a.half()", "a.half().sum()", "a.bfloat16().mean()", "a.half() @ a.half() if a.dim() else a", "a.half() * 0.5", "a.half() / 3", "a.bfloat16() + 0.001", "a.half().exp()", "torch.arange(4, dtype=torch.float16) / 7", "torch.linspace(0, 1, 5, dtype=torch.bfloat16)", "torch.full((2,), 0.1, dtype=torch.half)", "a.half().tolist()", "F.softmax(a.float(), 0) if a.dim() else a", "a.type(torch.float16).sigmoid()", "torch.tensor(0.1, dtype=torch.float16).item()", "a.half().square().mean().sqrt()")
    inplace = ("a += b", "a *= b", "a -= 1", "a //= 2", "a /= 2", "a <<= 1", "a &= 3", "a.add_(b)", "a.fill_(3.7)", "a[...] = b", "a.copy_(torch.as_tensor(b))", "a.clamp_(min=1)", "a **= 2", "a %= 3")
    lines = [f"a, b = {make(a)}, {other}"]
    for _ in range(d.randint(1, 3)):
        if d.maybe(0.3):
            lines += [d.choice(inplace), "show(a)"]
        else:
            lines.append(f"show({d.choice(operators)})")
    return [], [], lines


def casts(d, name):
    """What the model computes in other dtypes."""
    line = lambda: d.choice((
        "h = h.half().float()", "h = h.bfloat16().float()", "h = (h.half() * 3.1).float()", "h = h.double().mul(1 / 3).float()", "h = (h * 10).int().float()", "h = (h * 10).to(torch.int8).float() / 10",
        "h = h * (h > 0)", "h = h + (h > 0).half()", "h = (h > 0) + h", "h = h + torch.arange(4)", "h = h * torch.arange(4, dtype=torch.float64).float()", "h = ((h * 5).long() // 2).float()", "h = ((h * 5).long() % 3).float()", "h = torch.where(h > 0, h, 0.)", "h = torch.where(h > 0, 1, h)",
        "h = (h.double() + torch.tensor(0.1, dtype=torch.float64)).float()", "h = h + torch.tensor(0.1, dtype=torch.float64)", "h = (h * 4).short().float()", "h = h + torch.tensor([1, 2, 3, 4]).half()", "h = h.to(torch.float64).to(h)", "h = h.type(torch.bfloat16).type_as(h)", "h = h * torch.tensor(0.1, dtype=torch.float16)",
        "h = (h * 300).to(torch.int16).float() / 300", "h = (h * 20).to(torch.uint8).float()" if d.maybe(0) else "h = (h.abs() * 20).to(torch.uint8).float()", "h = ((h * 9).int() & 3).float()", "h = ((h * 9).long() | 4).float()", "h = ((h * 9).long() << 2).float()", "h = ((h * 9).long() >> 1).float()", "h = ((h * 9).int() ^ 5).float()", "h = (~(h * 9).int()).float()",
        "h = ((h * 60000).half().float() / 60000).clamp(-9, 9)", "h = ((h.abs() * 100).to(torch.uint8) * 3).float()", "h = ((h * 100).to(torch.int8) + 100).float()", "h = -(h * 4).to(torch.int16).float()", "h = torch.cat([h.half(), h.half()], 1)[:, ::2].float()", "h = h.half().sum(1, keepdim=True).float() + h", "h = h.half().softmax(-1).float()", "h = torch.round(h * 2) / 2", "h = (h.double() ** 0.5).nan_to_num().float()", "h = h.to(torch.bool).to(torch.float32)", "h = (h.half() @ torch.eye(4).half()).float()", "h = torch.tensor(7) // 2 + h", "h = h // 0.3", "h = h % 0.7", "h = h.long().float()", "h = h.int() / 3",
    ))
    return [], [line() for _ in range(d.randint(1, 2))], []


VALUES = [views, views, promotion, casts]
