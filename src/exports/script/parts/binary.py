TARGET = f"0.0 or 1.0, of shape {OUTPUT_SHAPE}"


def loss_of(output, target):
    return F.mse_loss(output, target) if PROBABILITIES else F.binary_cross_entropy_with_logits(output, target)


def hits_of(output, target):
    """Which answers are right."""
    return (output > (0.5 if PROBABILITIES else 0.0)) == (target > 0.5)


def make_samples(count, generator):
    label = torch.randint(2, (count,), generator=generator)
    return (*draw_with_label(label, 2, generator), label.float().reshape(count, *OUTPUT_SHAPE))
