"""PyTorch's random draws, replaced by numbers of the tests' rule: the k-th draw is `noise{k}`, uniform from 0 to 1."""
import torch
import torch.nn.functional as F
from reference_models import mixed


class Noise:
    def __init__(self):
        self.count = 0

    def draw(self, shape):
        u = mixed(f"noise{self.count}", int(torch.Size(shape).numel()))
        self.count += 1
        # Rounded as single precision has it, whatever the model's precision.
        return torch.tensor((u + 1) / 2, dtype=torch.float32).reshape(shape)

    def dropout(self, input, p=0.5, training=True, inplace=False):
        if not training or p == 0:
            return input
        return input * (self.draw(input.shape) >= p).to(input.dtype) / (1 - p)

    def channels(self, input, p=0.5, training=True, inplace=False):
        if not training or p == 0:
            return input
        return input * (self.draw(input.shape[:2] + (1,) * (input.ndim - 2)) >= p).to(input.dtype) / (1 - p)

    def alpha(self, input, p=0.5, training=False, inplace=False):
        """From the paper: dropped units take SELU's lowest value; a and b keep mean and variance."""
        if not training or p == 0:
            return input
        lowest, q = -1.7580993408473766, 1 - p
        a = (q + lowest**2 * q * (1 - q)) ** -0.5
        b = -a * (1 - q) * lowest
        return a * torch.where(self.draw(input.shape) >= p, input, torch.full_like(input, lowest)) + b

    def __enter__(self):
        self.before = F.dropout, F.dropout2d, F.alpha_dropout, torch.Tensor.bernoulli_
        F.dropout, F.dropout2d, F.alpha_dropout = self.dropout, self.channels, self.alpha
        torch.Tensor.bernoulli_ = lambda tensor, p=0.5: tensor.copy_(self.draw(tensor.shape) < p)

    def __exit__(self, *_):
        F.dropout, F.dropout2d, F.alpha_dropout, torch.Tensor.bernoulli_ = self.before
