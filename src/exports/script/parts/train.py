# ------------------------------------------------------------------------------------------------------------- training


def to_device(batch, fixed, device):
    """A batch as inputs of the model and a target."""
    *given, target = batch
    given = iter(given)
    inputs = [
        fixed[spec["name"]] if spec["batch"] is None else next(given).movedim(0, spec["batch"]) for spec in INPUTS
    ]
    return [each.to(device) for each in inputs], target.to(device)


def draw_batches(count, size, seed):
    """Indices of batches without end, the same for all candidates: each sample once a round, what is left over next."""
    generator = torch.Generator().manual_seed(seed)
    size = min(size, count)
    while True:
        order = torch.randperm(count, generator=generator).tolist()
        for start in range(0, count - size + 1, size):
            yield order[start : start + size]


@torch.no_grad()
def evaluate(model, data, context):
    """Mean loss over a dataset, and the share of right answers where there are any."""
    model.eval()
    losses, hits, answers, samples = 0.0, 0, 0, 0
    for batch in DataLoader(data, batch_size=context.args.batch, num_workers=context.args.workers):
        inputs, target = to_device(batch, context.fixed, context.device)
        output = call_model(model, inputs)
        losses += loss_of(output, target).item() * len(target)
        samples += len(target)
        if hits_of is not None:
            right = hits_of(output, target)
            hits += right.sum().item()
            answers += right.numel()
    return losses / samples, hits / answers if answers else None


def train(context, candidate, seed, rate, data):
    """Trains one candidate; returns its loss and accuracy on `data`, or None where the loss is no number any more."""
    args, device = context.args, context.device
    model = build_model(context.module, args.model, seed)
    model, swapped = swap_activations(model, candidate)
    model.to(device)
    first = next(iter(DataLoader(context.train, batch_size=min(args.batch, len(context.train)))))
    context.swaps[candidate] = (swapped, check_swap(model, swapped, to_device(first, context.fixed, device)[0]))
    parameters = [each for each in model.parameters() if each.requires_grad]
    if args.optimizer == "sgd":
        optimizer = torch.optim.SGD(parameters, lr=rate, momentum=0.9)
    else:
        optimizer = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01)
    # Dropout draws the same numbers for all candidates.
    torch.manual_seed(seed)
    batches = itertools.islice(draw_batches(len(context.train), args.batch, seed), context.steps)
    loader = DataLoader(context.train, batch_sampler=list(batches), num_workers=args.workers)
    model.train()
    for batch in loader:
        inputs, target = to_device(batch, context.fixed, device)
        loss = loss_of(call_model(model, inputs), target)
        if not math.isfinite(loss.item()):
            return None
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    loss, accuracy = evaluate(model, data, context)
    return (loss, accuracy) if math.isfinite(loss) else None


def search_rates(context, candidate):
    """Validation losses by rate, of seeds that are not in the result; infinite where training diverged."""
    losses = {}
    for rate in context.args.rates:
        results = [train(context, candidate, seed, rate, context.validation) for seed in context.selection_seeds]
        losses[rate] = [math.inf if result is None else result[0] for result in results]
    return losses


def choose_rates(losses):
    """The rate that is best in the middle of all candidates, but for one whose own best is better with every seed.

    Were each given its own best, chance would choose for some, and equal models would differ in all runs of the result.
    None: every rate diverged.
    """
    means = {name: {rate: sum(own) / len(own) for rate, own in by.items()} for name, by in losses.items()}
    rates = list(next(iter(means.values())))
    middle = {rate: median_of([by[rate] for by in means.values()]) for rate in rates}
    common = min(rates, key=middle.get)
    chosen = {}
    for name, by in means.items():
        best = min(rates, key=by.get)
        if not math.isfinite(by[best]):
            chosen[name] = None
        elif not math.isfinite(by[common]):
            chosen[name] = best
        else:
            better = all(a < b for a, b in zip(losses[name][best], losses[name][common]))
            chosen[name] = best if better else common
    return chosen
