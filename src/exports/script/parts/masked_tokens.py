TARGET = "what stands behind the masked tokens, -100 for the others; of dtype int64"


def loss_of(output, target):
    return F.cross_entropy(output.flatten(0, 1), target.flatten())


def hits_of(output, target):
    """Which answers are right, of those that are asked for."""
    asked = target >= 0
    return output.argmax(-1)[asked] == target[asked]


def make_samples(count, generator):
    """Every token has one that mostly follows it; some are hidden behind the last token, which masks."""
    inputs = draw_inputs(count, generator)
    mask = CLASSES - 1
    follower = torch.randperm(mask, generator=torch.Generator().manual_seed(0))
    tokens = torch.randint(mask, inputs[0].shape, generator=generator)
    for place in range(1, tokens.shape[1]):
        follows = torch.rand(count, generator=generator) < 0.8
        tokens[:, place] = torch.where(follows, follower[tokens[:, place - 1]], tokens[:, place])
    hidden = torch.rand(tokens.shape, generator=generator) < 0.15
    hidden[:, 0] |= ~hidden.any(1)
    inputs[0] = torch.where(hidden, mask, tokens).to(inputs[0].dtype)
    return (*inputs, torch.where(hidden, tokens, -100))
