# ------------------------------------------------------------------------------------------------------------ options


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
    parser.add_argument("--seeds", type=positive, default=9, help="runs of each candidate that are reported")
    parser.add_argument("--selection-seeds", type=positive, default=3, help="others, to choose learning rates with")
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


def selection_seeds_of(args):
    return list(range(args.seeds, args.seeds + args.selection_seeds))


def make_context(args):
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
    context.swaps = {}
    context.selection_seeds = selection_seeds_of(args)
    return context


def main():
    args = parse_arguments()
    context = make_context(args)
    seeds = range(args.seeds)
    searched = {candidate: search_rates(context, candidate) for candidate in args.candidates}
    context.selection = {
        name: {rate: sum(own) / len(own) if math.isfinite(sum(own)) else None for rate, own in losses.items()}
        for name, losses in searched.items()
    }
    rates = choose_rates(searched)
    for candidate in args.candidates:
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
