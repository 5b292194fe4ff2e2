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
