TARGET = f"numbers of shape {OUTPUT_SHAPE}"


def loss_of(output, target):
    return getattr(F, LOSS)(output, target, **LOSS_SETTINGS)


hits_of = None  # There is no right or wrong.


def make_samples(count, generator):
    """A fixed function of the beginning of the first input, with a bend in it."""
    inputs = draw_inputs(count, generator)
    seen = inputs[0].flatten(1)[:, :8].float()
    outputs = math.prod(OUTPUT_SHAPE)
    mixing = torch.randn(seen.shape[1], outputs, generator=torch.Generator().manual_seed(0))
    target = torch.tanh(2 * (seen - seen.mean(0)) @ mixing / math.sqrt(seen.shape[1]))
    return (*inputs, target.reshape(count, *OUTPUT_SHAPE))
