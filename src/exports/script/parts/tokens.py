TARGET = "the tokens themselves: each place is to tell the next one"


def loss_of(output, target):
    output = output.reshape(*target.shape, CLASSES)
    return F.cross_entropy(output[:, :-1].flatten(0, 1), target[:, 1:].flatten().long())


def hits_of(output, target):
    """Which answers are right."""
    return output.argmax(-1).reshape(target.shape)[:, :-1] == target[:, 1:]


def make_samples(count, generator):
    """Every token has one that mostly follows it."""
    inputs = draw_inputs(count, generator)
    follower = torch.randperm(CLASSES, generator=torch.Generator().manual_seed(0))
    tokens = inputs[0].long()
    for place in range(1, tokens.shape[1]):
        follows = torch.rand(count, generator=generator) < 0.8
        tokens[:, place] = torch.where(follows, follower[tokens[:, place - 1] % CLASSES], tokens[:, place])
    inputs[0] = tokens.to(inputs[0].dtype)
    return (*inputs, tokens)
