# Layers one after the other, each told in words what it takes and gives: `'x, edge_index -> x1'`.
import torch


def names_in(text):
    return [name.strip() for name in text.split(',') if name.strip()]


class Sequential(torch.nn.Module):
    def __init__(self, input_args, modules):
        super().__init__()
        self.signature = names_in(input_args)
        self._steps = []
        items = list(modules.items()) if isinstance(modules, dict) else enumerate(modules)
        for name, module in items:
            name = f'module_{name}' if isinstance(name, int) else name
            wanted = None
            if isinstance(module, (tuple, list)):
                module, wanted = (module[0], module[1]) if len(module) > 1 else (module[0], None)
            taken, made = wanted.split('->') if wanted else (None, None)
            if isinstance(module, torch.nn.Module):
                self.add_module(name, module)
                module = None
            self._steps.append((name, module, names_in(taken) if wanted else None, names_in(made) if wanted else None))

    def __len__(self):
        return len(self._steps)

    def __getitem__(self, index):
        name, module, _, _ = self._steps[index]
        return getattr(self, name) if module is None else module

    def reset_parameters(self):
        for module in self.children():
            if hasattr(module, 'reset_parameters'):
                module.reset_parameters()

    def forward(self, *args, **kwargs):
        values = {name: value for name, value in zip(self.signature, args)}
        values.update(kwargs)
        last, out = self.signature[:1], None
        for name, module, taken, made in self._steps:
            module = getattr(self, name) if module is None else module
            out = module(*[values[each] for each in (last if taken is None else taken)])
            made = last if made is None else made
            last = made
            if len(made) > 1:
                values.update(zip(made, out))
            else:
                values[made[0]] = out
        return out
