import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { libraries } from '../../src/extract/libraries';
import { inRoot } from '../support/paths';
import { printed } from '../support/python';

const cases = JSON.parse(readFileSync(inRoot('test/fixtures/numpy.json'), 'utf8')) as {
  code: string;
  result: string;
}[];

/** Arrays as nested lists: what `plain` of reference_numpy.py does. */
const head = `import math
import numpy as np

def plain(value):
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return type(value)(plain(each) for each in value)
    return value

`;

/** Values as text, with floats that differ by rounding alone made alike. */
const rounded = (text: string) =>
  text.replace(/-?\d+\.\d+(e[-+]\d+)?/g, (number) => String(Number(Number(number).toPrecision(12))));

describe('NumPy while a model is built, against NumPy', () => {
  for (const { code, result } of cases) {
    it(code, async () => {
      const lines = await printed({ 'a.py': `${head}print(repr(plain(${code})))\n` }, 'a.py', {}, libraries);
      assert.deepEqual(lines.map(rounded), [rounded(result)]);
    });
  }

  it('what is not read says so, where it matters', async () => {
    const lines = await printed(
      { 'a.py': 'import numpy as np\nx = np.loadtxt(1)\nprint(1)\nfor i in x: pass\nif np.random.rand() < 1: x = 2\n' },
      'a.py',
      {},
      libraries,
    );
    assert.match(lines.join('\n'), /^1\n!.*numpy\.loadtxt is not read.*\n!.*numpy\.random\.rand is drawn at random/);
  });
});
