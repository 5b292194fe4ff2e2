"""Metrics: modules without parameters that no forward() of a model needs."""
from torch import nn


class Metric(nn.Module):
    def __init__(self, *args, **kwargs):
        super().__init__()

    def update(self, *args, **kwargs):
        pass

    compute = reset = add_state = forward = update

    def clone(self, *args, **kwargs):
        return self


class MetricCollection(nn.ModuleDict):
    def __init__(self, metrics=None, *args, **kwargs):
        super().__init__()

    def clone(self, *args, **kwargs):
        return self


def __getattr__(name):
    return Metric
