TARGET = "what the model takes: it is to give it back"


def loss_of(output, target):
    return getattr(F, LOSS)(output, target.reshape(output.shape), **LOSS_SETTINGS)


hits_of = None  # There is no right or wrong.


def make_samples(count, generator):
    """Mixtures of a few patterns, in a little noise."""
    inputs = draw_inputs(count, generator)
    first = INPUTS[0]
    patterns = draw_patterns(8, first).reshape(8, *first["shape"])
    shares = torch.randn(count, 8, generator=generator) / math.sqrt(8)
    inputs[0] = 0.1 * inputs[0] + torch.tensordot(shares, patterns, 1).to(inputs[0].dtype)
    if LOSS.startswith("binary"):
        inputs[0] = inputs[0].sigmoid()
    return (*inputs, inputs[0])
