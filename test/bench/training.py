# Steps of training in PyTorch on one thread, for test/bench/training.bench.ts: python training.py MODULE EXPRESSION SHAPE
# Tells the module's file first. Each line of standard input asks for one step, of which the milliseconds of processor time are printed.
import importlib
import json
import sys
import time

import torch

name, expression, shape = sys.argv[1:]
torch.set_num_threads(1)
module = importlib.import_module(name)
model = eval(expression, vars(module)).train()
print(module.__file__, flush=True)
inputs = torch.randn(json.loads(shape))
targets = torch.zeros(len(inputs), dtype=torch.int64)
optimiser = torch.optim.AdamW(model.parameters())
for _ in sys.stdin:
    start = time.process_time()
    optimiser.zero_grad()
    torch.nn.functional.cross_entropy(model(inputs), targets).backward()
    optimiser.step()
    print(1000 * (time.process_time() - start), flush=True)
