TARGET = f"0.0 or 1.0, of shape {OUTPUT_SHAPE}"


def loss_of(output, target):
    return getattr(F, LOSS)(output, target)


def hits_of(output, target):
    """Which answers are right."""
    return (output > (0.0 if LOSS.endswith("logits") else 0.5)) == (target > 0.5)


def make_samples(count, generator):
    """One answer is that of a pattern in noise; several: the left half of a sample is brighter, the right half darker."""
    answers = math.prod(OUTPUT_SHAPE)
    label = torch.randint(2, (count,), generator=generator)
    if answers == 1:
        return (*draw_with_label(label, 2, generator), label.float().reshape(count, *OUTPUT_SHAPE))
    inputs = draw_inputs(count, generator)
    sign = (2 * label - 1).reshape(count, *[1] * len(OUTPUT_SHAPE))
    side = (torch.arange(OUTPUT_SHAPE[-1]) * 2 < OUTPUT_SHAPE[-1]).float() * 2 - 1
    target = (sign * side).expand(count, *OUTPUT_SHAPE)
    if inputs[0].is_floating_point() and inputs[0].dim() > 1:
        width = inputs[0].shape[-1]
        own = (torch.arange(width) * 2 < width).float() * 2 - 1
        inputs[0] = inputs[0] + own * sign.reshape(count, *[1] * (inputs[0].dim() - 1))
    return (*inputs, (target > 0).float())
