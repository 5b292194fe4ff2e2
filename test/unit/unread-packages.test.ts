import assert from 'node:assert/strict';
import { libraries } from '../../src/extract/libraries';
import { unreadModule } from '../../src/source/unreadPackages';
import { printed } from '../support/python';

const installed = '/venv/site-packages';
const lines = (files: Readonly<Record<string, string>>) => printed(files, 'a.py', {}, libraries);

describe('packages that hold no layers', () => {
  it('are known by their files in a library folder alone', () => {
    assert.equal(unreadModule('/venv/lib/python3.11/site-packages/pandas/core/frame.py'), 'pandas.core.frame');
    assert.equal(unreadModule('C:\\env\\Lib\\site-packages\\cv2\\__init__.py'), 'cv2');
    assert.equal(unreadModule('/project/pandas/core/frame.py'), undefined);
    assert.equal(unreadModule(`${installed}/timm/models/resnet.py`), undefined);
    assert.equal(unreadModule('<prelude>/site-packages/gym/__init__.py'), undefined);
  });

  it('or only draw and compile are what code makes of them', async () => {
    const code = `from tqdm.auto import tqdm
import tqdm as bars
from numba import jit, njit, prange
@jit
def half(x):
    return x // 2
@njit(parallel=True)
def total(n):
    count = 0
    for i in prange(n):
        count += i
    return count
with tqdm(total=3) as bar:
    bar.update(2)
print([i for i in tqdm(range(3), desc='x')], len(tqdm([1, 2])), sum(bars.trange(4)), half(5), total(4), bar.n)`;
    assert.deepEqual(await lines({ 'a.py': code }), ['[0, 1, 2] 2 6 2 6 2']);
  });

  it('of the project are read', async () => {
    assert.deepEqual(await lines({ 'wandb.py': 'width = 3', 'a.py': 'import wandb\nprint(wandb.width)' }), ['3']);
  });
});
