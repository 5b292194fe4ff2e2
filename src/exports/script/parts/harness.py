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


def choose_rate(context, candidate):
    """The learning rate with the lowest validation loss, over seeds that are not in the result; None: all diverged."""
    means = {}
    for rate in context.args.rates:
        results = [train(context, candidate, seed, rate, context.validation) for seed in context.selection_seeds]
        means[rate] = None if None in results else sum(loss for loss, _ in results) / len(results)
    known = {rate: mean for rate, mean in means.items() if mean is not None}
    context.selection[candidate] = means
    return min(known, key=known.get) if known else None


# ---------------------------------------------------------------------------------------------------------- conclusions


def median_of(values):
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def median_interval(values, error):
    """Bounds that miss the median with at most probability `error`, whatever the distribution (the sign test's).

    None where so few values can't bear it.
    """
    ordered, count = sorted(values), len(values)
    term = tail = 2.0**-count
    out = -1
    while 2 * tail <= error:
        out += 1
        term *= (count - out) / (out + 1)
        tail += term
    return None if out < 0 else (ordered[out], ordered[count - 1 - out])


def summarise(runs, candidates):
    """A row for each candidate, with its differences to the model as written, seed by seed."""
    losses = {name: {run["seed"]: run["loss"] for run in runs if run["candidate"] == name} for name in candidates}
    error = 0.05 / max(1, len(candidates) - 1)
    rows = []
    for name in candidates:
        own = [run for run in runs if run["candidate"] == name and run["loss"] is not None]
        accuracies = [run["accuracy"] for run in own if run["accuracy"] is not None]
        row = {
            "candidate": name,
            "rate": next((run["rate"] for run in runs if run["candidate"] == name), None),
            "seeds": len(own),
            "diverged": sum(1 for run in runs if run["candidate"] == name and run["loss"] is None),
            "loss": median_of([run["loss"] for run in own]) if own else None,
            "accuracy": median_of(accuracies) if accuracies else None,
            "difference": None,
            "low": None,
            "high": None,
            "differs": None,
        }
        pairs = [
            (loss, losses["baseline"].get(seed))
            for seed, loss in losses[name].items()
            if loss is not None and losses["baseline"].get(seed) is not None
        ]
        if name != "baseline" and pairs:
            differences = [loss - base for loss, base in pairs]
            row["difference"] = median_of(differences)
            interval = median_interval(differences, error)
            if interval:
                row["low"], row["high"] = interval
                row["differs"] = interval[0] > 0 or interval[1] < 0
        rows.append(row)
    return rows


def number(value, form=".4f"):
    return "-" if value is None else format(value, form)


def print_table(rows, args):
    heads = ["candidate", "rate", "test loss", "accuracy", "difference", "interval", "differs"]
    table = [heads]
    for row in rows:
        interval = "-" if row["low"] is None else f"{row['low']:+.4f} to {row['high']:+.4f}"
        differs = {None: "-", True: "yes", False: "no"}[row["differs"]]
        if row["diverged"]:
            differs += f" ({row['diverged']} diverged)"
        cells = [row["candidate"], number(row["rate"], "g"), number(row["loss"]), number(row["accuracy"])]
        table.append([*cells, number(row["difference"], "+.4f"), interval, differs])
    widths = [max(len(line[i]) for line in table) for i in range(len(heads))]
    print()
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
    others = max(1, len(rows) - 1)
    needed = math.ceil(math.log2(2 * others / 0.05))
    print()
    print("Medians over seeds; differences to the model as written, paired by seed. All intervals hold together at 95 %.")
    if args.seeds < needed:
        print(f"{args.seeds} seeds can't bear an interval for {others} candidates: use --seeds {needed} or more.")


def write_results(context, runs, rows):
    args = context.args
    with open(f"{args.out}.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["candidate", "seed", "rate", "loss", "accuracy", "seconds"])
        writer.writeheader()
        writer.writerows(runs)
    document = {
        "model": args.model,
        "torch": torch.__version__,
        "device": str(context.device),
        "steps": context.steps,
        "batch": args.batch,
        "optimizer": args.optimizer,
        "selection": {name: {str(rate): mean for rate, mean in means.items()} for name, means in context.selection.items()},
        "selection_seeds": context.selection_seeds,
        "swapped": {name: [label for label, _ in swapped] for name, (swapped, _) in context.swaps.items()},
        "runs": runs,
        "summary": rows,
    }
    with open(f"{args.out}.json", "w", encoding="utf-8") as file:
        json.dump(document, file, indent=2)


class Context:
    """What all runs share."""


def usual_device():
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def parse_arguments():
    def names(text):
        chosen = [name.strip() for name in text.split(",") if name.strip()]
        for name in chosen:
            if name not in CANDIDATES:
                raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(CANDIDATES)}")
        return ["baseline", *[name for name in dict.fromkeys(chosen) if name != "baseline"]]

    def positive(text):
        value = int(text)
        if value < 1:
            raise argparse.ArgumentTypeError("it must be 1 or more")
        return value

    def rates(text):
        return [float(each) for each in text.split(",")]

    parser = argparse.ArgumentParser(description="Compares activation functions in a PyTorch model.")
    parser.add_argument("--candidates", type=names, default=list(CANDIDATES), help="separated by commas; all unless given")
    parser.add_argument("--seeds", type=positive, default=8, help="runs of each candidate that are reported")
    parser.add_argument("--selection-seeds", type=positive, default=1, help="others, to choose the learning rate with")
    parser.add_argument("--rates", type=rates, default=RATES, help="learning rates to choose from, separated by commas")
    parser.add_argument("--epochs", type=positive, default=10, help="rounds through the training data")
    parser.add_argument("--steps", type=positive, help="steps of training, instead of epochs")
    parser.add_argument("--batch", type=positive, default=64)
    parser.add_argument("--optimizer", choices=["adamw", "sgd"], default="adamw")
    parser.add_argument("--device", default=usual_device())
    parser.add_argument("--workers", type=int, default=0, help="processes that load data")
    parser.add_argument("--samples", type=positive, default=2048, help="of the made-up data, as long as there is no other")
    parser.add_argument("--model-file", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), MODEL_FILE))
    parser.add_argument("--model", default=MODEL, help="expression that builds the model, over the names of its file")
    parser.add_argument("--out", default="activation-results", help="results are written to OUT.csv and OUT.json")
    parser.add_argument("--partly", action="store_true", help="go on though some places can't be swapped from outside")
    return parser.parse_args()


def main():
    args = parse_arguments()
    for label, reason in NOT_SWAPPED:
        print(f"not swapped: {label}: {reason}", file=sys.stderr)
    if NOT_SWAPPED and not args.partly:
        sys.exit("Some places can't be swapped from outside of the model's code (see above). --partly goes on without.")
    context = Context()
    context.args, context.device = args, torch.device(args.device)
    context.train, context.validation, context.test = load_data(args)
    context.module = import_model_file(args.model_file)
    context.fixed = {
        spec["name"]: draw_input(spec, 0, torch.Generator().manual_seed(0)) for spec in INPUTS if spec["batch"] is None
    }
    rounds = max(1, len(context.train) // args.batch)
    context.steps = args.steps or args.epochs * rounds
    context.selection, context.swaps = {}, {}
    seeds = range(args.seeds)
    context.selection_seeds = list(range(args.seeds, args.seeds + args.selection_seeds))

    rates = {}
    for candidate in args.candidates:
        rates[candidate] = choose_rate(context, candidate)
        swapped, times = context.swaps[candidate]
        where = f"swapped at {len(swapped)} places ({times} calls a pass)" if swapped else "as written"
        print(f"{candidate}: {where}, learning rate {rates[candidate] or 'none: all diverged'}", flush=True)
        for label, _ in swapped:
            print(f"    {label}")

    runs, rows = [], []
    for seed in seeds:
        for candidate in args.candidates:
            started = time.perf_counter()
            rate = rates[candidate]
            result = None if rate is None else train(context, candidate, seed, rate, context.test)
            loss, accuracy = result or (None, None)
            seconds = round(time.perf_counter() - started, 3)
            runs.append(
                {
                    "candidate": candidate,
                    "seed": seed,
                    "rate": rate,
                    "loss": loss,
                    "accuracy": accuracy,
                    "seconds": seconds,
                }
            )
            print(f"seed {seed}, {candidate}: test loss {number(loss)} after {seconds:.1f} s", flush=True)
        # What is done is kept, whatever becomes of the rest.
        rows = summarise(runs, args.candidates)
        write_results(context, runs, rows)
    print_table(rows, args)
    print(f"Every run: {args.out}.csv, all of it: {args.out}.json")


if __name__ == "__main__":
    main()
