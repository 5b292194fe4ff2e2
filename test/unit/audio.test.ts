import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { libraries } from '../../src/extract/libraries';
import { printed } from '../support/python';

const fixture = (name: string) => readFileSync(`test/fixtures/audio/${name}`, 'utf8');
const lines = (code: string) => printed({ 'a.py': code }, 'a.py', {}, libraries);

describe('windows and filters of networks of sound', () => {
  it('are those of SciPy', async () => {
    assert.deepEqual(await lines(fixture('windows.py')), fixture('windows.txt').trimEnd().split('\n'));
  });

  it('are those of librosa, as transformers computes them', async () => {
    assert.deepEqual(await lines(fixture('mel.py')), fixture('mel.txt').trimEnd().split('\n'));
  });

  it('and the tools beside them', async () => {
    const code = `import numpy as np
import librosa
import librosa.util as tools
from librosa.util import normalize, tiny
print(tools.pad_center(np.ones(3), 6).tolist(), librosa.util.pad_center(np.ones(3), size=4).tolist())
print(tools.fix_length(np.arange(3.0), size=5).tolist(), tools.fix_length(np.arange(3.0), size=2).tolist())
print(normalize(np.array([1.0, -4.0, 2.0])).tolist(), normalize(np.array([3.0, 4.0]), norm=2).tolist())
print(0 < tiny(np.ones(2, dtype=np.float32)) < 1e-37)
print(librosa.filters.window_sumsquare('boxcar', 3, hop_length=2, n_fft=4).tolist())`;
    assert.deepEqual(await lines(code), [
      '[0.0, 1.0, 1.0, 1.0, 0.0, 0.0] [1.0, 1.0, 1.0, 0.0]',
      '[0.0, 1.0, 2.0, 0.0, 0.0] [0.0, 1.0]',
      '[0.25, -1.0, 0.5] [0.6, 0.8]',
      'True',
      '[1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 1.0, 1.0]',
    ]);
  });
});
