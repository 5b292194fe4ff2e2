TARGET = "the token behind the last one, of dtype int64"


def loss_of(output, target):
    return F.cross_entropy(output.reshape(-1, CLASSES), target.flatten())


def hits_of(output, target):
    """Which answers are right."""
    return output.reshape(-1, CLASSES).argmax(-1) == target.flatten()


def make_samples(count, generator):
    """Every token has one that mostly follows it."""
    inputs = draw_inputs(count, generator)
    tokens = draw_chain(inputs[0].shape[0], inputs[0].shape[1] + 1, generator)
    inputs[0] = tokens[:, :-1].to(inputs[0].dtype)
    return (*inputs, tokens[:, -1])


def draw_chain(count, length, generator):
    follower = torch.randperm(CLASSES, generator=torch.Generator().manual_seed(0))
    tokens = torch.randint(CLASSES, (count, length), generator=generator)
    for place in range(1, length):
        follows = torch.rand(count, generator=generator) < 0.8
        tokens[:, place] = torch.where(follows, follower[tokens[:, place - 1]], tokens[:, place])
    return tokens
