"""A sweep with Ray Tune over the candidates and learning rates of the script beside it, on all machines that Ray has.

Written by Activation Lens, and UNTRIED with Ray: written after its documentation (2.x), and tried with a stand-in alone.
It needs `pip install "ray[tune]"`; model, data, training and options are those of SCRIPT. Fill in load_data() there.

Runs have the script's selection seeds and are held against validation data, so that the script's own result stays
independent of them: choose rates here, then run the script with --rates. `--help` lists the options.
"""

import argparse
import importlib.util
import math
import os

from ray import tune

SCRIPT = ""


def import_script(path):
    spec = importlib.util.spec_from_file_location("compared", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(config):
    """One run, in a process of Ray's."""
    script = import_script(config["script"])
    context = script.make_context(argparse.Namespace(**config["options"]))
    result = script.train(context, config["candidate"], config["seed"], config["rate"], context.validation)
    return {"loss": math.inf if result is None else result[0]}


def main():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), SCRIPT)
    script = import_script(path)
    args = script.parse_arguments()
    # Ray's processes begin in other folders.
    args.model_file = os.path.abspath(args.model_file)
    space = {
        "script": path,
        "options": vars(args),
        "candidate": tune.grid_search(args.candidates),
        "rate": tune.grid_search(args.rates),
        "seed": tune.grid_search(script.selection_seeds_of(args)),
    }
    resources = {"cpu": 1 + args.workers, "gpu": 1 if args.device.startswith("cuda") else 0}
    tuner = tune.Tuner(
        tune.with_resources(run, resources),
        param_space=space,
        tune_config=tune.TuneConfig(metric="loss", mode="min"),
    )
    losses = {}
    for result in tuner.fit():
        config = result.config
        loss = math.inf if result.error else result.metrics["loss"]
        losses.setdefault((config["candidate"], config["rate"]), []).append(loss)
    for candidate in args.candidates:
        for rate in args.rates:
            own = losses[candidate, rate]
            print(f"{candidate}, rate {rate}: validation loss {sum(own) / len(own):.6g}, mean of {len(own)} seeds")


if __name__ == "__main__":
    main()
