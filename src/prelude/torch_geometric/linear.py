# A linear layer whose width may be told by its first input (−1).
import math

import torch
import torch_geometric.nn.inits as inits


class Linear(torch.nn.Module):
    def __init__(self, in_channels, out_channels, bias=True, weight_initializer=None, bias_initializer=None):
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.weight_initializer, self.bias_initializer = weight_initializer, bias_initializer
        if in_channels > 0:
            self.weight = torch.nn.Parameter(torch.empty(out_channels, in_channels))
        else:
            self.register_parameter('weight', None)
        if bias:
            self.bias = torch.nn.Parameter(torch.empty(out_channels))
        else:
            self.register_parameter('bias', None)
        self.reset_parameters()

    def reset_parameters(self):
        if self.weight is None:
            return
        if self.weight_initializer == 'glorot':
            inits.glorot(self.weight)
        elif self.weight_initializer == 'uniform':
            inits.uniform(self.in_channels, self.weight)
        else:
            inits.kaiming_uniform(self.weight, fan=self.in_channels, a=math.sqrt(5))
        if self.bias is not None:
            if self.bias_initializer == 'zeros':
                inits.zeros(self.bias)
            else:
                inits.uniform(self.in_channels, self.bias)

    def forward(self, x):
        if self.weight is None:
            self.in_channels = x.size(-1)
            # A layer of this width draws what this one would.
            self.weight = torch.nn.Linear(self.in_channels, self.out_channels, bias=False).weight
        return torch.nn.functional.linear(x, self.weight, self.bias)

    def __repr__(self):
        return f'Linear({self.in_channels}, {self.out_channels}, bias={self.bias is not None})'
