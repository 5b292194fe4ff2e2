TARGET = f"a class, 0 to {CLASSES - 1}, of dtype int64"


def loss_of(output, target):
    return getattr(F, LOSS)(output, target)


def hits_of(output, target):
    """Which answers are right."""
    return output.argmax(1) == target


def make_samples(count, generator):
    label = torch.randint(CLASSES, (count,), generator=generator)
    return (*draw_with_label(label, CLASSES, generator), label)
