TARGET = f"a class, 0 to {CLASSES - 1}, for each place: {OUTPUT_SHAPE[1:]} of dtype int64; -100 leaves a place out"


def loss_of(output, target):
    return getattr(F, LOSS)(output, target)


def hits_of(output, target):
    """Which answers are right."""
    return output.argmax(1) == target


def make_samples(count, generator):
    """Each half of a sample has a class of its own, which a pattern in the noise tells."""
    left, right = (torch.randint(CLASSES, (count,), generator=generator) for _ in range(2))
    inputs = draw_with_label(left, CLASSES, generator)
    others = draw_with_label(right, CLASSES, generator)
    target = left.reshape(-1, *[1] * len(OUTPUT_SHAPE[1:])).repeat(1, *OUTPUT_SHAPE[1:])
    half = OUTPUT_SHAPE[-1] // 2
    target[..., half:] = right.reshape(-1, *[1] * len(OUTPUT_SHAPE[1:]))
    width = inputs[0].shape[-1] // 2
    inputs[0][..., width:] = others[0][..., width:]
    return (*inputs, target)
