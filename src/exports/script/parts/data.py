# ------------------------------------------------------------------------------------------------------- YOUR DATA


def load_data(args):
    """Three datasets: to train on, to choose the learning rate by, and for the reported result.

    A sample is a tuple: what the model takes, as INPUTS lists it without the batch, and then the target, which TARGET
    describes. For instance:

        def load_data(args):
            images = torchvision.datasets.CIFAR10("data", transform=torchvision.transforms.ToTensor())
            test = torchvision.datasets.CIFAR10("data", train=False, transform=torchvision.transforms.ToTensor())
            return (*torch.utils.data.random_split(images, [45_000, 5_000]), test)
    """
    return made_up_data(args.samples)


def made_up_data(samples):
    """Stands in for your data: a task that is made up to suit the model."""
    splits = []
    for seed, count in enumerate((samples, samples // 4 or 1, samples // 4 or 1)):
        splits.append(TensorDataset(*make_samples(count, torch.Generator().manual_seed(1000 + seed))))
    return splits


def draw_input(spec, count, generator):
    """Random values for one input of the model, of `count` samples; one value for all where it has no batch."""
    shape = [count, *spec["shape"]] if spec["batch"] is not None else spec["shape"]
    dtype = getattr(torch, spec["dtype"])
    if dtype.is_floating_point:
        return torch.randn(shape, generator=generator).to(dtype)
    return torch.randint(spec["values"], shape, generator=generator).to(dtype)


def draw_inputs(count, generator):
    """Random values for every input that has a batch, samples along the first dimension of all."""
    return [draw_input(spec, count, generator) for spec in INPUTS if spec["batch"] is not None]


def draw_patterns(count, spec):
    """Smooth patterns of an input's shape, the same in every split."""
    generator = torch.Generator().manual_seed(0)
    channels, *places = spec["shape"] or [1]
    if not places:
        return torch.randn(count, channels, generator=generator)
    coarse = torch.randn(count, channels, *[min(4, size) for size in places], generator=generator)
    rows = coarse.new_zeros(count, channels, *places)
    index = [torch.arange(size) * min(4, size) // size for size in places]
    rows[:] = coarse[(slice(None), slice(None), *torch.meshgrid(*index, indexing="ij"))]
    return rows


def draw_with_label(label, labels, generator):
    """Inputs that tell which of `labels` each sample has: a pattern of either sign in noise, or tokens that prefer some."""
    inputs = draw_inputs(len(label), generator)
    first = INPUTS[0]
    if not inputs[0].is_floating_point():
        favourite = torch.randint(first["values"], (labels,), generator=torch.Generator().manual_seed(0))
        chosen = torch.rand(inputs[0].shape, generator=generator) < 0.3
        tokens = favourite[label].reshape(-1, *[1] * (inputs[0].dim() - 1)).to(inputs[0].dtype)
        inputs[0] = torch.where(chosen, tokens, inputs[0])
        return inputs
    patterns = draw_patterns(labels, first).reshape(labels, *first["shape"])
    strength = max(0.3, 4 / math.sqrt(patterns[0].numel()))
    sign = torch.randint(2, (len(label),), generator=generator) * 2 - 1
    signal = patterns[label] * sign.reshape(-1, *[1] * len(first["shape"]))
    inputs[0] = inputs[0] + strength * signal.to(inputs[0].dtype)
    return inputs
