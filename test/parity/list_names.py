"""Writes src/torch/names.json: the public names of PyTorch, by namespace.

Run: python3 test/parity/list_names.py, with PyTorch 2.13; with a path as argument it writes there instead.
`names` are a namespace's own, `besides` what it has for other reasons: what it imports for itself (typing, the tensor
class in torch.nn.init), modules below it, and what serves its implementation. `out`
are the functions of torch that write their result where they are told to.
"""

import importlib
import json
import pathlib
import pkgutil
import re
import sys
import types
import warnings

import torch

warnings.simplefilter('ignore')

OUT = pathlib.Path(__file__).parents[2] / 'src' / 'torch' / 'names.json'

NAMESPACES = '''
torch torch.nn torch.nn.functional torch.nn.init torch.nn.utils torch.nn.utils.rnn torch.nn.utils.parametrize
torch.nn.utils.parametrizations torch.nn.utils.fusion torch.nn.utils.stateless torch.nn.attention
torch.nn.attention.flex_attention torch.nn.parallel torch.linalg torch.fft torch.special
torch.autograd torch.autograd.functional torch.autograd.forward_ad torch.distributions
torch.jit torch.compiler torch.func torch.amp torch.sparse torch.utils.checkpoint torch.backends
torch.backends.cuda torch.backends.mps torch.random
'''.split()


# Of the compiler's and the profiler's implementation, and types of storages, which model code does not name.
INTERNAL = (
    r'TYPE_CHECKING|AVG|SUM|(?:[A-Z]+_)+[A-Z_]+|.*(Storage|StorageBase|Type|Config|Iterator)$|.*(Script|Graph|Dispatch|Profiler|Execution)'
    r'[A-Z].*|PyTorchFile.*|.*_(notes|args|common)$|fbgemm_.*|mkldnn_.*|cudnn_.*|miopen_.*|quantized_.*|has_torch_.*'
    r'|batch_norm_.*|(?!index).*_copy$|.*_scatter_copy$|autocast_.*|get_autocast_.*|set_autocast_.*|bits?\d.*|q?u?int[1-7]$'
)


def own(namespace: str, name: str, value) -> bool:
    if re.fullmatch(INTERNAL, name):
        return False
    if isinstance(value, types.ModuleType):
        return value.__name__ == f'{namespace}.{name}'
    module = getattr(value, '__module__', None)
    if isinstance(module, str) and not module.startswith('torch'):
        return False
    if namespace == 'torch':
        return True
    return not (module == 'torch' and name in ('Tensor', 'device', 'dtype')) and module != 'torch.overrides'


names, besides = {}, {}
for namespace in NAMESPACES:
    try:
        module = importlib.import_module(namespace)
    except ImportError:  # of an older PyTorch
        continue
    public = [name for name in dir(module) if not name.startswith('_') and hasattr(module, name)]
    mine = [name for name in public if own(namespace, name, getattr(module, name))]
    below = [each.name for each in pkgutil.iter_modules(getattr(module, '__path__', [])) if each.name[0] != '_']
    names[namespace] = ' '.join(sorted(mine))
    besides[namespace] = ' '.join(sorted({*public, *below} - {*mine}))
names['torch.Tensor'] = ' '.join(sorted(name for name in dir(torch.Tensor) if not name.startswith('_')))
out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else OUT


def takes_out(name: str) -> bool:
    text = getattr(getattr(torch, name), '__doc__', None)
    return isinstance(text, str) and re.search(r'\bout=None\b', text[:500]) is not None


writers = ' '.join(name for name in names['torch'].split() if takes_out(name))
table = {'version': torch.__version__.split('+')[0], 'out': writers, 'names': names, 'besides': besides}
out.write_text(json.dumps(table, indent=2) + '\n')
