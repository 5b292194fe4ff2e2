"""Lightning's module: an nn.Module that keeps what it was constructed with. Training loops around it are not read."""
import inspect
from argparse import Namespace

import torch
from torch import nn


class AttributeDict(dict):
    def __getattr__(self, name):
        if name in self:
            return self[name]
        raise AttributeError(f'Missing attribute "{name}"')

    def __setattr__(self, name, value):
        self[name] = value

    def __repr__(self):
        width = max((len(str(name)) for name in self), default=0) + 4
        return "\n".join(f'"{name}":'.ljust(width) + str(self[name]) for name in sorted(self))

    __str__ = __repr__


def given_to(module, frame):
    """What the constructors that are running were given, the outermost class's last."""
    values = {}
    while frame is not None:
        code, names = frame.f_code, frame.f_locals
        first = code.co_varnames[0] if code.co_varnames else None
        if code.co_name == "__init__" and names.get(first) is module:
            arguments = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
            _, _, keywords, _ = inspect.getargvalues(frame)
            values.update({name: names[name] for name in arguments})
            values.update(names[keywords] if keywords else {})
        frame = frame.f_back
    return values


class HyperparametersMixin:
    def save_hyperparameters(self, *args, ignore=None, frame=None, logger=True):
        if len(args) == 1 and not isinstance(args[0], str):
            return self._set_hparams(args[0])
        values = given_to(self, frame or inspect.currentframe().f_back)
        left_out = {ignore} if isinstance(ignore, str) else set(ignore or ())
        kept = {name: value for name, value in values.items() if name not in left_out}
        self._set_hparams({name: kept[name] for name in args} if args else kept)

    def _set_hparams(self, values):
        if isinstance(values, Namespace):
            values = vars(values)
        if isinstance(values, dict) and isinstance(self.hparams, dict):
            self.hparams.update(values)
        else:
            self.__dict__["_hparams"] = values

    @property
    def hparams(self):
        if "_hparams" not in self.__dict__:
            self.__dict__["_hparams"] = AttributeDict()
        return self.__dict__["_hparams"]

    hparams_initial = hparams


class LightningModule(HyperparametersMixin, nn.Module):
    example_input_array = None
    automatic_optimization = True
    current_epoch = global_step = global_rank = local_rank = 0
    logger = trainer = fabric = None
    loggers = ()
    on_gpu = False
    strict_loading = True
    dtype = torch.float32

    def __init__(self, *args, **kwargs):
        super().__init__()

    @property
    def device(self):
        return torch.device("cpu")

    def log(self, *args, **kwargs):
        pass

    log_dict = print = manual_backward = toggle_optimizer = untoggle_optimizer = log

    def all_gather(self, data, *args, **kwargs):
        return data

    def freeze(self):
        self.requires_grad_(False)
        self.eval()

    def unfreeze(self):
        self.requires_grad_(True)
        self.train()

    @classmethod
    def load_from_checkpoint(cls, checkpoint_path, *args, **kwargs):
        kwargs = {name: value for name, value in kwargs.items() if name not in ("map_location", "hparams_file", "strict")}
        return cls(**kwargs)


def seed_everything(seed=None, *args, **kwargs):
    return seed


class Anything:
    """A callback, a logger, a trainer: no model needs one."""

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        return None

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()


LightningDataModule = Trainer = Callback = Fabric = Anything


def __getattr__(name):
    return Anything
