"""Writes test/fixtures/tensors.json: what PyTorch makes of each snippet. Run with /usr/bin/python3 from anywhere;
a path as argument writes there instead.

Every snippet starts with `x`, float32 [2, 3, 4] with values by a rule, and leaves its result in `r`. The tests run it
twice: with a known `x`, whose results are known as well, and with `x` as the model's input.
"""

import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F

FIXTURE = pathlib.Path(__file__).parents[1] / 'fixtures' / 'tensors.json'
RULE = 'x = (torch.arange(24) * 7 % 11 - 5).reshape(2, 3, 4) / 4'

CASES = '''
# arithmetic and comparison
r = 2 - x
r = x / 2 + 3 * x
r = 1 / (x + 10)
r = x ** 2
r = 2 ** x
r = (x + 2) // 0.7
r = x % 0.7
r = -x
r = abs(x)
r = x > 0
r = 0 <= x
r = (x > 0) & (x < 1)
r = (x > 0) | (x < -1)
r = (x > 0) ^ (x < 1)
r = ~(x > 0)
r = (x > 0).float() * 2
r = torch.arange(5) // 2
r = torch.arange(7) % 3
r = -torch.arange(7) // 2
r = -torch.arange(7) % 3
r = torch.arange(5) / 2
r = torch.arange(5) * 1.5
r = torch.arange(5) ** 2
r = torch.arange(5, dtype=torch.int32) // 2
r = 7 // torch.arange(1, 5)
r = torch.arange(4) + x
r = x.add(1, alpha=3)
r = torch.sub(x, torch.ones(4), alpha=2)
r = torch.rsub(x, 3)
r = torch.floor_divide(x, 0.5)
r = torch.div(x, 0.5, rounding_mode='floor')
r = torch.remainder(x, 0.7)
r = torch.addcmul(x, x, x, value=0.5)
r = torch.lerp(x, torch.ones(4), 0.25)
r = torch.maximum(x, torch.zeros(4))
r = torch.minimum(x, torch.zeros(1))
r = x.eq(0)
r = torch.ne(x, 0)
r = torch.logical_and(x > 0, x < 1)
r = torch.isnan(x)
# one argument
r = (x + 2).exp()
r = torch.log(x + 2)
r = (x + 2).sqrt()
r = torch.rsqrt(x + 2)
r = (x + 2).reciprocal()
r = (x * 2).round()
r = torch.floor(x)
r = x.ceil()
r = torch.sign(x)
r = x.sin() + torch.cos(x)
r = torch.erf(x)
r = torch.tanh(x)
r = x.sigmoid()
r = x.square()
r = torch.log1p(x + 2)
r = torch.expm1(x)
r = torch.log2(x + 2)
r = torch.tan(x)
r = x.clamp(-0.5, 0.5)
r = torch.clamp(x, min=0)
r = x.clamp(max=0.25)
r = x.clamp_min(0.1)
# reductions
r = x.sum()
r = x.sum(1)
r = torch.sum(x, dim=(0, 2), keepdim=True)
r = (x > 0).sum(-1)
r = torch.arange(6).sum()
r = x.mean((1, 2))
r = torch.mean(x, -1, True)
r = x.max()
r = x.max(dim=1)[0]
r = x.max(1).values
r = x.max(1, keepdim=True).values
values, indices = x.min(-1); r = values
r = x.amax((0, 1))
r = torch.amin(x, dim=-1, keepdim=True)
r = x.prod(2)
r = x.var()
r = x.var(1, unbiased=False)
r = torch.var(x, -1, keepdim=True)
r = x.std(dim=(1, 2), unbiased=False, keepdim=True)
r = x.std(-1)
r = x.norm(dim=-1)
r = x.norm()
r = torch.norm(x, p=2, dim=1, keepdim=True)
r = torch.linalg.norm(x, dim=-1)
r = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
r = x.norm(p=1, dim=-1)
r = torch.logsumexp(x, dim=1)
r = (x > 5).any()
r = (x > -5).all()
r = torch.var_mean(x, dim=1)[0]
# activations
r = F.softmax(x, dim=-1)
r = x.softmax(1)
r = torch.log_softmax(x, dim=2)
r = F.log_softmax(x, -1)
r = F.relu(x)
r = torch.relu(x)
r = x.clone().relu_()
r = F.gelu(x)
r = F.gelu(x, approximate='tanh')
r = F.leaky_relu(x, 0.2)
r = F.silu(x, inplace=False)
r = F.elu(x, alpha=0.5)
r = F.softplus(x, beta=2)
r = F.prelu(x, torch.tensor([0.25, 0.5, 0.1]))
r = F.hardswish(x)
r = F.relu6(x * 8)
r = F.hardtanh(x, -0.5, 0.5)
r = F.hardsigmoid(x)
r = F.logsigmoid(x)
r = F.glu(x, dim=-1)
r = F.softmin(x, dim=1)
# layout
r = x.view(6, 4)
r = x.view(-1, 2)
r = x.reshape((2, -1))
r = x.flatten()
r = torch.flatten(x, 1)
r = x.flatten(0, 1)
r = x.unflatten(2, (2, 2))
r = x.permute(2, 0, 1)
r = torch.permute(x, (0, -1, 1))
r = x.transpose(1, 2)
r = x.transpose(-1, 0).contiguous().view(-1)
r = torch.transpose(x, 0, 1)
r = x[0].t()
r = x[0].T
r = x.mT
r = x.movedim(0, -1)
r = x.unsqueeze(-1)
r = torch.unsqueeze(x, 1)
r = x.unsqueeze(0).squeeze(0)
r = x[:1].squeeze()
r = x.squeeze(1)
r = x[:, None].expand(-1, 2, -1, -1)
r = torch.ones(4).expand_as(x) * x
r = x.repeat(1, 2, 1)
r = x.repeat(2, 1, 1, 1)
r = torch.tile(x, (2,))
r = x.repeat_interleave(2, dim=1)
r = torch.repeat_interleave(x, 3)
r = x.flip(1)
r = torch.flip(x, dims=(0, -1))
r = x.roll(1, -1)
r = torch.roll(x, shifts=(-1, 2), dims=(1, 2))
r = x.roll(5)
r = torch.swapaxes(x, 0, 2)
r = x.view_as(torch.zeros(4, 6))
r = torch.broadcast_to(x, (3, 2, 3, 4))
r = torch.atleast_2d(x[0, 0])
r = torch.rot90(x, 1, (1, 2))
r = x.unfold(2, 2, 1)
# joining and splitting
r = torch.cat([x, x * 2], dim=1)
r = torch.cat((x, torch.zeros(2, 3, 1)), -1)
r = torch.stack([x, x + 1])
r = torch.stack((x, x), dim=-1)
r = torch.hstack([x, x])
r = torch.vstack([x, x])
r = x.chunk(3, dim=-1)[1]
a, b = x.chunk(2, 2); r = a * b
r = x.split(3, dim=2)[1]
r = torch.split(x, [1, 2], dim=1)[1]
r = x.unbind(1)[2]
q, k, v = x.unbind(1); r = q + k * v
r = torch.tensor_split(x, 3, dim=2)[2]
# indexing
r = x[0]
r = x[-1, 1]
r = x[0, 0, 0]
r = x[:, 1:]
r = x[:, ::2]
r = x[..., -1]
r = x[..., 1:-1, :]
r = x[:, :, None]
r = x[None, ..., None]
r = x[:, -2:, :3]
r = x[1, :, 2]
r = x[[1, 0]]
r = x[:, [0, 2, 2]]
r = x[:, torch.tensor([2, -1])]
r = x[:, torch.tensor([[0, 1], [1, 2]])]
r = x[:, torch.tensor([True, False, True])]
r = x[:, [True, False, True]]
r = x[[0, 1], [2, 0]]
r = x[torch.arange(2), torch.tensor([0, 2])]
r = x[:, [0, 1], [1, 3]]
r = x[[0, 1], :, [1, 3]]
r = x[torch.tensor([[0], [1]]), torch.tensor([0, 2])]
r = x[torch.arange(24).reshape(2, 3, 4) % 5 == 0]
r = x[torch.tensor(1)]
r = torch.arange(10)[torch.arange(4) * 2]
r = x[x.shape[0] - 1]
r = x.index_select(1, torch.tensor([2, 0]))
r = x.select(1, -1)
r = x.narrow(2, 1, 2)
r = torch.gather(x, 2, torch.tensor([[[0, 1], [2, 3], [3, 3]], [[1, 1], [0, 2], [3, 0]]]))
r = torch.take_along_dim(x, torch.tensor([[[3]]]), dim=2)
# writing
y = x.clone(); y[:, 0] = 0; r = y
y = x.clone(); y[0] = x[1]; r = y
y = x.clone(); y[..., 1:3] = -1.5; r = y
y = x.clone(); y[:, 1] += 2; r = y
y = x.clone(); y[:, :, 0] *= x[:, :, 1]; r = y
y = torch.zeros(2, 3, 4); y[:, ::2] = x[:, ::2]; r = y
y = torch.zeros(3, 4); y[1, 2] = 5; r = y
y = torch.zeros(4); y[torch.arange(4) > 1] = 2; r = y + x
y = x.clone(); y[torch.arange(24).reshape(2, 3, 4) % 2 == 0] = 7; r = y
y = torch.zeros(2, 3, 4); y[:] = x; r = y
y = x.clone(); y += 1; r = x
y = x.detach().clone(); y.mul_(2); r = x + y
y = x * 1; y.add_(1).clamp_(min=0); r = y
y = x * 1; y -= x.mean(-1, keepdim=True); y /= 2; y *= y; r = y
y = x * 1; F.relu(y, inplace=True); r = y
y = torch.zeros(2, 3); y.fill_(3); r = y
y = torch.zeros(3, 4); y.copy_(x[0]); r = y
y = torch.zeros(3, 4); y.copy_(torch.ones(4)); r = y
y = torch.empty(2, 2).zero_(); r = y
y = x * 1; y.masked_fill_(y > 0, 9); r = y
y = x * 1; y.fill_(2); r = y
y = x * 1; y.zero_(); r = y
# views and the memory that they share
y = x.clone(); z = y[:, 0]; z += 1; r = y
y = x.clone(); z = y[0]; z[1] = 5; r = y
y = x.clone(); z = y.view(6, 4); z[2:4] = 0; r = y
y = x.clone(); z = y.transpose(1, 2); z[:, 0] = 7; r = y
y = x.clone(); z = y.transpose(1, 2).reshape(-1); z += 1; r = y
y = x.clone(); z = y.flatten(1); z.mul_(2); r = y
y = x.clone(); a, b = y.chunk(2, 2); a += b; r = y
y = x.clone(); a, b = y.chunk(2, 2); y.zero_(); r = a + b
y = x.clone(); z = y[:, ::2]; y += 1; r = z
y = x.clone(); z = y[1].t(); y[1] = 0; z[0, 0] = 4; r = y
y = x.clone(); z = y.detach(); z += 1; r = y
y = x.clone(); z = y.data; z[0] = 3; r = y
y = x.clone(); z = y.contiguous(); z += 1; r = y
y = x.clone(); z = y.transpose(0, 1).contiguous(); z += 1; r = y
y = x.clone(); z = y[[0, 1]]; z += 1; r = y
y = x.clone(); z = y.float(); z += 1; r = y
y = x.clone(); z = y.unsqueeze(0).squeeze(0)[..., 1]; z.fill_(2); r = y
y = x.clone(); z = y.narrow(1, 1, 2).select(2, 0); z -= 4; r = y
y = x.clone(); z = y.permute(2, 0, 1)[1:3, :, ::2]; z *= 3; r = y
y = x.clone(); z = y.unflatten(2, (2, 2)); z[..., 0] = z[..., 1]; r = y
y = x.clone(); z = y.unbind(1)[1]; w = z[1]; w[2:] = -1; z[0] = 9; r = y
y = x.clone(); z = y[:, 1:]; z[:] = z.flip(1); r = y
y = x.clone(); z = y[:1]; z.copy_(y[1:]); r = y
y = torch.zeros(4, 4); z = y.diagonal().clone(); z += 1; r = y
y = torch.zeros(3, 4); z = y[1]; z[:] = torch.arange(4); y[2] = z; r = y
y = torch.arange(6).view(2, 3); y.t()[0] = 9; r = y
y = x.clone(); y[0][1][2] = 6; r = y
y = x.clone(); y[:, 1].add_(1).mul_(2); r = y
y = x.clone(); F.relu(y[:, 0], inplace=True); r = y
y = x.clone(); z = y; y = y + 1; r = z
y = x.clone(); y.unsqueeze_(1).squeeze_(1); y += 1; r = y
y = x.clone(); z = y.view(-1); y.transpose_(1, 2); y[:, 0] = 0; r = z
y = x.clone(); y[:, 1] = y[:, 0]; y[:, 0] = y[:, 2] * 2; r = y
y = torch.ones(2, 3, dtype=torch.int64); y[0] = 2.7; r = y
y = torch.zeros(2, 3); y[:, 1] = torch.tensor([1, 2]); r = y
y = x.clone(); y[..., None][..., 0] = 1; r = y
y = x.expand(2, 2, 3, 4).clone(); y[0] += 1; r = y
y = x.clone(); y[x > 0] = 0; r = y
y = x.clone(); y[:, x[0, :, 0] > 0] = 3; r = y
y = x.clone(); y[[0, 1], [2, 0]] = torch.tensor([1., 2., 3., 4.]); r = y
y = x.clone(); y[:, [0, 2]] = x[:, [2, 0]]; r = y
y = x.clone(); y[[0, 1], :, [1, 3]] = 0; r = y
y = x.clone(); y[torch.tensor([True, False])] = 4; r = y
y = x.clone(); i = x[0, :2, 0].abs().long(); y[:, i] = 8; r = y
y = x.clone(); i = x[:, 0, 0].abs().long(); y[i, 1] = torch.tensor([5., 5., 6., 7.]); r = y
y = x.clone(); i = x[:, :, 0].abs().long(); r = y[:, i]
i = x[:, 0, 1].abs().long(); r = x[torch.arange(2), i]
i = x[:, 0, 0].abs().long() - 2; r = x[:, :, i]
y = x.clone(); y.index_fill_(1, torch.tensor([0, 2]), -1); r = y
y = x.clone(); y.index_add_(1, torch.tensor([0, 0]), torch.ones(2, 2, 4)); r = y
y = x.clone(); y.index_copy_(2, torch.tensor([3, 0]), torch.zeros(2, 3, 2)); r = y
y = x.clone(); y.index_put_((torch.tensor([0, 0]), torch.tensor([1, 1])), torch.tensor(1.), accumulate=True); r = y
y = torch.zeros(3, 5); y.scatter_(1, torch.tensor([[0], [2], [4]]), 1.0); r = y
r = torch.zeros(3, 5).scatter(1, torch.tensor([[0, 1], [2, 3], [4, 0]]), x[0, :, :2])
r = torch.zeros(2, 3, 4).scatter_add(2, torch.zeros(2, 3, 4, dtype=torch.int64), x)
y = x.clone(); y.clamp_(-0.5, 0.5); r = y
y = x * 1; y.sub_(1, alpha=2); y.div_(4); y.pow_(2); r = y
y = x * 1; y.sigmoid_(); r = y
y = x * 1; y.t_() if y.dim() == 2 else y.neg_(); r = y
y = torch.tensor([1, 2, 3]); y *= 2; y //= 4; r = y
y = torch.tensor([5, 6, 7]); y %= 4; y += torch.tensor(True); r = y
m = torch.zeros(4, 4, dtype=torch.bool); m[1:3, 2] = True; m |= torch.eye(4, dtype=torch.bool); r = m
m = torch.ones(4, 4).triu(1).bool(); y = torch.zeros(4, 4); y[m] = float('-inf'); r = y
t = torch.empty(4, 2); t[0], t[1] = 1, 2; t[2:] = t[:2] + 5; r = t
h = [x[:, i] for i in range(3)]; h[0] = h[0] + 1; r = torch.stack(h, 1)
o = torch.zeros(2, 3, 4); [o[:, i].copy_(x[:, 2 - i]) for i in range(3)]; r = o
# orders and places
values, indices = x.max(1); r = indices
values, indices = x.min(dim=2, keepdim=True); r = indices
r = x.max(1).indices
r = x.argmax()
r = torch.argmax(x, dim=-1)
r = x.argmin(1, keepdim=True)
r = x.topk(2).values
r = x.topk(2, dim=1, largest=False)[0]
r = torch.topk(x[0, 0], 3).indices
r = x.sort(dim=-1)[0]
r = torch.sort(x[0, 1], descending=True).values
r = torch.argsort(torch.tensor([3, 1, 2]))
r = torch.argsort(x[0, 0], descending=True)
r = x.median()
r = x.median(dim=1).values
r = x.kthvalue(2, dim=-1)[0]
r = x.cumsum(1)
r = torch.cumsum(x > 0, dim=2)
r = x.cumprod(2)
r = torch.cummax(x, dim=2)[0]
r = torch.diff(x, dim=1)
r = torch.diff(torch.tensor([1, 4, 9]))
r = torch.count_nonzero(x, dim=1)
r = torch.aminmax(x)[1]
r = (x > 0).any(1)
r = (x > -1).all(dim=2, keepdim=True)
r = torch.any(x > 0, dim=-1)
r = torch.std_mean(x, dim=1)[0]
r = torch.unique(torch.tensor([3, 1, 3]))
r = torch.nonzero(torch.tensor([[0, 1], [1, 0]]))
r = torch.where(torch.tensor([0, 1, 1]) > 0)[0]
r = torch.bucketize(x, torch.tensor([-0.5, 0.5]))
r = torch.cdist(x, x)
# scalars, which are vectors of one where a dimension is named
s = x[0, 1, 2]; r = torch.sort(s).values
s = x[0, 1, 2]; r = torch.sort(s, dim=-1, descending=True).indices
s = x[0, 1, 2]; r = torch.argsort(s, dim=0)
s = x[0, 1, 2]; r = torch.msort(s)
s = x[0, 1, 2]; r = torch.topk(s, 1).values
s = x[0, 1, 2]; r = s.topk(1, dim=0).indices
s = x[0, 1, 2]; r = torch.kthvalue(s, 1).values
s = x[0, 1, 2]; r = torch.kthvalue(s, 1, dim=0, keepdim=True).indices
s = x[0, 1, 2]; r = s.median(dim=0).values
s = x[0, 1, 2]; r = s.median()
s = x[0, 1, 2]; r = s.max(dim=0).values
s = x[0, 1, 2]; r = s.min(dim=-1, keepdim=True).indices
s = x[0, 1, 2]; r = s.argmax()
s = x[0, 1, 2]; r = s.argmin(dim=0)
s = x[0, 1, 2]; r = s.argmax(dim=-1, keepdim=True)
s = x[0, 1, 2]; r = s.amax(dim=0)
s = x[0, 1, 2]; r = s.sum(dim=0)
s = x[0, 1, 2]; r = s.mean(dim=-1, keepdim=True)
s = x[0, 1, 2]; r = s.prod(dim=0)
s = x[0, 1, 2]; r = s.var(dim=0, unbiased=False)
s = x[0, 1, 2]; r = s.std(unbiased=False)
s = x[0, 1, 2]; r = s.norm(dim=0)
s = x[0, 1, 2]; r = s.norm(p=1, dim=-1)
s = x[0, 1, 2]; r = torch.linalg.vector_norm(s, dim=0)
s = x[0, 1, 2]; r = torch.logsumexp(s, dim=0)
s = x[0, 1, 2]; r = (s > 0).any(dim=0)
s = x[0, 1, 2]; r = (s > 0).all(dim=-1)
s = x[0, 1, 2]; r = torch.aminmax(s)[0]
s = x[0, 1, 2]; r = torch.cumsum(s, dim=0)
s = x[0, 1, 2]; r = torch.cumprod(s, dim=-1)
s = x[0, 1, 2]; r = torch.cummax(s, dim=0).values
s = x[0, 1, 2]; r = torch.cummin(s, dim=0).indices
s = x[0, 1, 2]; r = F.softmax(s, dim=0)
s = x[0, 1, 2]; r = s.softmax(-1)
s = x[0, 1, 2]; r = F.log_softmax(s, dim=0)
s = x[0, 1, 2]; r = F.softmin(s, dim=-1)
s = x[0, 1, 2]; r = torch.roll(s, 2)
s = x[0, 1, 2]; r = torch.flip(s, [0])
s = x[0, 1, 2]; r = torch.flip(s, [])
s = x[0, 1, 2]; r = s.flatten()
s = x[0, 1, 2]; r = s.flatten(0, -1)
s = x[0, 1, 2]; r = s.ravel()
s = x[0, 1, 2]; r = s.transpose(0, -1)
s = x[0, 1, 2]; r = s.t()
s = x[0, 1, 2]; r = s.permute(())
s = x[0, 1, 2]; r = torch.movedim(s, 0, 0)
s = x[0, 1, 2]; r = s.squeeze()
s = x[0, 1, 2]; r = s.squeeze(0)
s = x[0, 1, 2]; r = s.squeeze(-1)
s = x[0, 1, 2]; r = s.unsqueeze(-1)
s = x[0, 1, 2]; r = s.expand(2)
s = x[0, 1, 2]; r = s.expand(())
s = x[0, 1, 2]; r = s.expand(3, 2)
s = x[0, 1, 2]; r = s.repeat(2)
s = x[0, 1, 2]; r = s.repeat_interleave(2)
s = x[0, 1, 2]; r = torch.tile(s, (2,))
s = x[0, 1, 2]; r = s.unfold(0, 1, 1)
s = x[0, 1, 2]; r = torch.index_select(s, 0, torch.tensor([0]))
s = x[0, 1, 2]; r = torch.gather(s, 0, torch.tensor(0))
s = x[0, 1, 2]; r = torch.gather(s, 0, torch.tensor([0]))
s = x[0, 1, 2]; r = torch.take(s, torch.tensor([0, 0]))
s = x[0, 1, 2]; r = torch.take_along_dim(s, torch.tensor(0))
s = x[0, 1, 2]; r = s.index_fill(0, torch.tensor([0]), 5)
s = x[0, 1, 2]; r = s.index_add(0, torch.tensor([0]), torch.tensor([2.]))
s = x[0, 1, 2]; r = s.index_copy(0, torch.tensor([0]), torch.tensor([2.]))
s = x[0, 1, 2]; r = s.scatter(0, torch.tensor(0), torch.tensor(2.))
s = x[0, 1, 2]; r = s.scatter(0, torch.tensor([0]), 2.)
s = x[0, 1, 2]; r = s.scatter_add(0, torch.tensor(0), torch.tensor(2.))
s = x[0, 1, 2]; r = s.masked_fill(s > 0, 3)
s = x[0, 1, 2]; r = s[None]
s = x[0, 1, 2]; r = s[...]
s = x[0, 1, 2]; r = s[()]
s = x[0, 1, 2]; r = s.clone(); r[...] = 4
s = x[0, 1, 2]; r = s.clone(); r += 1
s = x[0, 1, 2]; r = s.clone(); r[()] = 4
s = x[0, 1, 2]; r = s.clone(); r.fill_(2)
s = x[0, 1, 2]; r = torch.stack([s, s])
s = x[0, 1, 2]; r = torch.hstack([s, s])
s = x[0, 1, 2]; r = torch.vstack([s, s])
s = x[0, 1, 2]; r = torch.dstack([s, s])
s = x[0, 1, 2]; r = torch.column_stack([s, s])
s = x[0, 1, 2]; r = torch.atleast_1d(s)
s = x[0, 1, 2]; r = torch.atleast_3d(s)
s = x[0, 1, 2]; r = torch.einsum(',->', s, s)
s = x[0, 1, 2]; r = torch.einsum('...,...->...', s, s)
s = x[0, 1, 2]; r = torch.outer(s[None], s[None])
s = x[0, 1, 2]; r = torch.inner(s, s)
s = x[0, 1, 2]; r = torch.kron(s, s)
s = x[0, 1, 2]; r = torch.tensordot(s, s, dims=0)
s = x[0, 1, 2]; r = torch.where(s > 0, s, -s)
s = x[0, 1, 2]; r = torch.bucketize(s, torch.tensor([-0.5, 0.5]))
s = x[0, 1, 2]; r = torch.meshgrid(s, x[0, 0], indexing='ij')[0]
s = x[0, 1, 2]; r = torch.broadcast_to(s, (2,))
s = x[0, 1, 2]; r = torch.broadcast_tensors(s, x[0, 0])[0]
s = x[0, 1, 2]; r = torch.as_strided(s, (2,), (0,))
s = x[0, 1, 2]; r = torch.diag_embed(s[None])
s = x[0, 1, 2]; r = F.normalize(s, dim=0)
s = x[0, 1, 2]; r = F.cosine_similarity(s, s, dim=0)
s = x[0, 1, 2]; r = F.mse_loss(s, s * 2)
s = x[0, 1, 2]; r = F.kl_div(s, s.abs() + 1, reduction='sum')
s = x[0, 1, 2]; r = F.kl_div(s, s.abs() + 1, reduction='batchmean')
s = x[0, 1, 2]; r = [s.dim(), s.numel(), len(s.shape)]
r = torch.diag_embed(x[0, 0])
r = torch.repeat_interleave(x, torch.tensor([2]), dim=1)
r = torch.allclose(torch.ones(2), torch.ones(1))
r = torch.kron(x[0], x[0, 0])
r = F.bilinear(x[0, 0], x[0, 1], torch.ones(2, 4, 4))
# more of one and two arguments
r = torch.asin(x / 2)
r = torch.acos(x / 2) + torch.atan(x)
r = torch.sinh(x) - torch.cosh(x)
r = torch.asinh(x)
r = torch.erfinv(x / 4) + torch.special.erfinv(x / 8) + (x / 8).erfinv()
r = torch.acosh(x + 3)
r = torch.atanh(x / 2)
r = torch.atan2(x, x.flip(-1) + 0.3)
r = torch.log10(x + 2)
r = torch.exp2(x)
r = torch.logit(torch.sigmoid(x))
r = torch.trunc(x * 3)
r = torch.frac(x * 3)
r = torch.fmod(x, 0.7)
r = x.round(decimals=1)
r = torch.nan_to_num(torch.log(x.clamp(min=0)))
r = torch.isfinite(1 / (x - 0.25))
r = torch.div(x, 0.7, rounding_mode='trunc')
r = torch.div(torch.arange(-3, 4), 2, rounding_mode='trunc')
r = torch.div(torch.arange(-3, 4), 2, rounding_mode='floor')
r = torch.fmod(torch.arange(-3, 4), 2)
r = torch.arange(-4, 5) % -3
r = torch.arange(-4, 5) // -3
r = x.long() // 2
r = x.long() % 3
r = x.long() ** 2
r = x.long() / 2
r = (x * 4).int() // 3
r = torch.tensor([6, 3]) & 2
r = ~torch.tensor([1, 2])
r = torch.special.expm1(x)
r = x.addcdiv(x, x + 3, value=2)
r = torch.hypot(x, x + 1)
r = torch.xlogy(x + 2, x + 2)
r = torch.logical_not(x > 0)
r = torch.logical_xor(x > 0, x < 1)
r = torch.tensor(3) * 2.5
r = torch.tensor(3.0, dtype=torch.float64) * torch.ones(2)
r = torch.arange(3) * torch.tensor(2.5)
r = torch.arange(3, dtype=torch.uint8) + 300
r = torch.tensor(True) + 1
r = torch.ones(2, dtype=torch.bool) * 2
r = torch.ones(3, dtype=torch.bool).sum()
r = torch.ones(2, dtype=torch.int32) + torch.ones(2, dtype=torch.int64)
r = torch.ones(2, dtype=torch.int64) + torch.ones((), dtype=torch.float32)
r = torch.where(x > 0, 1, 0)
r = torch.where(x > 0, x, 1)
# more of layout
r = torch.tensor_split(x, (1, 2), dim=1)[1]
r = torch.hsplit(x, 3)[1]
r = torch.dstack([x[0], x[1]])
r = torch.column_stack([x[0, 0], x[0, 1]])
r = torch.cat([torch.zeros(0), x[0, 0]])
r = torch.cat([torch.arange(2), torch.ones(1)])
r = torch.stack([x[0], x[1]], axis=2)
r = x.ravel()
r = torch.fliplr(x)
r = torch.rot90(x, -1, (0, 2))
r = torch.diag(x[0, :, :3])
r = torch.diag(x[0], 1)
r = torch.diag_embed(x[0])
r = torch.diag_embed(x[0], offset=1)
r = torch.diagonal(x, offset=-1, dim1=1, dim2=2)
r = x.unfold(1, 2, 1)
r = torch.as_strided(x, (2, 2), (4, 1), 1)
r = x.transpose(0, 2).as_strided((3, 4), (4, 1), 2)
y = x.permute(1, 0, 2); r = y.as_strided((2, 2, 3), (y.stride(0), y.stride(1), 1), 1)
r = torch.meshgrid(x[0, 0], x[0, :, 0])[1]
r = torch.cartesian_prod(torch.tensor([1, 2]), torch.tensor([3, 4]))
r = torch.tril_indices(3, 3)
r = torch.triu_indices(3, 4, 1)
r = torch.repeat_interleave(torch.tensor([5, 6]), torch.tensor([2, 1]))
r = x.permute(dims=(1, 2, 0))
r = x.expand(size=(2, 3, 4))
r = torch.zeros(size=(2, 2))
r = [x.transpose(0, 1).stride(1), x[:, 1].storage_offset(), x.transpose(0, 1).is_contiguous()]
r = list(x.shape[:2]) + [len(x.shape), x.shape[1:].numel(), x.shape[-1]]
r = torch.Size([2, 3]).numel()
r = torch.broadcast_tensors(x[0, 0], x[:, :1, :1])[0]
# more products
r = torch.tensordot(x, x, dims=([1, 2], [1, 2]))
r = torch.tensordot(x, x[0], dims=([2], [1]))
r = torch.inner(x, x[0])
r = torch.kron(x[0, :2, :2], torch.ones(1, 2))
r = torch.cross(x[:, :, :3], x.flip(1)[:, :, 1:], dim=1)
r = torch.addmv(torch.ones(3), x[0], torch.ones(4), beta=2, alpha=0.5)
r = torch.addbmm(torch.ones(3, 3), x, x.mT)
r = torch.trace(x[0])
r = torch.linalg.norm(x[0], ord=1)
r = torch.linalg.norm(x[0])
r = torch.linalg.matrix_norm(x)
r = torch.linalg.vector_norm(x, ord=3, dim=1)
r = torch.linalg.norm(x, ord=float('inf'), dim=2)
r = x.norm(p=float('inf'))
r = x.norm(3, -1)
r = torch.einsum('ijk,jil->kl', x, x.transpose(0, 1))
r = torch.einsum('b...d,b...e->b...de', x, x)
r = torch.einsum('...', x)
r = torch.einsum('ijk->ik', x)
r = torch.einsum('bhi,bhj->bhij', x, x)
r = torch.einsum('i,i->', x[0, 0], x[1, 1])
r = torch.einsum('iij->j', (x @ x.mT)[:, :2])
r = torch.hann_window(4)
r = torch.clamp(x, torch.zeros(4), torch.ones(4))
# products
r = x @ x.transpose(1, 2)
r = torch.matmul(x, torch.ones(4))
r = torch.ones(3) @ x
r = torch.mm(x[0], x[1].t())
r = x.bmm(x.mT)
r = torch.dot(x[0, 0], x[1, 1])
r = torch.mv(x[0], torch.ones(4))
r = torch.outer(x[0, 0], x[1, 1])
r = torch.baddbmm(torch.ones(3, 3), x, x.mT)
r = torch.addmm(torch.ones(3), x[0], x[1].T)
r = torch.einsum('bij,bkj->bik', x, x)
r = torch.einsum('bij->bji', x)
r = torch.einsum('bij->b', x)
r = torch.einsum('bij,j->bi', x, torch.ones(4))
r = torch.einsum('i,j->ij', x[0, 0], x[1, 1])
r = torch.einsum('bij,bij->b', x, x)
r = torch.einsum('b i j, c i j -> b c', x, x)
r = torch.einsum('ij,ij', x[0], x[1])
r = torch.einsum('...ij,...kj->...ik', x, x)
r = torch.einsum('...d,d->...', x, torch.ones(4))
r = torch.einsum('bij,bjk,bkl->bil', x, x.mT, x)
r = torch.einsum('ii->i', (x @ x.mT)[0])
r = torch.einsum('ii', (x @ x.mT)[0])
# masks
m = x.sum(-1) > 0; y = x + 1; y[m] = torch.arange(4.).reshape(1, 1, 4); r = y
y = x * 2; y[x > 0] = x[x > 0]; r = y
m = x > 0; y = x * 2; y[m] = 3 * y[m] - x[m]; r = y
m = x < 0; y = x + 1; y[m] *= 0.5; r = y
m = x < 0; y = x + 1; y[m] += x[m]; r = y
m = x.sum(-1) > 0; y = x + 1; y[m] = -x[m]; r = y
m = x.sum((1, 2)) > 0; y = x + 1; y[m] = x[m] / 2; r = y
r = torch.where(x > 0, x, torch.zeros(1))
r = torch.where(x > 0, x, 0.0)
r = x.where(x > 0, torch.zeros(1))
r = x.masked_fill(x < 0, float('-inf')).softmax(-1)
r = x.masked_fill(torch.tensor([True, False, True, False]), -1)
r = x.tril()
r = torch.triu(x, diagonal=1)
r = torch.tril(torch.ones(4, 4), -1)
r = torch.ones(3, 3).triu(1).bool()
r = torch.full((3, 3), float('-inf')).triu(1)
r = torch.diag(x[0, 0])
r = torch.diagonal(x, dim1=1, dim2=2)
# making
r = torch.tensor([[1, 2], [3, 4]])
r = torch.tensor([1, 2.5])
r = torch.tensor([True, False])
r = torch.tensor(3)
r = torch.tensor([1, 2], dtype=torch.float32)
r = torch.tensor([1.5, 2.5], dtype=torch.int64)
r = torch.tensor([torch.tensor(1), 2])
r = torch.zeros(2, 3)
r = torch.zeros((2,), dtype=torch.long)
r = torch.zeros([2, 1])
r = torch.ones(2, dtype=torch.bool)
r = torch.full((2, 2), 7)
r = torch.full((2,), 1.5)
r = torch.full((2,), True)
r = torch.full((2,), 3, dtype=torch.float32)
r = torch.arange(5)
r = torch.arange(1, 10, 3)
r = torch.arange(0, 1, 0.25)
r = torch.arange(4.0)
r = torch.arange(5, 0, -2)
r = torch.arange(x.size(1), device=x.device)
r = torch.arange(0, 8, 2).float() / 8
r = torch.linspace(0, 1, 5)
r = torch.linspace(0.1, 0.7, steps=4)
r = torch.logspace(0, 2, 3)
r = torch.eye(3)
r = torch.eye(2, 3)
r = torch.zeros_like(x)
r = torch.ones_like(x, dtype=torch.int64)
r = torch.full_like(x, 2)
r = x.new_zeros(2, 2)
r = x.new_ones((3,))
r = x.new_full((2,), 4)
r = x.new_tensor([1, 2])
r = x.new_zeros(x.size(0), dtype=torch.long)
r = torch.stack(torch.meshgrid([torch.arange(2), torch.arange(3)], indexing='ij'))
r = torch.stack(torch.meshgrid(torch.arange(2), torch.arange(3), indexing='ij'), -1)
gx, gy = torch.meshgrid(torch.arange(2), torch.arange(3), indexing='xy'); r = gx * 10 + gy
r = torch.cumsum(torch.arange(5), 0)
r = torch.linspace(0, 0.3, 4).tolist()
r = torch.pow(10000, torch.arange(0, 4, 2) / 4)
r = torch.exp(torch.arange(0, 4, 2).float() * (-9.21 / 4))
pe = torch.zeros(4, 4); p = torch.arange(4).unsqueeze(1); pe[:, 0::2] = torch.sin(p * 0.5); pe[:, 1::2] = torch.cos(p * 0.5); r = pe
r = F.one_hot(torch.tensor([0, 2, 1]), 4)
r = F.one_hot(torch.arange(3) % 2)
# kinds
r = x.int()
r = x.long() + 1
r = x.double()
r = x.to(torch.float64).type_as(x)
r = x.to('cpu', torch.int32)
r = x.type(torch.int64)
r = x.half().float()
r = (x > 0).to(x.dtype)
r = x.bool()
r = x.float()
r = [x.shape[0], x.size(-1), x.dim(), x.numel(), x.ndim, len(x), x.ndimension(), x.nelement()]
r = [x.is_floating_point(), x.dtype == torch.float32, torch.is_tensor(x), x.is_cuda, x.shape == (2, 3, 4)]
r = list(x.shape[1:]) + [x.shape.numel()]
r = [x.stride(0), x.stride()[2], x.element_size(), x.is_contiguous()]
b, c, n = x.shape; r = [b * c, n]
r = [torch.arange(4).sum().item(), int(torch.tensor(2.7)), float(torch.tensor(3)), torch.tensor([5])[0].item()]
r = [i for i in range(torch.tensor(3))]
r = [int(t) for t in torch.arange(3)]
r = [1 if torch.tensor(2) > 1 else 0, torch.equal(torch.ones(2), torch.ones(2))]
r = [torch.finfo(torch.float32).eps > 0, torch.iinfo(torch.int64).max > 0, torch.cuda.is_available()]
r = [torch.finfo(x.dtype).min, torch.finfo(x.dtype).max]
r = x.masked_fill(x > 0, torch.finfo(x.dtype).min) * 0
r = [v.item() for v in torch.linspace(0, 0.5, 3)]
r = [t.shape[0] for t in x.split([1, 2], 1)]
# layers as functions
r = F.linear(x, torch.ones(2, 4), torch.arange(2).float())
r = F.conv1d(x, torch.ones(2, 3, 2), stride=2)
r = F.conv1d(x, torch.ones(3, 1, 3), padding=1, groups=3)
r = F.conv1d(x, torch.ones(2, 3, 3), padding='same')
r = F.conv2d(x[:, None], torch.ones(2, 1, 2, 2))
r = F.conv_transpose1d(x, torch.ones(3, 2, 2), stride=2)
r = F.max_pool1d(x, 2)
r = F.avg_pool1d(x, 2, 1)
r = F.max_pool2d(x, (3, 2))
r = F.avg_pool2d(x[:, None], 2, padding=1, count_include_pad=False)
r = F.adaptive_avg_pool1d(x, 1)
r = F.adaptive_avg_pool2d(x[:, None], (1, 1))
r = F.adaptive_max_pool1d(x, 2)
r = F.layer_norm(x, (4,))
r = F.layer_norm(x, x.shape[1:], torch.full((3, 4), 2.0))
r = F.group_norm(x, 3)
r = F.batch_norm(x, torch.zeros(3), torch.ones(3))
r = F.instance_norm(x)
r = F.normalize(x, dim=-1)
r = F.normalize(x, p=1.0, dim=1)
r = F.dropout(x, 0.5, training=False)
r = F.embedding(torch.tensor([[0, 2]]), x[0])
r = F.pad(x, (1, 2))
r = F.pad(x, (0, 0, 1, 0), value=2.0)
r = F.pad(x, (1, 1), mode='reflect')
r = F.pad(x, (2, 1), mode='replicate')
r = F.pad(x, (-1, 0))
r = F.pad(x, (1, 1), mode='circular')
r = F.interpolate(x, scale_factor=2)
r = F.interpolate(x[:, None], size=(6, 8))
r = F.interpolate(x[:, None], scale_factor=2, mode='nearest')
r = F.interpolate(x[:, None], size=(3, 2))
r = F.pixel_shuffle(torch.cat([x[:, None]] * 4, 1), 2)
r = F.pixel_unshuffle(x[:, None, :2], 2)
r = F.cosine_similarity(x[0], x[1], dim=-1)
q = x[:, None]; r = F.softmax(q @ q.transpose(-2, -1) / 4 ** 0.5, dim=-1) @ q
r = torch.nn.functional.relu(x)
# complex numbers and transforms
z = torch.view_as_complex(x.reshape(2, 3, 2, 2)); r = torch.view_as_real(z * torch.polar(torch.ones(3, 2), torch.arange(6.).reshape(3, 2))).flatten(2)
z = torch.complex(x, x.flip(2)); r = (z * z.conj()).real + (z / (z + 2)).imag
z = torch.complex(x, x.flip(2)); r = z.abs() + torch.angle(z)
r = torch.fft.fft(x).abs()
r = torch.fft.rfft(x).real
r = torch.fft.rfft(x, dim=1).imag
r = torch.fft.irfft(torch.fft.rfft(x), n=4)
r = torch.fft.fft(torch.fft.fft(x, dim=-1), dim=-2).real
f = torch.fft.rfft2(x); o = torch.zeros(2, 3, 3, dtype=torch.cfloat); o[:, :2, :2] = torch.einsum('bxy,xyk->bxk', f[:, :2, :2], torch.complex(torch.arange(8.).reshape(2, 2, 2), torch.ones(2, 2, 2))); r = torch.fft.irfft2(o, s=(3, 4))
r = torch.fft.irfft2(torch.fft.rfft2(x, norm='ortho') * torch.complex(torch.arange(9.).reshape(3, 3), torch.ones(3, 3)), s=(3, 4), norm='ortho')
r = torch.fft.fftshift(torch.fft.fft2(x)).imag
r = torch.stft(x.flatten(1), 4, 2, window=torch.hann_window(4), return_complex=True).abs()
r = torch.view_as_real(torch.stft(x.flatten(1), 4, return_complex=True))
r = torch.exp(torch.complex(x, x)).imag
r = torch.fft.ifft(torch.complex(x, -x), dim=1).real
# small matrices
r = torch.det(x[:, :3, :3])
r = torch.linalg.det(x[:, :2, :2])
r = torch.linalg.inv(x[:, :3, :3] + 3 * torch.eye(3))
r = (x[0, :2, :2] + 3 * torch.eye(2)).inverse()
r = torch.linalg.solve(x[:, :3, :3] + 3 * torch.eye(3), x)
r = torch.linalg.slogdet(x[:, :3, :3])[1]
r = torch.linalg.matrix_power(x[:, :3, :3], 5)
r = torch.linalg.cholesky(x @ x.mT + 2 * torch.eye(3))
r = torch.linalg.solve_triangular(x[:, :3, :3].tril() + 3 * torch.eye(3), x, upper=False)
r = torch.linalg.solve_triangular(x[:, :3, :3].triu() + 3 * torch.eye(3), x.mT, upper=True, left=False)
r = torch.triangular_solve(x, x[:, :3, :3] + 3 * torch.eye(3))[0]
r = torch.linalg.vander(x[0])
r = torch.linalg.cross(x[..., :3], x[..., 1:])
r = torch.isreal(x)
# layers as functions of given weights
w = torch.arange(48.).reshape(12, 4) * 0.37 % 1 - 0.5; r = F.multi_head_attention_forward(x, x, x, 4, 2, w, w[:, 0], None, None, False, 0.0, w[:4], w[:4, 1], training=False)[0]
w = torch.arange(48.).reshape(12, 4) * 0.37 % 1 - 0.5; r = F.multi_head_attention_forward(x, x, x, 4, 2, w, w[:, 0], None, None, False, 0.0, w[:4], w[:4, 1], training=False, attn_mask=torch.tensor([[0., -1.], [0.5, 0.]]), key_padding_mask=torch.tensor([[False, True], [False, False], [True, False]]))[1]
w = torch.arange(48.).reshape(12, 4) * 0.37 % 1 - 0.5; r = F.multi_head_attention_forward(x[:1], x, x, 4, 1, None, w[:, 0], None, None, False, 0.0, w[:3], w[:3, 1], training=False, need_weights=False, use_separate_proj_weight=True, q_proj_weight=w[:4], k_proj_weight=w[4:8], v_proj_weight=w[8:])[0]
w = torch.arange(48.).reshape(12, 4) * 0.37 % 1 - 0.5; r = F.multi_head_attention_forward(x[0], x[1], x[1], 4, 2, w, None, None, None, False, 0.0, w[:4], None, training=False, average_attn_weights=False)[1]
r = torch.nn.CrossMapLRN2d(3, 0.5, 0.6, 2.0)(x[None])
# images read at places
r = F.grid_sample(x[:, None], torch.stack([x, x.flip(-1)], -1))
r = F.grid_sample(x[:, None], torch.stack([x, x.flip(-1)], -1), align_corners=True)
r = F.grid_sample(x[:, None], torch.stack([x, x.flip(-1)], -1) * 2, padding_mode='border', align_corners=False)
r = F.grid_sample(x[:, None], torch.stack([x, x.flip(-1)], -1) * 2, padding_mode='reflection', align_corners=False)
r = F.grid_sample(x[:, None], torch.stack([x, x.flip(-1)], -1) * 2, padding_mode='reflection', align_corners=True)
r = F.grid_sample(x[:, None], torch.stack([x, x.flip(-1)], -1) * 0.97, mode='nearest', align_corners=False)
r = F.grid_sample(x[:, None], torch.stack([x, x.flip(-1)], -1), mode='bicubic', align_corners=False)
r = F.grid_sample(x[:, None], torch.stack([x, x.flip(-1)], -1), mode='bicubic', padding_mode='border', align_corners=True)
r = F.grid_sample(x.reshape(1, 2, 3, 2, 2), torch.stack([x, -x, x / 2], -1)[:1, None], align_corners=True)
r = F.affine_grid(x[:, :2, :3], (2, 1, 3, 4), align_corners=False)
r = F.affine_grid(x[:, :2, :3], (2, 1, 2, 5), align_corners=True)
r = F.affine_grid(x.reshape(2, 3, 4), (2, 1, 2, 3, 2), align_corners=False)
r = F.grid_sample(x[:, None], F.affine_grid(x[:, :2, :3], (2, 1, 3, 4), align_corners=False), align_corners=False)
# bits of integers
n = (x * 4).long(); r = n & 3
n = (x * 4).long(); r = n | 8
n = (x * 4).long(); r = n ^ 5
n = (x * 4).long(); r = n & -4
n = (x * 4).long(); r = n & 10
n = (x * 4).long(); r = n & torch.tensor([1, 2, 3, 6])
n = (x * 4).int(); r = n << 1
n = (x * 4).long(); r = n >> 1
n = (x * 4).long(); r = torch.bitwise_left_shift(n, 2)
n = (x * 4).long(); r = torch.gcd(n, torch.tensor(6))
n = (x * 4).long(); r = torch.lcm(n, torch.tensor(6))
# statistics
r = torch.where(x > 0, x, float('nan')).nansum(-1)
r = torch.where(x > 0, x, float('nan')).nanmean(-1)
r = x.quantile(.3, dim=-1)
r = torch.quantile(x, torch.tensor([0.25, 0.6]), dim=1, keepdim=True)
r = torch.quantile(x, 0.4)
r = torch.quantile(x, 0.4, dim=2, interpolation='nearest')
r = torch.quantile(x, 0.5, dim=2, interpolation='midpoint')
r = x.mode(-1)[0]
r = torch.mode((x * 2).round(), 1)[0]
r = torch.mode((x * 2).round(), 1, keepdim=True)[1]
r = x.histc(4)
r = torch.histc(x, 5, -1, 1)
r = torch.cov(x[0])
r = torch.cov(x[0, 0], correction=0)
r = torch.corrcoef(x[0])
r = torch.renorm(x, 2, 0, 1.0)
r = torch.trapz(x, dim=-1)
r = torch.trapezoid(x, torch.tensor([0., 1., 3., 4.]))
r = torch.cumulative_trapezoid(x, dim=1, dx=0.5)
r = torch.logcumsumexp(x, 2)
r = torch.logcumsumexp(x * 50, 1)
r = torch.logaddexp(x, -x)
r = torch.logaddexp2(x, torch.tensor(1.5))
r = torch.gradient(x[0, 0])[0]
r = torch.gradient(x, spacing=2.0, dim=(1, 2), edge_order=2)[0]
r = torch.isin(x, torch.tensor([0.25, -0.5]))
r = torch.isin((x * 4).long(), 2, invert=True)
r = torch.isposinf(1 / x)
r = x.signbit()
r = torch.pdist(x[0])
r = x.sum_to_size(3, 4)
r = x.sum_to_size(2, 1, 4)
r = torch.searchsorted(torch.tensor([[-1., 0., 1.], [0., .5, 2.]]), x[:, 0].contiguous())
r = torch.searchsorted(torch.tensor([-1., 0., 1.]), x, right=True)
# special functions
r = torch.lgamma(x.abs() + 0.1)
r = torch.lgamma(x * 3 + 0.3)
r = torch.digamma(x.abs() + 0.1)
r = torch.digamma(x * 3 + 0.3)
r = torch.polygamma(1, x.abs() + 1)
r = (x.abs() + 0.5).polygamma(2)
r = torch.special.i0(x)
r = torch.i0(x * 5)
r = torch.special.i0e(x * 5)
r = torch.special.i1(x * 3)
r = torch.special.i1e(x * 5)
r = torch.special.entr(x)
r = torch.special.ndtr(x)
r = torch.special.log_ndtr(x * 6)
r = torch.special.ndtri(torch.sigmoid(x))
r = torch.special.erfcx(x)
r = torch.special.xlog1py(x, x.abs())
r = torch.ldexp(x, torch.tensor([2]))
r = torch.mvlgamma(x.abs() + 2, 3)
r = torch.special.gammaln(x.abs() + 1)
# writing to copies
r = x.index_add(1, torch.tensor([0, 0, 2]), x, alpha=2)
r = x.masked_scatter(x > 0, torch.arange(72.))
r = torch.select_scatter(x, x[:, 0], 1, 2)
r = torch.slice_scatter(x, x[:, :2], dim=1, start=1, end=3, step=1)
r = torch.slice_scatter(x, x[..., :2], dim=2, start=0, end=4, step=2)
r = torch.diagonal_scatter(x[0], torch.ones(3))
r = x.put(torch.tensor([1, 2]), torch.tensor([5., 6.]))
r = x.put(torch.tensor([1, 1]), torch.tensor([5., 6.]), accumulate=True)
r = torch.zeros(2, 3, 4).scatter_reduce(1, (x.abs() * 2).long().clamp(max=2), x, reduce='sum')
r = torch.ones(2, 3, 4).scatter_reduce(1, (x.abs() * 2).long().clamp(max=2), x, reduce='mean')
r = torch.ones(2, 3, 4).scatter_reduce(1, (x.abs() * 2).long().clamp(max=2), x, reduce='prod')
r = torch.zeros(2, 3, 4).scatter_reduce(2, (x.abs() * 2).long().clamp(max=2), x, reduce='amax')
r = torch.zeros(2, 3, 4).scatter_reduce(0, (x > 0).long(), x, reduce='amin', include_self=False)
r = torch.ones(2, 3, 4).scatter_reduce(1, (x.abs() * 2).long().clamp(max=2), x, reduce='sum', include_self=False)
r = torch.ones(2, 3, 4).scatter_reduce(1, (x.abs() * 2).long().clamp(max=2), x, reduce='mean', include_self=False)
r = torch.ones(4, 3, 4).scatter_reduce(0, (x.abs() * 2).long(), x, reduce='amax', include_self=False)
r = x.scatter_reduce(1, torch.zeros(1, 2, 3).long(), x, reduce='amax')
r = torch.ones(2, 3, 4).scatter(1, torch.zeros(2, 2, 4).long(), x, reduce='multiply')
r = x.index_reduce(1, torch.tensor([0, 0, 2]), x, 'amax')
# combinations, windows, types
r = torch.einsum(x, [0, 1, 2], x, [0, 3, 2], [0, 1, 3])
r = torch.einsum(x, [0, 1, 2], [0, 2])
r = torch.block_diag(x[0], x[1], x[0, 0])
r = torch.combinations(x[0, 0], 2)
r = torch.combinations(x[0, 0], 3, with_replacement=True)
r = torch.vander(x[0, 0], 3)
r = torch.vander(x[0, 0], increasing=True)
r = torch.bartlett_window(5) * x.sum()
r = torch.kaiser_window(5) * x.sum()
r = torch.kaiser_window(6, periodic=False, beta=4.0) * x.sum()
r = torch.hamming_window(5, True, 0.5, 0.4) * x.sum()
r = torch.range(0, 3) * x
r = x if torch.promote_types(torch.int32, torch.float16) == torch.float16 else 0
r = torch.unravel_index(torch.tensor([5, 7]), (2, 4))[1] * x.sum() if hasattr(torch, 'unravel_index') else torch.tensor([1, 3]) * x.sum()
'''


def described(value):
    """Shape, dtype and data; numbers and lists of them count as `torch.tensor` makes them."""
    value = value if torch.is_tensor(value) else torch.tensor(value)
    flat = [str(each) if each in (math.inf, -math.inf) else each for each in value.reshape(-1).tolist()]
    return {'shape': list(value.shape), 'dtype': str(value.dtype)[6:], 'data': flat}


def main():
    cases = []
    for line in CASES.strip().splitlines():
        if line.startswith('#'):
            continue
        scope = {'torch': torch, 'F': F}
        exec(RULE, scope)
        try:
            exec(line, scope)
        except Exception as error:
            raise SystemExit(f'{line}: {error}')
        cases.append({'code': line, 'result': described(scope['r'])})
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else FIXTURE
    lines = ',\n'.join(json.dumps(case) for case in cases)
    path.write_text(json.dumps({'rule': RULE})[:-1] + ', "cases": [\n' + lines + '\n]}\n')


main()
