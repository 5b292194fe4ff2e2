# First values of weights.
import math


def each(value, change):
    if value is None:
        return
    if isinstance(value, (list, tuple)):
        for one in value:
            each(one, change)
    elif hasattr(value, 'data') and hasattr(value, 'uniform_'):
        change(value)
    elif hasattr(value, 'parameters'):
        for one in value.parameters():
            change(one)


def uniform(size, value):
    bound = 1.0 / math.sqrt(size)
    each(value, lambda one: one.data.uniform_(-bound, bound))


def kaiming_uniform(value, fan, a):
    bound = math.sqrt(6 / ((1 + a**2) * fan))
    each(value, lambda one: one.data.uniform_(-bound, bound))


def glorot(value):
    def change(one):
        bound = math.sqrt(6.0 / (one.size(-2) + one.size(-1)))
        one.data.uniform_(-bound, bound)

    each(value, change)


def constant(value, fill_value):
    each(value, lambda one: one.data.fill_(fill_value))


def zeros(value):
    constant(value, 0.0)


def ones(tensor):
    constant(tensor, 1.0)


def normal(value, mean, std):
    each(value, lambda one: one.data.normal_(mean, std))


def reset(value):
    if hasattr(value, 'reset_parameters'):
        value.reset_parameters()
    else:
        for child in value.children() if hasattr(value, 'children') else []:
            reset(child)
