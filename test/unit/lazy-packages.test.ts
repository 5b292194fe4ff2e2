import assert from 'node:assert/strict';
import { printed } from '../support/python';

const loader = 'else:\n    import sys\n    sys.modules[__name__] = _LazyModule(__name__, globals()["__file__"], {})\n';

/** A package of packages that names what it has for type checkers alone. */
const library = {
  'zoo/__init__.py': `from typing import TYPE_CHECKING
from .utils import _LazyModule, version
if TYPE_CHECKING:
    from .base import Base as Base
    from .models import *
${loader}`,
  'zoo/utils.py': 'from .absent import nothing\nversion = 3\nclass _LazyModule:\n    pass\n',
  'zoo/base.py': '__all__ = ["Base"]\nclass Base:\n    kind = "base"\n',
  'zoo/models/__init__.py': `from typing import TYPE_CHECKING
from ..utils import _LazyModule
if TYPE_CHECKING:
    ${Array.from({ length: 60 }, (_, i) => `from .filler${i} import *`).join('\n    ')}
    from .cat import *
    from .cat_big import *
${loader}`,
  'zoo/models/cat/__init__.py': `from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from .modeling import *
${loader}`,
  'zoo/models/cat/modeling.py': '__all__ = ["CatModel"]\nfrom ...base import Base\nclass CatModel(Base):\n    pass\n',
  'zoo/models/cat_big/__init__.py':
    '__all__ = ["CatBigModel"]\nfrom ..cat.modeling import CatModel\nclass CatBigModel(CatModel):\n    pass\n',
};

describe('packages that load themselves lazily', () => {
  const run = (...lines: string[]) => printed({ ...library, 'a.py': lines.join('\n') }, 'a.py');

  it('have what they name for type checkers', async () => {
    const lines = await run(
      'from zoo import CatModel, CatBigModel, Base, version',
      'import zoo',
      'print(CatModel.kind, CatBigModel.__mro__[1].__name__, Base.kind, version)',
      'print(zoo.CatBigModel is CatBigModel, zoo.models.CatModel is CatModel)',
    );
    assert.deepEqual(lines, ['base CatModel base 3', 'True True']);
  });

  it('lack what they do not name', async () => {
    const [line] = await run('from zoo import DogModel', 'if DogModel:\n    x = 1');
    assert.match(line ?? '', /zoo has no DogModel/);
  });
});

describe('modules that answer for names themselves', () => {
  const files = {
    'm.py':
      'known = 1\ndef __getattr__(name):\n    if name.startswith("is_"):\n        return lambda: name\n    raise AttributeError(name)\n',
  };
  it('are asked for what they do not define', async () => {
    const text = [
      'import m',
      'from m import is_here',
      'print(is_here(), m.is_there(), m.known, hasattr(m, "is_any"), hasattr(m, "absent"), getattr(m, "absent", 2))',
    ].join('\n');
    assert.deepEqual(await printed({ ...files, 'a.py': text }, 'a.py'), ['is_here is_there 1 True False 2']);
  });
});
